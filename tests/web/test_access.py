"""Who sees which page: keys, sessions, scopes, tokens in forms. No browser is needed for what HTTP shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from app.api import shipments
from app.api.limits import TimeLimit
from app.settings import read_settings
from app.store.keys import Scope, list_keys, revoke_key
from app.web.access import local_address
from app.web.pages import create_site
from app.web.rendering import HERE, SECURITY_HEADERS
from scripts import trim_pico
from tests.web.conftest import Site

OPEN = {"/sign-in"}
VENDORED = {
    "htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",  # htmx.org 4.0.1
    "htmx.LICENSE": "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    "pico.classless.min.css": "61207a40ffc02a42d1e50143651c121beab70ed413c934c1ff84fa263ba436b0",  # Pico CSS 2.1.1
    "pico.LICENSE": "afaff063e044233f917b7807dccab022f09dca474f92b642846bee4850655bbf",
}


def _pages() -> Iterator[tuple[str, str]]:
    """Method and path of every page, from the application itself: a new one cannot be forgotten."""
    for found in iter_route_contexts(create_site(read_settings()).routes):
        endpoint = found.endpoint
        if endpoint is not None and endpoint.__module__.startswith("app.web."):
            for method in found.methods or ():
                yield method, re.sub(r"\{.*?\}", "unknown", str(found.path))


PAGES = sorted(set(_pages()))


def test_the_walk_finds_the_pages() -> None:
    assert ("GET", "/") in PAGES
    assert ("POST", "/uploads") in PAGES
    assert len(PAGES) > 20


@pytest.mark.parametrize(("method", "path"), [page for page in PAGES if page[1] not in OPEN])
def test_a_stranger_is_sent_to_the_sign_in(site: Site, method: str, path: str) -> None:
    answer = httpx.request(method, site.address + path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", [path for method, path in PAGES if method == "POST" and path not in OPEN])
@pytest.mark.parametrize("token", [None, "wrong"], ids=["without a token", "with a wrong one"])
def test_no_form_is_taken_without_the_token_of_the_session(site: Site, path: str, token: str | None) -> None:
    fields = {} if token is None else {"csrf": token}
    with site.client() as client:
        answer = client.post(path, data=fields, files={"file": ("a.csv", b"Supplier\nFoo\n")})
        assert answer.status_code == 403
        assert "This form is out of date" in answer.text
        assert client.get("/").status_code == 200, "the session goes on"


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        (Scope.SCREEN, "/search?q=Foo", 200),
        (Scope.SCREEN, "/jobs", 200),
        (Scope.SCREEN, "/lists", 200),
        (Scope.SCREEN, "/review", 403),
        (Scope.REVIEW, "/review", 200),
        (Scope.REVIEW, "/", 200),
        (Scope.REVIEW, "/search?q=Foo", 403),
        (Scope.REVIEW, "/jobs", 403),
        (Scope.ADMIN, "/review", 403),
        (Scope.ADMIN, "/account", 200),
    ],
)
def test_a_page_says_which_scope_is_missing(site: Site, scope: Scope, path: str, status: int) -> None:
    with site.client(site.key_with(f"only {scope}", scope)) as client:
        answer = client.get(path)
    assert answer.status_code == status
    if status == 403:
        assert "This needs a key with the scope" in answer.text
        assert f"has: {scope}" in answer.text


def test_the_printed_address_signs_in_once(site: Site) -> None:
    with httpx.Client() as first, httpx.Client() as second:
        answer = first.get(site.link)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert first.get(f"{site.address}/account").status_code == 200
        assert second.get(site.link).status_code == 403
        assert second.get(f"{site.address}/").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    answer = httpx.post(f"{site.address}/sign-in", data={"key": site.key})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie, "on plain HTTP the browser would not send it back"


@pytest.mark.parametrize(
    "key", ["", "ig_" + "x" * 43, "nonsense", "ig_\udcff"], ids=["none", "unknown", "odd", "surrogate"]
)
def test_a_wrong_key_is_refused(site: Site, key: str) -> None:
    answer = httpx.post(
        f"{site.address}/sign-in",
        content=f"key={key}".encode("utf-8", "surrogatepass"),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 403
    assert "This key is not known" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_sign_in_from_another_site_is_refused(site: Site) -> None:
    answer = httpx.post(f"{site.address}/sign-in", data={"key": site.key}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_session_ends_with_its_key_and_with_signing_out(site: Site) -> None:
    with site.client(site.key_with("to be revoked", Scope.SCREEN)) as client:
        assert client.get("/").status_code == 200
        revoke_key(site.store, max(key.id or 0 for key in list_keys(site.store) if key.name == "to be revoked"))
        assert client.get("/").status_code == 303
    with site.client() as client:
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)
        assert token is not None
        cookies = dict(client.cookies)
        assert client.post("/sign-out", data={"csrf": token[1]}).headers["location"] == "/sign-in"
        assert httpx.get(f"{site.address}/", cookies=cookies).status_code == 303, "the cookie alone is worth nothing"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/jobs?state=x", "/jobs?state=x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
    ],
)
def test_a_sign_in_leads_nowhere_else(asked: str, led: str) -> None:
    assert local_address(asked) == led


@pytest.mark.parametrize("path", ["/sign-in", "/", "/lists", "/no-such-listing/x", "/jobs/unknown"])
def test_every_answer_forbids_what_the_pages_do_not_need(site: Site, path: str) -> None:
    with site.client() as client:
        answer = client.get(path)
    if answer.headers.get("content-type", "").startswith("text/html"):
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text)


def test_files_may_take_as_long_as_an_upload() -> None:
    """Ten thousand parties of a file are screened and kept before there is an answer."""
    (limit,) = [found for found in create_site(read_settings()).user_middleware if found.cls is TimeLimit]
    uploads = {f"/v1{path}" for path in shipments.UPLOADS}
    assert set(limit.kwargs["other"]) == uploads | {"/v1/parties/file", "/uploads", "/parties/file"}
    assert set(limit.kwargs["other"].values()) == {3600}


def test_what_is_vendored_is_what_was_published() -> None:
    files = [*(HERE / "static" / "vendor").iterdir(), trim_pico.PUBLISHED]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path != trim_pico.TRIMMED}
    assert found == VENDORED


def test_the_style_sheet_is_pico_without_what_no_page_has() -> None:
    published, own = trim_pico.PUBLISHED.read_text("utf-8"), trim_pico.OWN.read_text("utf-8")
    assert trim_pico.TRIMMED.read_text("utf-8") == trim_pico.trim(published, own), "run python -m scripts.trim_pico"
    pages = "".join(path.read_text("utf-8") for path in (HERE / "templates").rglob("*.html"))
    assert set(re.findall(r"<([a-z]\w*)", pages)).isdisjoint(trim_pico.ELEMENTS)
    assert set(re.findall(r'type="([\w-]+)"', pages)).isdisjoint(trim_pico.TYPES)
    assert set(re.findall(r'role="([\w-]+)"', pages)).isdisjoint({*trim_pico.ROLES, "button"})
    attributes = {name for item in trim_pico.OTHERS for name in re.findall(r"^\[([\w-]+)\]", item)}
    assert not [name for name in attributes if f" {name}" in pages]


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        pytest.param("a{x:y}video{x:y}", "a{x:y}", id="an element that no page has"),
        pytest.param("a,video,p{x:y}", "a,p{x:y}", id="one of several selectors"),
        pytest.param("input:not([type=range]){x:y}", "input:not([type=range]){x:y}", id="what is excluded"),
        pytest.param(":is(a,video){x:y}", ":is(a,video){x:y}", id="one choice of several"),
        pytest.param(":where(iframe){x:y}", "", id="the only choice"),
        pytest.param("@media print{video{x:y}}", "", id="inside of a medium"),
        pytest.param('a{--b:url("x;}");--c:1;d:var(--c)}', "a{--c:1;d:var(--c)}", id="a property that nothing uses"),
        pytest.param("a{--b:1;--c:var(--b)}p{x:y}", "p{x:y}", id="nor one that only such a property uses"),
    ],
)
def test_what_is_trimmed(sheet: str, expected: str) -> None:
    assert trim_pico.trim(f"/* */{sheet}", "").split(" */", 1)[1].strip() == expected


def test_templates_never_switch_escaping_off() -> None:
    for path in (HERE / "templates").rglob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8")), path.name


def test_static_files_are_kept_for_good_by_their_content(site: Site) -> None:
    page = httpx.get(f"{site.address}/sign-in").text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = httpx.get(site.address + address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert httpx.get(f"{site.address}/static/../pages.py").status_code == 404
    assert httpx.get(f"{site.address}/static/importgate.css").headers["cache-control"] == "no-cache"


def test_a_wrong_address_is_a_page_for_people_and_a_problem_for_programs(site: Site) -> None:
    person = httpx.get(f"{site.address}/nowhere", headers={"Accept": "text/html,*/*"})
    assert (person.status_code, person.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "No page goes by this address" in person.text
    program = httpx.get(f"{site.address}/nowhere")
    assert program.headers["content-type"] == "application/problem+json"
