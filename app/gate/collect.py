"""Screens shipment files and gathers what is found: each finding once a file, wherever its rows stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.errors import ImportgateError
from app.files.parties import ShipmentParty
from app.files.relations import read_relations
from app.files.shipments import open_shipments
from app.files.telling import ClearParty, Told, row_of, tell_file
from app.gate.config import FileRule, ListPolicy, Thresholds
from app.gate.model import CHAIN, MAX_SPOTS, SIGNAL, Failure, Finding, ScreenedFile, Shortfall, Spot
from app.screening.chains import KIND, Exposed
from app.screening.fingerprint import fingerprint, party_identity, qualified_id
from app.screening.model import Hit, Outcome, Role, Screening, Signal, SignalStrength, Strength
from app.screening.outcome import Finding as Evidence
from app.screening.outcome import decide
from app.screening.screener import Screener
from app.screening.trace import trace

MAX_SHORTFALLS = 1000


@dataclass(frozen=True, slots=True)
class Job:
    """One file to screen: `name` is what reports call it, `path` where its content is."""

    name: str
    path: Path
    columns: Sequence[tuple[str, str]] = ()
    rule: FileRule | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a match comes to: the configuration's thresholds and policy over the screener's own."""

    thresholds: Thresholds
    banning: frozenset[str]

    @classmethod
    def of(cls, screener: Screener, thresholds: Thresholds, policy: Mapping[str, ListPolicy]) -> Measure:
        banning = set(screener.banning_lists)
        for list_id, said in policy.items():
            (banning.add if said is ListPolicy.BLOCK else banning.discard)(list_id)
        return cls(thresholds, frozenset(banning))

    def outcome(self, hit: Hit) -> Outcome:
        """CLEAR where the hit is below the threshold."""
        if hit.score < self.thresholds.review:
            return Outcome.CLEAR
        if hit.score < self.thresholds.block:
            hit = replace(hit, strength=Strength.POSSIBLE)
        return decide(Evidence((hit,), self.banning, ""))


@dataclass
class Collected:
    """What the files of a run have come to."""

    findings: list[Finding] = field(default_factory=list)
    shortfalls: list[Shortfall] = field(default_factory=list)
    shortfall_count: int = 0
    failures: list[Failure] = field(default_factory=list)
    files: list[ScreenedFile] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def collect(jobs: Sequence[Job], relations: Job | None, screener: Screener, measure: Measure) -> Collected:
    """Screens every file. One that cannot be read becomes a failure, and the others are screened all the same."""
    collected = Collected()
    exposed = _exposed(relations, screener, collected) if relations else {}
    for job in jobs:
        tray = _Tray(job, screener, measure, exposed)
        try:
            tray.fill()
        except ImportgateError as error:
            collected.failures.append(Failure(job.name, str(error), error.exit_code))
        collected.findings += tray.findings()
        collected.shortfalls += tray.shortfalls[: MAX_SHORTFALLS - len(collected.shortfalls)]
        collected.shortfall_count += tray.shortfall_count
        collected.files.append(tray.file())
    return collected


def _exposed(job: Job, screener: Screener, collected: Collected) -> Exposed:
    """Who is exposed by the relations file; what could not be read or screened in it is kept."""
    try:
        relations = read_relations(job.path, name=job.name)
    except ImportgateError as error:
        collected.failures.append(Failure("", str(error), error.exit_code))
        return {}
    traced = trace(relations.links, screener, relations.parties)
    collected.notices += [*relations.warnings, f"{job.name}: {traced}"]
    collected.shortfall_count += len(traced.incomplete)
    collected.shortfalls += [
        Shortfall(job.name, Spot(None, item.line), Role.PARTY, item.name, item.problem)
        for item in traced.incomplete[:MAX_SHORTFALLS]
    ]
    return traced.exposed


class _Tray:
    """What is found in one file, as it is read."""

    def __init__(self, job: Job, screener: Screener, measure: Measure, exposed: Exposed) -> None:
        self.job = job
        self._screener = screener
        self._measure = measure
        self._exposed = exposed
        self._roles = frozenset(job.rule.roles if job.rule else ())
        self._found: dict[str, Finding] = {}
        self._spots: dict[str, list[Spot]] = {}
        self._counts: Counter[str] = Counter()
        self._outcomes: Counter[Outcome] = Counter()
        self._warnings: tuple[str, ...] = ()
        self._rows = self._left_out = self._below = self._last_row = 0
        self.shortfalls: list[Shortfall] = []
        self.shortfall_count = 0

    def fill(self) -> None:
        rule = self.job.rule
        columns = [*(rule.columns.items() if rule else ()), *self.job.columns]
        encoding = (rule and rule.encoding) or None
        with open_shipments(self.job.path, columns=columns, encoding=encoding, name=self.job.name) as shipments:
            self._warnings = tuple(shipments.warnings)
            for told in tell_file(shipments, self._screener, exposed=self._exposed):
                for one in self._wanted(told):
                    if isinstance(one, ClearParty):
                        self._outcomes[Outcome.CLEAR] += 1
                    else:
                        self._add(*one)

    def findings(self) -> list[Finding]:
        return [
            replace(finding, spots=tuple(self._spots[key]), count=self._counts[key])
            for key, finding in self._found.items()
        ]

    def file(self) -> ScreenedFile:
        return ScreenedFile(
            self.job.name, self._rows, dict(self._outcomes), self._warnings, self._left_out, self._below
        )

    def _wanted(self, told: Iterable[Told]) -> Iterator[Told]:
        for one in told:
            if row_of(one) != self._last_row:
                self._rows += 1
                self._last_row = row_of(one)
            role, problem = (one.role, "") if isinstance(one, ClearParty) else (one[0].role, one[0].party.problem)
            if self._roles and role not in self._roles and not problem:
                self._left_out += 1
            else:
                yield one

    def _add(self, item: ShipmentParty, screening: Screening) -> None:
        spot = Spot(item.row, item.line)
        gravest = Outcome.CLEAR
        for finding in self._judged(item, screening):
            gravest = min(gravest, finding.outcome, key=list(Outcome).index)
            self._keep(finding, spot)
        if screening.problem or screening.outcome is Outcome.INCOMPLETE:
            self.shortfall_count += 1
            if len(self.shortfalls) < MAX_SHORTFALLS:
                name, problem = item.party.name, screening.problem
                self.shortfalls.append(Shortfall(self.job.name, spot, item.role, name, problem))
            if gravest is Outcome.CLEAR:
                gravest = Outcome.INCOMPLETE
        self._outcomes[gravest] += 1

    def _judged(self, item: ShipmentParty, screening: Screening) -> Iterator[Finding]:
        matched = False
        for hit in screening.hits:
            outcome = self._measure.outcome(hit)
            if outcome is Outcome.CLEAR:
                self._below += 1
            else:
                matched = True
                why = str(hit.explanation.get("summary", ""))
                yield self._finding(item, qualified_id(hit.list_id, hit.listing_id), outcome, why, hit=hit)
        alerting = [signal for signal in screening.signals if signal.strength is not SignalStrength.NOTED]
        for signal in alerting:
            if signal.kind == KIND:
                subject = f"{CHAIN}{party_identity(signal.seen)}"
                yield self._finding(item, subject, _by_signals([signal], item.role), signal.summary, (signal,))
        own = [signal for signal in alerting if signal.kind != KIND]
        # Beside a match, which a person looks at anyway, a doubtful sign brings nothing; a sure one stands by itself,
        # so that a waiver for the match does not silence it.
        if own and (not matched or any(signal.strength is SignalStrength.STRONG for signal in own)):
            why = " ".join(signal.summary for signal in own)
            yield self._finding(item, SIGNAL, _by_signals(own, item.role), why, tuple(own))

    def _finding(
        self,
        item: ShipmentParty,
        subject: str,
        outcome: Outcome,
        why: str,
        signals: tuple[Signal, ...] = (),
        hit: Hit | None = None,
    ) -> Finding:
        key = fingerprint(item.party.name, subject, item.role)
        return Finding(key, self.job.name, item.role, item.party, subject, outcome, why, hit, (), 0, signals=signals)

    def _keep(self, finding: Finding, spot: Spot) -> None:
        """Of spellings that are one finding the gravest is kept, else the first."""
        key = finding.fingerprint
        known = self._found.get(key)
        if known is None or (finding.outcome is Outcome.BLOCK and known.outcome is not Outcome.BLOCK):
            self._found[key] = finding
        self._counts[key] += 1
        spots = self._spots.setdefault(key, [])
        if len(spots) < MAX_SPOTS:
            spots.append(spot)


def _by_signals(signals: Sequence[Signal], role: Role) -> Outcome:
    return decide(Evidence((), frozenset(), "", signals, role))
