"""Take the pictures of docs/img, or with `--all FOLDER` one of every page, at two widths, light and dark.

A service of its own screens the example shipments; Debian's Chromium looks at it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
NAME = "和田泰达服饰有限公司"
# file in docs/img -> path ({job} is the example's), width, height, scheme
PICTURES = {
    "search.png": (f"/search?q={NAME}", 1280, 860, "light"),
    "columns.png": ("{preview}", 1280, 640, "light"),
    "result.png": ("{job}", 1280, 860, "light"),
    "review.png": ("/review?text=zhongtai", 1280, 900, "light"),
    "dark.png": ("{job}", 1280, 860, "dark"),
    "telephone.png": (f"/search?q={NAME}", 390, 844, "light"),
}
PAGES = {
    "start": "/",
    "search": f"/search?q={NAME}",
    "search-clear": "/search?q=Vermeulen Textiel BV",
    "search-several": "/search?q=NINGBO HARBOUR LANTERN O/B CHANGJI ESQUEL TEXTILE CO LTD",
    "columns": "{preview}",
    "columns-of-parties": "{register}",
    "files": "/jobs",
    "result": "{job}",
    "report": "{job}/report",
    "review": "/review",
    "parties": "/parties",
    "lists": "/lists?q=hotan",
    "list": "/lists/us-uflpa",
    "listing": "/listings/us-uflpa/hetian-taida-apparel",
    "changes": "/lists/changes",
    "account": "/account",
    "problem": "/jobs/unknown",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, into this folder")
    every = parser.parse_args().all
    with _service() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()
        address, places = _prepare(context.new_page(), link)
        cookies = context.storage_state()
        if every is None:
            for file, (path, width, height, scheme) in PICTURES.items():
                page = _window(browser, cookies, width, height, scheme)
                _show(page, address + path.format(**places))
                page.screenshot(path=ROOT / "docs" / "img" / file)
        else:
            _take_all(browser, cookies, address, places, every)
        browser.close()


def _take_all(browser: Browser, cookies: StorageState, address: str, places: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        for width in (1280, 390):
            page = _window(browser, cookies, width, 800, scheme)
            for name, path in PAGES.items():
                _show(page, address + path.format(**places))
                page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)


def _show(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    first = page.locator("details.result").first
    if first.count():
        first.locator("summary").click()
        page.locator(".evidence .tokens").first.wait_for()


def _window(browser: Browser, cookies: StorageState, width: int, height: int, scheme: Literal["light", "dark"]) -> Page:
    size: ViewportSize = {"width": width, "height": height}
    return browser.new_context(viewport=size, color_scheme=scheme, storage_state=cookies).new_page()


def _prepare(page: Page, link: str) -> tuple[str, dict[str, str]]:
    """Signs in, screens the example, registers some parties; the service's address and those that this makes."""
    address = link.partition("/sign-in")[0]
    page.goto(link)
    page.get_by_role("button", name="Try the sample").click()
    page.get_by_role("button", name="Screen this file").click()
    page.locator("#results").wait_for(timeout=120_000)
    job = page.url.removeprefix(address)
    for name, country, reference in (
        ("Hoshine Silicon Industry Co., Ltd.", "CN", "V-1031"),
        ("Vermeulen Textiel BV", "BE", "V-1044"),
        ("新疆中泰化学股份有限公司", "CN", "V-1052"),
    ):
        page.goto(f"{address}/parties")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Country").fill(country)
        page.get_by_label("Your reference").fill(reference)
        page.get_by_role("button", name="Monitor", exact=True).click()
        page.get_by_text(reference).wait_for()
    page.goto(address)
    page.get_by_role("button", name="Try the sample").click()
    page.wait_for_url("**/uploads/**")
    preview = page.url.removeprefix(address)
    page.goto(f"{address}/parties")
    page.get_by_label("The parties of a file").set_input_files(ROOT / "examples" / "vendors.csv")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/uploads/**")
    return address, {"job": job, "preview": preview, "register": page.url.removeprefix(address)}


@contextmanager
def _service() -> Iterator[str]:
    """A running service; the address that signs in."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-c", "from app.cli.main import main; main()", "serve", "--port", "0"]
        with log.open("w") as file:
            run = subprocess.Popen(command, env=os.environ | {"IMPORTGATE_DATA_DIR": folder}, stdout=file, stderr=file)
        try:
            while not (link := re.search(r"(http://\S+)/sign-in\?token=\S+", log.read_text())) or not _answers(link[1]):
                if run.poll() is not None:
                    sys.exit(log.read_text())
                time.sleep(0.2)
            yield link[0]
        finally:
            run.terminate()
            run.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
