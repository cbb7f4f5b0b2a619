"""What a worker does now and then besides its jobs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import structlog

from app.errors import StoreError
from app.screening.screeners import Screeners
from app.settings import Settings
from app.store.database import Store
from app.store.sweeping import known_files, remove_deleted_results, remove_old_messages, take_files_of_ended_jobs
from app.store.uploads import Uploads
from app.worker.monitoring import screen_again
from app.worker.webhooks import deliver

_PAUSE = 0.5  # seconds between looks at what is due

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """`every` so many seconds. Several workers may do one at once; it must bear that."""

    name: str
    every: float
    do: Callable[[Store, Settings, Screeners], None]


def _remove_files(store: Store, settings: Settings, _screeners: Screeners) -> None:
    """Files of jobs that ended long ago, and those that no job ever knew."""
    uploads = Uploads(settings.uploads_dir)
    for name in take_files_of_ended_jobs(store, timedelta(days=settings.keep_uploads_days)):
        uploads.remove(name)
    abandoned = list(uploads.abandoned())
    for name in set(abandoned) - known_files(store, abandoned):
        uploads.remove(name)


def _remove_results(store: Store, _settings: Settings, _screeners: Screeners) -> None:
    remove_deleted_results(store)


def _remove_messages(store: Store, settings: Settings, _screeners: Screeners) -> None:
    remove_old_messages(store, timedelta(days=settings.keep_messages_days))


def _screen_again(store: Store, _settings: Settings, screeners: Screeners) -> None:
    screen_again(store, screeners.get())


def _deliver(store: Store, settings: Settings, _screeners: Screeners) -> None:
    deliver(store, settings.webhook_private)


DUTIES = (
    Duty("screen monitored parties again", 5, _screen_again),
    Duty("send what webhooks wait for", 2, _deliver),
    Duty("remove results of deleted jobs", 10, _remove_results),
    Duty("remove files that are no longer needed", 3600, _remove_files),
    Duty("remove old differences and messages", 3600, _remove_messages),
)


class Duties:
    """Does each duty when it is due; one that fails is told to the log and tried again the next time."""

    def __init__(self, store: Store, settings: Settings, screeners: Screeners) -> None:
        self._tools = store, settings, screeners
        self._due = dict.fromkeys(DUTIES, 0.0)

    def run(self, stop: Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            self.run_due(stop)
            stop.wait(_PAUSE)

    def run_due(self, stop: Event) -> None:
        for duty, due in self._due.items():
            now = time.monotonic()
            if now < due or stop.is_set():
                continue
            self._due[duty] = now + duty.every
            try:
                duty.do(*self._tools)
            except StoreError as error:
                log.error("a duty waits for the database", duty=duty.name, problem=str(error))
            except Exception:
                log.exception("a duty has failed", duty=duty.name)
