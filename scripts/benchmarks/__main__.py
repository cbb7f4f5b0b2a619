"""Measures Importgate beside rapidfuzz in one run, and its start, its single checks and its bulk path."""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from app.lists.sources import bundled_sources, resolve_sources
from app.screening.screener import Screener
from scripts.benchmarks.api import Load, load, serving
from scripts.benchmarks.bulk import screened, write_rows
from scripts.benchmarks.long_lists import compiled, recall_at_decision, spelt_otherwise
from scripts.benchmarks.measures import cpu_seconds, scorers, screen_file, screening_cpu, single_checks, start
from scripts.benchmarks.names import made_names, write_list, write_shipments
from scripts.benchmarks.plot import log_log_plot
from scripts.benchmarks.shipments import write_details, write_names

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "img" / "performance.svg"
TODAY = date(2026, 11, 23)
SIZES = (1_000, 10_000, 100_000, 1_000_000)
Row = tuple[str, ...]


def by_list_size(
    sizes: Sequence[int], rounds: int, scratch: Path
) -> tuple[list[Row], dict[str, list[tuple[float, float]]]]:
    """Names per second and core, all scorers in turns, by the size of the list."""
    rows: list[Row] = [("list", "scorer", "names/s, median", "slowest to fastest round", "times Importgate is as fast")]
    costs: dict[str, list[tuple[float, float]]] = {}
    queries = made_names(4000 * rounds, seed=2)  # new ones for each round: nothing is remembered
    for size in sizes:
        listed = made_names(size, seed=1)
        path = scratch / f"list-{size}.csv"
        write_list(path, listed)
        screener = Screener.open(resolve_sources([str(path)]), as_of=TODAY, cache_dir=scratch, jobs=os.cpu_count() or 1)
        rates: dict[str, list[float]] = {}
        for turn in range(rounds):
            for name, (count, answer) in scorers(screener, listed).items():
                asked = queries[turn * 4000 : turn * 4000 + count]
                rates.setdefault(name, []).append(len(asked) / cpu_seconds(lambda: answer(asked)))  # noqa: B023
        for name, found in rates.items():
            middle = median(found)
            spread = f"{min(found):,.0f} to {max(found):,.0f}"
            times = f"{median(next(iter(rates.values()))) / middle:,.2g}" if len(rates) > 1 else ""
            rows.append((f"{size:,}", name, f"{middle:,.0f}", spread, times))
            costs.setdefault(name, []).append((size, 1e6 / middle))
    return rows, costs


def of_the_command(rounds: int, scratch: Path) -> list[Row]:
    """Start-up, single checks and files, against the bundled lists."""
    cache = scratch / "cache"
    rows: list[Row] = [("what", "median", "fastest to slowest")]

    def add(what: str, values: Sequence[float], unit: str = "s", scale: float = 1.0) -> None:
        low, high = min(values) * scale, max(values) * scale
        rows.append((what, f"{median(values) * scale:.2f} {unit}", f"{low:.2f} to {high:.2f} {unit}"))

    add("`importgate check NAME`, nothing cached", [start(cache, cold=True) for _ in range(rounds)])
    add("`importgate check NAME`", [start(cache, cold=False) for _ in range(rounds)])
    screener = Screener.open(bundled_sources(), as_of=TODAY, cache_dir=cache)
    single_checks(screener, made_names(200, seed=4))
    checks = [single_checks(screener, made_names(500, seed=10 + turn)) for turn in range(rounds)]
    add("one check in a running process, p50", [median(taken) for taken in checks], "ms", 1000)
    add("one check in a running process, p99", [quantiles(taken, n=100)[98] for taken in checks], "ms", 1000)
    for rows_in_file, share in ((50_000, 0.1), (50_000, 1.0)):
        path = scratch / f"rows-{share}.csv"
        write_shipments(path, rows_in_file, made_names(int(rows_in_file * share), seed=3))
        for jobs in sorted({1, os.cpu_count() or 1}):
            taken = [screen_file(path, jobs, cache) for _ in range(max(2, rounds // 2))]
            add(f"{rows_in_file:,} rows, {share:.0%} of the names different, --jobs {jobs}", taken)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    rows.append(("most memory of one process of these", f"{peak:.0f} MB", ""))
    return rows


def of_bulk(counts: Sequence[int], rounds: int, scratch: Path) -> list[Row]:
    """Files of many rows, one party in ten new, against the bundled lists, on all cores."""
    cache = scratch / "cache"
    start(cache, cold=True)  # compiles the lists
    rows: list[Row] = [
        ("rows", "different parties", "median", "fastest to slowest", "rows/s", "processor time", "memory")
    ]
    for count in counts:
        path = scratch / f"bulk-{count}.csv"
        write_rows(path, count, count // 10)
        taken = [screened(path, cache) for _ in range(rounds)]
        walls = [one.wall for one in taken]
        rows.append(
            (
                f"{count:,}",
                f"{count // 10:,}",
                f"{median(walls):.1f} s",
                f"{min(walls):.1f} to {max(walls):.1f} s",
                f"{count / median(walls):,.0f}",
                f"{median(one.cpu for one in taken):.1f} s",
                f"{max(one.memory for one in taken) / 1e6:,.0f} MB",
            )
        )
        path.unlink()
    return rows


def of_long_lists(sizes: Sequence[int], scratch: Path) -> list[Row]:
    """Compiling lists, memory of all processes included, a single check against them, and what short cuts lose."""
    rows: list[Row] = [
        ("list", "compiled in", "processor time", "memory", "one check, p50", "hits kept by the short cuts")
    ]
    for size in sizes:
        listed = made_names(size, seed=1)
        path, cache = scratch / f"list-{size}.csv", scratch / "compiled"
        write_list(path, listed)
        cost = compiled(path, cache)
        screener = Screener.open(resolve_sources([str(path)]), as_of=TODAY, cache_dir=cache)
        single_checks(screener, made_names(50, seed=4))
        checks = single_checks(screener, made_names(200, seed=5))
        kept, whole = recall_at_decision(screener, spelt_otherwise(listed, 200))
        rows.append(
            (
                f"{size:,}",
                f"{cost.wall:.1f} s",
                f"{cost.cpu:.1f} s",
                f"{cost.memory / 1e6:,.0f} MB",
                f"{1000 * median(checks):.1f} ms",
                f"{kept} of {whole}",
            )
        )
    return rows


def of_signals(count: int, rounds: int, scratch: Path) -> list[Row]:
    """Processor time of a file of names alone, and of the same parties with all that signals look at."""
    rows: list[Row] = [("rows", "different parties", "names alone", "with addresses, codes and goods", "speed")]
    cache = scratch / "cache"
    start(cache, cold=True)  # compiles the lists
    for share in (0.1, 1.0):
        different = made_names(int(count * share), seed=3)
        plain, full = scratch / "plain.csv", scratch / "full.csv"
        write_names(plain, count, different)
        write_details(full, count, different)
        taken = [(screening_cpu(plain, cache), screening_cpu(full, cache)) for _ in range(rounds)]
        names, details = median(item[0] for item in taken), median(item[1] for item in taken)
        rows.append(
            (
                f"{count:,}",
                f"{share:.0%}",
                f"{names:.1f} s",
                f"{details:.1f} s",
                f"{names / details:.0%} of names alone",
            )
        )
    return rows


def of_the_api(calls: int, rounds: int, scratch: Path) -> list[Row]:
    """Single screenings over HTTP, one party a call, with and without keeping them, in turns."""
    rows: list[Row] = [("single screenings, 32 callers", "a second", "p50", "p95", "processor time of a call")]
    with serving(scratch) as service:
        load(service, made_names(calls, seed=100), store=True)  # warms up
        taken: dict[str, list[Load]] = {"not kept": [], "kept": []}
        for turn in range(rounds):
            for place, (name, loads) in enumerate(taken.items()):
                loads.append(load(service, made_names(calls, seed=101 + 2 * turn + place), store=name == "kept"))
    for name, loads in taken.items():
        low, high = min(one.rate for one in loads), max(one.rate for one in loads)
        rows.append(
            (
                name,
                f"{median(one.rate for one in loads):,.0f} ({low:,.0f} to {high:,.0f})",
                *(f"{1000 * median(getattr(one, part) for one in loads):.1f} ms" for part in ("p50", "p95", "cpu")),
            )
        )
    return rows


def table(rows: Sequence[Row]) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def machine(rounds: int) -> str:
    """On what and when it was measured."""
    loads = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    cores = f"{os.cpu_count()} cores ({platform.machine()})"
    return f"{date.today()}, {cores}, Python {platform.python_version()}, load averages {loads}, {rounds} rounds."


def write(mark: str, figures: str) -> None:
    """Put figures into the document, between `<!-- mark -->` and `<!-- end of mark -->`."""
    text = DOCUMENT.read_text(encoding="utf-8")
    marks = re.compile(f"(?<=<!-- {mark} -->\n).*?(?=<!-- end of {mark} -->)", re.DOTALL)
    DOCUMENT.write_text(marks.sub(lambda _: f"\n{figures}\n", text), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--largest", type=int, default=100_000, metavar="N", help="largest list (default 100,000)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds of which the median is given")
    parser.add_argument("--rows", type=int, metavar="N", help="only: what signals cost in a file of N rows")
    parser.add_argument("--bulk", type=int, metavar="N", help="only: a file of N rows, on all cores")
    parser.add_argument("--lists", action="store_true", help="only: compiling lists up to --largest")
    parser.add_argument("--calls", type=int, metavar="N", help="only: the API, N calls a round")
    parser.add_argument("--write", action="store_true", help="put the figures and the plot into docs/performance.md")
    args = parser.parse_args()
    if args.rows:
        with tempfile.TemporaryDirectory() as scratch:
            print(table(of_signals(args.rows, args.rounds, Path(scratch))))
        return
    if args.bulk or args.lists:
        sizes = [size for size in SIZES if size <= args.largest]
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            found = of_bulk([args.bulk], args.rounds, folder) if args.bulk else of_long_lists(sizes, folder)
        figures = f"{machine(args.rounds if args.bulk else 1)}\n\n{table(found)}\n"
        print(figures)
        if args.write:
            write("figures of files" if args.bulk else "figures of long lists", figures)
        return
    if args.calls:
        with tempfile.TemporaryDirectory() as scratch:
            figures = f"{machine(args.rounds)}\n\n{table(of_the_api(args.calls, args.rounds, Path(scratch)))}\n"
        print(figures)
        if args.write:
            write("figures of the API", figures)
        return
    sizes = [size for size in SIZES if size <= args.largest]
    with tempfile.TemporaryDirectory() as scratch:
        command = of_the_command(args.rounds, Path(scratch))
        print(table(command), flush=True)
        lists, costs = by_list_size(sizes, args.rounds, Path(scratch))
    figures = f"{machine(args.rounds)}\n\n{table(command)}\n\n{table(lists)}\n"
    print(f"\n{figures}")
    if args.write:
        write("figures", figures)
        PLOT.parent.mkdir(exist_ok=True)
        plot = log_log_plot(costs, "names in the list", "microseconds for one name, one core")
        PLOT.write_text(plot, encoding="utf-8")


if __name__ == "__main__":
    main()
