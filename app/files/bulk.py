"""Screens a whole file, makes something only of the parties that are not clear, and counts the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.files.desk import Desk, Pending, Result, Rows, loud, run_desk
from app.files.shipments import ShipmentFile
from app.files.verdicts import Judge, counted
from app.screening.chains import Exposed
from app.screening.model import Outcome
from app.screening.screen import NOBODY
from app.screening.screener import Screener


@dataclass(frozen=True, slots=True)
class Screened:
    """A stretch of rows: the results that are to be told, in the order of the file; how many other parties are clear,
    and in how many rows nothing is to be told."""

    results: Sequence[Result]
    clear: int = 0
    clear_rows: int = 0


def screen_file(
    shipments: ShipmentFile, screener: Screener, jobs: int = 1, exposed: Exposed = NOBODY
) -> Iterator[Screened]:
    """Every party that is not clear, in the order of the file, and the others counted.

    `exposed` are the supply-chain signals of `trace`. A long file is screened by `jobs` processes. Memory does not grow
    with the file. Where reading fails, what was read before is still screened; then the error is raised.
    """
    return run_desk(_Counting(Judge(counted, 0, weight=1), shipments, screener, exposed), shipments, jobs)


class _Counting(Desk[int, Screened]):
    def told(self, rows: Rows[int], pending: Sequence[Pending[int]]) -> Screened:
        counts = [list(map(item.role.clear.__getitem__, item.cells)) for item in pending]
        totals = counts[0] if len(counts) == 1 else list(map(sum, zip(*counts, strict=True)))
        looked_at = [at for at, total in enumerate(totals) if total < 1]
        clear = sum(totals) - sum(totals[at] for at in looked_at)
        told: list[Result] = []
        for at in looked_at:
            clear += sum(count[at] for count in counts if count[at] > 0)
            for item in pending:
                told += loud(rows, rows.whole[at], item.role, item.cells[at])
        told += self.taken_apart(rows, [*rows.odd, *(rows.whole[at] for at in looked_at if totals[at] == 0)])
        results = sorted((one for one in told if one[1].outcome is not Outcome.CLEAR), key=lambda one: one[0].row or 0)
        quiet_rows = len(rows.block.cells) - len({item.row for item, _ in results})
        return Screened(results, clear + len(told) - len(results), quiet_rows)
