"""Jobs as callers see them: submitted, looked at, cancelled, deleted. Workers use `app.store.leases`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import and_, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select

from app.screening.model import Outcome
from app.store.audit import audit
from app.store.database import Store, database_time
from app.store.tables import Hit, Job
from app.store.uploads import Upload


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"  # its results are being removed; nobody sees it any more


ENDED = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})


class Ending(StrEnum):
    """What `end_job` did."""

    CANCELLED = "cancelled"
    CANCELLING = "cancelling"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be screened, and how. `lists` are ids, None for all; `columns` are pairs (ROLE or ROLE.field, header);
    without `as_of` it is the day (UTC) of the upload."""

    key_id: int
    file_name: str
    columns: Sequence[tuple[str, str]] = ()
    lists: Sequence[str] | None = None
    encoding: str | None = None
    as_of: date | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The job of an order. `is_new` is False where the idempotency key was used before; then `is_same` says whether
    that was for the same file and the same order."""

    job: Job
    is_new: bool = True
    is_same: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come. `rows_per_second` and `seconds_left` are None where nobody can know."""

    rows_done: int
    rows_total: int | None
    outcomes: dict[Outcome, int]
    rows_per_second: float | None
    seconds_left: float | None


def new_job_id() -> str:
    return f"job_{secrets.token_urlsafe(16)}"


def submit_job(store: Store, job_id: str, order: Order, upload: Upload) -> Submitted:
    """Queue the job. Of two submissions with one idempotency key, even at once, only one makes a job."""
    known = _submitted_before(store, order, upload)
    if known is not None:
        return known
    try:
        with store.write() as session:
            now = database_time(session)
            job = Job(
                id=job_id,
                key_id=order.key_id,
                idempotency_key=order.idempotency_key,
                state=JobState.QUEUED,
                file_name=order.file_name,
                stored_as=upload.name,
                size=upload.size,
                sha256=upload.sha256,
                columns=_columns_text(order),
                lists=_lists_text(order),
                encoding=order.encoding,
                as_of=order.as_of or now.date(),
                created_at=now,
                updated_at=now,
            )
            session.add(job)
    except IntegrityError:
        known = _submitted_before(store, order, upload)
        if known is None:  # some other rule was broken
            raise
        return known
    return Submitted(job)


def _submitted_before(store: Store, order: Order, upload: Upload) -> Submitted | None:
    if order.idempotency_key is None:
        return None
    mine = and_(col(Job.key_id) == order.key_id, col(Job.idempotency_key) == order.idempotency_key)
    with store.read() as session:
        job = session.exec(select(Job).where(mine)).one_or_none()
    if job is None:
        return None
    asked = (upload.sha256, _columns_text(order), _lists_text(order), order.encoding, order.as_of or job.as_of)
    same = asked == (job.sha256, job.columns, job.lists, job.encoding, job.as_of)
    return Submitted(job, is_new=False, is_same=same)


def find_job(store: Store, job_id: str) -> Job | None:
    with store.read() as session:
        job = session.get(Job, job_id)
    return None if job is None or job.state == JobState.DELETED else job


def list_jobs(
    store: Store, limit: int, after: tuple[datetime, str] | None = None, state: JobState | None = None
) -> list[Job]:
    """Jobs, newest first. `after` is `created_at` and `id` of the last job of the page before."""
    question = select(Job).where(col(Job.state) != JobState.DELETED)
    if state is not None:
        question = question.where(col(Job.state) == state)
    if after is not None:
        created_at, job_id = after
        earlier = and_(col(Job.created_at) == created_at, col(Job.id) < job_id)
        question = question.where(or_(col(Job.created_at) < created_at, earlier))
    with store.read() as session:
        return list(session.exec(question.order_by(col(Job.created_at).desc(), col(Job.id).desc()).limit(limit)))


def end_job(store: Store, job_id: str, by: str) -> tuple[Job, Ending] | None:
    """Cancel a job that has not ended, delete one that has, results and all; None where there is none. `by` asks.

    A running job ends with the chunk in hand. The caller removes the file of a deleted one; a worker's duty removes its
    screenings, which may be millions.
    """
    with store.write() as session:
        job = session.exec(select(Job).where(Job.id == job_id).with_for_update()).one_or_none()
        if job is None or job.state == JobState.DELETED:
            return None
        now = database_time(session)
        job.updated_at = now
        is_over = job.state in ENDED
        audit(session, by, "job.deleted" if is_over else "job.cancelled", job.id, {"file": job.file_name})
        if job.state == JobState.RUNNING and job.lease_until is not None and job.lease_until > now:
            job.cancel_requested_at = job.cancel_requested_at or now
            return job, Ending.CANCELLING
        if not is_over:
            job.state = JobState.CANCELLED
            job.finished_at = now
            job.worker = job.lease_until = None
            return job, Ending.CANCELLED
        job.state = JobState.DELETED
        job.idempotency_key = None
        session.exec(delete(Hit).where(col(Hit.batch_id) == job.id))
        return job, Ending.DELETED


def progress_of(job: Job) -> Progress:
    outcomes = {outcome: int(getattr(job, outcome.value)) for outcome in Outcome}
    rate = left = None
    if job.claimed_at is not None and job.next_row > job.claimed_row:
        seconds = (job.updated_at - job.claimed_at).total_seconds()
        rate = (job.next_row - job.claimed_row) / seconds if seconds > 0 else None
    if rate and job.state == JobState.RUNNING and job.total_rows is not None:
        left = (job.total_rows - job.next_row) / rate
    return Progress(job.next_row, job.total_rows, outcomes, rate, left)


def columns_of(job: Job) -> list[tuple[str, str]]:
    return [(role, header) for role, header in json.loads(job.columns)]


def lists_of(job: Job) -> list[str] | None:
    lists: list[str] | None = json.loads(job.lists)
    return lists


def warnings_of(job: Job) -> list[str]:
    warnings: list[str] = json.loads(job.warnings)
    return warnings


def has_ended(job: Job) -> bool:
    return job.state in ENDED


def _columns_text(order: Order) -> str:
    return json.dumps([list(pair) for pair in order.columns], ensure_ascii=False)


def _lists_text(order: Order) -> str:
    return json.dumps(None if order.lists is None else sorted(set(order.lists)))
