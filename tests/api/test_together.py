"""Calls that come together: screened as one batch, each answered as if it had come alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from app.api import screenings
from app.api.together import Together
from app.screening.model import Party
from app.screening.screen import screen

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

TAIDA = {"name": "Hetian Taida Apparel Co., Ltd.", "reference": "PO 7"}
CALLS: list[dict[str, Any]] = [
    {"parties": [TAIDA]},
    {"parties": [{"name": "Vermeulen Textiel BV"}, TAIDA]},
    {"parties": [TAIDA], "lists": ["us-uflpa"]},
    {"parties": [TAIDA], "lists": ["us-uflpa"], "as_of": "2022-06-20"},
    {"parties": [{"name": "Vermeulen Textiel BV"}]},
    {
        "parties": [TAIDA, {"name": "Vermeulen Textiel BV"}],
        "relations": [{"source": TAIDA["name"], "target": "Vermeulen Textiel BV"}],
    },
    {"parties": [{"name": ""}]},
    {"parties": [{"name": "Korla Textile Mill", "address": "Korla, Xinjiang", "role": "manufacturer"}]},
]


async def _burst(api: Api, calls: Sequence[dict[str, Any]]) -> list[Any]:
    """Answers without their random ids."""
    answers = await asyncio.gather(*(api.post(call) for call in calls))
    assert {answer.status_code for answer in answers} == {200}
    return [_without_ids(answer.json()) for answer in answers]


def _without_ids(answer: dict[str, Any]) -> dict[str, Any]:
    assert [record.pop("id") for record in answer["records"]] == [
        answer["id"] and f"{answer['id']}.{number}" for number in range(1, len(answer["records"]) + 1)
    ]
    return answer | {"id": answer["id"] is not None}


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of each batch that is screened, in the order of the batches; `poison` cannot be screened."""
    seen: list[list[str]] = []

    def watched(parties: Sequence[Party], *rest: Any) -> Any:
        seen.append([party.name for party in parties])
        if "poison" in seen[-1]:
            raise ValueError("this party cannot be screened")
        return screen(parties, *rest)

    monkeypatch.setattr(screenings, "screen", watched)
    return seen


async def test_calls_that_come_together_are_answered_as_if_each_came_alone(api: Api, batches: list[list[str]]) -> None:
    calls = [call | {"store": store} for call in CALLS for store in (True, False)]
    alone = [(await _burst(api, [call]))[0] for call in calls]
    batches.clear()
    assert await _burst(api, calls) == alone
    assert len(batches) < len(calls) / 2
    assert sum(map(len, batches)) == sum(len(call["parties"]) for call in calls)


async def test_a_party_that_cannot_be_screened_costs_no_other_call(api: Api, batches: list[list[str]]) -> None:
    names = ["Vermeulen Textiel BV", "poison", TAIDA["name"]]
    answers = await asyncio.gather(*(api.post({"parties": [{"name": name}]}) for name in names))
    assert [answer.status_code for answer in answers] == [200, 500, 200]
    assert [answer.json()["records"][0]["party"]["name"] for answer in answers[::2]] == names[::2]
    assert batches[-1] == [TAIDA["name"]]


async def test_a_queue_works_off_so_many_at_a_time_in_order_and_drops_who_gave_up() -> None:
    seen: list[list[int]] = []
    go = Event()

    def double(numbers: Sequence[int]) -> list[int]:
        seen.append(list(numbers))
        go.wait(10)
        return [2 * number for number in numbers]

    with ThreadPoolExecutor(1) as thread:
        queue = Together(double, thread, at_once=3)
        first = asyncio.create_task(queue.do(0))
        while not seen:
            await asyncio.sleep(0.001)
        others = [asyncio.create_task(queue.do(number)) for number in range(1, 7)]
        await asyncio.sleep(0)
        others[1].cancel()
        go.set()
        results = await asyncio.gather(first, *others, return_exceptions=True)
    assert seen == [[0], [1, 3], [4, 5, 6]]
    assert [result for result in results if not isinstance(result, BaseException)] == [0, 2, 6, 8, 10, 12]
