"""Measures how fast Importgate is, beside rapidfuzz and nomenklatura's logic-v2 in the same run.

Without a PART all of them but `signals` are measured, one after the other. Figures are medians of rounds.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from scripts.benchmarks.parts import (
    Costs,
    Part,
    Row,
    Run,
    of_files,
    of_jobs,
    of_long_lists,
    of_names,
    of_signals,
    of_the_api,
    of_the_command,
)
from scripts.benchmarks.plot import log_log_plot
from scripts.evaluation import logic_v2

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "img" / "performance.svg"
SIZES = (1_000, 10_000, 100_000, 1_000_000)


def parts_of(costs: Costs) -> Mapping[str, Part]:
    """The parts by their names; that of names puts what its plot shows into `costs`."""
    return {
        "check": Part("the start of `importgate check`, and single checks", of_the_command, "single checks"),
        "lists": Part("compiling lists, memory, recall", of_long_lists, "long lists"),
        "names": Part("names a second by the size of the list", partial(of_names, costs=costs), "names"),
        "files": Part("files, by the share of different parties", of_files, "files"),
        "jobs": Part("a file as a job beside the command", of_jobs, "jobs"),
        "api": Part("calls of the API from 32 callers", of_the_api, "the API"),
        "signals": Part("what addresses, codes and goods cost", of_signals),
    }


def table(rows: Sequence[Row]) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def machine(rounds: int) -> str:
    """On what and when it was measured."""
    loads = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    cores = f"{os.cpu_count()} cores ({platform.machine()})"
    return f"{date.today()}, {cores}, Python {platform.python_version()}, load averages {loads}, {rounds} rounds."


def write(title: str, figures: str, document: Path = DOCUMENT) -> None:
    """Put figures into the document, between `<!-- figures of TITLE -->` and `<!-- end of figures of TITLE -->`."""
    text = document.read_text(encoding="utf-8")
    marks = re.compile(f"(?<=<!-- figures of {title} -->\n).*?(?=<!-- end of figures of {title} -->)", re.DOTALL)
    document.write_text(marks.sub(lambda _: f"\n{figures}\n", text), encoding="utf-8")


def peer(environment: Path) -> Path | None:
    """The Python of the environment with nomenklatura; says so where it cannot be made."""
    try:
        return logic_v2.environment(environment)
    except logic_v2.NotInstalledError as problem:
        print(f"nomenklatura's logic-v2 is left out: {problem}", file=sys.stderr)
        return None


def main() -> None:
    costs: Costs = {}
    parts = parts_of(costs)
    usual = [name for name, part in parts.items() if part.title]
    about = "\n".join(f"  {name:9}{part.summary}" for name, part in parts.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=__doc__,
        epilog=f"parts:\n{about}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="what to measure; see below")
    parser.add_argument("--largest", type=int, default=SIZES[-1], metavar="N", help="largest list (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of which medians are given (%(default)s)")
    parser.add_argument("--rows", type=int, default=1_000_000, metavar="N", help="of the largest file (%(default)s)")
    parser.add_argument("--calls", type=int, default=3000, metavar="N", help="of the API, in a round (%(default)s)")
    parser.add_argument(
        "--environment",
        type=Path,
        default=logic_v2.ENVIRONMENT,
        metavar="DIR",
        help="where nomenklatura is installed (%(default)s)",
    )
    parser.add_argument("--write", action="store_true", help="put the figures and the plot into docs/performance.md")
    args = parser.parse_args()
    if unknown := [name for name in args.parts if name not in parts]:
        parser.error(f"there is no part {unknown[0]!r}; parts: {', '.join(parts)}")
    chosen = [name for name in parts if name in (args.parts or usual)]
    python = peer(args.environment) if "names" in chosen else None
    with tempfile.TemporaryDirectory() as scratch:
        sizes = [size for size in SIZES if size <= args.largest]
        run = Run(Path(scratch), args.rounds, sizes, args.rows, args.calls, python)
        for name in chosen:
            part = parts[name]
            rows = part.measure(run)
            figures = f"{machine(1 if name == 'lists' else args.rounds)}\n\n{table(rows)}\n"
            print(f"{name}: {part.summary}\n\n{figures}", flush=True)
            if args.write and part.title:
                write(part.title, figures)
    if args.write and costs:
        PLOT.parent.mkdir(exist_ok=True)
        plot = log_log_plot(costs, "names in the list", "microseconds for one name, one core")
        PLOT.write_text(plot, encoding="utf-8")


if __name__ == "__main__":
    main()
