"""Monitored parties: one by one, from a file, and what cannot be taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.store.parties import PartyFilters, parties_page
from tests.web.conftest import Site, Visit


def test_a_party_is_monitored_found_and_removed(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in()
    page = visitor.go("/parties")
    page.get_by_label("Name", exact=True).fill("Hoshine Silicon Industry")
    page.get_by_label("Country").fill("China")
    page.get_by_label("Role").select_option("supplier")
    page.get_by_label("Your reference").fill("V-7001")
    page.get_by_role("button", name="Monitor", exact=True).click()
    row = page.get_by_role("row", name="V-7001")
    expect(row).to_contain_text("block")
    expect(row).to_contain_text("UFLPA Entity List")
    page.get_by_label("Name has").fill("no such party")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("None with “no such party” in their name")).to_be_visible()
    visitor.go("/parties?text=hoshine")
    row.get_by_role("link", name="Hoshine Silicon Industry").click()
    expect(page.get_by_text("strong match").first).to_be_visible()
    visitor.go("/parties?text=hoshine")
    row.get_by_role("button", name="Remove Hoshine Silicon Industry").click()
    expect(row).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "country", "said"),
    [
        ("Foo Trading Ltd", "Atlantis", "“Atlantis” is no country; write a code such as CN or a name such as China"),
        ("***", "", "it cannot be monitored"),
    ],
)
def test_a_party_that_cannot_be_taken_is_told(visit: Visit, name: str, country: str, said: str) -> None:
    visitor = visit(expect_complaints=True)  # the browser itself logs the 422
    visitor.sign_in()
    page = visitor.go("/parties")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Country").fill(country)
    page.get_by_role("button", name="Monitor", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    page.context.close()


def test_the_parties_of_a_file_are_monitored_and_its_next_upload_adds_nothing_twice(
    visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "our vendors.csv"
    visitor = visit()
    page = visitor.sign_in()

    def send(*rows: str) -> None:
        file.write_text("\n".join(["Nummer,Kolom B", *rows]), encoding="utf-8")
        visitor.go("/parties")
        visitor.upload("The parties of a file", file)
        expect(page.get_by_role("button", name="Monitor these parties")).to_be_disabled()
        page.get_by_label("Kolom B", exact=True).select_option("supplier")
        page.get_by_label("Your references stand in").select_option("Nummer")
        expect(page.get_by_label("Your references stand in")).to_have_value("Nummer")
        page.get_by_role("button", name="Monitor these parties").click()

    send("F-1,和田泰达服饰有限公司", "F-2,Vermeulen Textiel BV")
    expect(page.get_by_role("status")).to_have_text("From the file: 2 added.")
    expect(page.get_by_role("row", name="F-1")).to_contain_text("block")
    expect(page.get_by_role("row", name="F-2")).to_contain_text("clear")
    send("F-1,和田泰达服饰有限公司", "F-2,Vermeulen Textiel NV", "F-3,Changji Esquel Textile")
    expect(page.get_by_role("status")).to_have_text("From the file: 1 added, 1 changed, 1 known already.")


def test_a_file_with_rows_that_cannot_be_taken_names_each_and_adds_none(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "bad <b>vendors.csv"
    file.write_text("Vendor no,Supplier\nB-1,Foo Trading\nB-1,Bar Trading\n,Baz Trading\nB-4,\n")
    visitor = visit(expect_complaints=True)  # the browser itself logs the 422
    visitor.sign_in()
    page = visitor.go("/parties")
    visitor.upload("The parties of a file", file)
    expect(page.get_by_label("Your references stand in")).to_have_value("Vendor no")
    page.get_by_role("button", name="Monitor these parties").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was added")
    expect(page.get_by_role("heading", level=1)).to_have_text("bad <b>vendors.csv was not taken")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("the reference 'B-1' is that of row 1")
    expect(rows.nth(2)).to_contain_text("the row names no party")
    assert parties_page(site.store, PartyFilters(text="Trading"), 10) == []
    page.get_by_role("link", name="choose its columns anew").click()
    page.get_by_label("Your references stand in").select_option("no column: each party is new")
    page.get_by_role("button", name="Monitor these parties").click()
    expect(rows).to_have_count(1)
    page.context.close()


def test_a_file_that_was_sent_on_is_not_there_twice(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "once.csv"
    file.write_text("Supplier\nOnce Only Trading\n")
    visitor = visit(expect_complaints=True)  # the browser itself logs the 404
    visitor.sign_in()
    page = visitor.go("/parties")
    visitor.upload("The parties of a file", file)
    address = page.url
    page.get_by_role("button", name="Monitor these parties").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This file is no longer here")
    page.context.close()
