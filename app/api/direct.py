"""A route for one hot call: what FastAPI does for every call, and this one has no use for, is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send


class DirectRoute(APIRoute):
    """A route to an endpoint that takes the request, one JSON body and dependencies on the request alone, and makes its
    own response. Its errors, its limits and its part of the OpenAPI document are those of any other route.

    It belongs to the application itself: below an included router, FastAPI would take its own way.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        wanted = self.dependant
        others = (wanted.path_params, wanted.query_params, wanted.header_params, wanted.cookie_params)
        deeper = any(one.dependencies or one.body_params or one.query_params for one in wanted.dependencies)
        if any(others) or deeper or len(wanted.body_params) != 1 or wanted.request_param_name is None:
            raise TypeError(f"{path}: a direct route takes the request, one body and dependencies on the request")
        self._request_name, self._body_name = wanted.request_param_name, wanted.body_params[0].name
        self._dependencies = [(one.name, one.call) for one in wanted.dependencies]
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await _read(request, request.app.state.settings.max_body_bytes)
        values: dict[str, Any] = {self._request_name: request}
        for name, depend in self._dependencies:
            assert name is not None
            assert depend is not None
            values[name] = await depend(request)
        values[self._body_name] = self._validated(_parsed(request, body))
        response = await self.endpoint(**values)
        await response(scope, receive, send)

    def _validated(self, body: object) -> object:
        assert self.body_field is not None
        if body is None:
            fault = {"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}
            raise RequestValidationError([fault], body=None)
        value, faults = self.body_field.validate(body, {}, loc=("body",))
        if faults:
            raise RequestValidationError(faults, body=body)
        return value


async def _read(request: Request, limit: int) -> bytes:
    """The body. Raises `HTTPException` where it is too large, whatever length was declared, or ends too early."""
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise HTTPException(413)
            parts.append(part)
    except ClientDisconnect as gone:
        raise HTTPException(400) from gone
    return b"".join(parts)


def _parsed(request: Request, body: bytes) -> object:
    """What the JSON says; the bytes themselves where they are not said to be JSON, None where there are none."""
    if not body:
        return None
    kind, _, subtype = request.headers.get("content-type", "").partition(";")[0].strip().lower().partition("/")
    if kind != "application" or not (subtype == "json" or subtype.endswith("+json")):
        return body
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        fault = {
            "type": "json_invalid",
            "loc": ("body", error.pos),
            "msg": "",
            "input": {},
            "ctx": {"error": error.msg},
        }
        raise RequestValidationError([fault], body=error.doc) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error
