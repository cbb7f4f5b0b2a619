"""Who works on which job: claims, leases, and chunks that are committed once or not at all.

A worker owns a job until its lease ends by the database's clock, and renews it while it works. Every write of a worker
names the attempt it was given: once another has taken the job over, nothing of the first one's gets in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, delete, select, update

from app.screening.model import Outcome
from app.store.database import Store, database_time
from app.store.jobs import JobState
from app.store.tables import Hit, Job, StoredScreening
from app.store.tables.jobs import CHUNK_ROWS

MAX_DEATHS = 20  # in a row, without a row screened between them: more is no row's fault
MAX_RETRIES = 8  # in a row, after a failure that has nothing to do with the rows; some nine minutes
ROW_DEATHS = 3  # workers that one row must have cost before it is left out: a single one may have been killed
_NARROWER = 16  # how many times smaller the next chunk is where one has failed
_FIRST_WAIT, _LONGEST_WAIT = 2, 300  # seconds before a job that failed is tried again


class Standing(Enum):
    """How a worker stands to its job."""

    OWNED = auto()
    CANCELLED = auto()
    LOST = auto()


class LostError(Exception):
    """The job is another worker's now, or was cancelled: `standing` says which."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        super().__init__(standing.name)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours, as far as it is committed. See `Job` for `chunk_rows` and `careful_until`."""

    job: Job
    worker: str
    attempt: int
    next_row: int
    next_number: int
    chunk_rows: int
    careful_until: int
    lease: timedelta

    @property
    def job_id(self) -> str:
        return self.job.id

    @property
    def is_careful(self) -> bool:
        return self.next_row < self.careful_until


@dataclass(frozen=True, slots=True)
class Chunk:
    """The results of whole rows: all before `next_row` are committed with it, `size` screenings among them."""

    next_row: int
    size: int
    outcomes: Mapping[Outcome, int]


def claim_job(store: Store, worker: str, lease: timedelta) -> Claim | None:
    """The oldest job that waits, or whose worker let its lease run out; None where there is none."""
    with store.write() as session:
        now = database_time(session)
        waits = and_(
            col(Job.state) == JobState.QUEUED, or_(col(Job.waits_until).is_(None), col(Job.waits_until) <= now)
        )
        is_left = and_(col(Job.state) == JobState.RUNNING, col(Job.lease_until) <= now)
        question = select(Job).where(or_(waits, is_left)).order_by(col(Job.created_at), col(Job.id)).limit(1)
        job = session.exec(question.with_for_update(skip_locked=True)).one_or_none()
        if job is None:
            return None
        if job.state == JobState.RUNNING:
            _note_death(job)
        job.updated_at = now
        if job.cancel_requested_at is not None:
            _end(job, JobState.CANCELLED, "")
            return None
        if job.failures > MAX_DEATHS:
            _end(job, JobState.FAILED, f"its workers ended {job.failures} times without a result; see their logs")
            return None
        job.state = JobState.RUNNING
        job.worker = worker
        job.attempt += 1
        job.lease_until = now + lease
        job.waits_until = None
        job.started_at = job.started_at or now
        job.claimed_at, job.claimed_row = now, job.next_row
        return _claim(job, worker, lease)


def renew_lease(store: Store, claim: Claim) -> Standing:
    with store.write() as session:
        until = database_time(session) + claim.lease
        renewed = session.exec(update(Job).where(_owned(claim)).values(lease_until=until))
        return Standing.OWNED if renewed.rowcount else _standing(session, claim)


def begin_rows(store: Store, claim: Claim, total_rows: int, context_id: int, warnings: Sequence[str]) -> Claim:
    """Note what is known before the first row is screened. Where other lists or another version had begun the job, what
    they found is removed, and it begins anew: one job has one context. Raises `LostError`.
    """
    with store.write() as session:
        job = _locked(session, claim)
        if job.context_id is not None and job.context_id != context_id:
            session.exec(delete(Hit).where(col(Hit.batch_id) == job.id))
            session.exec(delete(StoredScreening).where(col(StoredScreening.batch_id) == job.id))
            job.next_row, job.next_number, job.claimed_row = 0, 1, 0
            job.block = job.review = job.incomplete = job.clear = 0
            warnings = [*warnings, "the lists or the software changed while the job waited; it was begun anew"]
        job.context_id = context_id
        job.total_rows = total_rows
        job.warnings = json.dumps(list(warnings), ensure_ascii=False)
        job.updated_at = database_time(session)
        return _claim(job, claim.worker, claim.lease)


def commit_chunk(store: Store, claim: Claim, chunk: Chunk, insert: Callable[[Session], None]) -> Claim:
    """Move the job on and insert the results, both or neither: no row is lost, and none is there twice.

    Raises `LostError` where the job is no longer this worker's, or is to be cancelled.
    """
    chunk_rows, careful_until = _next_size(claim, chunk)
    with store.write() as session:
        now = database_time(session)
        counts = {outcome.value: getattr(Job, outcome.value) + number for outcome, number in chunk.outcomes.items()}
        moved = session.exec(
            update(Job)
            .where(_owned(claim), col(Job.next_row) == claim.next_row)
            .values(
                next_row=chunk.next_row,
                next_number=claim.next_number + chunk.size,
                lease_until=now + claim.lease,
                updated_at=now,
                chunk_rows=chunk_rows,
                careful_until=careful_until,
                trying=False,
                row_deaths=0,
                **({"failures": 0} if claim.chunk_rows else {}),
                **counts,
            )
        )
        if not moved.rowcount:
            raise LostError(_standing(session, claim))
        insert(session)
    return replace(
        claim,
        next_row=chunk.next_row,
        next_number=claim.next_number + chunk.size,
        chunk_rows=chunk_rows,
        careful_until=careful_until,
    )


def note_trying(store: Store, claim: Claim) -> None:
    """Say that the rows under suspicion are about to be screened: if the worker ends now, it is because of them."""
    with store.write() as session:
        _locked(session, claim).trying = True


def narrow(store: Store, claim: Claim) -> Claim:
    """After a chunk has raised: its rows again, in smaller chunks, until the one that raises stands alone."""
    with store.write() as session:
        job = _locked(session, claim)
        job.failures += 1
        _narrow(job)
        return _claim(job, claim.worker, claim.lease)


def complete_job(store: Store, claim: Claim) -> None:
    with store.write() as session:
        job = _locked(session, claim)
        job.updated_at = database_time(session)
        _end(job, JobState.COMPLETED, "")


def fail_job(store: Store, claim: Claim, problem: str) -> None:
    """For good: nothing would be different another time."""
    with store.write() as session:
        job = _locked(session, claim)
        job.updated_at = database_time(session)
        _end(job, JobState.FAILED, problem)


def cancel_claimed(store: Store, claim: Claim) -> None:
    """End a job whose cancelling was asked for; what is committed stays."""
    with store.write() as session:
        job = session.exec(select(Job).where(_of_attempt(claim)).with_for_update()).one_or_none()
        if job is not None and job.cancel_requested_at is not None:
            job.updated_at = database_time(session)
            _end(job, JobState.CANCELLED, "")


def retry_later(store: Store, claim: Claim, problem: str) -> None:
    """After a failure that may pass: again after a while, each time a longer one, but not for ever."""
    with store.write() as session:
        job = _locked(session, claim)
        now = job.updated_at = database_time(session)
        job.failures += 1
        if job.failures > MAX_RETRIES:
            _end(job, JobState.FAILED, problem)
            return
        wait = min(_FIRST_WAIT * 2 ** (job.failures - 1), _LONGEST_WAIT)
        _requeue(job)
        job.waits_until = now + timedelta(seconds=wait)
        job.problem = problem


def hand_back(store: Store, claim: Claim) -> None:
    """Leave the job to whoever comes next, at once; it is nobody's fault."""
    with store.write() as session:
        _requeue(_locked(session, claim))


def release_dead(store: Store, worker: str) -> int:
    """Hand back what a worker had that is known to be dead, without waiting for its lease to end."""
    with store.write() as session:
        mine = and_(col(Job.worker) == worker, col(Job.state) == JobState.RUNNING)
        jobs = session.exec(select(Job).where(mine).with_for_update()).all()
        for job in jobs:
            _note_death(job)
            _requeue(job)
        return len(jobs)


def _of_attempt(claim: Claim) -> ColumnElement[bool]:
    return and_(
        col(Job.id) == claim.job_id,
        col(Job.state) == JobState.RUNNING,
        col(Job.worker) == claim.worker,
        col(Job.attempt) == claim.attempt,
    )


def _owned(claim: Claim) -> ColumnElement[bool]:
    return and_(_of_attempt(claim), col(Job.cancel_requested_at).is_(None))


def _standing(session: Session, claim: Claim) -> Standing:
    is_mine = session.exec(select(Job.id).where(_of_attempt(claim))).one_or_none() is not None
    return Standing.CANCELLED if is_mine else Standing.LOST


def _locked(session: Session, claim: Claim) -> Job:
    job = session.exec(select(Job).where(_owned(claim)).with_for_update()).one_or_none()
    if job is None:
        raise LostError(_standing(session, claim))
    return job


def _claim(job: Job, worker: str, lease: timedelta) -> Claim:
    return Claim(job, worker, job.attempt, job.next_row, job.next_number, job.chunk_rows, job.careful_until, lease)


def _note_death(job: Job) -> None:
    """The worker ended without a word. Once may be an accident; twice without a result, and its rows are looked at."""
    job.failures += 1
    if job.trying and job.chunk_rows == 1:
        job.row_deaths += 1
        job.trying = False
        if job.row_deaths < ROW_DEATHS:
            return
        _narrow(job)
    elif job.trying or (job.failures > 1 and job.chunk_rows == CHUNK_ROWS):
        _narrow(job)


def _narrow(job: Job) -> None:
    job.careful_until = job.next_row + max(1, job.chunk_rows)
    job.chunk_rows //= _NARROWER
    job.trying = False
    job.row_deaths = 0


def _next_size(claim: Claim, chunk: Chunk) -> tuple[int, int]:
    """`chunk_rows` and `careful_until` after a chunk. A bad row seldom comes alone: those behind it go one by one."""
    if claim.chunk_rows == 0:
        return 1, chunk.next_row + _NARROWER
    if chunk.next_row >= claim.careful_until:
        return CHUNK_ROWS, claim.careful_until
    return claim.chunk_rows, claim.careful_until


def _requeue(job: Job) -> None:
    job.state = JobState.QUEUED
    job.worker = job.lease_until = None


def _end(job: Job, state: JobState, problem: str) -> None:
    job.state = state
    job.problem = problem
    job.finished_at = job.updated_at
    job.lease_until = job.waits_until = None
