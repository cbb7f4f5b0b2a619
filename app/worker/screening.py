"""Screens the file of a claimed job from where it was left to its end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import groupby, takewhile

import structlog

from app.errors import InputError, ListError, UsageError
from app.files.parties import ShipmentParty
from app.files.shipments import ShipmentFile, open_shipments
from app.files.telling import ClearParty, Told, row_of, tell_file
from app.screening.model import Outcome, Screening
from app.screening.screen import screen
from app.screening.screener import Screener
from app.screening.screeners import Screeners
from app.store.database import Store
from app.store.evidence import context_of, insert_rows, rows_of, save_context
from app.store.jobs import columns_of, lists_of
from app.store.leases import Chunk, Claim, begin_rows, commit_chunk, complete_job, narrow, note_trying
from app.store.tables.jobs import CHUNK_ROWS
from app.store.uploads import Uploads
from app.worker.lease import Lease

_LONGEST = 2.0  # seconds between commits, so that people see a slow job move

NOT_SCREENED = "screening this row failed again and again, so it was left out; check it by hand"

log = structlog.stdlib.get_logger(__name__)


class FailedScreeningError(Exception):
    """Screening itself raised, as it may over a row that it does not understand; the cause says what."""


class Assignment:
    """One claimed job with all that is needed to screen it. `claim` is how far it has come."""

    def __init__(self, store: Store, claim: Claim, lease: Lease, shipments: ShipmentFile, screener: Screener) -> None:
        self.claim = claim
        self._store = store
        self._lease = lease
        self._shipments = shipments
        self._screener = screener

    def run(self, jobs: int) -> None:
        """Screens all that is left and completes the job; raises what the file, the database or the lease raise."""
        while self.claim.next_row < (self.claim.job.total_rows or 0):
            try:
                if self.claim.is_careful:
                    self._screen_carefully()
                else:
                    self._commit_all(jobs)
            except FailedScreeningError as error:
                log.error("screening has failed, fewer rows next", after=self.claim.next_row, exc_info=error)
                self.claim = narrow(self._store, self.claim)
        complete_job(self._store, self.claim)

    def _screen_carefully(self) -> None:
        """The rows that are under suspicion, as few at a time as the claim says, each lot committed before the next."""
        size, until, first = self.claim.chunk_rows, self.claim.careful_until, self.claim.next_row + 1
        suspects = takewhile(lambda item: _row(item) <= until, self._shipments.after(self.claim.next_row))
        for _, lot in groupby(suspects, lambda item: (_row(item) - first) // max(1, size)):
            self._lease.check()
            items = list(lot)
            self._commit(list(zip(items, self._screened(items), strict=True)))
            if self.claim.chunk_rows != size:
                return

    def _screened(self, items: list[ShipmentParty]) -> list[Screening]:
        if not self.claim.chunk_rows:
            return [Screening(item.party, Outcome.INCOMPLETE, problem=NOT_SCREENED) for item in items]
        note_trying(self._store, self.claim)
        try:
            return screen([item.party for item in items], self._screener)
        except Exception as error:
            raise FailedScreeningError from error

    def _commit_all(self, jobs: int) -> None:
        """Screens what is left with `jobs` processes, and commits a chunk of rows or what two seconds have brought at a
        time. What came before an error is committed as well."""
        stretches = tell_file(self._shipments, self._screener, jobs, after=self.claim.next_row)
        pending: list[Told] = []
        begun = time.monotonic()
        try:
            with closing(_failing(stretches)) as stream:
                for told in stream:
                    self._lease.check()
                    pending += told
                    if row_of(pending[-1]) - self.claim.next_row >= CHUNK_ROWS or time.monotonic() - begun > _LONGEST:
                        self._commit(pending)
                        pending, begun = [], time.monotonic()
        except (FailedScreeningError, InputError, UsageError, ListError):
            self._commit(pending)
            raise
        self._commit(pending)

    def _commit(self, told: Sequence[Told]) -> None:
        """Commits the results of whole rows."""
        if not told:
            return
        rows = rows_of(self.claim.job_id, enumerate(told, self.claim.next_number), self._screener)
        in_full = [one for one in told if not isinstance(one, ClearParty)]
        outcomes = Counter(screening.outcome for _, screening in in_full)
        outcomes[Outcome.CLEAR] += len(told) - len(in_full)
        chunk = Chunk(row_of(told[-1]), len(told), outcomes)
        self.claim = commit_chunk(self._store, self.claim, chunk, partial(insert_rows, rows=rows))


def screen_job(
    store: Store, claim: Claim, lease: Lease, screeners: Screeners, uploads: Uploads, max_rows: int, jobs: int
) -> None:
    """The whole of one attempt. Raises `InputError`, `UsageError` or `ListError` where the job cannot be done, else
    whatever went wrong, `StoppedError` and `LostError` among it.
    """
    job = claim.job
    screener = _screener(screeners, lists_of(job), claim)
    path = uploads.path(job.stored_as)
    with open_shipments(path, columns=columns_of(job), encoding=job.encoding, name=job.file_name) as shipments:
        lease.check()
        total = job.total_rows if job.total_rows is not None else shipments.count_rows()
        if total > max_rows:
            raise InputError(f"{job.file_name}: the file has {total:,} rows, and {max_rows:,} are allowed; split it")
        with store.write() as session:
            context_id = save_context(session, context_of(screener))
        warnings = [*shipments.warnings, f"{shipments.name}: read as {shipments.screened}"]
        claim = begin_rows(store, claim, total, context_id, warnings)
        Assignment(store, claim, lease, shipments, screener).run(jobs)


def _screener(screeners: Screeners, list_ids: list[str] | None, claim: Claim) -> Screener:
    unknown = sorted(set(list_ids or ()) - set(screeners.bundled.sources))
    if unknown:
        raise UsageError(f"there is no list {unknown[0]!r} any more; upload the file again without it")
    return screeners.get(list_ids, claim.job.as_of)


def _failing(stretches: Iterator[Sequence[Told]]) -> Generator[Sequence[Told], None, None]:
    """The same, with errors of screening told apart from those of the file."""
    try:
        yield from stretches
    except (InputError, UsageError, ListError):
        raise
    except Exception as error:
        raise FailedScreeningError from error


def _row(item: ShipmentParty) -> int:
    assert item.row is not None
    return item.row
