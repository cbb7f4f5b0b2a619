"""The project's gold cases: parties as they are declared, and what a compliance analyst would want to be told."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.screening.model import Party, Screening, Strength

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "gold"
LIMITS = "limits"
AS_OF = date(2026, 11, 23)
"""The day that the cases were judged for: listings come and go."""

_HEADER = ("id", "party", "country", "listing", "strength", "why")
_STRENGTHS = ("strong", "possible", "none")


@dataclass(frozen=True, slots=True)
class GoldCase:
    """One case; `group` is the stem of its file.

    With `strength` none, `listing` must not be hit or, where it is empty, nothing must. Else `listing` must be hit:
    `possible` says that a person should look, `strong` that it is the listed party itself.
    """

    id: str
    group: str
    party: Party
    listing: str
    strength: str
    why: str

    @property
    def must_hit(self) -> bool:
        return self.strength != "none"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one case went. `score` is that of the hit that decided: the one wanted, or the worst one not wanted."""

    case: GoldCase
    right: bool
    found: str
    score: float
    hits: tuple[str, ...]

    @property
    def weaker(self) -> bool:
        """A strong match was wanted and a possible one came out: it is reviewed, not blocked."""
        return self.right and self.case.strength == "strong" and self.found == Strength.POSSIBLE

    @property
    def stronger(self) -> bool:
        """The opposite: an alert claims more than the names say."""
        return self.right and self.case.strength == "possible" and self.found == Strength.STRONG

    def line(self) -> str:
        case = self.case
        wanted = f"{case.strength} {case.listing}".strip() if case.must_hit else f"no hit {case.listing}".strip()
        came = "; ".join(self.hits) or "nothing"
        return f"{case.id}  {case.party.name!r} wants {wanted}, got {came} ({case.why})"


def load_gold(folder: Path = FOLDER) -> list[GoldCase]:
    """All cases but the known limits, by file and row."""
    return [case for path in sorted(folder.glob("*.csv")) if path.stem != LIMITS for case in load_cases(path)]


def load_cases(path: Path) -> list[GoldCase]:
    """The cases of one file. Raises `ValueError` with the line where a row is not a case."""
    cases = []
    with path.open(newline="", encoding="utf-8") as handle:
        rows = csv.reader(handle)
        header = tuple(next(rows, ()))
        if header != _HEADER:
            raise ValueError(f"{path.name}: the header is {header}, not {_HEADER}")
        for row in rows:
            where = f"{path.name}, line {rows.line_num}"
            if len(row) != len(_HEADER):
                raise ValueError(f"{where}: {len(row)} cells instead of {len(_HEADER)}")
            key, name, country, listing, strength, why = row
            if strength not in _STRENGTHS or (strength != "none" and not listing) or not (key and name and why):
                raise ValueError(
                    f"{where}: a case has an id, a party and a why, and a listing unless its strength is none"
                )
            cases.append(GoldCase(key, path.stem, Party(name, country=country), listing, strength, why))
    return cases


def judge(case: GoldCase, screening: Screening) -> Verdict:
    """Compares what came out with what the case wants."""
    hits = tuple(
        f"{hit.strength.value} {hit.listing_id} {hit.score:.2f} on {hit.matched_name!r}" for hit in screening.hits
    )
    concerned = [hit for hit in screening.hits if not case.listing or hit.listing_id == case.listing]
    best = max(concerned, key=lambda hit: hit.score, default=None)
    found, score = (best.strength.value, best.score) if best else ("", 0.0)
    return Verdict(case, bool(best) == case.must_hit, found, score, hits)


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Counts of one group: of the cases that must hit, and of those that must not."""

    wanted: int
    found: int
    weaker: int
    stronger: int
    innocent: int
    alerted: int

    @property
    def recall(self) -> float:
        return self.found / self.wanted if self.wanted else 1.0

    @property
    def false_rate(self) -> float:
        return self.alerted / self.innocent if self.innocent else 0.0


def figures(verdicts: Iterable[Verdict]) -> GroupFigures:
    verdicts = list(verdicts)
    wanted = [verdict for verdict in verdicts if verdict.case.must_hit]
    innocent = [verdict for verdict in verdicts if not verdict.case.must_hit]
    return GroupFigures(
        wanted=len(wanted),
        found=sum(verdict.right for verdict in wanted),
        weaker=sum(verdict.weaker for verdict in wanted),
        stronger=sum(verdict.stronger for verdict in wanted),
        innocent=len(innocent),
        alerted=sum(not verdict.right for verdict in innocent),
    )


def by_group(verdicts: Sequence[Verdict]) -> dict[str, GroupFigures]:
    """Figures of every group, in the order of the groups, and of `all`."""
    groups = sorted({verdict.case.group for verdict in verdicts})
    table = {group: figures(v for v in verdicts if v.case.group == group) for group in groups}
    return table | {"all": figures(verdicts)}


def worst_first(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The wrong ones: alerts on innocents by falling score, then strong matches missed, then possible ones."""
    wrong = [verdict for verdict in verdicts if not verdict.right]
    return sorted(wrong, key=lambda v: (v.case.must_hit, -v.score, v.case.strength != "strong", v.case.id))
