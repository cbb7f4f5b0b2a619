"""Where two persons have to agree, the pages say who waits for whom."""

from __future__ import annotations

import re
from pathlib import Path

import anyio
import httpx
from playwright.sync_api import Browser, expect

from app.settings import read_settings
from app.store.database import Store, open_store
from app.store.keys import Scope, create_key
from app.web.pages import create_site
from tests.web.conftest import Visitor, start_site

REASON = "The party is somewhere else"
HIT = re.compile(r'<a class="hit" href="/review/([^?]+)')


def test_a_decision_is_proposed_by_one_and_confirmed_by_another(tmp_path: Path, cache_dir: Path) -> None:
    settings = read_settings(
        {
            "IMPORTGATE_DATA_DIR": str(tmp_path),
            "IMPORTGATE_CACHE_DIR": str(cache_dir),
            "IMPORTGATE_FOUR_EYES": "yes",
        }
    )
    store = open_store(settings.database_url)
    store.migrate()

    async def run() -> None:
        app = create_site(settings)
        async with app.router.lifespan_context(app):
            ann, bob = await _person(app, store, "Ann"), await _person(app, store, "Bob")
            body = {"parties": [{"name": "Hetian Taida Apparel Co., Ltd."}], "lists": ["us-uflpa"]}
            key = create_key(store, "api", [Scope.SCREEN])[1]
            (await ann.post("/v1/screenings", json=body, headers={"Authorization": f"Bearer {key}"})).raise_for_status()

            hit = HIT.findall((await ann.get("/review")).text)[0]
            assert "two persons have to agree" in (await ann.get(f"/review/{hit}")).text
            assert (await _decide(ann, hit, "false_positive:different_place", 0)).status_code == 303
            waiting = (await ann.get("/review?state=waiting")).text
            assert "Ann proposed false positive" in waiting
            assert "You are signed in with the key that proposed" in waiting
            alone = await _decide(ann, hit, "false_positive:different_place", 1)
            assert alone.status_code == 409
            assert "you proposed false_positive yourself" in alone.text

            seen = (await bob.get(f"/review/{hit}")).text
            assert "Ann proposed false positive" in seen
            assert "You are signed in with the key that proposed" not in seen
            assert (await _decide(bob, hit, "false_positive:different_place", 1)).status_code == 303
            decided = (await bob.get(f"/review/{hit}?state=false_positive")).text
            assert re.search(
                r"Ann proposed <b>false positive</b>.*Bob confirmed <b>false positive</b>", decided, re.DOTALL
            )
            await ann.aclose()
            await bob.aclose()

    anyio.run(run)
    store.close()


async def _person(app: object, store: Store, name: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    client = httpx.AsyncClient(transport=transport, base_url="http://test")
    answer = await client.post("/sign-in", data={"key": create_key(store, name, [Scope.REVIEW])[1]})
    assert answer.status_code == 303
    return client


async def _decide(person: httpx.AsyncClient, hit: str, choice: str, version: int) -> httpx.Response:
    token = re.search(r'name="csrf" value="([^"]+)"', (await person.get("/account")).text)
    assert token is not None
    form = {"csrf": token[1], "choice": choice, "version": str(version)}
    return await person.post(f"/review/{hit}", data=form)


def test_two_persons_agree_each_in_a_browser_of_their_own(browser: Browser, tmp_path: Path) -> None:
    with start_site(tmp_path, IMPORTGATE_FOUR_EYES="yes") as site:
        ann, bob = (
            Visitor(browser.new_context(), site).sign_in(site.key_with(name, Scope.SCREEN, Scope.REVIEW))
            for name in ("Ann", "Bob")
        )
        headers = {"Authorization": f"Bearer {site.key}"}
        body = {"parties": [{"name": "Hetian Taida Apparel Co., Ltd."}], "lists": ["us-uflpa"]}
        httpx.post(f"{site.address}/v1/screenings", json=body, headers=headers, timeout=30).raise_for_status()

        ann.goto(f"{site.address}/review")
        expect(ann.get_by_text("two persons have to agree")).to_be_visible()
        ann.get_by_label(REASON).check()
        ann.get_by_role("button", name="Record the decision").click()
        ann.goto(f"{site.address}/review?state=waiting")
        expect(ann.locator("#hit .warning")).to_contain_text("You are signed in with the key that proposed")
        ann.get_by_label(REASON).check()
        ann.get_by_role("button", name="Record the decision").click()
        expect(ann.get_by_role("alert")).to_contain_text("you proposed")

        bob.goto(f"{site.address}/review")
        bob.get_by_role("link", name="waiting for a second person").click()
        expect(bob.locator("#queue a.hit")).to_contain_text("false positive proposed")
        expect(bob.locator("#hit .warning")).to_contain_text("Ann proposed false positive")
        expect(bob.locator("fieldset legend")).to_have_text(["Confirm: false positive", "Reject: open"])
        bob.keyboard.press("f")
        bob.keyboard.press("3")
        expect(bob.get_by_label(REASON)).to_be_checked()
        bob.keyboard.press("Enter")
        expect(bob.get_by_text("No hits wait for a second person")).to_be_visible()
        bob.get_by_role("link", name=re.compile("^false positive")).click()
        expect(bob.locator("#hit .history li")).to_contain_text(["Ann proposed", "Bob confirmed"])
        for page in (ann, bob):
            page.context.close()
