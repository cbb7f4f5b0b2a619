"""What every request gets, whatever becomes of it: an id, a line in the log, its place in the figures, safe headers."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping

import structlog
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.metrics import Metrics
from app.api.problems import FAILED, problem_response

REQUEST_ID = re.compile(r"[\w.:/+=-]{1,100}", re.ASCII)
UNMATCHED = "unmatched"
SAFE_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
INSIST_ON_TLS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}

log = structlog.stdlib.get_logger(__name__)


class Envelope:
    """The outermost middleware. A header that the answer has already stays as it is."""

    def __init__(self, app: ASGIApp, *, api: FastAPI, metrics: Metrics, behind_tls: bool) -> None:
        self.app = app
        self._api = api
        self._metrics = metrics
        self._safe_headers = {**SAFE_HEADERS, **(INSIST_ON_TLS if behind_tls else {})}
        self._templates: dict[int, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        state["request_id"] = request_id
        status = 0  # until an answer begins
        began = time.perf_counter()

        async def send_enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in self._safe_headers.items():
                    headers.setdefault(name, value)
                for name, value in state.get("rate_headers", {}).items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id), self._metrics.requests_in_progress():
            try:
                await self.app(scope, receive, send_enveloped)
            except Exception:
                log.exception("a request failed", method=scope["method"], route=self._route(scope))
                if not status:  # else the server cuts the answer off, which is all that can be said now
                    detail = "an unexpected error; the service's log has it"
                    await problem_response(FAILED, detail, scope["path"])(scope, receive, send_enveloped)
            finally:
                self._account(scope, status, time.perf_counter() - began)

    def _account(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"], self._route(scope)
        self._metrics.request(method, route, status, seconds)
        log.info(
            "request",
            method=method,
            route=route,  # not the path: a query or an id may name a party
            status=status or None,  # null: the caller went away
            ms=round(seconds * 1000, 1),
            key=key.id if (key := scope["state"].get("key")) else None,
        )

    def _route(self, scope: Scope) -> str:
        """The route's path as it was declared: `/v1/lists/{list_id}`."""
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return UNMATCHED
        if not self._templates:
            contexts = iter_route_contexts(self._api.routes)
            self._templates = {
                id(found.endpoint or getattr(found, "app", None)): str(found.path_format or found.path)
                for found in contexts
            }
        return self._templates.get(id(endpoint), UNMATCHED)
