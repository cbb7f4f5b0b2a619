"""Files: what was uploaded, how far its screening has come, its results and their evidence, and a report to print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.api.jobs import results_file
from app.reports.evidence import POLICY, render
from app.reports.export import EXPORTS
from app.screening.model import Outcome, Role
from app.screening.screeners import BundledLists, Screeners
from app.settings import Settings
from app.store.database import Store
from app.store.evidence_record import find_evidence
from app.store.jobs import Ending, columns_of, end_job, find_job, has_ended, list_jobs, progress_of, warnings_of
from app.store.kept import read_kept
from app.store.keys import Scope
from app.store.results import Filters, context_of_job, gravest_first, stored_record
from app.store.sessions import SignedIn
from app.store.tables import Job
from app.store.uploads import Uploads
from app.web.access import sent_form, signed_in
from app.web.problems import PageError, PageRoute
from app.web.rendering import SECURITY_HEADERS, is_fragment, page

JOBS_SHOWN = 100
ROWS_SHOWN = 20
REPORTED = 200  # rows that a printed report shows
NOT_CLEAR = (Outcome.BLOCK, Outcome.REVIEW, Outcome.INCOMPLETE)

_MAY_LOOK = signed_in(Scope.SCREEN, Scope.REVIEW)

router = APIRouter(route_class=PageRoute)


def _job(request: Request, job_id: str, _known: Annotated[SignedIn, Depends(signed_in(Scope.SCREEN))]) -> Job:
    job = find_job(request.app.state.store, job_id)
    if job is None:
        raise PageError(
            404, "There is nothing here", "No file goes by this address; its results may have been deleted."
        )
    return job


TheJob = Annotated[Job, Depends(_job)]


def _filters(
    outcome: str = "",
    list_id: Annotated[str, Query(alias="list", max_length=100)] = "",
    role: str = "",
    country: Annotated[str, Query(max_length=10)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
) -> dict[str, str]:
    """What the filter form says; an empty field asks for nothing, an empty outcome for all that are not clear."""
    return {"outcome": outcome, "list": list_id, "role": role, "country": country.strip().upper(), "text": text.strip()}


TheFilters = Annotated[dict[str, str], Depends(_filters)]


@router.get("/jobs", dependencies=[Depends(signed_in(Scope.SCREEN))])
def show_jobs(request: Request) -> Response:
    return page(request, "jobs.html", {"jobs": list_jobs(request.app.state.store, JOBS_SHOWN)})


@router.get("/jobs/{job_id}")
def show_job(
    request: Request, job: TheJob, asked: TheFilters, after: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Its progress while it runs, else its results; as a fragment what has changed on the page."""
    if not has_ended(job):
        values = {"job": job, "progress": progress_of(job)}
        return page(request, "fragments/progress.html" if is_fragment(request) else "running.html", values)
    if request.headers.get("hx-target") == "div#progress":
        return Response(headers={**SECURITY_HEADERS, "HX-Refresh": "true"})
    values = {
        "job": job,
        "counts": progress_of(job).outcomes,
        "warnings": warnings_of(job),
        "columns": columns_of(job),
        "roles": list(Role),
        **_results(request, job, asked, after),
    }
    return page(request, "fragments/results.html" if is_fragment(request) else "job.html", values)


@router.get("/jobs/{job_id}/results")
def download(request: Request, job: TheJob, form: Annotated[str, Query(alias="format")]) -> Response:
    """All results, whatever the page is filtered by."""
    if form not in EXPORTS:
        raise PageError(404, "There is nothing here", f"Results come as {', '.join(EXPORTS)}.")
    if not has_ended(job):
        raise PageError(409, "The file is still being screened", "Wait until it has ended.")
    return results_file(request, job, Filters(), EXPORTS[form])


@router.get("/jobs/{job_id}/report")
def show_report(request: Request, job: TheJob) -> Response:
    """What a person files: everything that is not clear with its evidence, on one page that prints well."""
    store: Store = request.app.state.store
    context = context_of_job(store, job)
    found = gravest_first(store, job, Filters(outcomes=NOT_CLEAR), REPORTED)
    counts = progress_of(job).outcomes
    values = {
        "job": job,
        "counts": counts,
        "warnings": warnings_of(job),
        "records": [stored_record(stored, context) for stored in found],
        "left_out": max(0, sum(counts[outcome] for outcome in NOT_CLEAR) - len(found)),
        "lists": _bundled(request).lists,
        "titles": _titles(request),
        "context": context,
        "editions": json.loads(context.editions) if context is not None else {},
    }
    return page(request, "report.html", values)


@router.post("/jobs/{job_id}/end")
def end(
    request: Request,
    job_id: str,
    known: Annotated[SignedIn, Depends(signed_in(Scope.SCREEN))],
    _form: Annotated[Any, Depends(sent_form(Scope.SCREEN))],
    state: Annotated[str, Form()],
) -> Response:
    """Cancel a job that runs, or delete one that has ended. `state` is what the person saw: none is deleted unseen."""
    settings: Settings = request.app.state.settings
    job = find_job(request.app.state.store, job_id)
    if job is not None and has_ended(job) != (state == "ended"):
        return RedirectResponse(f"/jobs/{job_id}", 303, SECURITY_HEADERS)
    ended = end_job(request.app.state.store, job_id, known.key.name)
    if ended is not None and ended[1] is Ending.DELETED:
        Uploads(settings.uploads_dir).remove(ended[0].stored_as)
        return RedirectResponse("/jobs", 303, SECURITY_HEADERS)
    return RedirectResponse(f"/jobs/{job_id}", 303, SECURITY_HEADERS)


@router.get("/screenings/{screening_id}", dependencies=[Depends(_MAY_LOOK)])
def show_screening(request: Request, screening_id: str) -> Response:
    """The evidence of one screening, of a file or of a call; on a page of its own with the screening done again."""
    store: Store = request.app.state.store
    kept = read_kept(store, screening_id)
    if kept is None:
        raise _no_screening()
    record = stored_record(kept.screening, kept.context)
    values = {"record": record, "batch": kept.batch, "context": kept.context, "titles": _titles(request)}
    if is_fragment(request):
        return page(request, "fragments/evidence.html", values)
    evidence = find_evidence(store, request.app.state.screeners, screening_id)
    return page(request, "screening.html", values | {"reproduced": evidence and evidence["reproduced"]})


@router.get("/screenings/{screening_id}/evidence", dependencies=[Depends(_MAY_LOOK)])
def show_evidence(request: Request, screening_id: str) -> Response:
    """All that it takes to do the screening again, as the API gives it to print."""
    evidence = find_evidence(request.app.state.store, request.app.state.screeners, screening_id)
    if evidence is None:
        raise _no_screening()
    return HTMLResponse(render(evidence), headers={**SECURITY_HEADERS, "Content-Security-Policy": POLICY})


def _no_screening() -> PageError:
    return PageError(404, "There is nothing here", "No screening goes by this address; it may have been deleted.")


def _results(request: Request, job: Job, asked: Mapping[str, str], after: str) -> dict[str, Any]:
    """A page of rows, the gravest first, and where the next one begins."""
    store: Store = request.app.state.store
    found = gravest_first(store, job, _wanted(asked), ROWS_SHOWN + 1, _place(after))
    shown = found[:ROWS_SHOWN]
    query = {key: value for key, value in asked.items() if value}
    following = ""
    if len(found) > ROWS_SHOWN:
        following = urlencode(query | {"after": f"{shown[-1].outcome}.{shown[-1].number}"})
    records = [stored_record(stored, None) for stored in shown]
    return {
        "records": records,
        "following": following,
        "goes_on": bool(after) and is_fragment(request),
        "query": urlencode(query),
        "asked": asked,
        "titles": _titles(request),
    }


def _wanted(asked: Mapping[str, str]) -> Filters:
    """Words that are none of ours find nothing wrong and nothing else: they come from a form with fixed choices."""
    outcomes = NOT_CLEAR if not asked["outcome"] else [item for item in Outcome if item == asked["outcome"]]
    roles = [role for role in Role if role == asked["role"]]
    lists = [asked["list"]] if asked["list"] else []
    countries = [asked["country"]] if asked["country"] else []
    return Filters(outcomes, lists, roles, asked["text"], countries)


def _place(after: str) -> tuple[Outcome, int] | None:
    outcome, _, number = after.partition(".")
    return (Outcome(outcome), int(number)) if outcome in list(Outcome) and number.isdecimal() else None


def _bundled(request: Request) -> BundledLists:
    screeners: Screeners = request.app.state.screeners
    return screeners.bundled


def _titles(request: Request) -> dict[str, str]:
    return {list_id: entity_list.title for list_id, entity_list in _bundled(request).lists.items()}
