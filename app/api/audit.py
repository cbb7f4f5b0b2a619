"""`/v1/audit`: who decided, made keys or changed the configuration."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from app.api.access import require
from app.api.problems import INVALID, documented
from app.store.audit import newest_entries
from app.store.keys import Scope
from app.store.tables import AuditEntry

router = APIRouter(tags=["audit"], dependencies=[Depends(require(Scope.ADMIN))])


class EntryOut(BaseModel):
    """One entry. `digest` covers all of it and `previous`, the digest of the entry before."""

    number: int
    at: datetime
    actor: str = Field(description="The name of the key, or `command line`.")
    action: str
    subject: str
    detail: dict[str, Any]
    previous: str
    digest: str

    @classmethod
    def of(cls, entry: AuditEntry) -> EntryOut:
        return cls.model_validate(entry.model_dump() | {"detail": json.loads(entry.detail)})


class AuditOut(BaseModel):
    """A page of the log, the newest entry first."""

    items: list[EntryOut]
    next: str | None = Field(description="`cursor` of the next page; null on the last one.")


@router.get("/audit", summary="The audit log", responses=documented(INVALID))
def get_audit(
    request: Request,
    cursor: Annotated[int | None, Query(ge=0, le=2**31 - 1, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many entries to give.")] = 50,
) -> AuditOut:
    """Every decision, key and change of the configuration, the newest first. `importgate audit verify` checks the
    chain."""
    entries = newest_entries(request.app.state.store, before=cursor, limit=limit + 1)
    more = str(entries[limit - 1].number) if len(entries) > limit else None
    return AuditOut(items=[EntryOut.of(entry) for entry in entries[:limit]], next=more)
