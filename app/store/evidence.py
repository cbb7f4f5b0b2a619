"""Keeping screenings: what was asked, with what it was screened, what came out. Calls of the API and jobs share it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, select

from app.files.by_object import ByObject
from app.files.parties import ShipmentParty
from app.files.telling import ClearParty, Told
from app.lists.plain import to_json
from app.screening.fingerprint import fingerprint, party_digest, qualified_id, signal_digest
from app.screening.model import Outcome, Party, Screening, Signal, SignalStrength
from app.screening.record import findings, said_besides
from app.screening.screener import Screener
from app.screening.software import software_version
from app.store.memory import carry_over
from app.store.rows import columns, insert_new, insert_tuples, storable
from app.store.tables import Context, Hit, SeenListing, StoredScreening

_CLEAR = Outcome.CLEAR.value


@dataclass(frozen=True, slots=True)
class ContextValues:
    """A row of `context` but for its number."""

    digest: str
    as_of: date
    editions: str
    sha256s: str
    programmes: str
    policy: str
    software: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows ready for `insert_rows`: screenings as tuples, hits by column.

    `seen` are the listings that were hit, by subject and digest, as JSON.
    """

    screenings: list[tuple[Any, ...]]
    hits: list[dict[str, Any]]
    seen: Mapping[tuple[str, str], str]


def context_of(screener: Screener) -> ContextValues:
    """What a screening by this screener depends on besides its party."""
    rest = {
        "as_of": screener.as_of.isoformat(),
        "editions": json.dumps(screener.editions, sort_keys=True),
        "sha256s": json.dumps(screener.sha256s, sort_keys=True),
        "programmes": screener.programmes_digest,
        "policy": screener.policy_version,
        "software": software_version(),
    }
    digest = sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return ContextValues(digest=digest, **(rest | {"as_of": screener.as_of}))  # type: ignore[arg-type]


def save_context(session: Session, values: ContextValues) -> int:
    """The number of the context, which is stored where it is new."""
    find = select(Context.id).where(Context.digest == values.digest)
    known = session.exec(find).one_or_none()
    if known is None:
        insert_new(session, Context, [asdict(values)])
        known = session.exec(find).one()
    assert known is not None
    return known


def new_id(kind: str) -> str:
    """A random id such as `call_...`, which tells nobody how many there are."""
    return f"{kind}_{secrets.token_urlsafe(16)}"


def rows_of(
    batch_id: str, numbered: Iterable[tuple[int, Told]], screener: Screener, at: datetime | None = None
) -> Rows:
    """The rows of screenings of one batch, each with its number in it; `at` is when (now if None)."""
    rows = Rows([], [], {})
    seen = _Listings(screener)
    at = at or datetime.now(UTC)
    for number, told in numbered:
        if isinstance(told, ClearParty):
            rows.screenings.append(_clear_row(batch_id, number, told))
            continue
        item, screening = told
        rows.screenings.append(_screening_row(batch_id, number, item, screening))
        if screening.hits or screening.signals:
            rows.hits.extend(_hits(batch_id, number, item, screening, seen, at))
    return Rows(rows.screenings, rows.hits, seen.used)


def insert_rows(session: Session, rows: Rows) -> None:
    """Write the rows; hits of a pair that was decided carry the decision."""
    insert_tuples(session, StoredScreening, rows.screenings)
    if not rows.hits:
        return
    seen = [{"subject": subject, "digest": digest, "listing": said} for (subject, digest), said in rows.seen.items()]
    insert_new(session, SeenListing, sorted(seen, key=lambda row: (row["subject"], row["digest"])))
    carry_over(session, rows.hits)
    insert_tuples(session, Hit, [tuple(hit[name] for name in columns(Hit)) for hit in rows.hits])


class _Listings:
    """The listings that the hits of a batch name."""

    def __init__(self, screener: Screener) -> None:
        self._screener = screener
        self.used: dict[tuple[str, str], str] = {}

    def digest(self, list_id: str, listing_id: str, subject: str) -> str:
        digest, said = self._screener.listing_said(self._screener.listing_numbers[list_id, listing_id])
        self.used[subject, digest] = said
        return digest


def _clear_row(batch_id: str, number: int, told: ClearParty) -> tuple[Any, ...]:
    row, line, role, name, country, besides, signals = told
    found = _signals_once(signals) if signals else None
    return batch_id, number, row, line, role.value, name, country, _CLEAR, besides, "", found


def _signals(signals: tuple[Signal, ...]) -> str:
    return to_json(findings(Screening(Party(""), Outcome.CLEAR, signals=signals)))


_signals_once = ByObject(_signals, 10_000)  # rows of the same goods have the same ones


def _screening_row(batch_id: str, number: int, item: ShipmentParty, screening: Screening) -> tuple[Any, ...]:
    party = screening.party
    found = screening.hits or screening.signals or screening.waiver or screening.problem
    name = storable(party.name)
    return (
        batch_id,
        number,
        item.row,
        item.line,
        item.role.value,
        name,
        party.country,
        screening.outcome.value,
        said_besides(party, name, item.role),
        item.reference and storable(item.reference),
        to_json(findings(screening)) if found else None,
    )


def _hits(
    batch_id: str, number: int, item: ShipmentParty, screening: Screening, seen: _Listings, at: datetime
) -> Iterator[dict[str, Any]]:
    """The rows of `hit`, by column; `place` counts hits and then signals, noted ones too."""
    party = screening.party
    shared = _NEW_HIT | {
        "batch_id": batch_id,
        "number": number,
        "party_name": storable(party.name),
        "country": party.country,
        "role": item.role.value,
        "outcome": screening.outcome.value,
        "party_digest": party_digest(party),
        "created_at": at,
    }
    for place, hit in enumerate(screening.hits, 1):
        subject = qualified_id(hit.list_id, hit.listing_id)
        yield _with_content(
            shared
            | {
                "id": f"{batch_id}.{number}.{place}",
                "subject": subject,
                "list_id": hit.list_id,
                "listing_id": hit.listing_id,
                "listing_name": hit.name,
                "matched_name": hit.matched_name,
                "score": hit.score,
                "strength": hit.strength.value,
                "pair": fingerprint(party.name, subject, ""),
                "listing_digest": seen.digest(hit.list_id, hit.listing_id, subject),
            }
        )
    for place, signal in enumerate(screening.signals, len(screening.hits) + 1):
        if signal.strength is not SignalStrength.NOTED:
            subject = f"signal:{signal.kind}:{signal.code}"
            yield _with_content(
                shared
                | {
                    "id": f"{batch_id}.{number}.{place}",
                    "subject": subject,
                    "matched_name": storable(signal.seen),
                    "strength": signal.strength.value,
                    "pair": fingerprint(party.name, subject, ""),
                    "listing_digest": signal_digest(signal),
                }
            )


def _with_content(hit: dict[str, Any]) -> dict[str, Any]:
    said = json.dumps([hit["listing_digest"], hit["party_digest"], hit["matched_name"]])
    return hit | {"content": sha256(said.encode()).hexdigest()[:32]}


_NEW_HIT: dict[str, Any] = {
    "list_id": "",
    "listing_id": "",
    "listing_name": "",
    "score": None,
    "state": "open",
    "proposed": None,
    "proposed_by": None,
    "remembered": None,
    "version": 0,
    "decided_at": None,
}
