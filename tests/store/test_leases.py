"""Claims, leases and chunks, on both databases: a rule that is taken out makes its test fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, func, select, update

from app.screening.model import Outcome
from app.store.database import Store, database_time
from app.store.jobs import Ending, JobState, Order, end_job, find_job, new_job_id, progress_of, submit_job
from app.store.keys import Scope, create_key
from app.store.leases import (
    MAX_DEATHS,
    MAX_RETRIES,
    ROW_DEATHS,
    Chunk,
    Claim,
    LostError,
    Standing,
    begin_rows,
    cancel_claimed,
    claim_job,
    commit_chunk,
    complete_job,
    fail_job,
    hand_back,
    narrow,
    note_trying,
    release_dead,
    renew_lease,
    retry_later,
)
from app.store.tables import Context, Job, StoredScreening
from app.store.tables.jobs import CHUNK_ROWS
from app.store.uploads import Upload

LEASE = timedelta(seconds=60)
OVER = timedelta(0)  # a lease that ends as it begins


@pytest.fixture
def job_id(any_store: Store) -> str:
    return submitted(any_store).id


def submitted(store: Store, idempotency_key: str | None = None) -> Job:
    key, _ = create_key(store, "k", [Scope.SCREEN])
    assert key.id is not None
    job_id = new_job_id()
    order = Order(key.id, "x.csv", idempotency_key=idempotency_key)
    return submit_job(store, job_id, order, Upload(job_id, 10, "0" * 64)).job


def claimed(store: Store, worker: str = "a", lease: timedelta = LEASE) -> Claim:
    claim = claim_job(store, worker, lease)
    assert claim is not None
    return claim


def screenings(batch_id: str, first: int, last: int) -> Callable[[Session], None]:
    def insert(session: Session) -> None:
        for number in range(first, last + 1):
            session.add(
                StoredScreening(
                    batch_id=batch_id, number=number, row=number, role="party", name="", country="", outcome="clear",
                    party="{}",
                )
            )  # fmt: skip

    return insert


def commit(store: Store, claim: Claim, rows: int = 10) -> Claim:
    """The next `rows` rows, of one clear party each."""
    chunk = Chunk(claim.next_row + rows, rows, {Outcome.CLEAR: rows})
    first = claim.next_number
    return commit_chunk(store, claim, chunk, screenings(claim.job_id, first, first + rows - 1))


def stored(store: Store, job_id: str) -> int:
    with store.read() as session:
        question = select(func.count()).select_from(StoredScreening)
        return session.exec(question.where(col(StoredScreening.batch_id) == job_id)).one()


def state(store: Store, job_id: str) -> Job:
    job = find_job(store, job_id)
    assert job is not None
    return job


def test_the_lease_keeps_others_away_until_it_ends(any_store: Store, job_id: str) -> None:
    first = claimed(any_store, "a")
    assert (first.job_id, first.attempt) == (job_id, 1)
    assert claim_job(any_store, "b", LEASE) is None
    with any_store.write() as session:
        session.exec(update(Job).values(lease_until=database_time(session)))
    assert claimed(any_store, "b").attempt == 2


def test_who_lost_the_job_writes_nothing(any_store: Store, job_id: str) -> None:
    late = claimed(any_store, "a", OVER)
    owner = claimed(any_store, "a")  # even where both go by one name, as after a quick start of the same machine
    with pytest.raises(LostError) as lost:
        commit(any_store, late)
    assert lost.value.standing is Standing.LOST
    assert stored(any_store, job_id) == 0
    assert renew_lease(any_store, late) is Standing.LOST
    for write in (
        lambda: complete_job(any_store, late),
        lambda: fail_job(any_store, late, "x"),
        lambda: retry_later(any_store, late, "x"),
        lambda: hand_back(any_store, late),
        lambda: narrow(any_store, late),
        lambda: begin_rows(any_store, late, 1, 1, []),
    ):
        with pytest.raises(LostError):
            write()
    assert stored(any_store, job_id) == 0
    commit(any_store, owner)
    assert stored(any_store, job_id) == 10


def test_a_chunk_is_committed_once(any_store: Store, job_id: str) -> None:
    claim = claimed(any_store)
    after = commit(any_store, claim)
    with pytest.raises(LostError):
        commit_chunk(any_store, claim, Chunk(10, 0, {Outcome.CLEAR: 10}), lambda _: None)
    job = state(any_store, job_id)
    assert (job.next_row, job.clear, stored(any_store, job_id)) == (10, 10, 10)
    assert after.next_row == 10
    assert commit(any_store, after).next_number == 21


def test_where_the_results_cannot_be_stored_the_job_does_not_move(any_store: Store, job_id: str) -> None:
    claim = claimed(any_store)

    def fail(session: Session) -> None:
        screenings(job_id, 1, 5)(session)
        session.flush()
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        commit_chunk(any_store, claim, Chunk(10, 10, {Outcome.CLEAR: 10}), fail)
    assert (state(any_store, job_id).next_row, stored(any_store, job_id)) == (0, 0)
    assert commit(any_store, claim).next_row == 10


def test_the_oldest_job_comes_first_and_each_to_one_worker(any_store: Store) -> None:
    ids = [submitted(any_store).id for _ in range(3)]
    assert [claimed(any_store, worker).job_id for worker in "abc"] == ids
    assert claim_job(any_store, "d", LEASE) is None


def test_cancelling_a_running_job_ends_it_at_the_next_chunk(any_store: Store, job_id: str) -> None:
    claim = commit(any_store, claimed(any_store))
    ended = end_job(any_store, job_id, "k")
    assert ended is not None
    assert ended[1] is Ending.CANCELLING
    assert renew_lease(any_store, claim) is Standing.CANCELLED
    with pytest.raises(LostError) as lost:
        commit(any_store, claim)
    assert lost.value.standing is Standing.CANCELLED
    cancel_claimed(any_store, claim)
    assert (state(any_store, job_id).state, stored(any_store, job_id)) == (JobState.CANCELLED, 10)


@pytest.mark.parametrize("lease", [None, OVER], ids=["it waits", "its worker is gone"])
def test_cancelling_a_job_that_nobody_works_on_ends_it_at_once(
    any_store: Store, job_id: str, lease: timedelta | None
) -> None:
    if lease is not None:
        claimed(any_store, "a", lease)
    ended = end_job(any_store, job_id, "k")
    assert ended is not None
    assert ended[1] is Ending.CANCELLED
    assert claim_job(any_store, "b", LEASE) is None


def test_a_job_cancelled_while_its_worker_was_dying_is_not_taken_up_again(any_store: Store, job_id: str) -> None:
    claimed(any_store)
    end_job(any_store, job_id, "k")
    with any_store.write() as session:
        session.exec(update(Job).values(lease_until=database_time(session)))
    assert claim_job(any_store, "b", LEASE) is None
    assert state(any_store, job_id).state == JobState.CANCELLED


def test_a_job_handed_back_goes_on_where_it_was_and_counts_no_failure(any_store: Store, job_id: str) -> None:
    hand_back(any_store, commit(any_store, claimed(any_store, "a")))
    again = claimed(any_store, "b")
    assert (again.next_row, again.next_number, again.attempt) == (10, 11, 2)
    assert state(any_store, job_id).failures == 0


def test_what_a_dead_worker_had_is_released_at_once(any_store: Store, job_id: str) -> None:
    claimed(any_store, "a")
    assert release_dead(any_store, "b") == 0
    assert release_dead(any_store, "a") == 1
    assert claimed(any_store, "b").job_id == job_id
    assert state(any_store, job_id).failures == 1


def test_rows_that_end_workers_are_closed_in_upon(any_store: Store, job_id: str) -> None:
    """Once may be an accident. Then ever smaller chunks, until one row is left, which is tried three times."""
    sizes = []
    for _ in range(5 + ROW_DEATHS):
        claim = claimed(any_store, "a", OVER)
        sizes.append((claim.chunk_rows, claim.careful_until))
        if claim.is_careful and claim.chunk_rows:
            note_trying(any_store, claim)
    assert sizes == [
        (CHUNK_ROWS, 0),
        (CHUNK_ROWS, 0),
        (256, CHUNK_ROWS),
        (16, 256),
        *[(1, 16)] * ROW_DEATHS,
        (0, 1),
    ]
    without_it = commit(any_store, claim, 1)
    assert (without_it.chunk_rows, without_it.careful_until) == (1, 17), "a bad row seldom comes alone"
    assert state(any_store, job_id).failures == 4 + ROW_DEATHS
    after = commit(any_store, without_it, 1)
    assert state(any_store, job_id).failures == 0
    assert commit(any_store, after, 15).chunk_rows == CHUNK_ROWS


def test_deaths_over_a_row_count_only_in_a_row(any_store: Store, job_id: str) -> None:
    while (claim := claimed(any_store, "a", OVER)).chunk_rows != 1:
        note_trying(any_store, claim)
    for _ in range(2 * ROW_DEATHS):
        note_trying(any_store, claim)
        claim = commit(any_store, claimed(any_store, "a", OVER), 1)
    assert (claim.chunk_rows, state(any_store, job_id).row_deaths) == (1, 0)


@pytest.mark.usefixtures("job_id")
def test_a_worker_that_ends_before_it_looks_at_the_rows_accuses_none(any_store: Store) -> None:
    sizes = [claimed(any_store, "a", OVER).chunk_rows for _ in range(10)]
    assert sizes == [CHUNK_ROWS] * 2 + [256] * 8


def test_a_job_that_ends_every_worker_fails(any_store: Store, job_id: str) -> None:
    for _ in range(MAX_DEATHS + 1):
        claimed(any_store, "a", OVER)
    assert claim_job(any_store, "a", LEASE) is None
    job = state(any_store, job_id)
    assert job.state == JobState.FAILED
    assert "ended 21 times without a result" in job.problem


def test_a_failure_that_may_pass_is_tried_again_ever_later_and_not_for_ever(any_store: Store, job_id: str) -> None:
    waits = []
    for _ in range(MAX_RETRIES):
        claim = claimed(any_store)
        retry_later(any_store, claim, "the disk is full")
        assert claim_job(any_store, "a", LEASE) is None, "it has to wait"
        job = state(any_store, job_id)
        assert job.waits_until is not None
        waits.append(round((job.waits_until - job.updated_at).total_seconds()))
        assert (job.state, job.problem) == (JobState.QUEUED, "the disk is full")
        with any_store.write() as session:
            session.exec(update(Job).values(waits_until=database_time(session)))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
    retry_later(any_store, claimed(any_store), "the disk is full")
    assert (state(any_store, job_id).state, state(any_store, job_id).problem) == (JobState.FAILED, "the disk is full")


def test_rows_of_another_context_are_screened_again(any_store: Store, job_id: str) -> None:
    """A job is evidence of one edition of the lists: a worker that was brought up to date begins it anew."""
    with any_store.write() as session:
        for number in (1, 2):
            values = {"as_of": date(2026, 11, 1), "editions": "{}", "sha256s": "{}", "policy": "", "software": ""}
            session.add(Context(id=number, digest=str(number) * 64, programmes="0" * 64, **values))
    claim = begin_rows(any_store, claimed(any_store), 100, 1, ["read as CSV"])
    hand_back(any_store, commit(any_store, claim))
    same = begin_rows(any_store, claimed(any_store), 100, 1, [])
    assert (same.next_row, stored(any_store, job_id)) == (10, 10)
    hand_back(any_store, same)
    anew = begin_rows(any_store, claimed(any_store), 100, 2, [])
    assert (anew.next_row, anew.next_number, stored(any_store, job_id)) == (0, 1, 0)
    job = state(any_store, job_id)
    assert (job.context_id, progress_of(job).outcomes[Outcome.CLEAR]) == (2, 0)
    assert "it was begun anew" in job.warnings


def test_how_fast_and_how_long(any_store: Store, job_id: str) -> None:
    claim = commit(any_store, replace(claimed(any_store)))
    with any_store.write() as session:
        job = session.exec(select(Job)).one()
        job.total_rows, job.claimed_at = 100, job.updated_at - timedelta(seconds=5)
    progress = progress_of(state(any_store, job_id))
    assert (progress.rows_done, progress.rows_total) == (10, 100)
    assert progress.rows_per_second == pytest.approx(2)
    assert progress.seconds_left == pytest.approx(45)
    complete_job(any_store, claim)
    assert progress_of(state(any_store, job_id)).seconds_left is None
