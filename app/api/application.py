"""The application: routes, limits, problems, and what it opens at start-up."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial

import anyio
import anyio.to_thread
from fastapi import APIRouter, FastAPI

from app import __version__
from app.api import (
    audit,
    evidence,
    health,
    hits,
    jobs,
    keys,
    lists,
    parties,
    screenings,
    shipments,
    webhooks,
)
from app.api.access import Door
from app.api.desk import Desk
from app.api.envelope import Envelope
from app.api.keyring import KeyRing
from app.api.ledger import Ledger
from app.api.limits import BodyLimit, RequestLimit, TimeLimit
from app.api.metrics import Metrics, Scrapes
from app.api.metrics import router as metrics_router
from app.api.openapi import openapi_of
from app.api.problems import NOT_FOUND, PROBLEMS, ProblemError, documented, handle_problems
from app.api.rates import Rates
from app.lists.sources import bundled_sources
from app.screening.screeners import BundledLists, Screeners
from app.settings import Settings
from app.store.database import open_store

DESCRIPTION = """Forced-labour screening for supply chains: matches the parties of shipments against entity lists tied
to Uyghur forced labour, explains every match, and says what an import ban means for it.

Every call but the health checks needs a key. Errors are problems as RFC 9457 describes them."""

FORM_BYTES = 1 << 20  # that an upload may have around its file


def create_app(settings: Settings, uploads: Iterable[str] = (), slow: Iterable[str] = ()) -> FastAPI:
    """The application. Its lifespan opens the store, which must be migrated, and compiles the lists in the background.

    `uploads` are paths of others that files may be uploaded to, `slow` those that may take as long as an upload.

    Raises `UsageError` at start-up where the database address cannot be used.
    """

    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.store = open_store(settings.database_url)
        app.state.keys = KeyRing(app.state.store)
        bundled = BundledLists(bundled_sources())
        app.state.screeners = Screeners.on_disk(bundled, settings.cache_dir)
        app.state.scrapes = Scrapes(metrics, app.state.store, bundled)
        answer = partial(screenings.answer_calls, screeners=app.state.screeners, metrics=metrics)
        app.state.desk = Desk(answer)
        app.state.ledger = Ledger(app.state.store)
        async with anyio.create_task_group() as background:
            warm = partial(_warm, app.state.screeners)
            background.start_soon(partial(anyio.to_thread.run_sync, warm, abandon_on_cancel=True))
            background.start_soon(app.state.keys.keep_notes)
            yield
            background.cancel_scope.cancel()
        app.state.desk.close()
        app.state.ledger.close()
        app.state.keys.write_notes()
        app.state.store.close()

    app = FastAPI(
        title="Importgate",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        docs_url=None,  # FastAPI's documentation pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # a redirect would name whatever host the caller says this is
    )
    app.state.metrics = metrics
    app.state.rates = Rates(settings.rate_limit)
    handle_problems(app)
    app.state.settings = settings
    files = [*(f"/v1{route}" for route in shipments.UPLOADS), *uploads]
    upload_bytes = settings.max_upload_bytes + FORM_BYTES
    unhurried = dict.fromkeys([*files, f"/v1{parties.FILE}", *slow], settings.upload_seconds)
    app.add_middleware(Door, state=app.state)  # the innermost
    app.add_middleware(TimeLimit, seconds=settings.request_seconds, other=unhurried)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, other=dict.fromkeys(files, upload_bytes))
    app.add_middleware(RequestLimit, limit=settings.max_requests)
    app.add_middleware(Envelope, api=app, metrics=metrics, behind_tls=settings.behind_tls)
    app.router.routes.extend(screenings.router.routes)  # the call that is made most comes first
    api = APIRouter(prefix="/v1", max_body_size=settings.max_body_bytes)
    api.include_router(shipments.router, max_body_size=upload_bytes)
    api.include_router(jobs.router)
    api.include_router(lists.router)
    api.include_router(keys.router)
    api.include_router(evidence.router)
    api.include_router(hits.router)
    api.include_router(audit.router)
    api.include_router(parties.router)
    api.include_router(webhooks.router)
    app.include_router(api)
    app.include_router(health.router)
    app.include_router(metrics_router)
    app.add_api_route("/problems/{slug}", explain_problem, tags=["problems"], responses=documented(NOT_FOUND))
    app.openapi = lambda: openapi_of(app)  # type: ignore[method-assign]
    return app


def _warm(screeners: Screeners) -> None:
    """What is in memory then is there to stay: callers would wait a tenth of a second whenever the garbage collector
    walked it."""
    screeners.warm()
    gc.collect()
    gc.freeze()


async def explain_problem(slug: str) -> dict[str, str | int]:
    """What a `type` of problem means."""
    for problem in PROBLEMS:
        if problem.slug == slug:
            return {
                "type": problem.type,
                "status": problem.status,
                "title": problem.title,
                "meaning": problem.meaning,
            }
    raise ProblemError(
        NOT_FOUND, f"there is no problem {slug!r}; those there are: {', '.join(p.slug for p in PROBLEMS)}"
    )
