"""Screens a whole shipment file, and makes something of those rows only where there is something to tell.

Most rows repeat parties, and most parties are clear. So the cells of each role are compared as they stand in the file:
those that no row had before are screened, by other processes where there are many, and a row all of whose cells are
known to be clear is counted. Every other row is taken apart and told in full.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from operator import itemgetter

from app.errors import ImportgateError
from app.files.batches import screen_shipments
from app.files.columns import PartyColumns
from app.files.crew import Start, open_crew
from app.files.delimited import Row, RowBlock
from app.files.parties import ShipmentParty, named_parties, row_parties
from app.files.shipments import ShipmentFile
from app.screening.chains import Exposed
from app.screening.model import Outcome, Party, Screening
from app.screening.screen import NOBODY, screen, with_goods
from app.screening.screener import Screener

_AHEAD = 6  # blocks that may wait for each process: reading goes on meanwhile
_REMEMBERED = 2_000_000  # different cells that are not screened again, at some 250 bytes each
_CHARACTERS = 300_000_000  # that these may have together
_FOUND = 20_000  # different parties that are not clear, at some 5,000 bytes each
_LOUD = -(1 << 30)  # in place of a number of clear parties: not all of them are

# What one role has in a row: a text where it has one column, else one for each.
_Cells = str | tuple[str, ...]
# How many clear parties each of some cells names, or `_LOUD`; and the screenings that are not clear.
_Verdicts = tuple[Sequence[int], Sequence[Screening]]


@dataclass(frozen=True, slots=True)
class Screened:
    """A stretch of rows: the results that are to be told, in the order of the file; how many other parties are clear,
    and in how many rows nothing is to be told."""

    results: Sequence[tuple[ShipmentParty, Screening]]
    clear: int = 0
    clear_rows: int = 0


def screen_file(
    shipments: ShipmentFile,
    screener: Screener,
    jobs: int = 1,
    exposed: Exposed = NOBODY,
    everything: bool = False,
) -> Iterator[Screened]:
    """Every party that is not clear, in the order of the file, and the others counted; `everything` tells all.

    `exposed` are the supply-chain signals of `trace`. A long file is screened by `jobs` processes. Memory does not grow
    with the file. Where reading fails, what was read before is still screened; then the error is raised.
    """
    if everything:
        for result in screen_shipments(shipments, screener, jobs=jobs, exposed=exposed):
            yield Screened([result])
        return
    failure: list[ImportgateError] = []
    with open_crew(screener, exposed, jobs) as start:
        desk = _Desk(shipments, screener, exposed)
        waiting: deque[Callable[[], Screened]] = deque()
        for block in _until_failure(shipments, failure):
            if desk.is_full:
                yield from _all_of(waiting)  # they count on what is to be forgotten
                desk.forget()
            waiting.append(desk.take(block, start))
            if len(waiting) > _AHEAD * jobs or jobs < 2:
                yield waiting.popleft()()
        yield from _all_of(waiting)
    if failure:
        raise failure[0]


def _all_of(waiting: deque[Callable[[], Screened]]) -> Iterator[Screened]:
    while waiting:
        yield waiting.popleft()()


def _until_failure(shipments: ShipmentFile, failure: list[ImportgateError]) -> Iterator[RowBlock]:
    try:
        yield from shipments.blocks()
    except ImportgateError as error:
        failure.append(error)


class _Role:
    """The columns of one role, and for all cells that were seen in them how many clear parties they name."""

    def __init__(self, columns: Sequence[PartyColumns]) -> None:
        positions = sorted({position for item in columns for position in item.positions})
        self.columns = tuple(item.moved({position: at for at, position in enumerate(positions)}) for item in columns)
        self.cells_of: Callable[[Sequence[str]], _Cells] = itemgetter(*positions)
        self.last = positions[-1]
        self.clear: dict[_Cells, int] = {}


@dataclass(frozen=True, slots=True)
class _Pending:
    """The cells of one role in a block, of which the `new` ones are being screened."""

    role: _Role
    cells: Sequence[_Cells]
    new: Sequence[_Cells]
    verdicts: Callable[[], _Verdicts]


@dataclass(frozen=True, slots=True)
class _Rows:
    """A block whose first row is number `first`; the `odd` ones are broken, and looked at one by one."""

    block: RowBlock
    first: int
    odd: Set[int]
    columns: Sequence[PartyColumns]


class _Desk:
    """What is known of the file so far."""

    def __init__(self, shipments: ShipmentFile, screener: Screener, exposed: Exposed) -> None:
        self._file = shipments
        self._screener = screener
        self._exposed = exposed
        self._columns: tuple[PartyColumns, ...] = ()
        self._roles: list[_Role] = []
        self._found: dict[Hashable, Screening] = {}
        self._widest = 0
        self._characters = 0
        self._rows = 0

    @property
    def is_full(self) -> bool:
        remembered = sum(len(role.clear) for role in self._roles)
        return remembered > _REMEMBERED or self._characters > _CHARACTERS or len(self._found) > _FOUND

    def forget(self) -> None:
        self._roles, self._columns, self._characters = [], (), 0
        self._found.clear()

    def take(self, block: RowBlock, start: Start) -> Callable[[], Screened]:
        """Sends the new cells of a block to be screened; what is returned waits for them and tells the block."""
        if self._columns is not self._file.columns:
            self._columns = self._file.columns
            by_role: dict[str, list[PartyColumns]] = {}
            for item in self._columns:
                by_role.setdefault(item.role, []).append(item)
            self._roles = [_Role(columns) for columns in by_role.values()]
            self._widest = max(role.last for role in self._roles)
        first = self._rows + 1
        self._rows += len(block.cells)
        odd = {place for place, cells in enumerate(block.cells) if len(cells) <= self._widest} | block.problems.keys()
        whole = [cells for place, cells in enumerate(block.cells) if place not in odd] if odd else block.cells
        pending = []
        for role in self._roles:
            cells = list(map(role.cells_of, whole))
            new = list(set(cells).difference(role.clear))
            role.clear.update(dict.fromkeys(new, 0))
            self._characters += sum(map(len, new))
            pending.append(_Pending(role, cells, new, start(_judged, (role.columns, new), len(new))))
        return partial(self._told, _Rows(block, first, odd, self._columns), pending)

    def _told(self, rows: _Rows, pending: Sequence[_Pending]) -> Screened:
        counts = []
        for item in pending:
            numbers, not_clear = item.verdicts()
            item.role.clear.update(zip(item.new, numbers, strict=True))
            self._found.update((_key(screening.party), screening) for screening in not_clear)
            counts.append(list(map(item.role.clear.__getitem__, item.cells)))
        totals = counts[0] if len(counts) == 1 else list(map(sum, zip(*counts, strict=True)))
        loud = [place for place, total in enumerate(totals) if total < 1]
        clear = sum(totals) - sum(totals[place] for place in loud)
        size = len(rows.block.cells)
        if rows.odd:
            whole = [place for place in range(size) if place not in rows.odd]
            loud = sorted([*rows.odd, *(whole[place] for place in loud)])
        told = self._in_full(rows, loud) if loud else []
        results = [(item, screening) for item, screening in told if screening.outcome is not Outcome.CLEAR]
        return Screened(results, clear + len(told) - len(results), size - len({item.row for item, _ in results}))

    def _in_full(self, rows: _Rows, places: Sequence[int]) -> list[tuple[ShipmentParty, Screening]]:
        """Every party of some rows. What was not among the cells that were sent is screened now."""
        items: list[ShipmentParty] = []
        unknown: dict[Hashable, Party] = {}
        block = rows.block
        for place in places:
            row = Row(block.lines[place], block.cells[place], block.problems.get(place, ""))
            for item in row_parties(row, rows.first + place, rows.columns, self._file.headers, self._file.goods):
                items.append(item)
                if place in rows.odd or item.party.problem:
                    unknown[_key(item.party)] = replace(item.party, goods=None)
        new = [(key, party) for key, party in unknown.items() if key not in self._found]
        screenings = screen([party for _, party in new], self._screener, self._exposed)
        self._found.update((key, screening) for (key, _), screening in zip(new, screenings, strict=True))
        return [(item, self._screening(item.party)) for item in items]

    def _screening(self, party: Party) -> Screening:
        known = self._found.get(_key(party))
        return with_goods(known, party) if known is not None else Screening(party, Outcome.CLEAR)


def _key(party: Party) -> Hashable:
    """The same for parties that differ in their goods alone, which change no outcome."""
    identifiers = tuple(sorted(party.identifiers.items()))
    return party.name, party.address, party.country, party.problem, identifiers, party.role, party.postal_code


def _judged(work: tuple[Sequence[PartyColumns], Sequence[_Cells]], screener: Screener, exposed: Exposed) -> _Verdicts:
    columns, different = work
    counts: list[int] = []
    parties: list[Party] = []
    for cells in different:
        named = [party for _, party in named_parties((cells,) if isinstance(cells, str) else cells, columns)]
        counts.append(len(named))
        parties += named
    screenings = iter(screen(parties, screener, exposed))
    numbers = array("l")
    not_clear: list[Screening] = []
    for count in counts:
        told = [found for found in islice(screenings, count) if found.outcome is not Outcome.CLEAR]
        numbers.append(_LOUD if told else count)
        not_clear += told
    return numbers, not_clear
