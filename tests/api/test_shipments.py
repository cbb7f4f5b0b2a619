"""Uploads: streamed in, limited, once for each idempotency key; and what a file looks like before it is screened."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.files.workbook_scan import MAX_UNPACKED
from app.settings import Settings
from app.store.keys import Scope
from app.store.uploads import Incoming

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

CSV = b"Supplier,Country\nHetian Taida Apparel Co Ltd,CN\nLotus Bay Ceramics,BE\n"


def stored(settings: Settings) -> set[str]:
    return {path.name for path in settings.uploads_dir.iterdir()} if settings.uploads_dir.is_dir() else set()


async def upload(api: Api, content: bytes = CSV, data: Any = None, **headers: str) -> httpx.Response:
    files = {"file": ("ship ments.csv", content)}
    return await api.client.post("/v1/shipments", files=files, data=data or {}, headers=headers)


async def test_a_form_becomes_a_job_with_its_file_as_it_was_sent(api: Api, settings: Settings) -> None:
    fields = {"columns": ["supplier=Supplier"], "lists": ["us-uflpa", "us-cbp-wro"], "as_of": "2026-11-01"}
    answer = await upload(api, data=fields | {"encoding": "utf-8"})
    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["state"], job["file"]["name"], job["file"]["size"]) == ("queued", "ship ments.csv", len(CSV))
    assert (job["columns"], job["lists"], job["as_of"], job["encoding"]) == (
        ["supplier=Supplier"], ["us-cbp-wro", "us-uflpa"], "2026-11-01", "utf-8",
    )  # fmt: skip
    assert (settings.uploads_dir / job["id"]).read_bytes() == CSV


@pytest.mark.parametrize(
    ("headers", "query", "name"),
    [
        pytest.param({"Content-Type": "text/csv"}, "?filename=a.csv&lists=us-uflpa", "a.csv", id="a name in the query"),
        pytest.param(
            {"Content-Type": "application/x-ndjson", "Content-Disposition": 'attachment; filename="..\\\\b/c.jsonl"'},
            "", "c.jsonl", id="a name in a header, without its folders",
        ),
        pytest.param({"Content-Type": "text/csv; charset=utf-8"}, "", "upload.csv", id="no name"),
    ],
)  # fmt: skip
async def test_the_file_may_be_the_whole_body(api: Api, headers: dict[str, str], query: str, name: str) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(CSV), 7):
            yield CSV[start : start + 7]

    answer = await api.client.post(f"/v1/shipments{query}", content=in_pieces(), headers=headers)
    assert answer.status_code == 202, answer.text
    assert (answer.json()["file"]["name"], answer.json()["file"]["size"]) == (name, len(CSV))


async def test_the_same_upload_twice_is_one_job_and_another_file_a_conflict(api: Api, settings: Settings) -> None:
    answers = await asyncio.gather(*(upload(api, **{"Idempotency-Key": "bl 4711"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 202]
    (job_id,) = {answer.json()["id"] for answer in answers}
    before = stored(settings)
    assert job_id in before
    for other in (
        await upload(api, CSV + b"x,y\n", **{"Idempotency-Key": "bl 4711"}),
        await upload(api, data={"lists": ["us-uflpa"]}, **{"Idempotency-Key": "bl 4711"}),
    ):
        assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")
        assert job_id in other.json()["detail"]
    assert stored(settings) == before, "files of refused uploads are removed"
    someone_else = await upload(
        api, **{"Idempotency-Key": "bl 4711", "Authorization": f"Bearer {api.key(Scope.SCREEN)}"}
    )
    assert someone_else.status_code == 202


@pytest.mark.parametrize(
    ("data", "content", "headers", "status", "words"),
    [
        pytest.param({"lists": ["nonesuch"]}, CSV, {}, 422, "there is no list 'nonesuch'", id="an unknown list"),
        pytest.param({"columns": ["Supplier"]}, CSV, {}, 422, "must be ROLE=HEADER", id="a column without a role"),
        pytest.param({"columns": ["vender=Supplier"]}, CSV, {}, 422, "there is no role 'vender'", id="an unknown role"),
        pytest.param({"as_of": "yesterday"}, CSV, {}, 422, "is no date", id="no date"),
        pytest.param({"encoding": "klingon"}, CSV, {}, 422, "there is no encoding 'klingon'", id="no encoding"),
        pytest.param({"colour": "red"}, CSV, {}, 422, "there is no such field", id="an unknown field"),
        pytest.param(None, b"x" * 3_000_001, {}, 413, "more than 3,000,000 bytes", id="a file too large"),
    ],
)
async def test_what_is_refused_says_why_and_leaves_nothing(
    api: Api, settings: Settings, data: Any, content: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    before = stored(settings)
    answer = await upload(api, content, data, **headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]
    assert stored(settings) == before


@pytest.mark.parametrize(
    ("content_type", "body", "status", "words"),
    [
        pytest.param("application/pdf", CSV, 415, "application/pdf", id="another type"),
        pytest.param("multipart/form-data", CSV, 422, "no boundary", id="a form without a boundary"),
        pytest.param("multipart/form-data; boundary=b", b"--b\r\nnonsense", 422, "", id="a form cut off"),
        pytest.param(
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="lists"\r\n\r\nus-uflpa\r\n--b--\r\n',
            422, "no file", id="a form without a file",
        ),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_upload(
    api: Api, settings: Settings, content_type: str, body: bytes, status: int, words: str
) -> None:
    before = stored(settings)
    answer = await api.client.post("/v1/shipments", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert stored(settings) == before


async def test_a_full_disk_is_said_and_nothing_is_left(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk:
        def __init__(self, file: Any) -> None:
            self.close = file.close

        def write(self, _: bytes) -> None:
            raise OSError(28, "No space left on device")

    def enter(self: Incoming) -> Incoming:
        begun = begin(self)
        begun._file = FullDisk(begun._file)  # type: ignore[assignment]
        return begun

    begin = Incoming.__enter__
    monkeypatch.setattr(Incoming, "__enter__", enter)
    before = stored(settings)
    answer = await upload(api)
    assert (answer.status_code, answer.json()["type"]) == (507, "/problems/no-room")
    assert "No space left on device" in answer.json()["detail"]
    assert stored(settings) == before


async def test_a_preview_tells_what_each_column_is_taken_for(api: Api, settings: Settings) -> None:
    rows = "".join(f"Lotus Bay {n},Gent,BE,9403.60,chairs,{n}\n" for n in range(30))
    text = "Vendor,Address,Country,HS,Goods,PO\n" + rows
    before = stored(settings)
    answer = await api.client.post(
        "/v1/shipments/preview", files={"file": ("x.csv", text.encode())}, data={"columns": ["supplier=Vendor"]}
    )
    found = answer.json()
    assert answer.status_code == 200, answer.text
    assert [(column["header"], column["role"], column["field"]) for column in found["columns"]][:3] == [
        ("Vendor", "supplier", "name"), ("Address", "supplier", "address"), ("Country", "supplier", "country"),
    ]  # fmt: skip
    assert len(found["rows"]) == 10
    assert found["rows"][0] == ["Lotus Bay 0", "Gent", "BE", "9403.60", "chairs", "0"]
    assert (found["encoding"], found["problem"]) == ("UTF-8", "")
    assert stored(settings) == before, "a file that is only looked at is not kept"


async def test_a_preview_without_a_party_column_says_so_and_shows_the_headers(api: Api) -> None:
    answer = await api.client.post("/v1/shipments/preview", files={"file": ("x.csv", b"A,B\n1,2\n")})
    assert answer.status_code == 200
    assert [column["header"] for column in answer.json()["columns"]] == ["A", "B"]
    assert "name one with columns=ROLE=HEADER" in answer.json()["problem"]


async def test_a_preview_of_a_workbook_names_its_sheet(
    api: Api, write_workbook: Callable[..., Path], tmp_path: Path
) -> None:
    path = write_workbook(tmp_path / "x.xlsx", {"Vendors": {1: ["Supplier"], 2: ["Foo"]}, "Notes": {1: ["x"]}})
    answer = await api.client.post("/v1/shipments/preview", files={"file": ("x.xlsx", path.read_bytes())})
    found = answer.json()
    assert (found["sheet"], found["rows"], found["encoding"]) == ("Vendors", [["Foo"]], "")
    assert "only the sheet 'Vendors' is read" in found["warnings"][0]


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04 torn", b""], ids=["a PDF", "a torn workbook", "nothing"])
async def test_what_cannot_be_read_is_a_problem_of_the_file(api: Api, content: bytes) -> None:
    answer = await api.client.post("/v1/shipments/preview", files={"file": ("x", content)})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unreadable")


async def test_a_workbook_that_would_burst_the_memory_is_refused(api: Api, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range((MAX_UNPACKED >> 20) + 1):
                member.write(b" " * (1 << 20))
    answer = await api.client.post("/v1/shipments/preview", files={"file": ("bomb.xlsx", bomb.read_bytes())})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unreadable")
    assert "unpacks to more than 512 MiB" in answer.json()["detail"]
