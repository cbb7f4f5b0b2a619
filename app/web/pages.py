"""The service as people see it: the pages around the API's application."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app.api.application import FORM_BYTES, create_app
from app.settings import Settings
from app.web import jobs, lists, parties, review, search, sign_in, uploads
from app.web.problems import problem_page
from app.web.rendering import Assets


def create_site(settings: Settings) -> FastAPI:
    """The API with the pages, which are no part of its OpenAPI document, and the static files that they load."""
    app = create_app(settings, uploads=[uploads.UPLOADS])
    for module in (sign_in, search, jobs, review, parties, lists):
        app.include_router(module.router, include_in_schema=False, max_body_size=settings.max_body_bytes)
    app.include_router(uploads.router, include_in_schema=False, max_body_size=settings.max_upload_bytes + FORM_BYTES)
    app.mount("/static", Assets(), name="static")
    _answer_people_with_pages(app)
    return app


def _answer_people_with_pages(app: FastAPI) -> None:
    """Whoever follows a wrong address in a browser gets a page, every other caller the API's problem."""
    answer: Any = app.exception_handlers[HTTPException]

    def missing(request: Request, error: Exception) -> Response:
        is_person = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")
        response: Response = problem_page(request, error) if is_person else answer(request, error)
        return response

    app.add_exception_handler(HTTPException, missing)
