"""A file on its way to a job, or to the monitored parties: uploaded, looked at with its columns, sent on.

Between the steps the file lies in the uploads folder under a random name, which the address of the page holds; a file
that nobody sends on is removed after a day, like any that no job knows.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from app.api.problems import ProblemError
from app.api.receiving import receive_file
from app.api.registering import MAX_FAULTS, count, read_parties, register_parties, where_in
from app.api.shipments import Options, look_at
from app.errors import InputError, Place
from app.files.columns import IDENTIFIERS, IGNORED, Field
from app.files.encoding import GUESSES, label
from app.files.preview import Preview
from app.files.register import Register, reference_header
from app.screening.model import Role
from app.settings import Settings
from app.store.database import Store
from app.store.jobs import Order, new_job_id, submit_job
from app.store.keys import Scope
from app.store.sessions import SignedIn
from app.store.uploads import Uploads
from app.web.access import check_token, sent_form, signed_in
from app.web.problems import PageError, PageRoute
from app.web.rendering import SECURITY_HEADERS, is_fragment, page

UPLOADS = "/uploads"
SAMPLE = "shipments.csv"
REGISTER = "/parties/file"
MONITOR = "monitor"  # what a file is uploaded for, if not to be screened once
MAX_HEADER = 1000
SAMPLES = 3
NO_NAMES = "No column holds the name of a party. Choose for at least one column whose name stands in it."
_DRAFT = re.compile(r"draft_[\w-]{22}")
_FIELDS = (Field.NAME, Field.ADDRESS, Field.COUNTRY, Field.POSTAL_CODE, *IDENTIFIERS)
_GOODS = "goods"
_SAID = {Field.GOODS: "description", Field.HS_CODE: "HS code", Field.USCC: "USCC", Field.LEI: "LEI", Field.MID: "MID"}
_OF_THE_ROW = (Field.HS_CODE, Field.GOODS, Field.ORIGIN)
_MAY_SCREEN = signed_in(Scope.SCREEN)

router = APIRouter(route_class=PageRoute)

FileName = Annotated[str, Query(alias="file", min_length=1, max_length=255)]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the preview: what it is taken for, as `role`, `role.field`, a field of the goods or "", and what was
    `guessed` at first. `is_read` is False where its party has no name in any column. `samples` are some of its cells,
    for a screen that is too narrow for the table."""

    header: str
    taken_for: str
    guessed: str
    is_read: bool
    samples: list[str]

    @property
    def whose(self) -> str:
        return _GOODS if self.taken_for in _OF_THE_ROW else self.taken_for.partition(".")[0]

    @property
    def what(self) -> str:
        return self.taken_for if self.taken_for in _OF_THE_ROW else self.taken_for.partition(".")[2] or Field.NAME.value


@router.post(UPLOADS)
async def upload(request: Request, known: Annotated[SignedIn, Depends(_MAY_SCREEN)]) -> Response:
    """Store the file and go on to its preview. It is read from the request as it arrives, whatever its size."""
    settings: Settings = request.app.state.settings
    uploads = Uploads(settings.uploads_dir)
    received = await receive_file(request, uploads, _new_name(), settings.max_upload_bytes)
    fields = dict(received.fields)
    try:
        check_token(fields.get("csrf"), known)
    except PageError:
        uploads.remove(received.upload.name)
        raise
    return _to_preview(received.upload.name, received.file_name, fields.get("for", ""))


@router.post(f"{UPLOADS}/sample", dependencies=[Depends(sent_form(Scope.SCREEN))])
def use_sample(request: Request) -> Response:
    settings: Settings = request.app.state.settings
    with Uploads(settings.uploads_dir).receive(_new_name(), settings.max_upload_bytes) as file:
        file.write(_sample().read_bytes())
        name = file.finish().name
    return _to_preview(name, SAMPLE)


@router.get(UPLOADS + "/{name}", dependencies=[Depends(_MAY_SCREEN)])
async def show_preview(
    request: Request,
    name: str,
    file: FileName,
    purpose: Annotated[str, Query(alias="for", max_length=20)] = "",
    reference: Annotated[str | None, Query(max_length=MAX_HEADER)] = None,
    encoding: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The first rows, each column with what it is taken for. Columns that were chosen are read again."""
    asked = {key: value for key, value in request.query_params.items() if key[0] in "cfgh" and key[1:].isdecimal()}
    seen = await _look(request, name, file, _chosen(asked) if asked else [], encoding)
    values = {
        "name": name,
        "file": file,
        "encoding": encoding,
        "encodings": [(codec, label(codec)) for codec in GUESSES],
        "purpose": MONITOR if purpose == MONITOR else "",
        "reference": reference_header([column.header for column in seen.columns]) if reference is None else reference,
        "preview": seen,
        "no_names": NO_NAMES,
        "columns": _columns(seen, asked),
        "whose": [("", "not used"), *((role, role.replace("_", " ")) for role in Role), (_GOODS, "goods")],
        "fields": [(field, _SAID.get(field, field.replace("_", " "))) for field in (*_FIELDS, *_OF_THE_ROW)],
    }
    return page(request, "fragments/preview.html" if is_fragment(request) else "preview.html", values)


@router.post(UPLOADS + "/{name}")
async def submit(
    request: Request,
    name: str,
    known: Annotated[SignedIn, Depends(_MAY_SCREEN)],
    form: Annotated[FormData, Depends(sent_form(Scope.SCREEN))],
) -> Response:
    """Queue the job. What the form says of the columns is tried first: nobody waits for a job that must fail."""
    sent = {key: value for key, value in form.items() if isinstance(value, str)}
    file = sent.get("file", "")[:255] or "upload"
    columns, encoding = _chosen(sent), sent.get("encoding", "")
    seen = await _look(request, name, file, columns, encoding)
    if seen.problem:
        raise PageError(422, "This file cannot be screened yet", NO_NAMES)
    settings: Settings = request.app.state.settings
    assert known.key.id is not None
    order = Order(known.key.id, file, columns, encoding=encoding or None)
    job_id = await anyio.to_thread.run_sync(_submit, request.app.state.store, settings, name, order)
    return RedirectResponse(f"/jobs/{job_id}", 303, SECURITY_HEADERS)


@router.post(REGISTER)
async def monitor(
    request: Request,
    known: Annotated[SignedIn, Depends(_MAY_SCREEN)],
    form: Annotated[FormData, Depends(sent_form(Scope.SCREEN))],
) -> Response:
    """Register the parties of the file, all or none; where rows cannot be taken, a page names each of them."""
    settings: Settings = request.app.state.settings
    sent = {key: value for key, value in form.items() if isinstance(value, str)}
    file = sent.get("file", "")[:255] or "upload"
    uploads = Uploads(settings.uploads_dir)
    name = sent.get("draft", "")
    path = _draft(uploads, name)
    columns, encoding = _chosen(sent), sent.get("encoding", "")
    seen = await _look(request, name, file, columns, encoding)
    if seen.problem:
        raise PageError(422, "These parties cannot be monitored yet", NO_NAMES)
    if path.stat().st_size > settings.max_body_bytes:
        raise InputError(f"the file has more than {settings.max_body_bytes:,} bytes; split it", Place(file))
    read = partial(_parties_of, path, file, sent.get("reference") or None, columns, encoding or None)
    try:
        found = await anyio.to_thread.run_sync(read)
        done = await register_parties(request, found.parties, known.key, where_in(found))
    except ProblemError as error:
        if not error.errors:
            raise
        query = _preview_query(file, MONITOR)
        values = {"file": file, "name": name, "errors": error.errors, "query": query, "most": MAX_FAULTS}
        return page(request, "refused.html", values, status=error.problem.status)
    uploads.remove(name)
    return RedirectResponse(f"/parties?{urlencode(count(done))}", 303, SECURITY_HEADERS)


def _parties_of(
    path: Path, file: str, reference: str | None, columns: list[tuple[str, str]], encoding: str | None
) -> Register:
    with path.open("rb") as stream:
        return read_parties(stream, file, reference, columns, encoding)


def _submit(store: Store, settings: Settings, name: str, order: Order) -> str:
    job_id = new_job_id()
    stored = Uploads(settings.uploads_dir).adopt(name, job_id)
    return submit_job(store, job_id, order, stored).job.id


async def _look(request: Request, name: str, file: str, columns: list[tuple[str, str]], encoding: str) -> Preview:
    settings: Settings = request.app.state.settings
    uploads = Uploads(settings.uploads_dir)
    _draft(uploads, name)
    return await look_at(uploads, name, file, Options(columns, None, None, encoding or None))


def _draft(uploads: Uploads, name: str) -> Path:
    """Where a file that is not sent on yet lies; raises where it is gone, or where the name is of something else."""
    gone = PageError(404, "This file is no longer here", "It was sent on already, or lay for a day. Upload it again.")
    if not _DRAFT.fullmatch(name):
        raise gone
    try:
        return uploads.path(name)
    except InputError:
        raise gone from None


def _chosen(sent: dict[str, str]) -> list[tuple[str, str]]:
    """The columns that were chosen, as pairs (ROLE or ROLE.field, header): none where all are as guessed at first.

    For each column N the form has `cN` and `fN`, whose column it is and what it holds, `gN`, what was guessed, and
    `hN`, the header.
    """
    numbers = sorted(int(key[1:]) for key in sent if key[0] == "c" and key[1:].isdecimal())
    columns = [(_choice(sent, n) or "", sent.get(f"g{n}", ""), sent.get(f"h{n}", "")) for n in numbers]
    if all(choice == guess for choice, guess, _ in columns):
        return []
    named = {choice for choice, _, _ in columns if _is_name(choice)}
    # Names always, because one that is chosen takes the place of all that are recognised; else only what was changed.
    return [
        (choice if choice in _OF_THE_ROW or choice.partition(".")[0] in named else IGNORED, header)
        for choice, guess, header in columns
        if choice != guess or _is_name(choice)
    ]


def _choice(sent: dict[str, str], number: int) -> str | None:
    """What the two fields of a column come to; None where it was not asked about. A field that the party, or the goods,
    do not have is its name, or their description."""
    whose, what = sent.get(f"c{number}"), sent.get(f"f{number}", "")
    if whose == _GOODS:
        return what if what in _OF_THE_ROW else Field.GOODS.value
    return f"{whose}.{what}" if whose and what in _FIELDS and what != Field.NAME else whose


def _is_name(choice: str) -> bool:
    return choice in set(Role)


def _columns(seen: Preview, asked: dict[str, str]) -> list[ColumnChoice]:
    """As the person chose them, else as they were guessed."""
    columns = []
    for place, column in enumerate(seen.columns):
        read_as = ".".join(filter(None, (column.role, "" if column.field == Field.NAME else column.field)))
        chosen = _choice(asked, place)
        taken_for = read_as if chosen is None else chosen
        guessed = asked.get(f"g{place}", read_as)
        cells = dict.fromkeys(row[place] for row in seen.rows if place < len(row) and row[place].strip())
        samples = list(cells)[:SAMPLES]
        columns.append(ColumnChoice(column.header, taken_for, guessed, taken_for == read_as, samples))
    return columns


def _to_preview(name: str, file: str, purpose: str = "") -> Response:
    return RedirectResponse(f"{UPLOADS}/{name}?{_preview_query(file, purpose)}", 303, SECURITY_HEADERS)


def _preview_query(file: str, purpose: str) -> str:
    return urlencode({"file": file} | ({"for": MONITOR} if purpose == MONITOR else {}))


def _new_name() -> str:
    return f"draft_{secrets.token_urlsafe(16)}"


def _sample() -> Path:
    """`app/web/examples` in an installed wheel, `examples/` in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "examples" / SAMPLE
    return installed if installed.is_file() else here.parents[1] / "examples" / SAMPLE
