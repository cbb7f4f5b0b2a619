"""The worker's loop: duties when they are due, jobs one after the other, until it is asked to stop."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

import structlog

from app.errors import InputError, ListError, StoreError, UsageError
from app.screening.screeners import Screeners
from app.settings import Settings
from app.store.database import Store
from app.store.leases import (
    Claim,
    LostError,
    Standing,
    cancel_claimed,
    claim_job,
    fail_job,
    hand_back,
    retry_later,
)
from app.store.uploads import Uploads
from app.worker.duties import Duties
from app.worker.lease import StoppedError, keep_lease
from app.worker.screening import screen_job

_IDLE = 0.5  # seconds before an idle worker looks again
_TROUBLED = 5.0  # the same where the database did not answer

log = structlog.stdlib.get_logger(__name__)


def worker_name(pid: int) -> str:
    """What the worker of that process on this machine is called."""
    return f"{socket.gethostname()}:{pid}"


@dataclass(frozen=True, slots=True)
class Worker:
    """`jobs` are the processes that one file is screened with."""

    store: Store
    screeners: Screeners
    settings: Settings
    jobs: int

    def run(self, stop: Event) -> None:
        """Works until `stop` is set; then the job in hand is handed back at the end of its last whole row."""
        name = worker_name(os.getpid())
        duties = Duties(self.store, self.settings, self.screeners)
        beside = Thread(target=duties.run, args=(stop,), name="duties", daemon=True)
        beside.start()  # beside the jobs: a long one must hold up no message
        while not stop.is_set():
            try:
                claim = claim_job(self.store, name, timedelta(seconds=self.settings.lease_seconds))
                if claim is None:
                    stop.wait(_IDLE)
                else:
                    with structlog.contextvars.bound_contextvars(job_id=claim.job_id):
                        self._attempt(claim, stop)
            except StoreError as error:
                log.error("the worker waits for the database", problem=str(error), seconds=_TROUBLED)
                stop.wait(_TROUBLED)
        beside.join()

    def _attempt(self, claim: Claim, stop: Event) -> None:
        log.info("a job is taken up", attempt=claim.attempt, first_row=claim.next_row + 1)
        try:
            self._screen(claim, stop)
        except LostError as error:
            if error.standing is Standing.CANCELLED:
                cancel_claimed(self.store, claim)
            log.info("the job is no longer ours", why=error.standing.name.lower())

    def _screen(self, claim: Claim, stop: Event) -> None:
        """Whatever becomes of the attempt is written down, unless the job is lost."""
        uploads = Uploads(self.settings.uploads_dir)
        try:
            with keep_lease(self.store, claim, stop) as lease:
                screen_job(self.store, claim, lease, self.screeners, uploads, self.settings.max_rows, self.jobs)
            log.info("the job is completed")
        except StoppedError:
            hand_back(self.store, claim)
        except LostError:
            raise
        except (InputError, UsageError, ListError) as error:
            fail_job(self.store, claim, str(error))
            log.info("the job has failed", why=type(error).__name__)
        except Exception as error:
            if stop.is_set():  # what ends with the worker is nobody's fault
                hand_back(self.store, claim)
                return
            log.exception("an attempt at the job has failed", attempt=claim.attempt)
            retry_later(self.store, claim, f"the service failed ({type(error).__name__}); its log says why")
