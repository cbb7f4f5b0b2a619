"""The service as people see it: the pages around the API's application."""

from __future__ import annotations

from fastapi import FastAPI

from app.api.application import FORM_BYTES, create_app
from app.settings import Settings
from app.web import jobs, lists, parties, review, search, sign_in, uploads
from app.web.problems import ProblemPages
from app.web.rendering import Assets


def create_site(settings: Settings) -> FastAPI:
    """The API with the pages, which are no part of its OpenAPI document, and the static files that they load."""
    app = create_app(settings, uploads=[uploads.UPLOADS], slow=[uploads.REGISTER])
    for module in (sign_in, search, jobs, review, parties, lists):
        app.include_router(module.router, include_in_schema=False, max_body_size=settings.max_body_bytes)
    app.include_router(uploads.router, include_in_schema=False, max_body_size=settings.max_upload_bytes + FORM_BYTES)
    app.mount("/static", Assets(), name="static")
    app.add_middleware(ProblemPages)
    return app
