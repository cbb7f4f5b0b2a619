"""What the service refuses before any page is asked: people are told on a page, programs by a problem."""

from __future__ import annotations

from pathlib import Path

import anyio
import httpx
import pytest
from playwright.sync_api import Browser, expect

from app.errors import StoreError
from app.settings import read_settings
from app.store.database import open_store
from app.store.keys import Scope, create_key
from app.web.pages import create_site
from tests.web.conftest import Visitor, start_site

PERSON = {"Accept": "text/html,*/*"}


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (StoreError("the database is gone: password=x"), 503, "The database does not answer"),
        (RuntimeError("unthought of"), 500, "An unexpected error"),
    ],
    ids=["the database", "a fault of ours"],
)
def test_what_fails_inside_is_a_page_without_its_details(
    tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, told: str
) -> None:
    settings = read_settings({"IMPORTGATE_DATA_DIR": str(tmp_path), "IMPORTGATE_CACHE_DIR": str(cache_dir)})
    store = open_store(settings.database_url)
    store.migrate()
    key = create_key(store, "somebody", [Scope.SCREEN])[1]
    store.close()

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("app.web.jobs.list_jobs", fail)

    async def ask() -> None:
        app = create_site(settings)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                assert (await client.post("/sign-in", data={"key": key})).status_code == 303
                page = await client.get("/jobs", headers=PERSON)
                fragment = await client.get("/jobs", headers={"HX-Request": "true"})
                program = await client.get("/jobs")
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert told in page.text
        assert "password" not in page.text
        assert page.headers["x-request-id"]
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert fragment.text.startswith('<article class="problem"')
        assert program.headers["content-type"] == "application/problem+json"

    anyio.run(ask)


def test_a_file_that_is_too_large_is_told_on_a_page(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_text("Supplier\n" + "Harbour Lantern Trading\n" * 200_000)
    with start_site(tmp_path, IMPORTGATE_MAX_UPLOAD_BYTES="200000") as site:
        visitor = Visitor(browser.new_context(), site)
        page = visitor.sign_in()
        visitor.upload("Screen a shipment file", file)
        expect(page.get_by_role("heading", level=1)).to_have_text("The body is too large")
        expect(page.get_by_role("alert")).to_contain_text("the limit is")
        expect(page.get_by_role("link", name="To the start page")).to_be_visible()
        page.context.close()
