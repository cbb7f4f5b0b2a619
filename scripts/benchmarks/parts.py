"""The parts of a run: each measures one thing and gives the rows of its table, the head first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from app.lists.sources import bundled_sources, resolve_sources
from app.screening.screener import Screener
from scripts.benchmarks.api import Load, load, serving
from scripts.benchmarks.bulk import screened, write_rows
from scripts.benchmarks.jobs import Spent, of_the_whole, postgresql, screened_as_job
from scripts.benchmarks.long_lists import compiled, recall_at_decision, spelt_otherwise
from scripts.benchmarks.measures import screening_cpu, single_checks, start
from scripts.benchmarks.names import made_names, write_list
from scripts.benchmarks.scorers import OWN, scorers
from scripts.benchmarks.shipments import write_details, write_names

TODAY = date(2026, 11, 23)
_RESPELT = 500  # names that recall is measured with
Row = tuple[str, ...]
Costs = dict[str, list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Run:
    """How much is measured, where, and against what. `python` has nomenklatura; None where that is not to be had."""

    scratch: Path
    rounds: int
    sizes: Sequence[int]
    rows: int
    calls: int
    python: Path | None

    @property
    def cache(self) -> Path:
        """Where the bundled lists are compiled."""
        return self.scratch / "cache"

    def listed(self, size: int) -> tuple[Sequence[str], Path]:
        """A list of made-up names, and its file."""
        names, path = made_names(size, seed=1), self.scratch / f"list-{size}.csv"
        write_list(path, names)
        return names, path

    def screener(self, path: Path) -> Screener:
        """Of one list, compiled if no part before has done so."""
        cache = self.scratch / "compiled"
        return Screener.open(resolve_sources([str(path)]), as_of=TODAY, cache_dir=cache, jobs=os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Part:
    """`summary` says what `measure` measures. The figures stand in the document below the mark `figures of TITLE`, if
    there is one."""

    summary: str
    measure: Callable[[Run], list[Row]]
    title: str = ""


def of_the_command(run: Run) -> list[Row]:
    """`importgate check` as a process, and single checks in a running one, against the bundled lists."""
    taken = {
        "`importgate check NAME`, nothing cached": [start(run.cache, cold=True) for _ in range(run.rounds)],
        "`importgate check NAME`": [start(run.cache, cold=False) for _ in range(run.rounds)],
    }
    screener = Screener.open(bundled_sources(), as_of=TODAY, cache_dir=run.cache)
    single_checks(screener, made_names(200, seed=4))
    checks = [single_checks(screener, made_names(500, seed=10 + turn)) for turn in range(run.rounds)]
    taken["one check in a running process, p50"] = [median(one) for one in checks]
    taken["one check in a running process, p99"] = [_p99(one) for one in checks]
    return [("what", "median", "fastest to slowest"), *((what, *_seconds(values)) for what, values in taken.items())]


def of_names(run: Run, costs: Costs) -> list[Row]:
    """Names per second and core by the size of the list, all scorers in turns within a round; `costs` gets the
    microseconds of a name by scorer."""
    rows: list[Row] = [("list", "scorer", "names/s, median", "slowest to fastest round", "times Importgate is as fast")]
    queries = made_names(4000 * run.rounds, seed=2)  # new ones for each round: nothing is remembered
    for size in run.sizes:
        listed, path = run.listed(size)
        screener = run.screener(path)
        rates: dict[str, list[float]] = {}
        for turn in range(run.rounds):
            for scorer in scorers(screener, listed, run.python):
                asked = queries[turn * 4000 : turn * 4000 + scorer.names]
                rates.setdefault(scorer.title, []).append(len(asked) / scorer.seconds(asked))
        own = median(rates[OWN])
        for title, found in rates.items():
            middle = median(found)
            spread = f"{_number(min(found))} to {_number(max(found))}"
            times = "" if title == OWN else _number(own / middle)
            rows.append((f"{size:,}", title, _number(middle), spread, times))
            costs.setdefault(title, []).append((size, 1e6 / middle))
    return rows


def of_long_lists(run: Run) -> list[Row]:
    """Compiling lists, with the memory of all processes; single checks against them; what the short cuts lose."""
    rows: list[Row] = [
        ("list", "compiled in", "processor time", "memory", "one check, p50", "p99", "found with the short cuts")
    ]
    for size in run.sizes:
        listed, path = run.listed(size)
        cost = compiled(path, run.scratch / "compiled")
        screener = run.screener(path)
        single_checks(screener, made_names(50, seed=4))
        checks = single_checks(screener, made_names(500, seed=5))
        kept, whole = recall_at_decision(screener, spelt_otherwise(listed, min(_RESPELT, size // 2)))
        figures = (f"{cost.wall:.1f} s", f"{cost.cpu:.1f} s", f"{cost.memory / 1e6:,.0f} MB")
        single = (f"{1000 * median(checks):.1f} ms", f"{1000 * _p99(checks):.1f} ms")
        rows.append((f"{size:,}", *figures, *single, f"{kept} of {whole} ({kept / whole:.1%})"))
    return rows


def of_files(run: Run) -> list[Row]:
    """Files by the share of different parties, against the bundled lists: on all cores, and on one where they pay."""
    start(run.cache, cold=True)  # compiles the lists
    rows: list[Row] = [
        ("rows", "different parties", "processes", "median", "fastest to slowest", "rows/s", "processor time", "memory")
    ]
    jobs = os.cpu_count() or 1
    for count, share, processes in (
        (run.rows, 0.01, jobs),
        (run.rows, 0.1, jobs),
        (run.rows // 10, 1.0, jobs),
        (run.rows // 10, 1.0, 1),
    ):
        path = run.scratch / f"rows-{count}-{share}.csv"
        different = int(count * share)
        write_rows(path, count, different)
        taken = [screened(path, run.cache, "--jobs", str(processes)) for _ in range(min(run.rounds, 3))]
        walls = [one.wall for one in taken]
        rows.append(
            (
                f"{count:,}",
                f"{different:,}",
                str(processes),
                *_seconds(walls),
                f"{count / median(walls):,.0f}",
                f"{median(one.cpu for one in taken):.1f} s",
                f"{max(one.memory for one in taken) / 1e6:,.0f} MB",
            )
        )
        path.unlink()
    return rows


def of_jobs(run: Run) -> list[Row]:
    """One file screened by the command and as a job, in turns, against the bundled lists."""
    start(run.cache, cold=True)  # compiles the lists
    path, different = run.scratch / "job.csv", run.rows // 10
    write_rows(path, run.rows, different)
    with postgresql(run.scratch / "postgresql") as url:
        ways: dict[str, Callable[[], Spent]] = {
            "`importgate screen`": lambda: of_the_whole(screened(path, run.cache)),
            "job, SQLite": lambda: screened_as_job(path, run.cache, run.scratch / "jobs"),
        }
        if url:
            ways["job, PostgreSQL"] = lambda: screened_as_job(path, run.cache, run.scratch / "jobs", url)
        taken = [{name: way() for name, way in ways.items()} for _ in range(min(run.rounds, 3))]
    path.unlink()
    rows: list[Row] = [("rows", "different parties", "way", "median", "fastest to slowest", "rate", "processor time")]
    for name in ways:
        walls = [turn[name].wall for turn in taken]
        rate = median(turn["`importgate screen`"].wall / turn[name].wall for turn in taken)
        cpu = median(turn[name].cpu for turn in taken)
        rows.append((f"{run.rows:,}", f"{different:,}", name, *_seconds(walls), f"{rate:.2f}", f"{cpu:.1f} s"))
    return rows


def of_the_api(run: Run) -> list[Row]:
    """Single screenings over HTTP, one party a call, with and without keeping them, in turns."""
    rows: list[Row] = [("single screenings, 32 callers", "a second", "p50", "p95", "processor time of a call")]
    with serving(run.scratch) as service:
        load(service, made_names(run.calls, seed=100), store=True)  # warms up
        taken: dict[str, list[Load]] = {"not kept": [], "kept": []}
        for turn in range(run.rounds):
            for place, (name, loads) in enumerate(taken.items()):
                loads.append(load(service, made_names(run.calls, seed=101 + 2 * turn + place), store=name == "kept"))
    for name, loads in taken.items():
        low, high = min(one.rate for one in loads), max(one.rate for one in loads)
        rows.append(
            (
                name,
                f"{median(one.rate for one in loads):,.0f} ({low:,.0f} to {high:,.0f})",
                *(f"{1000 * median(getattr(one, part) for one in loads):.1f} ms" for part in ("p50", "p95")),
                f"{1000 * median(one.cpu for one in loads):.2f} ms",
            )
        )
    return rows


def of_signals(run: Run) -> list[Row]:
    """Processor time of a file of names alone, and of the same parties with all that signals look at."""
    rows: list[Row] = [("rows", "different parties", "names alone", "with addresses, codes and goods", "speed")]
    start(run.cache, cold=True)  # compiles the lists
    for share in (0.1, 1.0):
        different = made_names(int(run.rows * share), seed=3)
        plain, full = run.scratch / "plain.csv", run.scratch / "full.csv"
        write_names(plain, run.rows, different)
        write_details(full, run.rows, different)
        taken = [(screening_cpu(plain, run.cache), screening_cpu(full, run.cache)) for _ in range(run.rounds)]
        names, details = median(item[0] for item in taken), median(item[1] for item in taken)
        speed = f"{names / details:.0%} of names alone"
        rows.append((f"{run.rows:,}", f"{share:.0%}", f"{names:.1f} s", f"{details:.1f} s", speed))
    return rows


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[98]


def _seconds(values: Iterable[float]) -> tuple[str, str]:
    """Median and spread of wall times, in milliseconds where that reads better."""
    values = list(values)
    unit, scale = ("s", 1) if median(values) >= 0.1 else ("ms", 1000)
    middle, low, high = (f"{scale * value:.2f}" for value in (median(values), min(values), max(values)))
    return f"{middle} {unit}", f"{low} to {high} {unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
