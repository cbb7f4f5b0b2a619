"""What the cells of one role come to. Other processes find these functions by their names."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from app.files.columns import PartyColumns
from app.files.parties import named_parties
from app.screening.chains import Exposed
from app.screening.model import Outcome, Party, Screening, Signal
from app.screening.record import said_besides
from app.screening.screen import screen
from app.screening.screener import Screener

# What one role has in a row: a text where it has one column, else one for each.
Cells = str | tuple[str, ...]
# The columns of a role, where they stand in its cells, and different cells.
Work = tuple[Sequence[PartyColumns], Sequence[Cells]]
LOUD = -(1 << 30)  # in place of a number of clear parties: not all of them are

Clear = TypeVar("Clear")


class Brief(NamedTuple):
    """A clear party: `besides` is JSON of what was declared of it besides its name and country, `signals` are what is
    worth knowing."""

    name: str
    country: str
    besides: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Verdicts(Generic[Clear]):
    """`clear` has an entry for each of some cells; those of which not all parties are clear are in `loud` besides, by
    their place, with all their screenings."""

    clear: Sequence[Clear]
    loud: Mapping[int, Sequence[Screening]]


@dataclass(frozen=True, slots=True)
class Judge(Generic[Clear]):
    """What looks at cells, what is noted until it has, and how many times the memory of a number its notes take."""

    judged: Callable[[Work, Screener, Exposed], Verdicts[Clear]]
    nothing_yet: Clear
    weight: int


def counted(work: Work, screener: Screener, exposed: Exposed) -> Verdicts[int]:
    """How many clear parties each of the cells names, or `LOUD`."""
    numbers = array("l")
    loud = {}
    for place, found in enumerate(_screened(work, screener, exposed)):
        is_clear = all(one.outcome is Outcome.CLEAR for one in found)
        numbers.append(len(found) if is_clear else LOUD)
        if not is_clear:
            loud[place] = found
    return Verdicts(numbers, loud)


def in_brief(work: Work, screener: Screener, exposed: Exposed) -> Verdicts[tuple[Brief, ...]]:
    """The clear parties that each of the cells names; none where not all are."""
    clear: list[tuple[Brief, ...]] = []
    loud = {}
    for place, found in enumerate(_screened(work, screener, exposed)):
        is_clear = all(_is_plain(one) for one in found)
        clear.append(tuple(_brief(one) for one in found) if is_clear else ())
        if not is_clear:
            loud[place] = found
    return Verdicts(clear, loud)


def _screened(work: Work, screener: Screener, exposed: Exposed) -> Iterator[list[Screening]]:
    """The screenings of the parties that each of the cells names."""
    columns, different = work
    counts: list[int] = []
    parties: list[Party] = []
    for cells in different:
        named = [party for _, party in named_parties((cells,) if isinstance(cells, str) else cells, columns)]
        counts.append(len(named))
        parties += named
    screenings = iter(screen(parties, screener, exposed))
    return (list(islice(screenings, count)) for count in counts)


def _is_plain(found: Screening) -> bool:
    return found == Screening(found.party, Outcome.CLEAR, signals=found.signals)


def _brief(found: Screening) -> Brief:
    party = found.party
    return Brief(party.name, party.country, said_besides(party, party.name, party.role), found.signals)
