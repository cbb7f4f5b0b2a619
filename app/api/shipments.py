"""`POST /v1/shipments`: a shipment file in, a job out. `POST /v1/shipments/preview`: what the file looks like."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

import anyio
import anyio.to_process
import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app.api.access import require
from app.api.jobs import JobOut, job_out
from app.api.problems import (
    CONFLICT,
    FAILED,
    INVALID,
    NO_KEY,
    NO_ROOM,
    NOT_ALLOWED,
    NOT_READY,
    OUT_OF_TIME,
    TOO_LARGE,
    UNREADABLE,
    WRONG_TYPE,
    ProblemError,
    documented,
    with_fields,
)
from app.api.receiving import FILE_TYPES, FORM, Received, receive_file
from app.errors import ImportgateError, UsageError
from app.files.columns import assign_columns
from app.files.encoding import known_codec
from app.files.preview import Preview, preview_file
from app.screening.screeners import Screeners
from app.settings import Settings
from app.store.database import Store
from app.store.jobs import Order, Submitted, new_job_id, submit_job
from app.store.keys import Scope
from app.store.tables import ApiKey
from app.store.uploads import Uploads

PREVIEW_SECONDS = 60
UPLOADS = ("/shipments", "/shipments/preview")  # which have limits of their own

router = APIRouter(tags=["shipments"])

_FIELDS = {
    "columns": {
        "type": "array",
        "items": {"type": "string"},
        "description": "ROLE=HEADER or ROLE.field=HEADER: which column holds what of which party. Columns that are not "
        "named are recognised by their headers.",
    },
    "lists": {"type": "array", "items": {"type": "string"}, "description": "Ids of lists; all of them if left out."},
    "as_of": {"type": "string", "format": "date", "description": "Screen with what was in force on that day."},
    "encoding": {"type": "string", "description": "The file's encoding, e.g. gb18030. Recognised if left out."},
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                        **_FIELDS,
                    },
                    "additionalProperties": False,
                },
                "encoding": {"columns": {"explode": True}, "lists": {"explode": True}},
            },
            **{kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in FILE_TYPES},
        },
    }
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be screened, as the query or the form says it."""

    columns: Sequence[tuple[str, str]]
    lists: Sequence[str] | None
    as_of: date | None
    encoding: str | None


class QueryOptions(BaseModel):
    """The options of a file that is the whole body; a form may have them as fields instead."""

    columns: list[str] = Field([], max_length=100, description="ROLE=HEADER or ROLE.field=HEADER; may be repeated.")
    lists: list[str] = Field([], max_length=100, description="Id of a list; may be repeated. All of them if left out.")
    as_of: str = Field("", max_length=10, description="Screen with what was in force on this day (YYYY-MM-DD).")
    encoding: str = Field("", max_length=40, description="The file's encoding, e.g. gb18030. Recognised if left out.")
    filename: str = Field("", max_length=255, description="The name of a file that is the whole body.")


class ColumnOut(BaseModel):
    header: str
    role: str = Field(description="What the party in this column does in the shipment; empty for goods and the rest.")
    field: str = Field(description="What the column holds; empty where it is not read.")


class PreviewOut(BaseModel):
    columns: list[ColumnOut]
    rows: list[list[str]] = Field(description="The first ten rows, cell by cell.")
    encoding: str = Field(description="Empty for a workbook.")
    sheet: str = Field(description="The sheet of the workbook that is read; empty for other files.")
    warnings: list[str]
    problem: str = Field(description="Why the file cannot be screened as it is; empty if it can.")


@router.post(
    UPLOADS[0],
    status_code=202,
    summary="Upload a shipment file to be screened",
    response_model=JobOut,
    openapi_extra=_BODY,
    responses=documented(
        NO_KEY, NOT_ALLOWED, CONFLICT, TOO_LARGE, WRONG_TYPE, INVALID, FAILED, NOT_READY, OUT_OF_TIME, NO_ROOM
    )
    | {
        200: {"description": "The same file was sent before with this Idempotency-Key; its job.", "model": JobOut},
        202: {"description": "The job that will screen the file; `Location` is its path.", "model": JobOut},
    },
)
async def create_shipment(
    request: Request,
    key: Annotated[ApiKey, Depends(require(Scope.SCREEN))],
    asked: Annotated[QueryOptions, Query()],
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            description="Any text of yours: sent again with the same file it answers with the same job.",
        ),
    ] = None,
) -> JSONResponse:
    """A form with the file in `file`, or the file itself as the body. CSV, XLSX or JSON lines.

    The file is screened by a worker, not by this call: follow the job at `Location`.
    """
    settings, store = _tools(request)
    job_id = new_job_id()
    uploads = Uploads(settings.uploads_dir)
    received = await receive_file(request, uploads, job_id, settings.max_upload_bytes)
    is_kept = False
    try:
        options = _options(asked, received, request.app.state.screeners)
        assert key.id is not None
        order = Order(
            key.id,
            received.file_name,
            options.columns,
            options.lists,
            options.encoding,
            options.as_of,
            idempotency_key,
        )
        submitted = await anyio.to_thread.run_sync(submit_job, store, job_id, order, received.upload)
        is_kept = submitted.is_new
    finally:
        if not is_kept:
            uploads.remove(received.upload.name)
    return _answer(submitted)


@router.post(
    UPLOADS[1],
    summary="Look at a shipment file before it is screened",
    response_model=PreviewOut,
    openapi_extra=_BODY,
    responses=documented(
        NO_KEY, NOT_ALLOWED, TOO_LARGE, WRONG_TYPE, INVALID, UNREADABLE, FAILED, NOT_READY, OUT_OF_TIME, NO_ROOM
    ),
    dependencies=[Depends(require(Scope.SCREEN))],
)
async def preview_shipment(request: Request, asked: Annotated[QueryOptions, Query()]) -> Preview:
    """The headers, what each column is taken for, and the first ten rows. Nothing is screened, the file is not kept."""
    settings, _ = _tools(request)
    uploads = Uploads(settings.uploads_dir)
    received = await receive_file(request, uploads, f"preview_{secrets.token_urlsafe(16)}", settings.max_upload_bytes)
    try:
        options = _options(asked, received, request.app.state.screeners)
        preview = await look_at(uploads, received.upload.name, received.file_name, options)
        return replace(preview, problem=with_fields(preview.problem))
    finally:
        uploads.remove(received.upload.name)


async def look_at(uploads: Uploads, name: str, file_name: str, options: Options) -> Preview:
    """In a process of its own: a workbook is opened whole, and this one has others to serve."""
    path = uploads.path(name)
    try:
        with anyio.fail_after(PREVIEW_SECONDS):
            return await anyio.to_process.run_sync(
                preview_file, path, file_name, options.columns, options.encoding, cancellable=True
            )
    except TimeoutError:
        detail = f"the file could not be opened within {PREVIEW_SECONDS} seconds; upload it without a preview"
        raise ProblemError(OUT_OF_TIME, detail) from None


def _answer(submitted: Submitted) -> JSONResponse:
    if not submitted.is_same:
        detail = f"this Idempotency-Key was used for {submitted.job.id} with another file or options; choose a new one"
        raise ProblemError(CONFLICT, detail)
    body = job_out(submitted.job).model_dump(mode="json")
    status = 202 if submitted.is_new else 200
    return JSONResponse(body, status, headers={"Location": f"/v1/jobs/{submitted.job.id}"})


def _tools(request: Request) -> tuple[Settings, Store]:
    return request.app.state.settings, request.app.state.store


def _options(asked: QueryOptions, received: Received, screeners: Screeners) -> Options:
    said: dict[str, list[str]] = {"columns": [*asked.columns], "lists": [*asked.lists]}
    said |= {"as_of": [asked.as_of], "encoding": [asked.encoding]}
    for name, value in received.fields:
        if name not in said:
            raise _invalid(name, f"there is no such field; the fields are file, {', '.join(said)}")
        said[name].append(value)
    return parse_options(screeners, **said)


def parse_options(
    screeners: Screeners,
    columns: Iterable[str] = (),
    lists: Iterable[str] = (),
    as_of: Iterable[str] = (),
    encoding: Iterable[str] = (),
) -> Options:
    """Options as they are written; empty values count as left out. Raises problems that name the field."""
    list_ids = [item for item in lists if item]
    for list_id in list_ids:
        if list_id not in screeners.bundled.sources:
            known = ", ".join(screeners.bundled.sources)
            raise _invalid("lists", f"there is no list {list_id!r}; known lists: {known}")
    return Options(
        [_column(item) for item in columns if item],
        list_ids or None,
        _day([item for item in as_of if item]),
        _encoding([item for item in encoding if item]),
    )


def _column(item: str) -> tuple[str, str]:
    role, separator, header = item.partition("=")
    if not separator or not role.strip() or not header.strip():
        raise _invalid("columns", f"{item!r} must be ROLE=HEADER, for example supplier=Vendor")
    try:
        assign_columns([header], [(role, header)])
    except ImportgateError as error:
        raise _invalid("columns", with_fields(str(error))) from None
    return role.strip(), header


def _day(days: list[str]) -> date | None:
    if len(days) > 1:
        raise _invalid("as_of", "it is there more than once")
    try:
        if days and len(days[0]) != len("2026-01-31"):  # Python also reads 20260131 and week dates
            raise ValueError(days[0])
        return date.fromisoformat(days[0]) if days else None
    except ValueError:
        raise _invalid("as_of", f"{days[0]!r} is no date; write it as YYYY-MM-DD, for example 2026-01-31") from None


def _encoding(names: list[str]) -> str | None:
    if len(names) > 1:
        raise _invalid("encoding", "it is there more than once")
    if not names:
        return None
    try:
        known_codec(names[0])
    except UsageError as error:
        raise _invalid("encoding", str(error)) from None
    return names[0]


def _invalid(name: str, detail: str) -> ProblemError:
    return ProblemError(INVALID, f"{name}: {detail}", errors=[{"parameter": name, "detail": detail}])
