"""The audit log: entries chained by their hashes, so that none can be altered, removed or put in between unseen.

The digest of an entry covers the digest of the entry before. Whoever can write to the database can also write a whole
chain anew, and cutting entries off at the end leaves a shorter chain that is whole: only a head that was noted
elsewhere (`head`, `verify`) shows either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from app.errors import UsageError
from app.lists.plain import to_json
from app.store.database import Store
from app.store.rows import is_postgresql, sql_table
from app.store.tables import AuditEntry

COMMAND_LINE = "command line"  # the actor of what is done without a key
CONFIGURATION = "configuration.changed"
_BEFORE_THE_FIRST = "0" * 64
_TURN = 7163002  # the advisory lock under which entries are written
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain, as it is noted elsewhere: `{number}:{digest}`."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def parse_head(said: str) -> Head:
    """The inverse of `str(Head)`; raises `UsageError`."""
    number, _, digest = said.partition(":")
    if not number.isdecimal() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise UsageError(f"{said!r} is no head of the audit log; give NUMBER:DIGEST as `importgate audit verify` does")
    return Head(int(number), digest)


def audit(session: Session, actor: str, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
    """Add an entry inside the caller's transaction, which from here on has the log to itself until it ends.

    `actor` is who did it (a key's name), `action` what (`hit.decided`), `subject` to what (an id).
    """
    if is_postgresql(session):  # SQLite has one writer at a time anyway
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURN})
    last = session.exec(_newest_first()).first()
    entry = {
        "number": 1 if last is None else last.number + 1,
        "at": datetime.now(UTC),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": json.dumps(detail or {}, sort_keys=True),
        "previous": _BEFORE_THE_FIRST if last is None else last.digest,
    }
    session.connection().execute(insert(sql_table(AuditEntry)), [entry | {"digest": digest_of(entry)}])


def digest_of(entry: Mapping[str, Any]) -> str:
    """SHA-256, hexadecimal, over everything that an entry says, the digest before it included."""
    said = [entry["number"], entry["at"].astimezone(UTC).isoformat(timespec="microseconds")]
    said += [entry[field] for field in ("actor", "action", "subject", "detail", "previous")]
    return sha256(to_json(said).encode()).hexdigest()


def note_configuration(store: Store, settings: Mapping[str, str]) -> None:
    """Add an entry where the settings, secrets masked, are not those that were noted last."""
    with store.write() as session:
        last = session.exec(_newest_first().where(AuditEntry.action == CONFIGURATION)).first()
        before: Mapping[str, str] = {} if last is None else json.loads(last.detail)["settings"]
        changed = sorted(name for name in {*before, *settings} if before.get(name) != settings.get(name))
        if changed:
            audit(session, COMMAND_LINE, CONFIGURATION, "service", {"changed": changed, "settings": dict(settings)})


def read_entries(store: Store) -> Iterator[AuditEntry]:
    """Every entry in its order, a page in memory at a time."""
    after = 0
    while page := _page(store, after):
        yield from page
        after = page[-1].number


def newest_entries(store: Store, *, before: int | None, limit: int) -> list[AuditEntry]:
    """The last `limit` entries, or those before the entry of that number; the newest first."""
    with store.read() as session:
        asked = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(limit)
        return list(session.exec(asked if before is None else asked.where(col(AuditEntry.number) < before)))


def verify(store: Store, expected: Head | None = None) -> tuple[list[str], Head | None]:
    """What is wrong with the chain, a sentence each, and its head (None where it is empty).

    `expected` is a head noted earlier: the chain must still hold that entry.
    """
    problems: list[str] = []
    head, number, previous = None, 0, _BEFORE_THE_FIRST
    for entry in read_entries(store):
        if entry.number > number + 1:
            problems.append(_missing(number + 1, entry.number - 1))
        elif entry.previous != previous:
            problems.append(f"entry {entry.number} does not follow from the one before it: one of the two was replaced")
        if digest_of(entry.model_dump()) != entry.digest:
            problems.append(f"entry {entry.number} was altered: what it says does not give its digest")
        if expected is not None and entry.number == expected.number and entry.digest != expected.digest:
            problems.append(f"entry {entry.number} is not the one that was noted as the head")
        number, previous = entry.number, entry.digest
        head = Head(number, previous)
    if expected is not None and expected.number > number:
        problems.append(f"{_missing(number + 1, expected.number)} at the end")
    return problems, head


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _newest_first() -> Any:
    return select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(1)


def _page(store: Store, after: int) -> list[AuditEntry]:
    with store.read() as session:
        asked = select(AuditEntry).where(col(AuditEntry.number) > after).order_by(col(AuditEntry.number)).limit(_PAGE)
        return list(session.exec(asked))
