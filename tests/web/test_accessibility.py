"""Every page, light and dark, at a desk and on a telephone: what axe-core finds, what sticks out, what it weighs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.web.conftest import Site, Visit, violations

MOST_BYTES = 150_000  # of a page with all that it loads, uncompressed


@pytest.fixture(scope="module")
def paths(site: Site) -> Iterator[dict[str, str]]:
    """One address of every kind of page, by what it shows, with something on each of them."""
    with site.client() as client:
        csrf = client.get("/").text.partition('name="csrf" value="')[2].partition('"')[0]
        client.post(
            "/parties", data={"csrf": csrf, "name": "Khotan Taida Apparel", "country": "CN", "reference": "V-1"}
        )
        draft = client.post("/uploads/sample", data={"csrf": csrf}).headers["location"]
        job = client.post(draft.partition("?")[0], data={"csrf": csrf, "file": "shipments.csv"}).headers["location"]
        for _ in range(600):
            page = client.get(job).text
            if 'id="results"' in page:
                break
        screening = page.partition('data-hx-get="/screenings/')[2].partition('"')[0]
        files = {"file": ("vendors.csv", b"Vendor no,Supplier\nV-1,Foo Trading\n")}
        register = client.post("/uploads", data={"csrf": csrf, "for": "monitor"}, files=files).headers["location"]
        again = client.post("/uploads/sample", data={"csrf": csrf}).headers["location"]
        yield {
            "start": "/",
            "search": "/search?q=和田泰达服饰有限公司",
            "preview": again,
            "preview of parties": register,
            "jobs": "/jobs",
            "job": job,
            "all rows of a job": f"{job}?outcome=clear",
            "report": f"{job}/report",
            "screening": f"/screenings/{screening}",
            "evidence": f"/screenings/{screening}/evidence",
            "review": "/review",
            "parties": "/parties",
            "lists": "/lists",
            "list": "/lists/us-uflpa",
            "listing": "/listings/us-uflpa/hetian-taida-apparel",
            "changes": "/lists/changes",
            "changes of a year": "/lists/changes?since=2024-12-31&until=2025-12-31&list=us-uflpa",
            "account": "/account",
        }


def test_axe_finds_nothing_serious_nothing_sticks_out_and_nothing_is_heavy(visit: Visit, paths: dict[str, str]) -> None:
    visitor = visit(color_scheme="light", reduced_motion="reduce")
    page = visitor.go("/sign-in")
    found = {"sign-in": violations(page)}
    visitor.sign_in()
    weights: dict[str, int] = {}
    for name, path in paths.items():
        visitor.go(path)
        weights[name] = _weight(page)
        for details in page.locator("main details").all()[:2]:
            details.locator("summary").first.click()
        if name == "job":
            page.locator(".evidence .tokens").first.wait_for()
        found[name] = violations(page)
        page.set_viewport_size({"width": 390, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than a telephone")
        page.set_viewport_size({"width": 1280, "height": 800})
    assert {name: items for name, items in found.items() if items} == {}
    del weights["report"]  # prints all that was found, as long as that is
    assert {name: size for name, size in weights.items() if size > MOST_BYTES} == {}
    assert weights["start"] > 100_000, "style sheets and scripts are counted"


def test_all_colours_can_be_read_in_the_dark(visit: Visit, paths: dict[str, str]) -> None:
    visitor = visit(color_scheme="dark", reduced_motion="reduce")
    page = visitor.go("/sign-in")
    rules = "runOnly: ['color-contrast', 'link-in-text-block']"
    found = {"sign-in": violations(page, rules)}
    visitor.sign_in()
    for name, path in paths.items():
        visitor.go(path)
        found[name] = violations(page, rules)
    visitor.go(paths["report"])
    page.emulate_media(media="print")  # on white paper, whatever the screen
    found["printed report"] = violations(page, rules)
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
    assert {name: items for name, items in found.items() if items} == {}


def _weight(page: Page) -> int:
    """Bytes of the page and of all that it loads, uncompressed, as the browser counts them."""
    entries = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
    return int(page.evaluate(f"{entries}.reduce((sum, entry) => sum + entry.decodedBodySize, 0)"))
