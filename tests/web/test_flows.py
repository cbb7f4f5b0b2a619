"""What a person does, in a real browser, with a real worker behind the service."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.store.keys import Scope
from tests.web.conftest import Site, Visit

HETIAN = "和田泰达服饰有限公司"


def test_a_name_is_screened_while_it_is_typed(visit: Visit) -> None:
    page = visit().sign_in()
    page.get_by_label("Name of a party").press_sequentially("Khotan Taida Apparel")
    found = page.locator("#found article")
    expect(found).to_have_count(1)
    expect(found.locator("header")).to_contain_text("block")
    expect(found.get_by_role("row", name=re.compile("Khotan.*Hetian.*matches"))).to_be_visible()
    expect(found).to_contain_text("UFLPA Entity List, listed 2022-06-21")
    found.get_by_text("what it means in").first.click()
    expect(found.get_by_text("United States", exact=True).first).to_be_visible()


def test_a_chinese_name_is_explained_to_who_reads_no_chinese(visit: Visit) -> None:
    page = visit().sign_in()
    page.get_by_label("Name of a party").fill(HETIAN)
    expect(page.get_by_role("row", name="和田 和田 matches 和田 (Hetian): a place").first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("服饰 .*“apparel”")).first).to_be_visible()
    expect(page.locator(".signal mark").first).to_have_text("和田")


def test_a_file_is_dropped_on_the_page(visit: Visit) -> None:
    page = visit().sign_in()
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["Supplier\\nHetian Taida Apparel\\n"], "dropped.csv", { type: "text/csv" }));
            const drop = (target) => target.dispatchEvent(
                new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
            if (drop(document.querySelector("h1"))) throw new Error("a file that misses would replace the page");
            drop(document.querySelector("#drop b"));
        }"""
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped.csv")
    expect(page.get_by_role("cell", name="Hetian Taida Apparel")).to_be_visible()


def test_results_are_filtered_by_list_role_country_and_text(visit: Visit) -> None:
    visitor = visit()
    page = visitor.sign_in()
    job = visitor.screen_sample()
    rows = page.locator("details.result")
    page.get_by_label("Country").fill("hk")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Esquel Group")
    page.get_by_label("Country").fill("")
    page.get_by_label("Name has").press_sequentially("chemical")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("XINJIANG ZHONGTAI CHEMICAL")
    page.get_by_label("List").focus()
    page.get_by_label("List").select_option("us-ofac-sdn")
    expect(page.get_by_text("No rows with these filters")).to_be_visible()
    expect(page.get_by_label("List")).to_be_focused()
    visitor.go(f"{job}?role=manufacturer&outcome=block")
    expect(rows.locator("summary")).to_contain_text(["manufacturer", "manufacturer"])
    page.locator(".tally a").last.click()
    expect(page.get_by_label("Outcome")).to_have_value("clear")


def test_the_focus_stays_where_the_person_is(visit: Visit) -> None:
    """What is put into the page anew must not throw those who use the keyboard back to its beginning."""
    visitor = visit()
    page = visitor.sign_in()
    page.get_by_role("button", name="Try the sample").click()
    for field in (
        page.get_by_label("Cartons", exact=True),
        page.get_by_label("What Manufacturer Address holds"),
        page.get_by_label("Encoding"),
    ):
        field.focus()
        with page.expect_response(lambda answer: "/uploads/" in answer.url):
            page.keyboard.press("ArrowDown")
        page.wait_for_timeout(100)
        expect(field).to_be_focused()
    visitor.screen_sample()
    with page.expect_response(lambda answer: "outcome=clear" in answer.url):
        page.get_by_label("Outcome").select_option("clear")
    rows = page.locator("details.result")
    page.get_by_role("link", name="More rows").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(20).locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.nth(20).locator(".evidence code").first).to_be_visible()


def test_a_wrong_encoding_is_mended_before_anything_is_screened(visit: Visit, tmp_path: Path) -> None:
    """Cyrillic and Western letters are the same bytes: no program can tell which a short file is in."""
    file = tmp_path / "kyrgyz.csv"
    file.write_text("Supplier\nАйдан\n", encoding="cp1251")
    visitor = visit()
    page = visitor.sign_in()
    visitor.upload("Screen a shipment file", file)
    expect(page.get_by_text("a guess")).to_be_visible()
    page.get_by_label("Encoding").select_option("Windows-1252 (Western European)")
    expect(page.get_by_role("cell", name="Àéäàí")).to_be_visible()
    page.get_by_label("Encoding").select_option("Windows-1251 (Cyrillic)")
    expect(page.get_by_role("cell", name="Айдан")).to_be_visible()
    expect(page.get_by_label("Encoding")).to_have_value("cp1251")
    page.get_by_role("button", name="Screen this file").click()
    page.locator(".tally a").last.click()
    expect(page.locator("details.result")).to_contain_text("Айдан")


def test_a_search_works_without_javascript(visit: Visit) -> None:
    page = visit(java_script_enabled=False).sign_in()
    page.get_by_label("Name of a party").fill(HETIAN)
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.locator("#found article")).to_contain_text("Hetian Taida Apparel Co., Ltd.")
    page.get_by_role("link", name="Hetian Taida Apparel Co., Ltd.").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hetian Taida Apparel Co., Ltd.")


def test_from_a_messy_file_to_a_decision(visit: Visit, tmp_path: Path) -> None:
    """Upload, mapping, progress, result, decision, download: the way of most people."""
    file = tmp_path / "orders, October.csv"
    file.write_text(
        f"Order,Vendor Ref,Where\n1,{HETIAN},新疆和田\n2,Vermeulen Textiel BV,Gent\n3,,Gent\n", encoding="gb18030"
    )
    visitor = visit(accept_downloads=True)
    page = visitor.sign_in()
    page.get_by_label("Screen a shipment file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("No column holds the name of a party")
    expect(page.get_by_role("button", name="Screen this file")).to_be_disabled()

    page.get_by_label("Vendor Ref", exact=True).select_option("manufacturer")
    expect(page.get_by_role("button", name="Screen this file")).to_be_enabled()
    page.get_by_label("Where", exact=True).select_option("manufacturer")
    page.get_by_label("What Where holds").select_option("address")
    expect(page.locator("td.used", has_text="新疆和田")).to_have_count(1)
    page.get_by_role("button", name="Screen this file").click()

    page.locator("#results").wait_for(timeout=30_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("orders, October.csv")
    expect(page.locator(".tally")).to_contain_text("1 block")
    expect(page.locator(".tally")).to_contain_text("1 incomplete")
    expect(page.get_by_role("img", name="1 block, 0 review, 1 incomplete, 1 clear")).to_be_visible()
    rows = page.locator("details.result")
    expect(rows).to_have_count(2)
    rows.first.locator("summary").click()
    expect(rows.first.get_by_role("row", name=re.compile("泰达 .* matches"))).to_be_visible()

    page.get_by_label("Outcome").select_option("clear")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Vermeulen Textiel BV")

    for form, first in (("CSV", "row"), ("JSON lines", '{"id"'), ("XLSX", "PK")):
        with page.expect_download() as download:
            page.get_by_role("link", name=form, exact=True).click()
        content = Path(download.value.path()).read_bytes().decode("utf-8-sig", "replace")
        assert content.startswith(first)
        assert "orders, October" in download.value.suggested_filename
        if form == "CSV":
            assert {line["outcome"] for line in csv.DictReader(content.splitlines())} == {
                "block",
                "incomplete",
                "clear",
            }
        if form == "JSON lines":
            assert [json.loads(line)["row"] for line in content.splitlines()] == [1, 2, 3]

    page.get_by_role("link", name="Review", exact=True).click()
    page.get_by_label("Name has").fill(HETIAN)
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#hit")).to_contain_text(HETIAN)
    page.get_by_label("Name and place leave no doubt").check()
    page.get_by_role("textbox", name="Note").fill("Same address in the register")
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_role("link", name=re.compile("^true match")).click()
    expect(page.locator("#hit .history")).to_contain_text("first decided true match: Name and place leave no doubt")
    expect(page.locator("#hit .history")).to_contain_text("Same address in the register")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "The file is empty; it needs a header row"),
        ("scan.pdf", b"%PDF-1.7 ...", "This is a PDF; export the table that it shows as CSV"),
        ("broken.xlsx", b"PK\x03\x04 no workbook", "broken.xlsx"),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(visit: Visit, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    visitor = visit(expect_complaints=True)  # the browser itself logs the 422
    page = visitor.sign_in()
    page.get_by_label("Screen a shipment file").set_input_files(tmp_path / name)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile(re.escape(said), re.IGNORECASE))
    page.context.close()


def test_the_queue_is_worked_off_by_keyboard(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in()
    visitor.screen_sample()
    page = visitor.go("/review?text=zhongtai")
    hits = page.locator("#queue a.hit")
    assert hits.count() > 3
    second = hits.nth(1).get_attribute("data-hit")
    third = hits.nth(2).get_attribute("data-hit")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(f'#hit article[data-hit="{second}"]')).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("f")
    page.keyboard.press("3")
    expect(page.get_by_label("The party is somewhere else")).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.type("jk is no command here")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(f'#hit article[data-hit="{third}"]')).to_be_visible()
    expect(page.locator(f'#queue a.hit[data-hit="{second}"]')).to_have_count(0)
    visitor.go(f"/review/{second}?state=false_positive")
    expect(page.locator("#hit .history")).to_contain_text("jk is no command here")


def test_identical_hits_are_decided_together(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in()
    visitor.screen_sample()
    visitor.screen_sample()
    page = visitor.go("/review?text=CHIA CHIA FOOD")
    hits = page.locator("#queue a.hit")
    before = hits.count()
    page.keyboard.press("f")
    page.keyboard.press("i")
    expect(page.locator("#identical")).to_be_checked()
    page.keyboard.press("Enter")
    expect(hits).not_to_have_count(before)
    assert hits.count() <= before - 2


def test_who_decided_meanwhile_is_told(visit: Visit) -> None:
    visitor = visit(expect_complaints=True)  # the browser itself logs the 409
    visitor.sign_in()
    visitor.screen_sample()
    page = visitor.go("/review?text=ESQUEL")
    other = page.context.new_page()
    other.goto(page.url)
    for window in (page, other):
        window.get_by_label("The names are not those of one body").check()
        window.get_by_role("button", name="Record the decision").click()
    expect(other.get_by_role("alert")).to_contain_text("look at it again")
    page.context.close()


def test_a_wrong_key_is_refused_in_words(visit: Visit) -> None:
    visitor = visit(expect_complaints=True)  # the browser itself logs the 403
    page = visitor.go("/jobs")
    page.get_by_label("Key").fill("ig_wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This key is not known")
    page.get_by_label("Key").fill(visitor.site.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Files")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.context.close()


def test_a_session_that_ended_leads_back_to_the_sign_in(visit: Visit, site: Site) -> None:
    visitor = visit(expect_complaints=True)  # the browser itself logs the 401
    page = visitor.sign_in(site.key_with("short", Scope.SCREEN))
    visitor.go("/lists?q=hotan")
    page.context.clear_cookies()
    page.get_by_label("Find a listing").press_sequentially("i")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("status")).to_contain_text("Your session has ended")
    page.get_by_label("Key").fill(site.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entity lists")
    page.context.clear_cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("a form that you just sent was not taken")
    page.context.close()


def test_lists_are_browsed_and_searched(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in()
    page = visitor.go("/lists")
    page.get_by_label("Find a listing").fill("91650000682749042X")
    expect(page.locator("#listings li")).to_have_count(1)
    page.get_by_role("link", name="Changji Esquel Textile Co., Ltd.").click()
    expect(page.get_by_text("昌吉溢达纺织有限公司")).to_be_visible()
    expect(page.get_by_text("What Uyghur Forced Labor Prevention Act, Entity List means today")).to_be_visible()
    visitor.go("/lists/us-uflpa")
    page.get_by_role("link", name="More").click()
    expect(page.get_by_text("41 to 80")).to_be_visible()
    page.get_by_role("link", name="what changed, and when").click()
    expect(page.get_by_label("List")).to_have_value("us-uflpa")
    page.get_by_label("Changed after").fill("2025-01-14")
    page.get_by_label("until").fill("2025-01-15")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".history li")).to_have_count(39)
    expect(page.locator(".change.added")).to_have_count(37)
    expect(
        page.get_by_text(re.compile(r"39 dated changes.*In force: 107 on 2025-01-14, 144 on 2025-01-15"))
    ).to_be_visible()
    visitor.go("/lists/changes")
    expect(page.locator(".change.ended").first).to_be_visible()
    page.get_by_role("link", name="Earlier changes").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("2025")


def test_a_result_comes_within_a_tenth_of_a_second_of_the_key(visit: Visit) -> None:
    """From the key to the result on the page, as the browser sees it: waiting, sending, screening and showing."""
    page = visit().sign_in()
    field = page.get_by_label("Name of a party")
    field.fill(HETIAN)
    page.locator("#found article").wait_for()
    shown = """(name) => new Promise((done) => {
        const field = document.getElementById("q");
        const observer = new MutationObserver(() => {
            observer.disconnect();
            done(performance.now() - pressed);
        });
        observer.observe(document.getElementById("found"), { childList: true });
        field.value = name;
        const pressed = performance.now();
        field.dispatchEvent(new Event("input", { bubbles: true }));
    })"""
    names = ("Khotan Taida Apparel", "Xinjiang Zhongtai", "合盛硅业股份有限公司") * 3
    taken = [page.evaluate(shown, name) for name in names]
    assert sorted(taken)[len(taken) // 2] < 100, taken


def test_a_reload_shows_how_far_the_job_is(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    names = (f"{number},Harbour {number:06} Trading Ltd {number * 7919 % 100003}\n" for number in range(30_000))
    file.write_text("No,Supplier\n" + "".join(names))
    visitor = visit()
    page = visitor.sign_in()
    page.get_by_label("Screen a shipment file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Screen this file").click()
    told = page.locator("#progress p").first
    expect(told).to_contain_text(re.compile(r"row [\d,]+ of 30,000"), timeout=60_000)
    page.reload()
    expect(told).to_contain_text(re.compile(r"row [\d,]+ of 30,000"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile(r"Cancelled after [\d,]+ rows"))).to_be_visible(timeout=90_000)
    page.get_by_text("Delete this file and its results").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Files")
    expect(page.get_by_text("long.csv")).to_have_count(0)
