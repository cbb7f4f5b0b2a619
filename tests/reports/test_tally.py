"""What a run has come to."""

from __future__ import annotations

from app.reports.tally import SHOWN_PROBLEMS, Tally
from app.screening.model import Outcome


def test_rows_parties_and_outcomes_are_counted() -> None:
    tally = Tally()
    for row, outcome in ((1, Outcome.BLOCK), (1, Outcome.CLEAR), (2, Outcome.CLEAR)):
        tally.add(outcome, row=row, line=row)
    assert tally.sentence() == "2 rows, 3 parties: 1 block, 0 review, 0 incomplete, 2 clear"
    assert tally.fell_short == 0


def test_parties_without_rows() -> None:
    tally = Tally()
    tally.add(Outcome.REVIEW)
    assert tally.sentence() == "1 party: 0 block, 1 review, 0 incomplete, 0 clear"


def test_a_hit_in_a_torn_row_falls_short_too_and_a_row_is_told_once() -> None:
    tally = Tally()
    tally.add(Outcome.BLOCK, "torn", 1, 2)
    tally.add(Outcome.INCOMPLETE, "torn", 1, 2)
    assert (tally.fell_short, tally.reasons, tally.problems) == (2, 1, [(1, 2, "torn")])


def test_only_the_first_problems_are_kept() -> None:
    tally = Tally()
    for row in range(100_000):
        tally.add(Outcome.INCOMPLETE, "torn", row, row)
    assert (tally.reasons, len(tally.problems)) == (100_000, SHOWN_PROBLEMS)
