"""Health: alive (the process answers) and ready (it can screen)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app import __version__
from app.api.problems import NOT_READY, ProblemError, documented
from app.screening.screeners import Screeners
from app.store.database import Store

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str
    version: str


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Health:
    return Health(status="alive", version=__version__)


@router.get("/readyz", summary="Can it screen?", responses=documented(NOT_READY))
def readyz(request: Request) -> Health:
    """Ready once the store answers with the tables of this version and the entity lists are compiled."""
    store: Store = request.app.state.store
    screeners: Screeners = request.app.state.screeners
    reasons = [reason for reason in (store.problem(), screeners.problem) if reason]
    if reasons:
        raise ProblemError(
            NOT_READY,
            "; ".join(reasons),
            errors=[{"detail": reason} for reason in reasons],
            headers={"Retry-After": "5"},
        )
    return Health(status="ready", version=__version__)
