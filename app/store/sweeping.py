"""What nobody needs any more: results of deleted jobs, files of jobs that ended long ago, old messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import col, delete, func, select

from app.store.database import Store, database_time
from app.store.deliveries import DeliveryState
from app.store.jobs import ENDED, JobState
from app.store.tables import Delivery, Difference, Job, StoredScreening

_SLICE = 20_000  # screenings that are removed at once: others write meanwhile


def remove_deleted_results(store: Store) -> None:
    """Removes the screenings of deleted jobs, some at a time, and then the jobs."""
    with store.read() as session:
        deleted = session.exec(select(Job.id).where(Job.state == JobState.DELETED)).all()
    for job_id in deleted:
        is_of_job = col(StoredScreening.batch_id) == job_id
        with store.read() as session:
            last = session.exec(select(func.max(StoredScreening.number)).where(is_of_job)).one() or 0
        for number in range(0, last, _SLICE):
            with store.write() as session:
                session.exec(delete(StoredScreening).where(is_of_job, col(StoredScreening.number) <= number + _SLICE))
        with store.write() as session:
            session.exec(delete(Job).where(col(Job.id) == job_id, col(Job.state) == JobState.DELETED))


def take_files_of_ended_jobs(store: Store, after: timedelta) -> list[str]:
    """The names of files whose jobs ended longer ago than `after`; the jobs forget them."""
    with store.write() as session:
        before = database_time(session) - after
        jobs = session.exec(
            select(Job)
            .where(col(Job.state).in_(ENDED), col(Job.stored_as) != "", col(Job.finished_at) < before)
            .with_for_update(skip_locked=True)
        ).all()
        names = [job.stored_as for job in jobs]
        for job in jobs:
            job.stored_as = ""
        return names


def remove_old_messages(store: Store, after: timedelta) -> None:
    """Removes differences from longer ago than `after`, and messages that nobody tries any more.

    The newest difference stays: SQLite would give its id to the next one, which whoever reads on behind it would miss.
    """
    with store.write() as session:
        before = database_time(session) - after
        is_done = col(Delivery.state) != DeliveryState.WAITING
        session.exec(delete(Delivery).where(is_done, col(Delivery.created_at) < before))
        newest = select(func.max(Difference.id)).scalar_subquery()
        session.exec(delete(Difference).where(col(Difference.at) < before, col(Difference.id) < newest))


def known_files(store: Store, names: Iterable[str]) -> set[str]:
    """Those of the names that belong to a job."""
    with store.read() as session:
        return set(session.exec(select(Job.stored_as).where(col(Job.stored_as).in_(list(names)))))
