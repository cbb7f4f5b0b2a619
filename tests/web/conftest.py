"""A service as people start it, its worker included, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.store.database import Store, open_store
from app.store.keys import Scope, create_key

ROOT = Path(__file__).parents[2]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")  # axe-core 4.14.1
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Site:
    """A running service: `key` has every scope, `link` signs in once, `store` is its database."""

    address: str
    key: str
    link: str
    store: Store

    def key_with(self, name: str, *scopes: Scope) -> str:
        return create_key(self.store, name, scopes)[1]

    @contextmanager
    def client(self, key: str | None = None) -> Iterator[httpx.Client]:
        """Somebody without a browser, signed in."""
        with httpx.Client(base_url=self.address, timeout=30) as client:
            assert client.post("/sign-in", data={"key": key or self.key}).status_code == 303
            yield client


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with start_site(tmp_path_factory.mktemp("site")) as started:
        yield started


@contextmanager
def start_site(data_dir: Path, **settings: str) -> Iterator[Site]:
    log = data_dir / "serve.log"
    command = [sys.executable, "-c", "from app.cli.main import main; main()", "serve", "--port", "0"]
    environment = os.environ | {"IMPORTGATE_DATA_DIR": str(data_dir)} | settings
    with log.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    try:
        text = _greeting(process, log)
        address, link = re.search(r"serves on (http://\S+)", text), re.search(r"http://\S+token=\S+", text)
        key = re.search(r"ig_[\w-]{43}", text)
        assert address, text
        assert link, text
        assert key, text
        store = open_store(f"sqlite:///{data_dir / 'importgate.sqlite3'}")
        yield Site(address[1], key[0], link[0], store)
        store.close()
    finally:
        process.terminate()
        process.wait(timeout=40)


def _greeting(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 60
    while True:
        text = log.read_text()
        found = re.search(r"serves on (http://\S+)", text)
        if found:
            try:
                if httpx.get(f"{found[1]}/readyz").status_code == 200:
                    return text
            except httpx.TransportError:
                pass
        assert process.poll() is None, text
        assert time.monotonic() < deadline, text
        time.sleep(0.1)


@pytest.fixture(scope="module")  # not longer: its event loop would be in the way of other tests' own
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}; apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=15_000)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Visitor:
    """A browser window, and what went wrong in it: a page has to work without a word in the console."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def sign_in(self, key: str | None = None) -> Page:
        self.go("/sign-in")
        self.page.get_by_label("Key").fill(key or self.site.key)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.site.address}/")
        return self.page

    def upload(self, label: str, file: Path) -> None:
        self.page.get_by_label(label).set_input_files(file)
        self.page.get_by_role("button", name="Continue").click()

    def go(self, path: str) -> Page:
        self.page.goto(self.site.address + path)
        return self.page

    def screen_sample(self) -> str:
        """Uploads the sample and waits for its result; the path of the job."""
        self.go("/")
        self.page.get_by_role("button", name="Try the sample").click()
        self.page.get_by_role("button", name="Screen this file").click()
        self.page.locator("#results").wait_for(timeout=30_000)
        return self.page.url.removeprefix(self.site.address)


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """`visit(width=390, color_scheme="dark")`: a new window that knows nobody. No page may complain."""
    opened: list[tuple[BrowserContext, Visitor]] = []

    def open_window(width: int = 1280, expect_complaints: bool = False, **options: object) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type]
        visitor = Visitor(context, site)
        if not expect_complaints:
            opened.append((context, visitor))
        return visitor

    yield open_window
    for context, visitor in opened:
        context.close()
        assert visitor.complaints == []


def violations(page: Page, options: str = "") -> list[str]:
    """What axe-core finds on the page that is serious or critical."""
    page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate(f"axe.run({{resultTypes: ['violations'], {options}}})")
    return [
        f"{item['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for item in result["violations"]
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]
