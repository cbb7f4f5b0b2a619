"""The OpenAPI document: FastAPI's, with the problems that routes answer with, and those that every route may."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.access import SCHEMES
from app.api.problems import (
    BUSY,
    FAILED,
    MEDIA_TYPE,
    NO_KEY,
    NOT_ALLOWED,
    OUT_OF_TIME,
    STORE_DOWN,
    TOO_MANY,
    ProblemOut,
    documented,
)

OF_ALL = (FAILED, BUSY, OUT_OF_TIME)
OF_THOSE_WITH_A_KEY = (NO_KEY, NOT_ALLOWED, TOO_MANY, STORE_DOWN)


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Made once, when first asked for."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            license_info=app.license_info,
            routes=app.routes,
        )
        schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document["components"]["schemas"]
        schemas |= schema.pop("$defs") | {ProblemOut.__name__: schema}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        document["components"]["securitySchemes"] = {
            name: scheme.model_dump(mode="json", by_alias=True, exclude_none=True) for name, scheme in SCHEMES.items()
        }
        for operations in document["paths"].values():
            for operation in operations.values():
                _complete(operation)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]  # FastAPI's own, which nobody gets
    if "security" in operation:
        operation["security"] = [{name: []} for name in SCHEMES]
    problems = OF_ALL + (OF_THOSE_WITH_A_KEY if operation.get("security") else ())
    for status, answer in documented(*problems).items():
        known = responses.setdefault(str(status), answer)
        if known is not answer:
            examples = known["content"].setdefault(MEDIA_TYPE, {}).setdefault("examples", {})
            new = answer["content"][MEDIA_TYPE]["examples"]
            for slug in new.keys() - examples.keys():
                examples[slug] = new[slug]
                known["description"] += f" {new[slug]['summary']}. {new[slug]['value']['detail']}"
    operation["responses"] = dict(sorted(responses.items()))
