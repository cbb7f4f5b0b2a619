"""Keeping what calls of the API screened: prepared one by one, written many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from app.files.parties import ShipmentParty
from app.lists.plain import to_json
from app.screening.chains import Link
from app.screening.model import Screening
from app.screening.screener import Screener
from app.store.database import Store
from app.store.evidence import ContextValues, Rows, context_of, insert_rows, new_id, rows_of, save_context
from app.store.rows import insert_tuples, storable
from app.store.tables import ApiKey, Call


@dataclass(frozen=True, slots=True)
class CallRows:
    """What is written of one call. Its screenings are numbered from 1, in their order."""

    id: str
    key_id: int
    request_id: str
    relations: str
    at: datetime
    context: ContextValues
    rows: Rows


def call_rows(
    screener: Screener,
    screened: Sequence[tuple[ShipmentParty, Screening]],
    *,
    key: ApiKey,
    request_id: str = "",
    links: Sequence[Link] = (),
) -> CallRows:
    assert key.id is not None
    call_id, at = new_id("call"), datetime.now(UTC)
    rows = rows_of(call_id, enumerate(screened, 1), screener, at)
    relations = to_json([asdict(link) for link in links])
    return CallRows(call_id, key.id, storable(request_id), relations, at, context_of(screener), rows)


def store_calls(store: Store, calls: Sequence[CallRows]) -> None:
    """Write calls in one transaction: all of them or none. Raises `StoreError`."""
    contexts = {call.context.digest: call.context for call in calls}
    screenings: list[tuple[Any, ...]] = []
    hits: list[dict[str, Any]] = []
    seen: dict[tuple[str, str], str] = {}
    for call in calls:
        screenings += call.rows.screenings
        hits += call.rows.hits
        seen |= call.rows.seen
    with store.write() as session:
        ids = {digest: save_context(session, values) for digest, values in sorted(contexts.items())}
        insert_tuples(
            session,
            Call,
            [
                (call.id, call.key_id, ids[call.context.digest], call.request_id, call.relations, call.at)
                for call in calls
            ],
        )
        insert_rows(session, Rows(screenings, hits, seen))
