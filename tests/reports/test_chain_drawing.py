"""The drawing of a supply chain: whole, in its frame, nothing over anything else, and nothing but marks."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.chain_drawing import WIDTH, draw_chain

SVG = "{http://www.w3.org/2000/svg}"


def step(source: str, target: str, **more: str) -> dict[str, str]:
    plain = {"from": source, "to": target, "kind": "supply"}
    return plain | dict.fromkeys(("goods", "tier", "share", "together", "outcome", "why"), "") | more


LONG_HAN = "新疆生产建设兵团第八师石河子市天山铝业股份有限公司阿拉尔市鹏越电解铝及精深加工一体化项目分公司"
PATHS = {
    "one link": [step("Mill", "Shop", outcome="block", why="UFLPA Entity List")],
    "long names": [step("W" * 90, LONG_HAN, goods=LONG_HAN, tier="4"), step(LONG_HAN, "W" * 90, outcome="review")],
    "a long way": [step(f"No. {number + 1} Company", f"No. {number} Company", tier="9") for number in range(40)],
    "owners": [step("Holding", "Mill", kind="ownership", share="51.5"), step("X", "Holding", kind="ownership")],
    "Uyghur": [step("شىنجاڭ ئۇيغۇر ئاپتونوم رايونى پاختا چەكلىك شىركىتى", "Acme", outcome="block")],
    "mark-up": [step('<script>alert(1)</script>"&\x1b[31m', "</text></svg><b>'")],
    "no names": [step("", "")],
}


@pytest.fixture(params=PATHS, ids=str)
def path(request: pytest.FixtureRequest) -> list[dict[str, str]]:
    return PATHS[request.param]


def drawn(path: list[dict[str, str]]) -> ElementTree.Element:
    return ElementTree.fromstring(draw_chain(path))


def boxes(root: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(box.get("y", "")), float(box.get("height", ""))) for box in root.iter(f"{SVG}rect")]


def test_parties_stand_one_below_the_other_from_the_source_down(path: list[dict[str, str]]) -> None:
    root = drawn(path)
    ends = [(y, y + height) for y, height in boxes(root)]
    assert len(ends) == len(path) + 1
    for (_, above), (below, _) in pairwise(ends):
        assert below - above >= 20, "room for an arrow"
    assert ends[-1][1] < float(root.get("height", ""))


def test_every_letter_of_every_name_is_there_and_no_lines_touch(path: list[dict[str, str]]) -> None:
    root = drawn(path)
    lines = [(float(line.get("y", "")), line.text or "") for line in root.iter(f"{SVG}text")]
    for (above, _), (below, _) in pairwise(lines):
        assert below - above >= 12
    shown = re.sub(r"\s", "", "".join(text for _, text in lines))
    for name in [path[-1]["from"], *(item["to"] for item in path)]:
        assert re.sub(r"\s", "", name).replace("\x1b", "\ufffd") in shown


def test_nothing_runs_and_nothing_is_styled_or_fetched(path: list[dict[str, str]]) -> None:
    root = drawn(path)
    assert {item.tag for item in root.iter()} <= {f"{SVG}{tag}" for tag in ("svg", "rect", "path", "text")}
    attributes = {name for item in root.iter() for name in item.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in ("style", "id", "href")}


def test_the_source_says_what_it_stands_for() -> None:
    text = draw_chain(PATHS["one link"])
    assert "blocked: UFLPA Entity List" in text
    assert 'aria-label="Supply chain: Mill, supplies, to Shop"' in text


def test_nothing_is_drawn_of_no_way() -> None:
    assert draw_chain([]) == ""


@given(st.lists(st.tuples(st.text(max_size=200), st.text(max_size=60)), min_size=1, max_size=5))
def test_any_text_can_be_drawn(pairs: list[tuple[str, str]]) -> None:
    drawn([step(name, name, goods=goods) for name, goods in pairs])


def test_no_text_leaves_its_box_in_a_real_browser(tmp_path: Path) -> None:
    """The widths that the module reckons with, against the fonts of a browser."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    script = """
      const out = [...document.querySelectorAll('svg text')].map(text => {
        const box = text.getBBox(); return [box.x + box.width, text.textContent]; });
      document.body.textContent = JSON.stringify(out.filter(([end]) => end > LIMIT));
    """.replace("LIMIT", str(WIDTH - 4))
    drawings = "".join(draw_chain(path) for path in PATHS.values())
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{drawings}<script>{script}</script>", encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += ["--no-first-run", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    body = re.search(r"<body>(.*)</body>", run.stdout, re.DOTALL)
    assert body is not None
    assert body[1].strip() == "[]"


def test_paths_are_those_of_signals() -> None:
    """A step has the keys that `app.screening.chains` writes."""
    from app.screening.chains import Exposure, Link, Standing, signals_of
    from app.screening.model import Outcome

    (signal,) = signals_of([Exposure("B", "A", Standing(Outcome.BLOCK), (Link("A", "B"),))])
    plain: Mapping[str, str] = signal.path[0]
    assert set(plain) == set(step("A", "B"))
