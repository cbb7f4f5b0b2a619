"""Jobs over the API: followed live, read page by page, exported, cancelled and deleted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from app.settings import Settings
from app.store.jobs import find_job, has_ended
from app.store.sweeping import remove_deleted_results
from app.store.tables import StoredScreening
from app.worker.run import Worker

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

ROWS = 120
TEXT = "Supplier,Consignee\n" + "".join(
    f"{'Hetian Taida Apparel Co Ltd' if n % 40 == 0 else f'Lotus Bay {n}'},{'=HYPERLINK(1)' if n == 5 else 'Gent BV'}\n"
    for n in range(ROWS)
)


@contextmanager
def working(api: Api, settings: Settings) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=Worker(api.store, api.app.state.screeners, settings, 1).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


async def uploaded(api: Api, text: str | bytes = TEXT) -> str:
    content = text.encode() if isinstance(text, str) else text
    answer = await api.client.post("/v1/shipments", files={"file": ("x.csv", content)}, data={"lists": ["us-uflpa"]})
    job_id: str = answer.json()["id"]
    return job_id


async def events(api: Api, job_id: str, **headers: str) -> AsyncIterator[dict[str, str]]:
    async with api.client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        event: dict[str, str] = {}
        async for line in stream.aiter_lines():
            if line.startswith(":"):
                continue
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                yield event
                event = {}


@pytest.fixture(scope="module")
async def done(api: Api, settings: Settings) -> str:
    """A job that has been screened."""
    job_id = await uploaded(api)
    with working(api, settings):
        assert [event["event"] async for event in events(api, job_id)][-1] == "end"
    return job_id


async def test_a_job_tells_how_it_stands(api: Api, done: str) -> None:
    job = (await api.client.get(f"/v1/jobs/{done}")).json()
    assert (job["state"], job["rows"], job["problem"]) == ("completed", {"done": ROWS, "total": ROWS}, "")
    assert job["outcomes"] == {"block": 3, "review": 0, "incomplete": 0, "clear": 2 * ROWS - 3}
    assert "read as supplier from 'Supplier', consignee from 'Consignee'" in job["warnings"][0]
    assert (await api.client.get("/v1/jobs/job_nonesuch")).status_code == 404


async def test_events_end_with_the_job_and_go_on_where_they_were_cut(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await uploaded(api)
    with monkeypatch.context() as patch:
        patch.setattr("app.api.jobs.EVENTS_LAST", 0.0)  # every stream is cut after its first look
        (first,) = [event async for event in events(api, job_id)]
        assert (first["event"], json.loads(first["data"])["state"]) == ("progress", "queued")
        assert [event async for event in events(api, job_id, **{"Last-Event-ID": first["id"]})] == []
    with working(api, settings):
        later = [event async for event in events(api, job_id, **{"Last-Event-ID": first["id"]})]
    assert first["id"] not in [event["id"] for event in later], "what was told is not told again"
    assert [event["event"] for event in later][-1] == "end"
    assert json.loads(later[-1]["data"])["state"] == "completed"


async def test_jobs_are_paged_newest_first(api: Api) -> None:
    ids = [await uploaded(api) for _ in range(3)]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "state": "queued"}
    while True:
        page = (await api.client.get("/v1/jobs", params=query)).json()
        assert len(page["items"]) <= 2
        seen += [job["id"] for job in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen[:3] == ids[::-1]
    assert len(seen) == len(set(seen))
    for job_id in ids:
        await api.client.delete(f"/v1/jobs/{job_id}")
    assert (await api.client.get("/v1/jobs?cursor=!")).status_code == 422


async def test_results_are_paged_in_the_order_of_the_file(api: Api, done: str) -> None:
    numbers: list[int] = []
    query: dict[str, Any] = {"limit": 100}
    while True:
        page = (await api.client.get(f"/v1/jobs/{done}/results", params=query)).json()
        numbers += [int(record["id"].rpartition(".")[2]) for record in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert numbers == list(range(1, 2 * ROWS + 1))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"outcome": "block"}, 3, id="outcome"),
        pytest.param({"outcome": ["block", "review"]}, 3, id="two outcomes"),
        pytest.param({"list": "us-uflpa"}, 3, id="list"),
        pytest.param({"list": "us-cbp-wro"}, 0, id="a list without a hit"),
        pytest.param({"role": "supplier"}, ROWS, id="role"),
        pytest.param({"text": "lotus bay 11"}, 11, id="text, in whatever case"),
        pytest.param({"text": "%"}, 0, id="text is no pattern"),
        pytest.param({"role": "consignee", "text": "taida"}, 0, id="all of them together"),
    ],
)
async def test_results_are_filtered(api: Api, done: str, query: dict[str, Any], found: int) -> None:
    page = (await api.client.get(f"/v1/jobs/{done}/results", params={"limit": 500, **query})).json()
    assert len(page["items"]) == found


async def test_a_result_is_the_record_that_the_command_writes(api: Api, done: str) -> None:
    (record, *_) = (await api.client.get(f"/v1/jobs/{done}/results?outcome=block")).json()["items"]
    assert (record["row"], record["line"], record["role"]) == (1, 2, "supplier")
    assert record["party"]["name"] == "Hetian Taida Apparel Co Ltd"
    assert record["hits"][0]["listing_id"] == "us-uflpa/hetian-taida-apparel"
    assert record["hits"][0]["explanation"]["summary"]
    assert set(record["editions"]) == {"us-uflpa"}


async def test_results_as_a_file_hold_every_record_and_no_formula(api: Api, done: str) -> None:
    path = f"/v1/jobs/{done}/results"
    answer = await api.client.get(path, headers={"Accept": "text/csv"})
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''x-results.csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 2 * ROWS
    names = [line["name"] for line in lines]
    assert "'=HYPERLINK(1)" in names

    answer = await api.client.get(path, params={"format": "xlsx"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[3] for row in sheet[1:]] == names
    assert [str(cell) for cell in sheet[1]] != [""] * len(sheet[1])

    answer = await api.client.get(path, params={"format": "jsonl", "outcome": "block"})
    records = [json.loads(line) for line in answer.text.splitlines()]
    assert [record["row"] for record in records] == [1, 41, 81]


async def test_a_job_that_waits_gives_no_file_and_is_cancelled_at_once(api: Api) -> None:
    job_id = await uploaded(api)
    answer = await api.client.get(f"/v1/jobs/{job_id}/results?format=csv")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert (await api.client.delete(f"/v1/jobs/{job_id}")).json() == {"id": job_id, "did": "cancelled"}
    answer = await api.client.get(f"/v1/jobs/{job_id}/results?format=csv")
    assert "-partial.csv" in answer.headers["content-disposition"], "nobody takes it for the whole"


async def test_a_deleted_job_is_gone_with_its_file_and_its_results(api: Api, settings: Settings) -> None:
    job_id = await uploaded(api)
    with working(api, settings):
        assert [event["event"] async for event in events(api, job_id)][-1] == "end"
    assert (settings.uploads_dir / job_id).exists()
    assert (await api.client.delete(f"/v1/jobs/{job_id}")).json() == {"id": job_id, "did": "deleted"}
    for path in ("", "/results", "/events"):
        assert (await api.client.get(f"/v1/jobs/{job_id}{path}")).status_code == 404
    assert (await api.client.delete(f"/v1/jobs/{job_id}")).status_code == 404
    assert not (settings.uploads_dir / job_id).exists()
    remove_deleted_results(api.store)
    with api.store.read() as session:
        assert session.get(StoredScreening, (job_id, 1)) is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"A,B\n1,2\n", "name one with columns=ROLE=HEADER, for", id="no party column"),
        pytest.param(b"Supplier\n", "no row below it", id="no row"),
        pytest.param(b"PK\x03\x04 torn", "the workbook is damaged", id="a torn workbook"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "", id="a picture"),
        pytest.param(TEXT.encode() * 1, "and 100 are allowed; split it", id="too many rows"),
    ],
)
async def test_a_file_that_cannot_be_screened_fails_its_job_and_nothing_else(
    api: Api, settings: Settings, content: bytes, problem: str
) -> None:
    job_id = await uploaded(api, content)
    with working(api, replace(settings, max_rows=100)):
        *_, last = [event async for event in events(api, job_id)]
    job = json.loads(last["data"])
    assert job["state"] == "failed"
    assert problem in job["problem"]
    assert job["problem"]
    assert (await api.client.get("/healthz")).status_code == 200


async def test_a_file_that_went_missing_fails_its_job(api: Api, settings: Settings) -> None:
    job_id = await uploaded(api)
    (settings.uploads_dir / job_id).unlink()
    with working(api, settings):
        *_, last = [event async for event in events(api, job_id)]
    assert "no longer there" in json.loads(last["data"])["problem"]


async def test_rows_that_screening_fails_on_are_incomplete_and_the_rest_is_screened(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.screening.screen import screen

    def failing(parties: list[Any], *more: Any) -> Any:
        if any(party.name in ("Lotus Bay 50", "Lotus Bay 51", "Lotus Bay 77") for party in parties):
            raise RuntimeError("no such name was thought of")
        return screen(parties, *more)

    monkeypatch.setattr("app.files.verdicts.screen", failing)
    monkeypatch.setattr("app.worker.screening.screen", failing)
    job_id = await uploaded(api)
    with working(api, settings):
        *_, last = [event async for event in events(api, job_id)]
    job = json.loads(last["data"])
    assert (job["state"], job["attempt"], job["rows"]["done"]) == ("completed", 1, ROWS)
    found = (await api.client.get(f"/v1/jobs/{job_id}/results?outcome=incomplete")).json()["items"]
    assert {record["party"]["name"] for record in found} == {
        "Lotus Bay 50", "Lotus Bay 51", "Lotus Bay 77", "Gent BV",
    }  # fmt: skip
    assert {record["row"] for record in found} == {51, 52, 78}
    assert "failed again and again" in found[0]["problem"]
    stored = find_job(api.store, job_id)
    assert stored is not None
    assert has_ended(stored)
