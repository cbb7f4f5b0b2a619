"""Templates and static files. All text is escaped; a page loads nothing from elsewhere and runs nothing inline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app import __version__
from app.reports.printable import printable
from app.screening.model import Outcome
from app.store.sessions import SignedIn
from app.web import words

HERE = Path(__file__).parent
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The template as an answer. Every template knows `signed_in` (None for a stranger), `path` and `version`."""
    signed_in: SignedIn | None = getattr(request.state, "signed_in", None)
    text = (
        environment()
        .get_template(template)
        .render(values, signed_in=signed_in, path=request.url.path, version=__version__)
    )
    return HTMLResponse(text, status, {**SECURITY_HEADERS, "Vary": "HX-Request", **(headers or {})})


def is_fragment(request: Request) -> bool:
    """Whether a part of a page is asked for, to be put into the page that is there."""
    return request.headers.get("hx-request") == "true"


class Assets(StaticFiles):
    """Static files. An address that `asset` made names its content, and may be kept for good."""

    def __init__(self) -> None:
        super().__init__(directory=HERE / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = "public, max-age=31536000, immutable" if scope["query_string"].startswith(b"v=") else "no-cache"
        response.headers["Cache-Control"] = kept
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return f"/static/{name}?v={sha256((HERE / 'static' / name).read_bytes()).hexdigest()[:12]}"


@cache
def environment() -> Environment:
    """The templates with what all of them know."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    templates.globals |= {"asset": asset, "words": words, "Outcome": Outcome, "now": _now}
    filters: dict[str, Callable[..., str]] = {
        "number": lambda value: f"{value:,}",
        "spoken": lambda value: str(value).replace("_", " "),
        "moment": _moment,
        "ago": _ago,
        "size": _size,
        "duration": _duration,
    }
    templates.filters |= filters
    return templates


def _visible(value: Any) -> Any:
    """Names from files may hold characters that turn the direction of what follows; markup of ours is left alone."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _now() -> datetime:
    return datetime.now(UTC)


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value is not None else ""


def _ago(value: datetime) -> str:
    seconds = max(0.0, (_now() - value).total_seconds())
    return "just now" if seconds < 60 else f"{_duration(seconds)} ago"


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    count = max(1, round(seconds))
    return f"{count} second{'' if count == 1 else 's'}"


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
