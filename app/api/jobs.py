"""Jobs: the state of each, live or when asked; their results; their end."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

import anyio
import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from app.api.access import require
from app.api.paging import DEFAULT_PAGE, Cursor, Limit, cursor_of, place_of
from app.api.problems import (
    CONFLICT,
    FAILED,
    INVALID,
    NO_KEY,
    NOT_ALLOWED,
    NOT_FOUND,
    ProblemError,
    documented,
    with_fields,
)
from app.api.screenings import RecordOut
from app.reports.export import EXPORTS, Export, exported
from app.screening.model import Outcome, Role
from app.screening.screeners import Screeners
from app.settings import Settings
from app.store.database import Store
from app.store.jobs import (
    Ending,
    JobState,
    columns_of,
    end_job,
    find_job,
    has_ended,
    list_jobs,
    lists_of,
    progress_of,
    warnings_of,
)
from app.store.keys import Scope
from app.store.results import Filters, context_of_job, results_page, stored_record, stream_records
from app.store.tables import ApiKey, Job
from app.store.uploads import Uploads

EVENTS_EVERY = 1.0  # seconds between looks at the job
EVENTS_LAST = 300.0  # seconds; then the client connects again, and its key is looked at again

router = APIRouter(tags=["jobs"])


class FileOut(BaseModel):
    name: str
    size: int = Field(description="Bytes.")
    sha256: str


class RowsOut(BaseModel):
    done: int = Field(description="Rows whose results are stored.")
    total: int | None = Field(description="Null until they have been counted.")


class JobOut(BaseModel):
    """An uploaded file and how far its screening has come."""

    id: str
    state: JobState
    cancelling: bool = Field(description="It is being cancelled, and ends with the rows in hand.")
    file: FileOut
    columns: list[str] = Field(description="ROLE=HEADER, as the caller gave them.")
    lists: list[str] | None = Field(description="Null for all lists.")
    as_of: date
    encoding: str | None
    rows: RowsOut
    outcomes: dict[Outcome, int] = Field(description="How many parties got each outcome so far.")
    rows_per_second: float | None
    seconds_left: float | None
    warnings: list[str]
    problem: str = Field(description="Why it failed, or why it waits to be tried again; empty otherwise.")
    attempt: int = Field(description="How many times a worker has taken it up.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobsOut(BaseModel):
    items: list[JobOut]
    next: str | None = Field(description="`cursor` of the next page; null on the last one.")


class ResultsOut(BaseModel):
    items: list[RecordOut]
    next: str | None = Field(description="`cursor` of the next page; null on the last one.")


class EndedOut(BaseModel):
    id: str
    did: Ending = Field(
        description="`cancelled`, `cancelling` (a worker has it in hand and stops within seconds) or `deleted`, with "
        "its results and its file."
    )


class ResultsFormat(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


def job_out(job: Job) -> JobOut:
    progress = progress_of(job)
    return JobOut(
        id=job.id,
        state=JobState(job.state),
        cancelling=job.cancel_requested_at is not None and not has_ended(job),
        file=FileOut(name=job.file_name, size=job.size, sha256=job.sha256),
        columns=[f"{role}={header}" for role, header in columns_of(job)],
        lists=lists_of(job),
        as_of=job.as_of,
        encoding=job.encoding,
        rows=RowsOut(done=progress.rows_done, total=progress.rows_total),
        outcomes=progress.outcomes,
        rows_per_second=progress.rows_per_second,
        seconds_left=progress.seconds_left,
        warnings=warnings_of(job),
        problem=with_fields(job.problem),
        attempt=job.attempt,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _job(request: Request, job_id: str) -> Job:
    job = find_job(_store(request), job_id)
    if job is None:
        raise _no_job(job_id)
    return job


def _no_job(job_id: str) -> ProblemError:
    return ProblemError(NOT_FOUND, f"there is no job {job_id!r}; GET /v1/jobs shows those there are")


TheStore = Annotated[Store, Depends(_store)]
TheJob = Annotated[Job, Depends(_job)]
_MAY_SCREEN = [Depends(require(Scope.SCREEN))]
_OF_ONE = documented(NO_KEY, NOT_ALLOWED, NOT_FOUND, INVALID, FAILED)


@router.get(
    "/jobs",
    summary="All jobs, newest first",
    response_model=JobsOut,
    responses=documented(NO_KEY, NOT_ALLOWED, INVALID, FAILED),
    dependencies=_MAY_SCREEN,
)
def get_jobs(
    store: TheStore, limit: Limit = DEFAULT_PAGE, cursor: Cursor = None, state: JobState | None = None
) -> JobsOut:
    after = None
    if cursor is not None:
        created_at, job_id = place_of(cursor, str, str)
        after = _instant(created_at), job_id
    jobs = list_jobs(store, limit + 1, after, state)
    more = len(jobs) > limit
    last = jobs[limit - 1] if more else None
    return JobsOut(
        items=[job_out(job) for job in jobs[:limit]],
        next=cursor_of(last.created_at.isoformat(), last.id) if last else None,
    )


@router.get("/jobs/{job_id}", summary="One job", response_model=JobOut, responses=_OF_ONE, dependencies=_MAY_SCREEN)
def get_job(job: TheJob) -> JobOut:
    return job_out(job)


@router.get(
    "/jobs/{job_id}/events",
    summary="One job, live",
    response_class=EventSourceResponse,
    responses=_OF_ONE,
    dependencies=_MAY_SCREEN,
)
async def get_events(
    request: Request, job: TheJob, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `progress` whenever the job has moved, `end` when it has ended, both with the job as data.

    After some minutes the stream pauses for the client to connect again, with `Last-Event-ID`.
    """
    store = _store(request)
    seen = last_event_id
    until = time.monotonic() + EVENTS_LAST
    found: Job | None = job
    while found is not None:
        mark = f"{found.attempt}-{found.next_row}-{found.state}"
        if has_ended(found):
            yield ServerSentEvent(event="end", data=job_out(found), id=mark)
            return
        if mark != seen:
            yield ServerSentEvent(event="progress", data=job_out(found), id=mark, retry=1000)
            seen = mark
        if time.monotonic() > until or getattr(request.app.state, "stopping", False):
            return
        await anyio.sleep(EVENTS_EVERY)
        found = await anyio.to_thread.run_sync(find_job, store, job.id)


@router.get(
    "/jobs/{job_id}/results",
    summary="The results of a job",
    response_model=ResultsOut,
    responses=documented(NO_KEY, NOT_ALLOWED, NOT_FOUND, CONFLICT, INVALID, FAILED)
    | {
        200: {
            "content": {export.media_type: {"schema": {"type": "string"}} for export in EXPORTS.values()},
            "description": "A page of results, or all of them as a file.",
        }
    },
    dependencies=_MAY_SCREEN,
)
def get_results(
    request: Request,
    job: TheJob,
    limit: Limit = DEFAULT_PAGE,
    cursor: Cursor = None,
    outcome: Annotated[list[Outcome], Query(description="Only these outcomes; may be repeated.")] = [],  # noqa: B006
    role: Annotated[list[Role], Query(description="Only parties with these roles; may be repeated.")] = [],  # noqa: B006
    list_id: Annotated[
        list[str], Query(alias="list", max_length=100, description="Only with a hit on these lists; may be repeated.")
    ] = [],  # noqa: B006
    text: Annotated[str, Query(max_length=200, description="Only parties with this in their name.")] = "",
    form: Annotated[
        ResultsFormat | None,
        Query(alias="format", description="`csv`, `xlsx` and `jsonl` give all results as a file. `Accept` does, too."),
    ] = None,
) -> Response:
    """In the order of the file; of a running job those that are stored so far. As a file only once it has ended."""
    store = _store(request)
    filters = Filters(outcome, list_id, role, text)
    export = _export(request, form)
    if export is not None:
        return results_file(request, job, filters, export)
    after = place_of(cursor, int)[0] if cursor is not None else 0
    found = results_page(store, job, filters, limit + 1, after)
    context = context_of_job(store, job)
    records = [stored_record(stored, context) for stored in found[:limit]]
    following = cursor_of(found[limit - 1].number) if len(found) > limit else None
    return JSONResponse({"items": records, "next": following})


@router.delete(
    "/jobs/{job_id}",
    summary="Cancel a job, or delete it",
    response_model=EndedOut,
    responses=documented(NO_KEY, NOT_ALLOWED, NOT_FOUND, INVALID, FAILED),
)
def delete_job(
    request: Request, store: TheStore, job_id: str, key: Annotated[ApiKey, Depends(require(Scope.SCREEN))]
) -> EndedOut:
    """A job that waits or runs is cancelled, and keeps its results; one that has ended is deleted with its results."""
    settings: Settings = request.app.state.settings
    ended = end_job(store, job_id, key.name)
    if ended is None:
        raise _no_job(job_id)
    job, did = ended
    if did is Ending.DELETED:
        Uploads(settings.uploads_dir).remove(job.stored_as)
    return EndedOut(id=job_id, did=did)


def _export(request: Request, form: ResultsFormat | None) -> Export | None:
    """The file that is asked for, by `format` or else by `Accept`; None for a page."""
    if form is not None:
        return EXPORTS.get(form.value)
    accepted = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")]
    for kind in accepted:
        if kind in ("application/json", "*/*"):
            return None
        for export in EXPORTS.values():
            if kind == export.media_type.partition(";")[0]:
                return export
    return None


def results_file(request: Request, job: Job, filters: Filters, export: Export) -> StreamingResponse:
    """All results of a job that has ended, as a file to download."""
    if not has_ended(job):
        raise ProblemError(CONFLICT, f"{job.id} is still {job.state}; ask for pages, or wait until it has ended")
    screeners: Screeners = request.app.state.screeners
    settings: Settings = request.app.state.settings
    titles = {list_id: entity_list.title for list_id, entity_list in screeners.bundled.lists.items()}
    pages = stream_records(_store(request), job, filters)
    headers = {"Content-Disposition": _attachment(job, export.suffix)}
    return StreamingResponse(
        exported(export, pages, titles, settings.uploads_dir), media_type=export.media_type, headers=headers
    )


def _attachment(job: Job, suffix: str) -> str:
    stem = job.file_name.rpartition(".")[0] or job.file_name
    partial = "" if job.state == JobState.COMPLETED else "-partial"
    return (
        f"attachment; filename=\"{job.id}{partial}.{suffix}\"; filename*=UTF-8''{quote(stem)}-results{partial}.{suffix}"
    )


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ProblemError(INVALID, "cursor: this is no cursor of ours") from None
