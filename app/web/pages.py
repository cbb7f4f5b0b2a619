"""All pages together, as the application mounts them."""

from __future__ import annotations

from fastapi import FastAPI

from app.web import lists, search, sign_in
from app.web.attempts import Attempts
from app.web.rendering import Assets

PAGES = (sign_in, search, lists)


def mount_pages(app: FastAPI) -> None:
    """The pages, and the static files that they load. They are no part of the OpenAPI document."""
    app.state.sign_in_attempts = Attempts()
    for module in PAGES:
        app.include_router(module.router, include_in_schema=False)
    app.mount("/static", Assets(), name="static")
