"""What a run has come to: every party counted, those left out of the report too."""

from __future__ import annotations

from collections import Counter

from app.screening.model import Outcome

SHOWN_PROBLEMS = 10


class Tally:
    """`rows` counts numbered rows, `fell_short` the parties that could not be screened in full, and `reasons` the
    different (row, line, problem) behind these, of which `problems` holds the first.
    """

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.rows = 0
        self.fell_short = 0
        self.reasons = 0
        self.problems: list[tuple[int | None, int | None, str]] = []
        self._last_row: int | None = None
        self._last_reason: tuple[int | None, int | None, str] | None = None

    def add(self, outcome: Outcome, problem: str = "", row: int | None = None, line: int | None = None) -> None:
        """Counts one party. Parties of one row must follow each other."""
        self.outcomes[outcome] += 1
        if row is not None and row != self._last_row:
            self.rows += 1
            self._last_row = row
        if problem or outcome is Outcome.INCOMPLETE:
            self.fell_short += 1
            reason = (row, line, problem)
            if reason != self._last_reason:  # a row that is broken is so for all its parties
                self._last_reason = reason
                self.reasons += 1
                if len(self.problems) < SHOWN_PROBLEMS:
                    self.problems.append(reason)

    def add_clear(self, parties: int, rows: int) -> None:
        """Counts parties that are clear, and rows of which nothing else is to be told."""
        self.outcomes[Outcome.CLEAR] += parties
        self.rows += rows

    def sentence(self) -> str:
        """ "3 rows, 4 parties: 1 block, 0 review, 0 incomplete, 3 clear"."""
        parties = self.outcomes.total()
        counts = ", ".join(f"{self.outcomes[outcome]:,} {outcome}" for outcome in Outcome)
        rows = f"{_counted(self.rows, 'row', 'rows')}, " if self.rows else ""
        return f"{rows}{_counted(parties, 'party', 'parties')}: {counts}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
