"""`/v1/screenings/{id}/evidence`: what a screening rests on, and whether it comes out the same today."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from app.api.access import require
from app.api.problems import INVALID, NOT_FOUND, ProblemError, documented
from app.reports.evidence import POLICY, render
from app.screening.model import Outcome, Role
from app.store.evidence_record import find_evidence
from app.store.keys import Scope

router = APIRouter(tags=["review"], dependencies=[Depends(require(Scope.REVIEW))])


class ListUsedOut(BaseModel):
    id: str
    edition: str
    sha256: str = Field(description="Over the files that the list was read from.")


class ContextOut(BaseModel):
    """What the screening was made with."""

    as_of: str
    lists: list[ListUsedOut]
    programmes: str = Field(description="SHA-256 of the legal bases.")
    policy: str
    software: str = Field(description="Version, and a digest of the code and tables that decide on results.")


class EvidenceOut(BaseModel):
    """A screening with all that it takes to do it again."""

    id: str
    batch: dict[str, Any] = Field(description="The call or the job: who, when, the request's id or the file.")
    row: int | None
    line: int | None
    role: Role
    reference: str
    party: dict[str, Any] = Field(description="What was declared; empty fields are left out.")
    relations: list[dict[str, Any]] = Field(description="The links of the supply chain that the call gave.")
    reading: dict[str, Any] = Field(description="The name's parts as `software`, today's, reads them.")
    context: ContextOut
    outcome: Outcome
    problem: str
    waiver: dict[str, Any] | None
    hits: list[dict[str, Any]] = Field(
        description="As in the record, each with the `listing` as it stood and its `review`: state and history."
    )
    signals: list[dict[str, Any]] = Field(description="As in the record, each with its `review`; null if only noted.")
    reproduced: bool | str = Field(
        description="Whether screening again now, with the same lists, policy and software, gives the same outcome, "
        "hits, scores, explanations and signals; `unavailable: ` and why where it cannot be done."
    )


@router.get(
    "/screenings/{screening_id}/evidence",
    summary="The evidence of a screening",
    response_model=EvidenceOut,
    responses=documented(NOT_FOUND, INVALID)
    | {
        200: {
            "description": "As JSON, or as a page to print.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        }
    },
)
def get_evidence(
    request: Request,
    screening_id: str,
    form: Annotated[
        Literal["json", "html"] | None, Query(alias="format", description="Else what `Accept` asks for.")
    ] = None,
) -> Response:
    """What was declared, how the name was read, with what lists, policy and software it was screened, what was found
    and why, the listings as they stood, and what people decided; as JSON or as an HTML page to print."""
    evidence = find_evidence(request.app.state.store, request.app.state.screeners, screening_id)
    if evidence is None:
        raise ProblemError(NOT_FOUND, f"there is no stored screening {screening_id!r}")
    if form == "html" or (form is None and _prefers_html(request.headers.get("accept", ""))):
        policy = f"{POLICY}; frame-ancestors 'none'"
        return HTMLResponse(render(evidence), headers={"Content-Security-Policy": policy, "Vary": "Accept"})
    return JSONResponse(evidence, headers={"Vary": "Accept"})


def _prefers_html(accept: str) -> bool:
    """As a browser asks for a page: HTML is named, and JSON is not named before it."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return "text/html" in kinds and "application/json" not in kinds[: kinds.index("text/html")]
