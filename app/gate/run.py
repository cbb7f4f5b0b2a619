"""The gate: screens files, holds what is found against the waivers and the baseline, and says what is left."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from app.gate.baseline import Baseline, baseline_of, is_known
from app.gate.collect import Job, Measure, collect
from app.gate.config import GateConfig, Thresholds
from app.gate.model import Failure, Finding, GateResult, ScreenedList, Status, WaiverReport, is_listing
from app.gate.revision import Revision
from app.lists.model import Listing
from app.match import policy
from app.screening.fingerprint import listing_digest, qualified_id
from app.screening.model import Outcome
from app.screening.screener import Screener
from app.screening.waivers import Waiver, WaiverState, by_key, state_of

_ORDER = {Status.NEW: 0, Status.KNOWN: 1, Status.WAIVED: 2}


@dataclass(frozen=True)
class Order:
    """What a run is asked for. `baseline` and `against` exclude each other; `relations` says who supplies whom."""

    jobs: Sequence[Job]
    config: GateConfig
    waivers: Sequence[Waiver] = ()
    waivers_file: str = ""
    baseline: Baseline | None = None
    against: Revision | None = None
    compared_with: str = ""
    notices: Sequence[str] = field(default_factory=tuple)
    relations: Job | None = None


def run_gate(order: Order, screener: Screener) -> GateResult:
    """Screens every file of the order. What goes wrong with one of them is part of the result."""
    config = order.config
    measure = Measure.of(screener, config.thresholds, config.policy)
    collected = collect(order.jobs, order.relations, screener, measure)
    baseline, notices = order.baseline, [*order.notices, *collected.notices]
    if order.against is not None:
        baseline = _findings_at(order.against, order, screener, measure, notices)
    listings = {qualified_id(item.list_id, item.id): item for item in screener.listings()} if order.waivers else {}
    findings, reports = _decided(collected.findings, order.waivers, listings, baseline, screener.as_of)
    lists = _lists(screener, measure)
    return GateResult(
        as_of=screener.as_of,
        fail_on=config.fail_on,
        findings=tuple(findings),
        shortfalls=tuple(collected.shortfalls),
        shortfall_count=collected.shortfall_count,
        failures=(*collected.failures, *_too_old(lists, config.max_list_age_days, screener.as_of)),
        files=tuple(collected.files),
        waivers=tuple(reports),
        notices=(*notices, *_undated(lists, config.max_list_age_days), *_idle(config.thresholds)),
        compared_with=order.compared_with,
        strict=config.strict,
        allow_incomplete=config.allow_incomplete,
        lists=lists,
        policy=screener.policy_version,
        waivers_file=order.waivers_file,
    )


def _findings_at(
    revision: Revision, order: Order, screener: Screener, measure: Measure, notices: list[str]
) -> Baseline:
    """What today's lists find in the files as they were, supplied and owned as they were."""
    with tempfile.TemporaryDirectory() as folder:

        def former(number: int, job: Job) -> Job | None:
            content = revision.read(job.path)
            if content is None:
                whose = "exposure through it" if job is order.relations else "every finding in it"
                notices.append(f"{job.name} is not at {revision.name}: {whose} is new")
                return None
            copy = Path(folder) / str(number)
            copy.write_bytes(content)
            return replace(job, path=copy)

        jobs = [found for number, job in enumerate(order.jobs) if (found := former(number, job)) is not None]
        relations = former(len(order.jobs), order.relations) if order.relations else None
        collected = collect(jobs, relations, screener, measure)
    notices += [f"at {revision.name}, {failure.message}: what it held counts as new" for failure in collected.failures]
    return baseline_of(collected.findings)


def _decided(
    findings: Sequence[Finding],
    waivers: Sequence[Waiver],
    listings: Mapping[str, Listing],
    baseline: Baseline | None,
    as_of: date,
) -> tuple[list[Finding], list[WaiverReport]]:
    """The findings with their status, gravest first, and what came of every waiver."""
    waiver_of = by_key(waivers)
    digests = {item.listing_id: "" for item in waivers if not is_listing(item.listing_id)}
    digests |= {
        item.listing_id: listing_digest(listings[item.listing_id]) for item in waivers if item.listing_id in listings
    }
    states = {
        item.key: state_of(item, digests[item.listing_id], as_of) for item in waivers if item.listing_id in digests
    }
    uses: Counter[tuple[str, str]] = Counter()
    decided = []
    for finding in findings:
        waiver = waiver_of.get(Waiver(finding.party.name, finding.subject, "", "", as_of).key)
        status, note = Status.NEW, ""
        if waiver is not None and waiver.key in states:
            uses[waiver.key] += 1
            note = _note(states[waiver.key], waiver)
            status = Status.WAIVED if states[waiver.key] is WaiverState.APPLIED else Status.NEW
        elif baseline is not None and is_known(finding, baseline):
            status = Status.KNOWN  # only without a waiver: one that has ended asks for a new decision
        decided.append(replace(finding, status=status, waiver=waiver, note=note))
    decided.sort(key=lambda item: (_ORDER[item.status], item.outcome is not Outcome.BLOCK))
    return decided, [_report(waiver, states.get(waiver.key), uses[waiver.key], listings) for waiver in waivers]


def _note(state: WaiverState, waiver: Waiver) -> str:
    if state is WaiverState.EXPIRED:
        return f"its waiver (line {waiver.line}) expired on {waiver.expires_on}"
    if state is WaiverState.CHANGED:
        return (
            f"its waiver (line {waiver.line}) no longer holds: the listing says something else than when it was waived"
        )
    return f"waived until {waiver.expires_on} by {waiver.approved_by}: {waiver.reason}"


def _report(waiver: Waiver, state: WaiverState | None, uses: int, listings: Mapping[str, Listing]) -> WaiverReport:
    if state is None:
        nearest = get_close_matches(waiver.listing_id, list(listings), n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else "; remove it, or screen against its list"
        note = f"the lists screened have no listing {waiver.listing_id!r}{hint}"
        return WaiverReport(waiver, WaiverState.UNKNOWN, uses, note)
    if not uses and state is not WaiverState.EXPIRED:
        note = "nothing was found that it is for; remove it if its party is gone for good"
        return WaiverReport(waiver, WaiverState.UNUSED, 0, note)
    notes = {
        WaiverState.APPLIED: f"holds until {waiver.expires_on}",
        WaiverState.EXPIRED: f"expired on {waiver.expires_on}; decide anew, or remove it",
        WaiverState.CHANGED: "the listing has changed since; look at it again, then waive it anew",
    }
    return WaiverReport(waiver, state, uses, notes[state])


def _lists(screener: Screener, measure: Measure) -> dict[str, ScreenedList]:
    out = {}
    for item in screener.compiled.lists:
        effects = screener.programmes[item["programme"]].effects_on(screener.as_of)
        out[item["id"]] = ScreenedList(
            title=item["title"],
            edition=item["edition"],
            as_of=date.fromisoformat(item["as_of"]) if item.get("as_of") else None,
            bans=item["id"] in measure.banning,
            legal_effect=item["legal_effect"],
            source=item["source"],
            effects=tuple(f"{effect.jurisdiction}: {effect.effect} [{effect.citation}]" for effect in effects),
        )
    return out


def _too_old(lists: Mapping[str, ScreenedList], allowed: int | None, as_of: date) -> list[Failure]:
    if allowed is None:
        return []
    ages = {list_id: (as_of - item.as_of).days for list_id, item in lists.items() if item.as_of}
    return [
        Failure(
            "",
            f"the list {list_id} stands at {lists[list_id].as_of}, {age:,} days before {as_of}, and at most "
            f"{allowed:,} are allowed; install a newer Importgate, or raise the maximum list age",
            3,
        )
        for list_id, age in ages.items()
        if age > allowed
    ]


def _idle(thresholds: Thresholds) -> list[str]:
    """A threshold that was lowered in the hope of more matches."""
    least = min(policy.SAME_SCRIPT.possible, policy.CROSS_SCRIPT.possible)
    if not 0 < thresholds.review < least:
        return []
    return [f"thresholds.review = {thresholds.review} changes nothing: the matcher reports no match below {least}"]


def _undated(lists: Mapping[str, ScreenedList], allowed: int | None) -> list[str]:
    undated = [list_id for list_id, item in lists.items() if item.as_of is None]
    return (
        [f"the age of {', '.join(undated)} is unknown: lists of your own carry no date"] if allowed and undated else []
    )
