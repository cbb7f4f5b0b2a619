"""Workers that are killed, again and again: every row is there exactly once, and as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from app.lists.sources import resolve_sources
from app.screening.model import Outcome, Party, Role
from app.screening.screen import screen
from app.screening.screener import Screener
from app.store.jobs import progress_of
from app.store.tables import Hit, StoredScreening
from app.worker.screening import NOT_SCREENED
from tests.worker.conftest import lives

if TYPE_CHECKING:
    from tests.worker.conftest import Works

ON_POSTGRESQL = pytest.mark.parametrize("any_store", ["postgresql"], indirect=True)
ROWS = 200_000
KILLS = 10
NAMES = [*(f"Lotus Bay {n} Ceramics" for n in range(60)), "Hetian Taida Apparel Co., Ltd.", "Taida Apparel Hetian"]


def names() -> Iterator[str]:
    return (NAMES[number * number % len(NAMES)] if number % 1000 else "" for number in range(1, ROWS + 1))


def test_every_row_once_after_ten_kills(works: Works) -> None:
    job_id = works.submit("Supplier,Item\n" + "".join(f"{name},{n}\n" for n, name in enumerate(names(), 1)))
    chance = random.Random(7)
    for kill in range(1, KILLS + 1):
        worker = works.start()
        works.until(lambda kill=kill: works.job(job_id).attempt == kill)  # type: ignore[misc]
        begun = works.job(job_id).next_row
        if kill % 2:  # the others may die before they have done anything
            works.until(lambda begun=begun: works.job(job_id).next_row > begun)  # type: ignore[misc]
        time.sleep(chance.uniform(0, 0.2))
        works.kill(worker)
        assert works.job(job_id).next_row < ROWS, "it was killed too late to show anything"
    works.start()
    (job,) = works.ended(job_id)
    assert (job.state, job.attempt, job.next_row, job.total_rows) == ("completed", KILLS + 1, ROWS, ROWS)

    screener = Screener.open(resolve_sources(["us-uflpa"]), as_of=job.as_of, cache_dir=works.settings.cache_dir)
    undisturbed = {
        found.party.name: found
        for found in screen([Party(name, role=Role.SUPPLIER) for name in [*NAMES, ""]], screener)
    }
    expected = [undisturbed[name].outcome.value for name in names()]
    with works.store.read() as session:
        of_job = col(StoredScreening.batch_id) == job_id
        rows = session.exec(
            select(StoredScreening.number, StoredScreening.row, StoredScreening.name, StoredScreening.outcome)
            .where(of_job)
            .order_by(col(StoredScreening.number))
        ).all()
        hits = session.exec(select(Hit.number).where(col(Hit.batch_id) == job_id)).all()
    assert [(number, row) for number, row, _, _ in rows] == [(n, n) for n in range(1, ROWS + 1)]
    assert [outcome for *_, outcome in rows] == expected
    assert progress_of(job).outcomes == {outcome: Counter(expected)[outcome] for outcome in Outcome}
    assert len(hits) == sum(len(undisturbed[name].hits) for name in names())


def test_two_workers_share_four_jobs(works: Works) -> None:
    text = "Supplier\n" + "".join(f"{NAMES[n % len(NAMES)]}\n" for n in range(10_000))
    workers = [works.start() for _ in range(2)]
    job_ids = [works.submit(text) for _ in range(4)]
    jobs = works.ended(*job_ids)
    assert {(job.state, job.next_row, job.attempt) for job in jobs} == {("completed", 10_000, 1)}
    assert {int((job.worker or "").rpartition(":")[2]) for job in jobs} == set(workers)
    with works.store.read() as session:
        counts = Counter(session.exec(select(StoredScreening.batch_id)))
    assert counts == dict.fromkeys(job_ids, 10_000)


def test_a_row_that_ends_every_worker_is_left_out_and_said(works: Works) -> None:
    names = [f"Lotus Bay {n} Ceramics" for n in range(3000)]
    names[1234] = "Poison Ceramics"
    names[1236] = "Poison Valley"
    job_id = works.submit("Supplier\n" + "\n".join(names) + "\n")
    deaths = 0
    while works.job(job_id).state != "completed":
        worker = works.start("poisoned")
        works.until(lambda: works.job(job_id).state == "completed" or not lives(worker))  # noqa: B023
        works.let_leases_run_out()
        deaths += 1
        assert deaths < 20
    job = works.job(job_id)
    assert (job.next_row, job.incomplete, job.clear) == (3000, 2, 2998)
    with works.store.read() as session:
        found = session.exec(select(StoredScreening).where(col(StoredScreening.outcome) == "incomplete")).all()
    assert sorted((one.row, one.name) for one in found) == [(1235, "Poison Ceramics"), (1237, "Poison Valley")]
    assert NOT_SCREENED in (found[0].findings or "")


def test_a_worker_that_is_asked_to_stop_hands_its_job_back(works: Works) -> None:
    job_id = works.submit("Supplier\n" + "".join(f"{NAMES[n % len(NAMES)]}\n" for n in range(100_000)))
    worker = works.start()
    works.until(lambda: works.job(job_id).next_row > 0)
    os.kill(worker, signal.SIGTERM)
    works.until(lambda: not lives(worker))
    job = works.job(job_id)
    assert (job.state, job.failures, job.lease_until) == ("queued", 0, None)
    assert 0 < job.next_row < 100_000
    works.start()
    (job,) = works.ended(job_id)
    assert (job.state, job.next_row, job.attempt) == ("completed", 100_000, 2)


@ON_POSTGRESQL  # who stops in the middle of a write to SQLite stops everyone
def test_a_worker_that_hung_does_no_harm_when_it_goes_on(works: Works) -> None:
    job_id = works.submit("Supplier\n" + "".join(f"{NAMES[n % len(NAMES)]}\n" for n in range(60_000)))
    first = works.start()
    works.until(lambda: works.job(job_id).next_row > 0)
    os.kill(first, signal.SIGSTOP)
    works.let_leases_run_out()
    works.start()
    works.until(lambda: works.job(job_id).attempt == 2)
    os.kill(first, signal.SIGCONT)
    (job,) = works.ended(job_id)
    assert (job.state, job.next_row, job.attempt) == ("completed", 60_000, 2)
    with works.store.read() as session:
        assert len(session.exec(select(StoredScreening.number)).all()) == 60_000


@ON_POSTGRESQL  # a file does not go away while it is open
def test_a_database_that_goes_away_for_a_moment_costs_nothing_but_time(works: Works) -> None:
    job_id = works.submit("Supplier\n" + "".join(f"{NAMES[n % len(NAMES)]}\n" for n in range(60_000)))
    works.start()
    works.until(lambda: works.job(job_id).next_row > 0)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with works.store.read() as session:
        session.connection().exec_driver_sql(f"SELECT pg_terminate_backend(pid) {others}")
    assert works.job(job_id).next_row < 60_000
    (job,) = works.ended(job_id)
    assert (job.state, job.next_row, job.clear + job.review + job.block) == ("completed", 60_000, 60_000)
    with works.store.read() as session:
        assert len(session.exec(select(StoredScreening.number)).all()) == 60_000
