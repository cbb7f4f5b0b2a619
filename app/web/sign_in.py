"""Signing in with a key, or once with the address that `importgate serve` prints, and signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.api.rates import Rates
from app.store.database import Store
from app.store.keys import KeyState, find_key, key_state
from app.store.sessions import SESSION_LASTS, SignedIn, end_session, find_session, open_session, use_link
from app.store.tables import ApiKey
from app.web.access import COOKIE, local_address, refuse_other_sites, sent_form, signed_in
from app.web.problems import PageRoute
from app.web.rendering import SECURITY_HEADERS, page

router = APIRouter(route_class=PageRoute)


@router.get("/sign-in")
def show_sign_in(request: Request, then: str = "/", token: str = "", ended: str = "") -> Response:
    """The form; with the `token` of a printed address no form is needed."""
    store: Store = request.app.state.store
    if token:
        key = use_link(store, token)
        if key is not None:
            return _welcome(request, store, key, then)
        return _form(
            request, then, "This address was used before, or is more than an hour old. Sign in with a key.", 403
        )
    cookie = request.cookies.get(COOKIE)
    if cookie and find_session(store, cookie) is not None:
        return RedirectResponse(local_address(then), 303, SECURITY_HEADERS)
    return _form(request, then, ended=bool(ended))


@router.post("/sign-in", dependencies=[Depends(refuse_other_sites)])
def sign_in(request: Request, key: Annotated[str, Form()] = "", then: Annotated[str, Form()] = "/") -> Response:
    store: Store = request.app.state.store
    rates: Rates = request.app.state.rates
    address = request.client.host if request.client else ""
    rates.refuse_guessers(address)  # the same count as for the API: who guesses may do so at one door only
    found = find_key(store, key.strip())
    state = None if found is None else key_state(found)
    if found is None or state is not KeyState.ACTIVE:
        rates.note_wrong_key(address)
        reason = "This key is not known." if state is None else f"This key is {state.value}."
        return _form(request, then, f"{reason} Check it, or ask whoever runs the service for another.", 403)
    return _welcome(request, store, found, then)


@router.post("/sign-out", dependencies=[Depends(sent_form())])
def sign_out(request: Request) -> Response:
    end_session(request.app.state.store, request.cookies[COOKIE])
    answer = RedirectResponse("/sign-in", 303, SECURITY_HEADERS)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/account")
def show_account(request: Request, known: Annotated[SignedIn, Depends(signed_in())]) -> Response:
    return page(request, "account.html", {"key": known.key})


def _form(request: Request, then: str, problem: str = "", status: int = 200, *, ended: bool = False) -> Response:
    values = {"then": local_address(then), "problem": problem, "ended": ended}
    return page(request, "sign_in.html", values, status=status)


def _welcome(request: Request, store: Store, key: ApiKey, then: str) -> Response:
    answer = RedirectResponse(local_address(then), 303, SECURITY_HEADERS)
    answer.set_cookie(
        COOKIE,
        open_session(store, key),
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or request.app.state.settings.behind_tls,
    )
    return answer
