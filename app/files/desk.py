"""Reads a file stretch by stretch, has the cells screened that no row had before, and knows what the others came to.

The cells of each role are compared as they stand in the file. Those that are new are screened, by other processes where
there are many; what they came to holds wherever they come again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from typing import Generic, TypeVar

from app.errors import ImportgateError
from app.files.columns import PartyColumns
from app.files.crew import Start, open_crew
from app.files.delimited import Row, RowBlock
from app.files.parties import ShipmentParty, row_goods, row_parties
from app.files.shipments import ShipmentFile
from app.files.verdicts import Cells, Clear, Judge, Verdicts
from app.screening.chains import Exposed
from app.screening.model import Goods, Party, Role, Screening
from app.screening.screen import screen, with_goods
from app.screening.screener import Screener

_AHEAD = 6  # stretches that may wait for each process: reading goes on meanwhile
_REMEMBERED = 2_000_000  # different cells that are counted and not screened again, at some 250 bytes each
_CHARACTERS = 300_000_000  # that these may have together
_FOUND = 20_000  # different cells that are not clear, at some 5,000 bytes each

Result = tuple[ShipmentParty, Screening]
Out = TypeVar("Out")


def run_desk(desk: Desk[Clear, Out], shipments: ShipmentFile, jobs: int, after: int = 0) -> Iterator[Out]:
    failure: list[ImportgateError] = []
    with open_crew(desk.screener, desk.exposed, jobs) as start:
        waiting: deque[Callable[[], Out]] = deque()
        for first, block in _until_failure(shipments, after, failure):
            if desk.is_full:
                yield from _all_of(waiting)  # they count on what is to be forgotten
                desk.forget()
            waiting.append(desk.take(first, block, start))
            if len(waiting) > _AHEAD * jobs or jobs < 2:
                yield waiting.popleft()()
        yield from _all_of(waiting)
    if failure:
        raise failure[0]


def _all_of(waiting: deque[Callable[[], Out]]) -> Iterator[Out]:
    while waiting:
        yield waiting.popleft()()


def _until_failure(
    shipments: ShipmentFile, after: int, failure: list[ImportgateError]
) -> Iterator[tuple[int, RowBlock]]:
    try:
        yield from shipments.stretches(after)
    except ImportgateError as error:
        failure.append(error)


class RoleCells(Generic[Clear]):
    """The columns of one role, and what all cells came to that were seen in them: see `Verdicts`."""

    def __init__(self, role: Role, columns: Sequence[PartyColumns]) -> None:
        positions = sorted({position for item in columns for position in item.positions})
        self.role = role
        self.columns = tuple(item.moved({position: at for at, position in enumerate(positions)}) for item in columns)
        self.cells_of: Callable[[Sequence[str]], Cells] = itemgetter(*positions)
        self.clear: dict[Cells, Clear] = {}
        self.loud: dict[Cells, Sequence[Screening]] = {}


class _Layout(Generic[Clear]):
    """Rows under the same columns."""

    def __init__(self, file: ShipmentFile) -> None:
        self.columns, self.headers, self.goods = file.columns, file.headers, file.goods
        by_role: dict[Role, list[PartyColumns]] = {}
        for item in self.columns:
            by_role.setdefault(item.role, []).append(item)
        self.roles = [RoleCells[Clear](role, columns) for role, columns in by_role.items()]
        self.last = max(self.goods.positions.union(*(item.positions for item in self.columns)))


@dataclass(frozen=True, slots=True)
class Pending(Generic[Clear]):
    """The cells of one role in a block, of which the `new` ones are being screened."""

    role: RoleCells[Clear]
    cells: Sequence[Cells]
    new: Sequence[Cells]
    verdicts: Callable[[], Verdicts[Clear]]


@dataclass(frozen=True, slots=True)
class Rows(Generic[Clear]):
    """A block whose first row is number `first`. The `odd` ones are broken, and looked at one by one; the places of the
    others are `whole`."""

    block: RowBlock
    first: int
    odd: Set[int]
    whole: Sequence[int]
    layout: _Layout[Clear]

    def parties(self, place: int) -> list[ShipmentParty]:
        block, layout = self.block, self.layout
        row = Row(block.lines[place], block.cells[place], block.problems.get(place, ""))
        return list(row_parties(row, self.first + place, layout.columns, layout.headers, layout.goods))

    def goods(self, place: int) -> Goods | None:
        return row_goods(self.block.cells[place], self.layout.goods)


class Desk(ABC, Generic[Clear, Out]):
    """What is known of the file so far. A subclass makes something of each block."""

    def __init__(self, judge: Judge[Clear], shipments: ShipmentFile, screener: Screener, exposed: Exposed) -> None:
        self._judge = judge
        self.screener = screener
        self.exposed = exposed
        self._file = shipments
        self._layout: _Layout[Clear] | None = None
        self._apart: dict[Hashable, Screening] = {}
        self._characters = 0

    @abstractmethod
    def told(self, rows: Rows[Clear], pending: Sequence[Pending[Clear]]) -> Out:
        """What is to be said of a block whose cells are all known."""

    @property
    def is_full(self) -> bool:
        roles = self._layout.roles if self._layout else []
        remembered = self._judge.weight * sum(len(role.clear) for role in roles)
        found = len(self._apart) + sum(len(role.loud) for role in roles)
        return remembered > _REMEMBERED or self._characters > _CHARACTERS or found > _FOUND

    def forget(self) -> None:
        self._layout, self._characters = None, 0
        self._apart.clear()

    def take(self, first: int, block: RowBlock, start: Start) -> Callable[[], Out]:
        """Sends the new cells of a block to be screened; what is returned waits for them and tells the block, whose
        first row is number `first`."""
        layout = self._layout
        if layout is None or layout.columns is not self._file.columns:
            layout = self._layout = _Layout(self._file)
        odd = {place for place, cells in enumerate(block.cells) if len(cells) <= layout.last} | block.problems.keys()
        every = range(len(block.cells))
        whole = [place for place in every if place not in odd] if odd else every
        rows = [block.cells[place] for place in whole] if odd else block.cells
        pending = []
        for role in layout.roles:
            cells = list(map(role.cells_of, rows))
            new = list(set(cells).difference(role.clear))
            role.clear.update(dict.fromkeys(new, self._judge.nothing_yet))
            self._characters += sum(map(len, new))
            judged = start(self._judge.judged, (role.columns, new), len(new))
            pending.append(Pending(role, cells, new, judged))
        return partial(self._told, Rows(block, first, odd, whole, layout), pending)

    def _told(self, rows: Rows[Clear], pending: Sequence[Pending[Clear]]) -> Out:
        for item in pending:
            verdicts = item.verdicts()
            item.role.clear.update(zip(item.new, verdicts.clear, strict=True))
            item.role.loud.update((item.new[place], found) for place, found in verdicts.loud.items())
        return self.told(rows, pending)

    def taken_apart(self, rows: Rows[Clear], places: Sequence[int]) -> list[Result]:
        """Every party of rows that are odd, or name nobody."""
        items = [item for place in places for item in rows.parties(place)]
        unknown = {_key(item.party): replace(item.party, goods=None) for item in items}
        new = [(key, party) for key, party in unknown.items() if key not in self._apart]
        screenings = screen([party for _, party in new], self.screener, self.exposed)
        self._apart.update((key, screening) for (key, _), screening in zip(new, screenings, strict=True))
        return [(item, with_goods(self._apart[_key(item.party)], item.party)) for item in items]


def loud(rows: Rows[Clear], place: int, role: RoleCells[Clear], cells: Cells) -> Iterator[Result]:
    """The parties of cells that are not all clear."""
    for screening in role.loud.get(cells, ()):
        party = replace(screening.party, goods=rows.goods(place))
        yield ShipmentParty(rows.first + place, rows.block.lines[place], role.role, party), with_goods(screening, party)


def _key(party: Party) -> Hashable:
    """The same for parties that differ in their goods alone, which change no outcome."""
    identifiers = tuple(sorted(party.identifiers.items()))
    return party.name, party.address, party.country, party.problem, identifiers, party.role, party.postal_code
