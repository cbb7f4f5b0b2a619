"""Who may see which page: a session by cookie, the scopes of its key, and a token in every form.

A cookie alone allows reading only. Whatever changes something is a POST, which has to bring the session's own token.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from app.store.database import Store
from app.store.keys import Scope, key_scopes
from app.store.sessions import SignedIn, find_session
from app.web.problems import PageError, SignInNeededError

COOKIE = "importgate_session"


def signed_in(*scopes: Scope) -> Callable[..., SignedIn]:
    """A dependency that lets in whoever is signed in with a key that has one of the scopes, or any key without them."""

    def let_in(request: Request) -> SignedIn:
        store: Store = request.app.state.store
        token = request.cookies.get(COOKIE)
        found = find_session(store, token) if token else None
        if found is None:
            was_there = token is not None or request.method == "POST" or "hx-request" in request.headers
            raise SignInNeededError(_page_of(request), ended=was_there)
        request.state.signed_in = found
        if scopes and key_scopes(found.key).isdisjoint(scopes):
            raise PageError(
                403,
                "Your key does not allow this",
                f"This needs a key with the scope {' or '.join(scopes)}; “{found.key.name}” has: {found.key.scopes}.",
            )
        return found

    let_in.scopes = scopes  # type: ignore[attr-defined]  # for the test that walks all routes
    return let_in


def sent_form(*scopes: Scope) -> Callable[..., Awaitable[FormData]]:
    """A dependency for what changes something: the form of somebody who is signed in, with the session's token."""

    depends_on_key = Depends(signed_in(*scopes))

    async def read(request: Request, known: SignedIn = depends_on_key) -> FormData:
        form = await request.form()
        check_token(form.get("csrf"), known)
        return form

    return read


def check_token(token: object, known: SignedIn) -> None:
    if not isinstance(token, str) or not hmac.compare_digest(token.encode(), known.csrf.encode()):
        raise PageError(
            403,
            "This form is out of date",
            "It was not sent from a page of the session that you are signed in with. Open the page again.",
        )


def _page_of(request: Request) -> str:
    """The address of the page that the person is on: for a part of one, what htmx says; for a form, the start page."""
    if "hx-request" in request.headers:
        here = urlsplit(request.headers.get("hx-current-url", "/"))
    elif request.method == "GET":
        here = urlsplit(str(request.url))
    else:
        return "/"
    return local_address(here.path + (f"?{here.query}" if here.query else ""))


def refuse_other_sites(request: Request) -> None:
    """For the sign-in, where there is no session yet: the form must come from a page of this service."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise PageError(403, "This form came from elsewhere", "Open the sign-in page of this service and try again.")


def local_address(address: str) -> str:
    """The address if it leads to a page of ours, else the start page: a link must not lead people elsewhere."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"
