"""What goes wrong, as pages for people: the routes of the pages never answer with JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import MEDIA_TYPE, ProblemError
from app.errors import ImportgateError, StoreError, UnknownListError
from app.web.rendering import SECURITY_HEADERS, is_fragment, page

_NO_PAGE = (404, "There is nothing here", "No page goes by this address.")


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
            except StoreError:
                raise  # the service's own fault: logged and counted where the API's are
            except (PageError, ProblemError, ImportgateError, RequestValidationError, HTTPException) as error:
                return _problem_page(request, *_told(error))

        return handled


class ProblemPages:
    """The outermost middleware: where a person asked, what the service or its limits refuse is a page, too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _asked_by_person(scope):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = bytearray()

        async def send_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    answer = _page_of(Request(scope), json.loads(body))
                    headers = MutableHeaders(raw=list(start["headers"]))
                    headers.update(answer.headers)
                    await send({**start, "headers": headers.raw})
                    await send({"type": "http.response.body", "body": answer.body})

        await self.app(scope, receive, send_page)


def _asked_by_person(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    is_browser = "text/html" in headers.get("accept", "") or "hx-request" in headers
    return is_browser and not scope["path"].startswith("/v1/")


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type") == MEDIA_TYPE


def _page_of(request: Request, problem: Mapping[str, Any]) -> Response:
    if problem["status"] == HTTPStatus.NOT_FOUND:
        return _problem_page(request, *_NO_PAGE)
    return _problem_page(request, problem["status"], problem["title"], _sentence(problem["detail"]))


def _problem_page(request: Request, status: int, title: str, detail: str) -> Response:
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
        return error.status_code, *_NO_PAGE[1:]
    return 422, "This address is not valid", "A value in it is not one that this page takes."


def _sentence(text: str) -> str:
    text = text.removeprefix("--column: ")  # of the command line, and no page has that
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
