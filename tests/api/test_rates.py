"""Rates: what a key may use, what the headers say, and who tries keys that do not exist."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from app.api.keyring import FRESH_SECONDS
from app.api.problems import ProblemError
from app.api.rates import WRONG_KEYS_PER_MINUTE, Rates, units_of
from app.store.keys import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.conftest import Api

LIMIT = 5


@pytest.fixture
def limited(api: Api) -> Iterator[Api]:
    usual, api.app.state.rates = api.app.state.rates, Rates((LIMIT, 3600))
    yield api
    api.app.state.rates = usual


@pytest.mark.parametrize(
    ("parties", "units"), [(1, 1), (10, 1), (11, 2), (1000, 100)], ids=["one", "ten", "eleven", "the most"]
)
def test_a_unit_for_each_ten_parties_begun(parties: int, units: int) -> None:
    assert units_of(parties) == units


@pytest.mark.anyio
async def test_a_key_uses_up_its_rate_and_is_told_where_it_stands(limited: Api) -> None:
    headers = {"Authorization": f"Bearer {limited.key(Scope.SCREEN)}"}
    left = []
    for _ in range(LIMIT):
        answer = await limited.client.get("/v1/lists", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == f'"key";q={LIMIT};w=3600'
        stands = re.fullmatch(r'"key";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
        assert stands is not None
        assert 1 <= int(stands[2]) <= 3600
        left.append(int(stands[1]))
    assert left == [4, 3, 2, 1, 0]
    refused = await limited.client.get("/v1/lists", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["RateLimit"].startswith('"key";r=0;')
    other = {"Authorization": f"Bearer {limited.key(Scope.SCREEN)}"}
    assert (await limited.client.get("/v1/lists", headers=other)).status_code == 200, "each key has its own"
    assert (await limited.client.get("/healthz", headers=headers)).status_code == 200


@pytest.mark.anyio
async def test_many_parties_cost_more_than_one_and_what_is_refused_costs_nothing_more(limited: Api) -> None:
    headers = {"Authorization": f"Bearer {limited.key(Scope.SCREEN)}"}
    parties = [{"name": f"Vermeulen {number}"} for number in range(25)]
    answer = await limited.post({"parties": parties, "store": False}, headers=headers)
    assert answer.headers["RateLimit"].startswith('"key";r=2;')
    refused = await limited.post({"parties": parties, "store": False}, headers=headers)
    assert refused.status_code == 429
    assert "this call needs 2" in refused.json()["detail"], "one of its three units was taken at the door"
    assert (await limited.client.get("/v1/lists", headers=headers)).status_code == 200


@pytest.mark.anyio
async def test_who_tries_keys_is_stopped_and_who_has_one_is_not(limited: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api = limited
    api.app.state.rates = Rates(None)
    asked: list[str] = []
    find = api.app.state.keys.find
    monkeypatch.setattr(api.app.state.keys, "find", lambda secret: asked.append(secret) or find(secret))
    statuses = []
    assert (await api.client.get("/v1/lists")).status_code == 200
    for number in range(WRONG_KEYS_PER_MINUTE + 3):
        answer = await api.client.get("/v1/lists", headers={"Authorization": f"Bearer ig_{number:043}"})
        statuses.append(answer.status_code)
    assert statuses == [401] * WRONG_KEYS_PER_MINUTE + [429] * 3
    assert len([secret for secret in asked if "ig_000" in secret]) == WRONG_KEYS_PER_MINUTE, "the rest cost no look-up"
    assert answer.headers["Retry-After"] == "60"
    later = time.monotonic() + FRESH_SECONDS
    monkeypatch.setattr(api.app.state.keys, "_clock", lambda: later)
    assert (await api.client.get("/v1/lists")).status_code == 200, "a key in use is not held up by a guesser beside it"


def test_a_window_slides(monkeypatch: pytest.MonkeyPatch) -> None:
    start = 1_800_000_000.0
    rates = Rates((10, 60))

    def at(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: start + seconds)

    at(0)
    rates.spend(1, 10)
    at(59)
    with pytest.raises(ProblemError):
        rates.spend(1, 1)
    at(90)
    assert rates.spend(1, 1)["RateLimit"].startswith('"key";r=4;'), "half of the ten have gone by"


def test_a_call_heavier_than_the_window_costs_all_of_it() -> None:
    rates = Rates((5, 60))
    assert rates.spend(1, 100)["RateLimit"].startswith('"key";r=0;')
    with pytest.raises(ProblemError):
        rates.spend(1, 1)


def test_without_a_limit_there_is_nothing_to_say() -> None:
    assert Rates(None).spend(1, 10_000) == {}
