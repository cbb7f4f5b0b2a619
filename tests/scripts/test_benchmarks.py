"""The tools that measure speed: what is timed is what the tables and the plot say it is."""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest

from app.screening.model import Party
from app.screening.screen import screen
from scripts.benchmarks import __main__ as bench
from scripts.benchmarks import long_lists, parts, scorers
from scripts.benchmarks.long_lists import recall_at_decision, spelt_otherwise
from scripts.benchmarks.names import made_names
from scripts.benchmarks.parts import Costs, Run
from scripts.benchmarks.plot import log_log_plot
from scripts.benchmarks.scorers import OWN

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def run(tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "cache").symlink_to(cache_dir)
    monkeypatch.setattr(scorers, "_COMPARISONS", 10_000)
    monkeypatch.setattr(scorers, "_NAMES", 20)
    return Run(tmp_path, rounds=2, sizes=[50, 200], rows=2000, calls=40, python=None)


def cells(rows: Sequence[tuple[str, ...]]) -> list[dict[str, str]]:
    head, *body = rows
    return [dict(zip(head, row, strict=True)) for row in body]


def number(text: str) -> float:
    return float(text.split(" ")[0].replace(",", ""))


def test_made_up_names_are_words_and_a_legal_form_all_different_and_the_same_each_time() -> None:
    names = made_names(3000, seed=1)
    assert len(set(names)) == 3000
    assert names == made_names(3000, seed=1) != made_names(3000, seed=2)
    assert [name for name in names if not re.fullmatch(r"(\w+ ){2,4}[A-Z][\w., ]+", name)] == []


def test_names_are_answered_by_every_scorer_for_every_list_and_compared_with_our_own(run: Run) -> None:
    costs: Costs = {}
    found = cells(parts.of_names(run, costs))
    fuzzy = [f"rapidfuzz {call} {by}" for by in ("ratio", "WRatio") for call in ("extract", "extractOne", "cdist")]
    assert [(row["list"], row["scorer"]) for row in found] == [
        (size, scorer) for size in ("50", "200") for scorer in (OWN, *fuzzy)
    ]
    for row in found:
        low, high = map(number, row["slowest to fastest round"].split(" to "))
        assert 0 < low <= number(row["names/s, median"]) <= high
    assert all(bool(row["times Importgate is as fast"]) is (row["scorer"] != OWN) for row in found)
    assert {title: [size for size, _ in line] for title, line in costs.items()} == {
        title: [50, 200] for title in (OWN, *fuzzy)
    }


def test_logic_v2_scores_ten_candidates_of_each_name_where_it_is_installed(run: Run, tmp_path: Path) -> None:
    python = tmp_path / "python"
    asked = tmp_path / "asked.json"
    python.write_text(
        f"#!{sys.executable}\n"
        + dedent(f"""
            import json, sys
            asked = json.load(sys.stdin)
            open({str(asked)!r}, "w").write(json.dumps(asked))
            json.dump({{"hits": [], "seconds": 3.0}}, sys.stdout)
        """)
    )
    python.chmod(0o755)
    found = cells(parts.of_names(replace(run, sizes=[200], python=python), {}))
    assert (found[-1]["scorer"], found[-1]["names/s, median"]) == ("nomenklatura logic-v2, 10 candidates", "10")
    said = json.loads(asked.read_text())
    assert len(said["parties"]) == 30
    assert max(len(near) for _, near in said["parties"]) == 10
    assert all(0 <= place < len(said["listed"]) for _, near in said["parties"] for place in near)


def test_a_long_list_is_compiled_in_a_process_of_its_own_and_what_short_cuts_keep_is_counted(run: Run) -> None:
    (row,) = cells(parts.of_long_lists(replace(run, sizes=[300])))
    found = row["found with the short cuts"]
    kept, _, whole, share = found.split(" ")
    assert (share, kept) == ("(100.0%)", whole), "a list this short knows no short cuts"
    assert int(whole) > 70
    assert number(row["one check, p50"]) <= number(row["p99"])
    assert number(row["processor time"]) > 0
    if Path("/proc/self/smaps_rollup").exists():
        assert number(row["memory"]) > 20


def test_what_the_usual_search_leaves_out_is_not_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    listed, path = run.listed(300)
    screener, asked = run.screener(path), spelt_otherwise(listed, 60)
    with_fewer = iter([lambda parties, of: screen([*parties[:10], *[Party("x")] * 50], of), screen])
    monkeypatch.setattr(long_lists, "screen", lambda *given: next(with_fewer)(*given))
    kept, whole = recall_at_decision(screener, asked)
    assert 0 < kept <= 10 < whole


def test_calls_of_the_api_are_answered_and_timed(run: Run) -> None:
    found = cells(parts.of_the_api(replace(run, rounds=1)))
    assert [row["single screenings, 32 callers"] for row in found] == ["not kept", "kept"]
    for row in found:
        assert number(row["a second"]) > 1
        assert number(row["p50"]) <= number(row["p95"])


def test_figures_go_between_their_marks_and_nowhere_else(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(
        "a\n<!-- figures of names -->\nold\n<!-- end of figures of names -->\nb\n"
        "<!-- figures of files -->\nold\n<!-- end of figures of files -->\n"
    )
    bench.write("files", r"new \1", document)
    assert document.read_text() == (
        "a\n<!-- figures of names -->\nold\n<!-- end of figures of names -->\nb\n"
        "<!-- figures of files -->\n\nnew \\1\n<!-- end of figures of files -->\n"
    )


def test_the_document_has_a_place_for_the_figures_of_each_part() -> None:
    text = bench.DOCUMENT.read_text(encoding="utf-8")
    for part in bench.parts_of({}).values():
        if part.title:
            assert text.count(f"<!-- figures of {part.title} -->\n") == 1
            assert text.count(f"<!-- end of figures of {part.title} -->\n") == 1


def test_the_plot_has_a_line_and_a_label_of_its_own_for_each_scorer() -> None:
    series = {f"a < {n}": [(1000.0, 10.0 * n), (10_000.0, 100.0)] for n in range(1, 9)}
    drawing = ElementTree.fromstring(log_log_plot(series, "names", "microseconds"))
    assert len(drawing.findall(f"{SVG}polyline")) == 8
    labels = [text for text in drawing.findall(f"{SVG}text") if (text.text or "").startswith("a < ")]
    assert [label.text for label in labels] == list(series)
    heights = sorted(float(label.attrib["y"]) for label in labels)
    assert min(below - above for above, below in pairwise(heights)) >= 14
    assert len({label.attrib["fill"] for label in labels}) == 8
