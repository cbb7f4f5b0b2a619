"""What counts as a difference."""

from __future__ import annotations

from typing import Any

import pytest

from app.screening.differences import Change, brief_hits, compare_hits
from app.screening.model import Hit, Outcome, Party, Screening, Signal, SignalStrength, Strength


def hit(listing: str, score: float = 0.9, strength: Strength = Strength.STRONG, programme: str = "The ban") -> Hit:
    return Hit("own", f"own/{listing}", listing, listing, score, strength, programme, None, {"summary": "Because."})


def signal(code: str, strength: SignalStrength, seen: str = "Hotan") -> Signal:
    return Signal("region", code, strength, seen, "address", "In Xinjiang.", "source")


def screening(*found: Hit | Signal, outcome: Outcome = Outcome.REVIEW) -> Screening:
    hits = tuple(item for item in found if isinstance(item, Hit))
    return Screening(Party("x"), outcome, hits, tuple(item for item in found if isinstance(item, Signal)))


STRONG, POSSIBLE = hit("a"), hit("a", strength=Strength.POSSIBLE)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        pytest.param([], [], [], id="nothing, nothing"),
        pytest.param([STRONG], [STRONG], [], id="the same"),
        pytest.param([STRONG], [hit("a", 0.91)], [], id="a score that moved a little"),
        pytest.param([], [STRONG], [(Change.NEW, "own/a")], id="a new hit"),
        pytest.param([STRONG], [], [(Change.GONE, "own/a")], id="a hit that is gone"),
        pytest.param([POSSIBLE], [STRONG], [(Change.CHANGED, "own/a")], id="another strength"),
        pytest.param([STRONG], [hit("a", programme="Other")], [(Change.CHANGED, "own/a")], id="another programme"),
        pytest.param(
            [STRONG],
            [hit("c"), hit("b")],
            [(Change.NEW, "own/b"), (Change.NEW, "own/c"), (Change.GONE, "own/a")],
            id="new ones first, in order",
        ),
        pytest.param(
            [], [signal("name", SignalStrength.POSSIBLE)], [(Change.NEW, "signal:region:name")], id="a signal"
        ),
        pytest.param([], [signal("name", SignalStrength.NOTED)], [], id="what is only noted asks for nothing"),
        pytest.param(
            [signal("name", SignalStrength.POSSIBLE)],
            [signal("name", SignalStrength.POSSIBLE), signal("name", SignalStrength.STRONG, "和田")],
            [(Change.CHANGED, "signal:region:name")],
            id="of several signals of one rule the strongest counts",
        ),
    ],
)
def test_changes(before: list[Any], after: list[Any], changes: list[tuple[Change, str]]) -> None:
    was, now = (brief_hits(screening(*found)) for found in (before, after))
    found = compare_hits(was, now, Outcome.REVIEW, Outcome.REVIEW)
    assert [(change.change, change.subject) for change in found] == changes
    for change in found:
        assert (change.before, change.after) == (was.get(change.subject), now.get(change.subject))


def test_an_outcome_that_changed_alone_is_told() -> None:
    """A programme that becomes a ban changes no hit."""
    hits = brief_hits(screening(STRONG))
    (change,) = compare_hits(hits, hits, Outcome.REVIEW, Outcome.BLOCK)
    assert (change.change, change.subject) == (Change.OUTCOME, "")
    (new,) = compare_hits({}, hits, Outcome.CLEAR, Outcome.BLOCK)
    assert new.change is Change.NEW
