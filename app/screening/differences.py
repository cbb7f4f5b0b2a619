"""What a party hits, briefly, and how that differs from what it hit before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.screening.fingerprint import qualified_id
from app.screening.model import Outcome, Screening, SignalStrength

# Subject (a listing's qualified id, or `signal:{kind}:{code}`) to a hit as plain data, without its explanation.
BriefHits = Mapping[str, Mapping[str, Any]]

# Scores move a little with every weight and every list; these say something else to whoever looks after the party.
_TELLING = ("strength", "programme")


class Change(StrEnum):
    """`OUTCOME` is for an outcome that changed although the hits are the same: a programme became a ban, say."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class HitChange:
    """One difference. `before` and `after` are brief hits, None where there is none; `subject` is "" for `OUTCOME`."""

    change: Change
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def brief_hits(screening: Screening) -> dict[str, dict[str, Any]]:
    """The hits, and the signals that ask for a review, strongest first."""
    brief: dict[str, dict[str, Any]] = {}
    for hit in screening.hits:
        brief[qualified_id(hit.list_id, hit.listing_id)] = {
            "list_id": hit.list_id,
            "listing_id": hit.listing_id,
            "name": hit.name,
            "matched_name": hit.matched_name,
            "score": hit.score,
            "strength": hit.strength.value,
            "programme": hit.programme,
            "listed_on": hit.listed_on,
            "summary": hit.explanation["summary"],
        }
    for signal in sorted(screening.signals, key=lambda item: list(SignalStrength).index(item.strength)):
        subject = f"signal:{signal.kind}:{signal.code}"
        if signal.strength is not SignalStrength.NOTED and subject not in brief:
            brief[subject] = {
                "kind": signal.kind,
                "code": signal.code,
                "seen": signal.seen,
                "strength": signal.strength.value,
                "summary": signal.summary,
                "source": signal.source,
            }
    return brief


def compare_hits(
    before: BriefHits, after: BriefHits, outcome_before: Outcome, outcome_after: Outcome
) -> list[HitChange]:
    """What a person must hear of, new hits first; [] where there is nothing."""
    changes = sorted(_changes(before, after), key=lambda item: (list(Change).index(item.change), item.subject))
    if not changes and outcome_before is not outcome_after:
        return [HitChange(Change.OUTCOME, "", None, None)]
    return changes


def _changes(before: BriefHits, after: BriefHits) -> Iterator[HitChange]:
    for subject in before.keys() | after.keys():
        was, now = before.get(subject), after.get(subject)
        if was is None:
            yield HitChange(Change.NEW, subject, None, now)
        elif now is None:
            yield HitChange(Change.GONE, subject, was, None)
        elif any(was.get(field) != now.get(field) for field in _TELLING):
            yield HitChange(Change.CHANGED, subject, was, now)
