"""What goes wrong, as pages for people: the routes of the pages never answer with JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from app.api.problems import ProblemError
from app.errors import ImportgateError, UnknownListError
from app.web.rendering import SECURITY_HEADERS, is_fragment, page


class PageError(Exception):
    """Raised by the pages themselves: a title, and a sentence that says what to do."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        super().__init__(detail)


class SignInNeededError(Exception):
    """Nobody is signed in; `then` is where the sign-in leads back to, `ended` says that somebody was."""

    def __init__(self, then: str, *, ended: bool = False) -> None:
        self.then = then
        self.ended = ended
        super().__init__(then)

    @property
    def address(self) -> str:
        asked = {"then": "" if self.then == "/" else self.then, "ended": "yes" if self.ended else ""}
        query = urlencode({name: value for name, value in asked.items() if value}, safe="/")
        return f"/sign-in?{query}" if query else "/sign-in"


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except SignInNeededError as error:
                if is_fragment(request):
                    return Response(status_code=401, headers={**SECURITY_HEADERS, "HX-Redirect": error.address})
                return RedirectResponse(error.address, 303, SECURITY_HEADERS)
            except (PageError, ProblemError, ImportgateError, RequestValidationError, HTTPException) as error:
                return problem_page(request, error)

        return handled


def problem_page(request: Request, error: Exception) -> Response:
    status, title, detail = _told(error)
    template = "fragments/problem.html" if is_fragment(request) else "problem.html"
    return page(request, template, {"title": title, "detail": detail}, status=status)


def _told(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, PageError):
        return error.status, error.title, error.detail
    if isinstance(error, ProblemError):
        return error.problem.status, error.problem.title, _sentence(error.detail)
    if isinstance(error, UnknownListError):
        return error.status, "There is nothing here", _sentence(str(error))
    if isinstance(error, ImportgateError):
        return error.status, "This did not work", _sentence(str(error))
    if isinstance(error, HTTPException):
        return error.status_code, "There is nothing here", "No page goes by this address."
    return 422, "This address is not valid", "A value in it is not one that this page takes."


def _sentence(text: str) -> str:
    text = text.removeprefix("--column: ")  # of the command line, and no page has that
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
