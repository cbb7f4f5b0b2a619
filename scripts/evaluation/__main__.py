"""Measures the matcher on the project's gold cases and, where a folder is given, on labelled names of one's own."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from app.lists.sources import bundled_sources
from app.screening.screen import screen
from app.screening.screener import Screener
from scripts.evaluation import background, figures, folder, garbled, gold
from scripts.evaluation.curve import draw_calibration, draw_curve
from scripts.evaluation.folder import Labelled


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/eval",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=folder.__doc__,
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a folder of labelled names, laid out as said below")
    parser.add_argument(
        "--svg",
        type=Path,
        metavar="DIR",
        help="write the precision-recall curve and the calibration of --data into this folder as pictures",
    )
    parser.add_argument(
        "--background",
        type=Path,
        metavar="FILE",
        help="screen these names, one a line (.gz too), against all bundled lists and print every alert; together with "
        "--data, draw from them to show how alerts grow with the list",
    )
    parser.add_argument(
        "--garbled",
        action="store_true",
        help="generate misread, mistyped and cut spellings of all listed names and print how many are found",
    )
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="print the N worst cases of each sort")
    parser.add_argument(
        "--floor",
        type=float,
        metavar="SCORE",
        help="let hits from this score on through, to see what lies below the policy's thresholds; all figures but the "
        "sweep, the curve and the calibration are then those of this threshold",
    )
    arguments = parser.parse_args()
    if arguments.svg and not arguments.data:
        parser.error("--svg draws the names of --data: give both")
    if arguments.floor is not None and not arguments.data:
        parser.error("--floor is about the names of --data: give both")
    if arguments.background and not arguments.background.is_file():
        parser.error(f"there is no file {arguments.background}")
    if arguments.data:
        missing = [name for name in folder.FILES if not (arguments.data / name).is_file()]
        if missing:
            parser.error(f"{arguments.data} has no {', '.join(missing)}; --help says how such a folder is laid out")
    return arguments


def _print_gold(wrong: int) -> None:
    screener = Screener.open(bundled_sources(), as_of=gold.AS_OF, cache_dir=None)
    cases = gold.load_gold()
    start = time.perf_counter()
    results = screen([case.party for case in cases], screener)
    seconds = time.perf_counter() - start
    verdicts = [gold.judge(case, result) for case, result in zip(cases, results, strict=True)]
    print(f"Gold cases: {len(cases)} in {seconds:.2f} s, lists as of {gold.AS_OF}")
    print(f"  {'group':<16}{'recall':>8}{'of':>6}{'weaker':>8}{'stronger':>10}{'false alerts':>14}{'of':>6}")
    for group, found in gold.by_group(verdicts).items():
        recall = f"{found.recall:.3f}" if found.wanted else "-"
        print(
            f"  {group:<16}{recall:>8}{found.wanted:>6}{found.weaker:>8}{found.stronger:>10}"
            f"{found.alerted:>14}{found.innocent:>6}"
        )
    for verdict in gold.worst_first(verdicts)[:wrong]:
        print(f"  {verdict.line()}")


def _print_folder(names: Sequence[Labelled], seconds: float) -> None:
    print(f"\nLabelled names: {len(names)} in {seconds:.1f} s, {len(names) / seconds:.0f} a second")
    print("  recall by kind of variation")
    for kind, rate in figures.recall(names).items():
        print(f"    {kind:<44}{rate.share:>7.4f}{rate.whole:>7}")
    print("  alerts per 10,000 names that should be clear")
    for kind, rate in figures.alerts(names).items():
        print(f"    {kind:<44}{rate.per_10000:>7.1f}{rate.whole:>7}")
    hard = figures.hard_false_hits(names)
    print(f"  hard false hits{hard.share:>37.4f}{hard.whole:>7}")


def _print_sweep(names: Sequence[Labelled]) -> None:
    kinds = list(figures.alerts(names))
    print("\nSweep of the threshold: recall, alerts per 10,000 by kind, share of hard false hits")
    print(f"  {'from':<6}{'same':>8}{'cross':>8}" + "".join(f"{kind[:16]:>18}" for kind in kinds) + f"{'hard':>8}")
    for threshold in figures.THRESHOLDS:
        recall = figures.recall(names, threshold)
        alerts = figures.alerts(names, threshold)
        shares = "".join(
            f"{recall[key].share if key in recall else 0:>8.3f}" for key in ("= same-script", "= cross-script")
        )
        rates = "".join(f"{alerts[kind].per_10000:>18.1f}" for kind in kinds)
        hard = figures.hard_false_hits(names, threshold)
        print(f"  {threshold:<6.2f}{shares}{rates}{hard.share:>8.3f}")


def _print_calibration(names: Sequence[Labelled]) -> None:
    for cross in (False, True):
        print(f"\nCalibration, {'cross' if cross else 'same'} script: how many of the hits with such a score are right")
        for item in figures.calibration(names, cross):
            print(f"  {item.low:.2f} to {item.high:.2f}{item.rate.share:>8.3f}{item.rate.whole:>7}")


def _print_wrong(names: Sequence[Labelled], most: int) -> None:
    false, missed = figures.wrong(names)
    print(f"\nAlerts on names that should be clear: {len(false)}, highest score first")
    for name in false[:most]:
        alert = name.alert()
        if alert:
            where = f"{alert.listing_id} {alert.matched_name!r}"
            print(f"  {alert.score:.2f}  {name.name!r} on {where}  ({name.sort}: {name.kind})")
    print(f"\nQueries missed: {len(missed)}, the likest names first")
    for name in missed[:most]:
        print(f"  {name.name!r} is {name.listing_id} {name.listed_name!r}  ({name.kind})")


def _print_background(names: Sequence[str], data: Path | None) -> None:
    found = background.bundled_alerts(names)
    print(f"\nBackground: {len(found)} of {len(names):,} names alert on the bundled lists")
    for alert in found:
        print(f"  {alert.line()}")
    if data:
        print("\nAlerts per 10,000 unrelated names by the length of the list")
        for title, rate in background.growth(data, names).items():
            print(f"  {title:<46}{rate.per_10000:>7.1f}{rate.part:>6} of {rate.whole}")


def _print_garbled() -> None:
    print("\nGarbled names of all listed companies, generated")
    print(f"  {'kind':<24}{'names':>7}{'found':>8}{'strong':>8}")
    for kind, (found, strong) in garbled.recall(gold.AS_OF).items():
        print(f"  {kind:<24}{found.whole:>7}{found.share:>8.3f}{strong.share:>8.3f}")


def main() -> None:
    arguments = _arguments()
    _print_gold(arguments.wrong)
    if arguments.garbled:
        _print_garbled()
    if arguments.background:
        _print_background(background.names_of(arguments.background), arguments.data)
    if arguments.data:
        _print_data(arguments)


def _print_data(arguments: argparse.Namespace) -> None:
    names, seconds = folder.screened(arguments.data, arguments.floor)
    _print_folder(names, seconds)
    _print_sweep(names)
    _print_calibration(names)
    if arguments.wrong:
        _print_wrong(names, arguments.wrong)
    if arguments.svg:
        _write_pictures(names, arguments.svg)


def _write_pictures(names: Sequence[Labelled], target: Path) -> None:
    kinds = {"one script": False, "across scripts": True}
    curves = {kind: figures.curve(names, cross) for kind, cross in kinds.items()}
    bins = {kind: figures.calibration(names, cross) for kind, cross in kinds.items()}
    pictures = {"precision-recall.svg": draw_curve(curves), "calibration.svg": draw_calibration(bins)}
    target.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (target / name).write_text(picture, encoding="utf-8")
    print(f"\nThe pictures are in {target}")


if __name__ == "__main__":
    main()
