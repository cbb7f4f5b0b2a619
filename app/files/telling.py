"""Screens a whole file and tells every party of it, the clear ones in brief: most are, and repeat what stood before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

from app.files.columns import GoodsColumns
from app.files.desk import Desk, Pending, Result, Rows, loud, run_desk
from app.files.parties import ShipmentParty
from app.files.shipments import ShipmentFile
from app.files.verdicts import Brief, Cells, Judge, in_brief
from app.lists.plain import encode_record, to_json
from app.screening.chains import Exposed
from app.screening.model import Goods, Outcome, Party, Role, Screening, Signal
from app.screening.record import declared_party
from app.screening.screen import NOBODY
from app.screening.screener import Screener
from app.screening.signals import goods as signals_of_goods

_GOODS = 100_000  # different goods that are remembered, at some 500 bytes each


class ClearParty(NamedTuple):
    """A clear party of a row in brief. `besides` is JSON of what was declared besides its name, country and role;
    `signals` are what is worth knowing."""

    row: int
    line: int
    role: Role
    name: str
    country: str
    besides: str
    signals: tuple[Signal, ...]


Told = ClearParty | Result


def tell_file(
    shipments: ShipmentFile, screener: Screener, jobs: int = 1, exposed: Exposed = NOBODY, *, after: int = 0
) -> Iterator[Sequence[Told]]:
    """Every party behind the first `after` rows, in the order of the file, some rows at a time; else the same."""
    return run_desk(_Telling(shipments, screener, exposed), shipments, jobs, after)


def row_of(told: Told) -> int:
    row = told.row if isinstance(told, ClearParty) else told[0].row
    assert row is not None  # rows of files have numbers
    return row


def in_full(told: Told) -> Result:
    """A clear party as the others are told."""
    if not isinstance(told, ClearParty):
        return told
    party = declared_party(told.name, told.country, told.role, told.besides)
    item = ShipmentParty(told.row, told.line, told.role, party)
    return item, Screening(party, Outcome.CLEAR, signals=told.signals)


class _GoodsNote:
    """What goods bring to clear parties: they stand in their JSON, and may be worth knowing."""

    def __init__(self, goods: Goods) -> None:
        self._goods = goods
        self._said = to_json({"goods": encode_record(goods)})
        self._is_of_sectors = bool(signals_of_goods.sectors_of(goods))
        self._signals: dict[tuple[Role, str], tuple[Signal, ...]] = {}

    def beside(self, said: str) -> str:
        return f"{said[:-1]},{self._said[1:]}" if said else self._said

    def signals(self, role: Role, country: str) -> tuple[Signal, ...]:
        """The same object for the same role and country."""
        if not self._is_of_sectors:
            return ()
        if (role, country) not in self._signals:
            party = Party("", country=country, role=role, goods=self._goods)
            self._signals[role, country] = tuple(signals_of_goods.signals_of(party))
        return self._signals[role, country]


class _Telling(Desk[tuple[Brief, ...], Sequence[Told]]):
    def __init__(self, shipments: ShipmentFile, screener: Screener, exposed: Exposed) -> None:
        super().__init__(Judge(in_brief, (), weight=2), shipments, screener, exposed)
        self._columns: GoodsColumns | None = None
        self._goods: dict[Cells, _GoodsNote | None] = {}

    def told(self, rows: Rows[tuple[Brief, ...]], pending: Sequence[Pending[tuple[Brief, ...]]]) -> Sequence[Told]:
        told: list[Told] = []
        nameless: list[int] = []
        lines, first = rows.block.lines, rows.first
        roles = [(item.role.role, item.role) for item in pending]
        cells_of_roles = (item.cells for item in pending)
        for place, goods, *all_cells in zip(rows.whole, self._goods_of(rows), *cells_of_roles, strict=True):
            before = len(told)
            for (role, known), cells in zip(roles, all_cells, strict=True):
                parties = known.clear[cells]
                for name, country, besides, signals in parties:
                    if goods is not None:
                        besides, signals = goods.beside(besides), signals + goods.signals(role, country)
                    told.append(ClearParty(first + place, lines[place], role, name, country, besides, signals))
                if not parties:
                    told += loud(rows, place, known, cells)
            if len(told) == before:
                nameless.append(place)
        apart = [*rows.odd, *nameless]
        return sorted([*told, *self.taken_apart(rows, apart)], key=row_of) if apart else told

    def _goods_of(self, rows: Rows[tuple[Brief, ...]]) -> Iterator[_GoodsNote | None]:
        """What the goods of each whole row bring to its clear parties."""
        columns = rows.layout.goods
        if not columns:
            return repeat(None, len(rows.whole))
        if columns is not self._columns or len(self._goods) > _GOODS:
            self._columns, self._goods = columns, {}
        cells_of = itemgetter(*sorted(columns.positions))
        keys = [cells_of(rows.block.cells[place]) for place in rows.whole]
        for key, place in zip(keys, rows.whole, strict=True):
            if key not in self._goods:
                goods = rows.goods(place)
                self._goods[key] = None if goods is None else _GoodsNote(goods)
        return map(self._goods.__getitem__, keys)
