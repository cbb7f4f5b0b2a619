"""Figures for Prometheus: of this process, and, from the store, of the workers. No label holds what a caller wrote."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from app import __version__
from app.api.access import require
from app.api.problems import FAILED, NO_KEY, NOT_ALLOWED, documented
from app.errors import StoreError
from app.screening.model import Outcome
from app.screening.screeners import BundledLists
from app.store.database import Store
from app.store.figures import read_figures
from app.store.keys import Scope

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
STORE_IS_ASKED_EVERY = 5.0  # seconds: counting a million hits is not free

router = APIRouter(tags=["health"])


class Metrics:
    """One set a process. All methods may be called from any thread."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=own)
        Info("importgate", "This software.", registry=own).info({"version": __version__})
        self._requests = Counter(
            "importgate_requests", "Requests answered.", ["method", "route", "status"], registry=own
        )
        self._seconds = Histogram(
            "importgate_request_seconds",
            "Time until the answer was sent.",
            ["method", "route"],
            buckets=SECONDS,
            registry=own,
        )
        self._in_progress = Gauge("importgate_requests_in_progress", "Requests not yet answered.", registry=own)
        self._screenings = Counter(
            "importgate_screenings", "Parties screened by calls of the API.", ["outcome"], registry=own
        )
        self._screening_seconds = Histogram(
            "importgate_screening_seconds", "Time to screen the parties of one call.", buckets=SECONDS, registry=own
        )
        self.store_errors = Counter(
            "importgate_store_errors", "Times that the database did not do what it was asked.", registry=own
        )
        self._store_up = Gauge("importgate_store_up", "1 where the database answers, else 0.", registry=own)
        self._jobs = Gauge("importgate_jobs", "Uploaded files by the state of their job.", ["state"], registry=own)
        self._hits = Gauge("importgate_hits", "Hits by the state of their review.", ["state"], registry=own)
        self._messages = Gauge(
            "importgate_webhook_messages", "Messages to webhooks by their state.", ["state"], registry=own
        )
        self._rows = Gauge("importgate_job_rows", "Rows of uploaded files that are screened.", registry=own)
        self._list_age = Gauge("importgate_list_age_days", "Days since a list's edition.", ["list"], registry=own)
        for outcome in Outcome:  # there from the start: a rate needs a first value
            self._screenings.labels(outcome.value)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is a declared path, `status` 0 where the caller went away."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    def requests_in_progress(self) -> AbstractContextManager[None]:
        return self._in_progress.track_inprogress()

    def screened(self, counts: Mapping[Outcome, int], seconds: float) -> None:
        for outcome, count in counts.items():
            self._screenings.labels(outcome.value).inc(count)
        self._screening_seconds.observe(seconds)

    def ask_store(self, store: Store) -> None:
        """Take the figures of workers and reviewers from the store; says so where it does not answer."""
        try:
            figures = read_figures(store)
        except StoreError:
            self.store_errors.inc()
            self._store_up.set(0)
            return
        self._store_up.set(1)
        self._rows.set(figures.rows)
        states = ((self._jobs, figures.jobs), (self._hits, figures.hits), (self._messages, figures.messages))
        for gauge, counts in states:
            gauge.clear()  # a state that has become empty
            for state, count in counts.items():
                gauge.labels(state).set(count)

    def note_ages(self, bundled: BundledLists) -> None:
        today = datetime.now(UTC).date()
        for entity_list in bundled.lists.values():
            if entity_list.as_of is not None:
                self._list_age.labels(entity_list.id).set((today - entity_list.as_of).days)


class Scrapes:
    """Answers scrapes, and asks the store no more often than it can bear."""

    def __init__(self, metrics: Metrics, store: Store, bundled: BundledLists) -> None:
        self._metrics = metrics
        self._store = store
        self._bundled = bundled
        self._asked = float("-inf")
        self._lock = asyncio.Lock()

    async def text(self) -> bytes:
        async with self._lock:
            if time.monotonic() - self._asked >= STORE_IS_ASKED_EVERY:
                await anyio.to_thread.run_sync(self._ask)
                self._asked = time.monotonic()
        return generate_latest(self._metrics.registry)

    def _ask(self) -> None:
        self._metrics.ask_store(self._store)
        self._metrics.note_ages(self._bundled)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    dependencies=[Depends(require(Scope.METRICS))],
    responses=documented(NO_KEY, NOT_ALLOWED, FAILED)
    | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus's text format."}},
)
async def get_metrics(request: Request) -> Response:
    """Requests, screenings, jobs, hits and the age of the lists, in Prometheus's text format; no names."""
    scrapes: Scrapes = request.app.state.scrapes
    return Response(await scrapes.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})
