"""Reading without scripts, on a telephone and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit, violations

A4 = 688  # pixels between the margins


def test_files_evidence_reviews_and_lists_are_read_without_javascript(visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    page = visitor.sign_in()
    page.get_by_role("button", name="Try the sample").click()
    page.get_by_role("button", name="Screen this file").click()
    page.locator("#results").wait_for(timeout=30_000)  # the page reloads itself
    page.get_by_label("Name has").fill("KHOTAN")
    page.get_by_role("button", name="Filter").click()
    row = page.locator("details.result")
    expect(row).to_have_count(1)
    row.locator("summary").click()
    row.get_by_role("link", name="Evidence of this row").click()
    expect(page.get_by_role("row", name="KHOTAN Hetian matches")).to_be_visible()
    expect(page.get_by_text("Screened again just now: it comes out the same")).to_be_visible()

    visitor.go("/review?text=KHOTAN")
    page.locator("#queue a.hit").nth(1).click()
    expect(page.locator("#queue a.hit").nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator("#hit .tokens")).to_be_visible()
    visitor.go("/lists")
    page.get_by_label("Find a listing").fill("泰达")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Hetian Taida Apparel Co., Ltd.").first.click()
    expect(page.get_by_role("table", name="Names")).to_contain_text("和田泰达服饰有限公司")


def test_columns_are_chosen_without_javascript(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("Order,Vendor Ref\n1,Hetian Taida Apparel\n")
    visitor = visit(java_script_enabled=False)
    page = visitor.sign_in()
    visitor.upload("Screen a shipment file", file)
    page.get_by_label("Vendor Ref", exact=True).select_option("supplier")
    page.get_by_role("button", name="Read again").click()
    expect(page.locator("td.used")).to_have_text("Hetian Taida Apparel")
    expect(page.get_by_role("button", name="Screen this file")).to_be_enabled()


def test_the_report_prints_whole(visit: Visit) -> None:
    visitor = visit(A4)
    page = visitor.sign_in()
    job = visitor.screen_sample()
    visitor.go(f"{job}/report")
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= A4, "nothing sticks out of the paper"
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((item) => {
            const style = getComputedStyle(item);
            return style.overflowX !== "visible" && item.scrollWidth > item.clientWidth + 1 && item.clientWidth > 1;
        }).map((item) => item.outerHTML.slice(0, 120))"""
    )
    assert cut == []
    whole = page.locator("article.record, .programme")
    assert set(whole.evaluate_all("all => all.map((item) => getComputedStyle(item).breakInside)")) == {"avoid"}
    for hidden in (page.locator("header.bar"), page.locator(".trail")):
        expect(hidden).to_be_hidden()
    pages = re.search(
        rb"/Type /Pages[^>]*?/Count (\d+)|/Count (\d+)[^>]*?/Type /Pages", page.pdf(format="A4"), re.DOTALL
    )
    assert pages
    assert 5 <= int(pages[1] or pages[2]) <= 12


def test_a_report_of_nothing_says_so_and_by_which_lists(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "clear.csv"
    file.write_text("Supplier\nVermeulen Textiel BV\n")
    visitor = visit()
    page = visitor.sign_in()
    visitor.upload("Screen a shipment file", file)
    page.get_by_role("button", name="Screen this file").click()
    expect(page.get_by_text("No rows that are not clear")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Report to print").click()
    expect(page.get_by_text("Every party is clear")).to_be_visible()
    expect(page.get_by_role("heading", name="What the hits mean")).to_have_count(0)
    expect(page.locator(".editions")).to_contain_text("UFLPA Entity List")


@pytest.mark.parametrize(
    ("path", "holds"),
    [("/jobs", "Uploaded"), ("/parties", "Screened"), ("/lists", "Authority"), ("/uploads", "IG240002")],
)
def test_tables_are_stacked_on_a_telephone(visit: Visit, path: str, holds: str) -> None:
    """No table has to be pushed to and fro: every cell is as wide as the screen, with its heading."""
    visitor = visit(390)
    page = visitor.sign_in()
    if path == "/parties":
        visitor.go(path)
        page.get_by_label("Name", exact=True).fill("Khotan Taida Apparel")
        page.get_by_role("button", name="Monitor", exact=True).click()
    elif path == "/jobs":
        visitor.screen_sample()
    if path == "/uploads":
        page.get_by_role("button", name="Try the sample").click()
    else:
        visitor.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    wide = "all => all.filter((item) => item.scrollWidth > item.clientWidth + 1).map((item) => item.className)"
    assert page.locator("main .scroll, main table").evaluate_all(wide) == []
    told = "all => all.map((item) => getComputedStyle(item, '::before').content + item.innerText).join(' ')"
    assert holds in page.locator("main td, main th").evaluate_all(told)
    assert violations(page) == []
