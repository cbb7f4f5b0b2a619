"""What goes wrong, as RFC 9457 problems: one table, and the handlers that map every exception to a row of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.errors import (
    ColumnError,
    ConflictError,
    ImportgateError,
    InputError,
    LastAdminKeyError,
    ListError,
    StoreError,
    UnknownKeyError,
    UnknownListError,
    UsageError,
)

log = structlog.stdlib.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem. `type` is its URI reference; `GET` on it answers with `title` and `meaning`."""

    slug: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


MALFORMED = Problem("malformed", 400, "The body is not JSON", "The request body cannot be read as JSON in UTF-8.")
NOT_HTTP = Problem("not-http", 400, "This is not HTTP", "What was sent cannot be read as an HTTP/1.1 request.")
NO_KEY = Problem(
    "no-key", 401, "A valid API key is needed", "Send `Authorization: Bearer ig_...` or `X-API-Key: ig_...`."
)
NOT_ALLOWED = Problem(
    "not-allowed", 403, "The key does not allow this", "The key lacks the scope that this call needs."
)
NOT_FOUND = Problem("not-found", 404, "There is nothing here", "No resource goes by this path.")
UNKNOWN_LIST = Problem("unknown-list", 404, "No such list or listing", "No list or listing goes by this id.")
UNKNOWN_KEY = Problem("unknown-key", 404, "No such key", "No key goes by this number.")
WRONG_METHOD = Problem("wrong-method", 405, "The method does not fit", "The `Allow` header names the methods that do.")
HEAD_TOO_SLOW = Problem(
    "head-too-slow", 408, "The request came too slowly", "Send the request line and headers at once."
)
LAST_ADMIN_KEY = Problem(
    "last-admin-key",
    409,
    "This is the last key that can make others",
    "Make another key with the scope admin first, or revoke it with `importgate key revoke` on the service's machine.",
)
CONFLICT = Problem(
    "conflict",
    409,
    "This cannot be done now",
    "What it was to be done to is no longer as you saw it, or a rule forbids it: `detail` says which.",
)
TOO_LARGE = Problem(
    "too-large",
    413,
    "The body is too large",
    "Send less at a time; `IMPORTGATE_MAX_BODY_BYTES` sets the limit, `IMPORTGATE_MAX_UPLOAD_BYTES` that of files.",
)
WRONG_TYPE = Problem(
    "wrong-type",
    415,
    "The body has the wrong type",
    "Send JSON with `Content-Type: application/json`, files as the call describes.",
)
INVALID = Problem(
    "invalid", 422, "The request is not valid", "`errors` says for each value, by JSON pointer, what is wrong with it."
)
TOO_MANY = Problem(
    "too-many",
    429,
    "The key has used up its rate",
    "Call again after `Retry-After` seconds; `RateLimit` says what is left.",
)
HEAD_TOO_LARGE = Problem(
    "head-too-large",
    431,
    "The request line and headers are too large",
    "`detail` says how many bytes or headers there may be.",
)
BROKEN_LIST = Problem("broken-list", 422, "An entity list is broken", "`detail` says where and what to mend.")
UNREADABLE = Problem("unreadable", 422, "A file cannot be read", "`detail` says where and what to mend.")
FAILED = Problem("failed", 500, "The service failed", "A fault of the service, not of the request.")
NOT_READY = Problem(
    "not-ready", 503, "The service is not ready", "`errors` gives the reasons. Try again after `Retry-After` seconds."
)
NO_ROOM = Problem(
    "no-room", 507, "The file cannot be stored", "The disk of the service is full or fails; nothing was kept."
)
BUSY = Problem(
    "busy",
    503,
    "The service is busy",
    "It answers as many requests as it can bear. Call again after `Retry-After` seconds.",
)
STORE_DOWN = Problem(
    "store-down", 503, "The database does not answer", "Nothing was kept. Call again after `Retry-After` seconds."
)
OUT_OF_TIME = Problem(
    "out-of-time",
    503,
    "The request took too long",
    "Send fewer parties at a time, or try again when there is less to do.",
)

PROBLEMS = (
    MALFORMED,
    NOT_HTTP,
    NO_KEY,
    NOT_ALLOWED,
    NOT_FOUND,
    UNKNOWN_LIST,
    UNKNOWN_KEY,
    WRONG_METHOD,
    HEAD_TOO_SLOW,
    LAST_ADMIN_KEY,
    CONFLICT,
    TOO_LARGE,
    WRONG_TYPE,
    INVALID,
    TOO_MANY,
    HEAD_TOO_LARGE,
    BROKEN_LIST,
    UNREADABLE,
    FAILED,
    NOT_READY,
    BUSY,
    STORE_DOWN,
    OUT_OF_TIME,
    NO_ROOM,
)

OF_ERROR: Mapping[type[ImportgateError], Problem] = {
    ImportgateError: FAILED,
    UsageError: INVALID,
    UnknownListError: UNKNOWN_LIST,
    ColumnError: INVALID,
    UnknownKeyError: UNKNOWN_KEY,
    LastAdminKeyError: LAST_ADMIN_KEY,
    ConflictError: CONFLICT,
    ListError: BROKEN_LIST,
    InputError: UNREADABLE,
    StoreError: STORE_DOWN,
}

OF_STATUS: Mapping[int, Problem] = {
    problem.status: problem for problem in (MALFORMED, NOT_FOUND, WRONG_METHOD, TOO_LARGE, FAILED)
}


class ProblemError(Exception):
    """Raised by the API itself. `errors` are `{"pointer" | "parameter": ..., "detail": ...}`."""

    def __init__(
        self,
        problem: Problem,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str | int]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.problem = problem
        self.detail = detail
        self.errors = errors
        self.headers = headers
        super().__init__(detail)

    def response(self, instance: str) -> JSONResponse:
        return problem_response(self.problem, self.detail, instance, errors=self.errors, headers=self.headers)


class ErrorOut(BaseModel):
    """One thing that is wrong: where (a JSON pointer into the body, a parameter's name, a place in a file) and what."""

    pointer: str | None = Field(None, examples=["#/parties/0/country"])
    parameter: str | None = Field(None, examples=["limit"])
    row: int | None = Field(None, description="The data row of a file, from 1.", examples=[7])
    line: int | None = Field(None, description="Its physical line.", examples=[8])
    column: str | None = Field(None, description="The header of its column.", examples=["Vendor"])
    detail: str


class ProblemOut(BaseModel):
    """A problem as RFC 9457 describes it."""

    type: str = Field(examples=[INVALID.type])
    title: str = Field(examples=[INVALID.title])
    status: int = Field(examples=[INVALID.status])
    detail: str
    instance: str = Field(examples=["/v1/screenings"])
    errors: list[ErrorOut] = []


def with_fields(sentence: str) -> str:
    """A sentence about columns with the field `columns` where it names the command's option."""
    return sentence.replace("--column: ", "").replace("--column ", "columns=")


def problem_response(
    problem: Problem,
    detail: str,
    instance: str,
    *,
    errors: Sequence[Mapping[str, str | int]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": instance,
    }
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)


def documented(*problems: Problem) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems, with an example of each."""
    answers: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        answer = answers.setdefault(problem.status, {"description": "", "content": {MEDIA_TYPE: {"examples": {}}}})
        answer["description"] = " ".join(filter(None, [answer["description"], f"{problem.title}. {problem.meaning}"]))
        content = answer["content"][MEDIA_TYPE]
        content["schema"] = {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}
        content["examples"][problem.slug] = {
            "summary": problem.title,
            "value": {
                "type": problem.type,
                "title": problem.title,
                "status": problem.status,
                "detail": problem.meaning,
                "instance": "/v1/screenings",
            },
        }
    return answers


def handle_problems(app: FastAPI) -> None:
    """Make every error that is raised on purpose a problem; what else is raised is for the `Envelope`."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(ImportgateError, _on_importgate_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)
    return error.response(request.url.path)


def _on_importgate_error(request: Request, error: Exception) -> JSONResponse:
    problem = next(OF_ERROR[kind] for kind in type(error).__mro__ if kind in OF_ERROR)
    if isinstance(error, StoreError):
        log.error("the store failed", problem=str(error))
        request.app.state.metrics.store_errors.inc()
        detail = "the database does not answer; the service's log says why"
        return problem_response(problem, detail, request.url.path, headers={"Retry-After": "5"})
    return problem_response(problem, with_fields(str(error)), request.url.path)


def _on_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    sent_as = request.headers.get("content-type", "nothing")
    if error.body and isinstance(error.body, bytes):  # FastAPI parses nothing that does not say it is JSON
        detail = f"the body was sent as {sent_as}; send it with Content-Type: application/json"
        return problem_response(WRONG_TYPE, detail, request.url.path)
    for fault in faults:
        if fault["type"] == "json_invalid":
            reason = fault.get("ctx", {}).get("error", "it ends too early")
            detail = f"the body is not JSON at character {fault['loc'][-1]}: {reason}"
            return problem_response(MALFORMED, detail, request.url.path)
    errors = [{**_place(fault["loc"]), "detail": _sentence(fault)} for fault in faults]
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    detail = f"{first.get('pointer') or first.get('parameter')}: {first['detail']}{more}"
    return problem_response(INVALID, detail, request.url.path, errors=errors)


def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    problem = OF_STATUS.get(error.status_code)
    if problem is None:
        title = HTTPStatus(error.status_code).phrase
        problem = Problem("other", error.status_code, title, "")
    detail = f"{request.method} {request.url.path}: {problem.title[0].lower()}{problem.title[1:]}"
    return problem_response(problem, detail, request.url.path, headers=error.headers)


def _place(location: Iterable[str | int]) -> dict[str, str]:
    where, *steps = location
    if where == "body":
        return {"pointer": "#" + "".join(f"/{_escaped(step)}" for step in steps if step != "[key]")}
    return {"parameter": str(steps[-1]) if steps else str(where)}


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _sentence(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such field"
    if fault["type"] == "missing":
        return "this is needed and missing"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message[0].lower() + message[1:]
