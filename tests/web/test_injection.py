"""Names, files, notes and lists come from strangers: whatever they hold is text on every page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.sync_api import expect

from app.files.parties import ShipmentParty
from app.lists.sources import resolve_sources
from app.screening.model import Party, Role
from app.screening.screen import screen
from app.screening.screener import Screener
from app.store.calls import call_rows, store_calls
from app.store.keys import find_key
from tests.web.conftest import Site, Visit

SCRIPT = '<img src=x onerror="alert(1)"><script>alert(1)</script>'
BREAKOUT = "\"'><svg onload=alert(1)>{{7*7}}</textarea>"


def test_a_party_a_file_and_a_note_are_text_everywhere(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / f"orders{BREAKOUT.replace('/', '')}.csv"
    name = f"Hetian Taida Apparel {SCRIPT}"
    quoted = name.replace('"', '""')
    header = BREAKOUT.replace('"', '""')
    file.write_text(f'Supplier,Supplier Address,"{header}"\n"{quoted}","新疆和田 {BREAKOUT[1:]}",x\n')
    visitor = visit()
    page = visitor.sign_in()
    page.get_by_label("Name of a party").fill(name)
    expect(page.locator("#found article h2").first).to_contain_text("Hetian Taida Apparel")
    page.get_by_label("Screen a shipment file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<svg onload=alert(1)>{{7*7}}")
    expect(page.locator("th label").last).to_contain_text("<svg onload=alert(1)>")
    expect(page.locator("td").first).to_contain_text("<script>alert(1)</script>")
    page.get_by_role("button", name="Screen this file").click()
    page.locator("#results").wait_for(timeout=30_000)
    job = page.url.removeprefix(visitor.site.address)
    page.get_by_label("Outcome").select_option("")
    for row in page.locator("details.result").all():
        row.locator("summary").click()
    page.locator(".evidence code").first.wait_for()
    visitor.go(f"{job}/report")
    expect(page.locator("main")).to_contain_text("<svg onload=alert(1)>")
    visitor.go("/jobs")
    expect(page.locator("table")).to_contain_text("<svg onload=alert(1)>")

    visitor.go("/review?text=onerror")
    if page.locator("#queue a.hit").count() == 0:  # the reader of cells may part such a name
        visitor.go("/review?text=Hetian Taida Apparel")
    hit = page.locator("#hit article").get_attribute("data-hit")
    page.locator("#hit input[name=choice]").first.check()
    page.get_by_role("textbox", name="Note").fill(SCRIPT + BREAKOUT)
    page.get_by_role("button", name="Record the decision").click()
    visitor.go(f"/review/{hit}?state=false_positive")
    expect(page.locator("#hit .history")).to_contain_text(SCRIPT + BREAKOUT)
    for path in (f"/search?q={SCRIPT}", f"/lists?q={BREAKOUT}", f"/review?text={SCRIPT}", f"/parties?text={BREAKOUT}"):
        visitor.go(path)
    assert page.locator("svg[onload], img[onerror], main script").count() == 0


def test_a_list_of_ones_own_and_its_listings_are_text(visit: Visit, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "evil<b>list.csv"
    listed = "Harbour <img src=x onerror=alert(1)> Lantern Trading"
    file.write_text(f'id,name,country\n"x""><script>alert(1)</script>","{listed}",CN\n')
    screener = Screener.open(resolve_sources([str(file)]), as_of=datetime.now(UTC).date(), cache_dir=None)
    item = ShipmentParty(1, None, Role.SUPPLIER, Party(listed, "", "CN", role=Role.SUPPLIER), "<i>ref</i>")
    screened = screen([item.party], screener)
    assert screened[0].hits
    key = find_key(site.store, site.key)
    assert key is not None
    call = call_rows(screener, [(item, screened[0])], key=key)
    store_calls(site.store, [call])

    visitor = visit()
    visitor.sign_in()
    page = visitor.go("/review?text=onerror=alert(1)> Lantern")
    expect(page.locator("#hit")).to_contain_text("<img src=x onerror=alert(1)> Lantern Trading")
    expect(page.locator("#hit")).to_contain_text("evil<b>list")
    visitor.go(f"/screenings/{call.id}.1")
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".listings code")).to_contain_text('"><script>alert(1)</script>')
    visitor.go(f"/screenings/{call.id}.1/evidence")
    expect(page.locator("body")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("img[onerror], main script, b:text-is('list')").count() == 0


def test_the_way_of_a_supply_chain_is_drawn_with_its_names_as_text(visit: Visit, site: Site) -> None:
    buyer = f"Voorbeeld {SCRIPT} Handel"
    asked = {
        "parties": [{"name": buyer, "country": "BE"}],
        "relations": [{"source": "Hetian Taida Apparel Co., Ltd.", "target": buyer, "goods": f"gloves {BREAKOUT}"}],
    }
    headers = {"Authorization": f"Bearer {site.key}"}
    answer = httpx.post(f"{site.address}/v1/screenings", json=asked, headers=headers, timeout=30)
    (screened,) = answer.raise_for_status().json()["records"]
    visitor = visit()
    visitor.sign_in()
    page = visitor.go(f"/screenings/{screened['id']}")
    drawn = page.locator("svg.chain")
    expect(drawn).to_be_visible()
    expect(drawn).to_contain_text("Hetian Taida Apparel Co., Ltd.")
    expect(drawn).to_contain_text("<script>")
    assert page.locator("svg[onload], img[onerror], main script").count() == 0
