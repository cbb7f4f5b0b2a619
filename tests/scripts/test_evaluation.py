"""The tools that measure the matcher: a figure that is counted wrongly proves nothing."""

from __future__ import annotations

import csv
import gzip
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from app.screening.model import Party
from scripts.evaluation import background, curve, figures, folder, gold, logic_v2, peers
from scripts.evaluation.folder import Labelled, Scored, Sort

SVG = "{http://www.w3.org/2000/svg}"

FILES: Mapping[str, Sequence[Sequence[str]]] = {
    "list.csv": [
        ("id", "name"),
        ("taida", "Hetian Taida Apparel Co., Ltd."),
        ("tianshan", "新疆天山铝业有限公司"),
        ("aluminium", "Xinjiang Tianshan Aluminium Co., Ltd."),
    ],
    "queries.csv": [
        ("expected_id", "name", "kind"),
        ("taida", "HETIAN TAIDA APPAREL COMPANY LIMITED", "alias:legal_suffix"),
        ("taida", "和田泰达服饰有限公司", "cross-script:legal_full"),
        ("aluminium", "新疆天山鋁業有限公司", "cross-script:legal_full"),
    ],
    "unrelated.csv": [
        ("name", "kind"),
        ("Shenzhen Umbrella Trading Co., Ltd.", "cn_latin"),
        ("Hetian Taida Apparel", "cn_latin"),
    ],
    "hard_negatives.csv": [
        ("lookalike_id", "name", "kind"),
        ("taida", "Hetian Paper Co., Ltd.", "hard_negative:similar"),
    ],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, rows in FILES.items():
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows(rows)
    return tmp_path


def labelled(sort: Sort, *hits: tuple[str, float], wanted: str = "", same: Sequence[str] = ()) -> Labelled:
    scored = tuple(Scored(key, key, score, False) for key, score in hits)
    return Labelled(sort, "a kind", "a name", wanted, "a listed name", frozenset(same or [wanted]), scored)


def test_a_folder_is_screened_and_every_figure_counted(data: Path) -> None:
    names, seconds = folder.screened(data, None)

    assert seconds > 0
    recall, alerts = figures.recall(names), figures.alerts(names)
    assert (recall["= same-script"], recall["= cross-script"]) == (figures.Rate(1, 1), figures.Rate(2, 2))
    assert alerts["cn_latin"] == figures.Rate(1, 2), "the second unrelated name is the listed one without its form"
    assert alerts["cn_latin"].per_10000 == 5000
    assert figures.hard_false_hits(names) == figures.Rate(0, 1)


def test_a_listing_is_left_out_together_with_its_twins(data: Path) -> None:
    """天山铝业 stands under two ids that share a spelling: with both left out, its name is nobody's."""
    names = [name for name in folder.screened(data, None)[0] if name.sort is Sort.LEFT_OUT]

    tianshan = next(name for name in names if name.listing_id == "tianshan")
    assert tianshan.same == {"tianshan", "aluminium"}
    assert tianshan.alert() is None


def test_a_hard_negative_counts_only_against_its_look_alike() -> None:
    other, look_alike = (labelled(Sort.HARD, (hit, 0.9), wanted="taida") for hit in ("another", "taida"))

    assert figures.hard_false_hits([other, look_alike]) == figures.Rate(1, 2)
    assert figures.hard_false_hits([look_alike], threshold=0.95) == figures.Rate(0, 1)


def test_the_curve_pairs_recall_with_the_alerts_of_the_same_threshold() -> None:
    found = labelled(Sort.QUERY, ("a", 0.9), wanted="a")
    weak = labelled(Sort.QUERY, ("a", 0.6), wanted="a")
    false = labelled(Sort.UNRELATED, ("a", 0.7))

    points = {point.threshold: (point.recall, point.precision) for point in figures.curve([found, weak, false], False)}

    assert points[0.6] == (1.0, 2 / 3)
    assert points[0.7] == (0.5, 0.5)
    assert points[0.75] == (0.5, 1.0)


def test_calibration_counts_every_hit_and_takes_a_twin_for_right() -> None:
    query = labelled(Sort.QUERY, ("a", 0.92), ("twin", 0.94), ("sibling", 0.91), wanted="a", same=("a", "twin"))
    false = labelled(Sort.UNRELATED, ("a", 0.55))

    low, high = figures.calibration([query, false], cross=False)

    assert (low.rate, low.score) == (figures.Rate(0, 1), 0.55)
    assert high.rate == figures.Rate(2, 3)
    assert high.score == pytest.approx((0.92 + 0.94 + 0.91) / 3)
    assert not figures.calibration([query, false], cross=True)


@pytest.mark.parametrize(
    ("rate", "interval"),
    [
        pytest.param(figures.Rate(9, 10), (0.596, 0.982), id="published example of Wilson's interval"),
        pytest.param(figures.Rate(10, 10), (0.722, 1.0), id="never beyond certainty"),
        pytest.param(figures.Rate(0, 10), (0.0, 0.278), id="nor below nothing"),
    ],
)
def test_intervals(rate: figures.Rate, interval: tuple[float, float]) -> None:
    assert rate.interval == pytest.approx(interval, abs=1e-3)


def test_the_pictures_are_svg_with_every_point_inside_the_frame() -> None:
    points = [figures.Point(0.5, 0.9, 0.3), figures.Point(0.9, 0.4, 1.0)]
    bins = [figures.Bin(0.5, 0.6, 0.55, figures.Rate(1, 3)), figures.Bin(0.95, 1.0, 1.0, figures.Rate(9, 9))]

    for picture in (
        curve.draw_curve({"one & all": points, "none": []}),
        curve.draw_calibration({"one & all": bins, "none": []}),
    ):
        root = ElementTree.fromstring(picture)
        _, _, width, height = map(int, root.attrib["viewBox"].split())
        circles = list(root.iter(f"{SVG}circle"))
        assert len(circles) == 2
        for circle in circles:
            assert 0 < float(circle.attrib["cx"]) < width
            assert 0 < float(circle.attrib["cy"]) < height, "what lies below the picture's lowest line is drawn on it"
        assert "one & all" in {text.text for text in root.iter(f"{SVG}text")}


def test_rapidfuzz_compares_every_party_with_every_listed_name() -> None:
    listed = ["Hetian Taida Apparel Co., Ltd.", "XINJIANG Aluminium"]
    task = peers.Task(
        ["hetian taida apparel co ltd", "Xinjiang aluminium.", "Umbrella"], ["", "", ""], listed, ["a", "b"]
    )

    hits, speed = peers.fuzzy(fuzz.token_sort_ratio, 85)(task)

    assert hits == [[(0, 100.0)], [(1, 100.0)], []], "case and punctuation are folded for the peers"
    assert speed > 0


def test_candidates_are_the_nearest_names() -> None:
    listed = ["Umbrella Trading", "Hetian Taida", "Hetian Taida Apparel"]

    assert logic_v2.nearest(["Hetian Taida Apparel Ltd"], listed, 2) == [[2, 1]]


def test_peers_hits_are_counted_as_our_own_are(data: Path) -> None:
    task, names = peers.labelled_task(data)
    everything = [(number, 1.0) for number in range(len(task.listed))]

    found = peers.with_hits(names, [everything] * len(names), task)

    assert figures.recall(found)["= cross-script"].share == 1.0
    assert figures.alerts(found)["cn_latin"].share == 1.0
    assert figures.hard_false_hits(found).share == 1.0
    left_out = next(name for name in found if name.sort is Sort.LEFT_OUT and name.listing_id == "tianshan")
    assert {hit.listing_id for hit in left_out.hits} == {"taida"}


def test_gold_cases_are_judged_by_the_listing() -> None:
    def case(listing: str, strength: str) -> gold.GoldCase:
        return gold.GoldCase("id", "group", Party("name"), listing, strength, "why")

    cases = [case("a", "strong"), case("b", "possible"), case("", "none"), case("b", "none")]

    judged = peers.judged(cases, [[(0, 1.0)]] * 4, ["a", "b"])

    assert (judged.wanted, judged.found) == (2, 1)
    assert (judged.innocent, judged.alerted) == (2, 1), "no hit at all was wanted, then none on b alone"


def test_a_higher_threshold_keeps_fewer_hits() -> None:
    assert peers.from_threshold(([[(0, 0.75), (1, 0.8)], []], 5.0), 0.8) == ([[(1, 0.8)], []], 5.0)


def test_a_peer_that_is_not_installed_says_so_in_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without pip, as where no package can be had."""
    monkeypatch.setattr(logic_v2.venv, "create", lambda *_, **__: _python_without_pip(tmp_path))

    with pytest.raises(logic_v2.NotInstalledError) as caught:
        logic_v2.environment(tmp_path)

    line = peers.table([peers.Row("logic-v2", problem=f"not installed: {caught.value}")]).splitlines()[-1]
    assert line.startswith("| logic-v2 | not installed: pip ended with 1 | ")
    assert line.count("|") == 10


def _python_without_pip(folder: Path) -> None:
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n')
    python.chmod(0o755)


@pytest.mark.parametrize("name", ["names.txt", "names.txt.gz"])
def test_background_names_are_lines(tmp_path: Path, name: str) -> None:
    content = "Xinjiang Tianshan\r\n\n 和田 \n".encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)

    assert background.names_of(path) == ["Xinjiang Tianshan", "和田"]


def test_more_names_are_drawn_from_the_places_first_and_never_known_ones() -> None:
    names = ["Hetian Mill", "Hetian Works", "HETIAN Taida", "Paris Mode", "Umbrella", "Zebra"]

    drawn = background.similar_names(names, ["Hetian Taida Co., Ltd."], frozenset({"hetian", "hotan"}), 3)

    assert drawn == ["Hetian Mill", "Hetian Works", "Paris Mode"]


def test_growth_screens_the_halves_the_list_and_twice_the_list(data: Path) -> None:
    rates = background.growth(data, ["Hetian Mill", "Hetian Works", "Umbrella"])

    assert [rate.whole for rate in rates.values()] == [2] * 4
    assert [rate.part for rate in rates.values()] == [1, 0, 1, 1], "the listed name stands in the first half"
