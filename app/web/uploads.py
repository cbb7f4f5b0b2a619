"""A file on its way to a job: uploaded, looked at with its columns, sent to be screened.

Between the steps the file lies in the uploads folder under a random name, which the address of the page holds; a file
that nobody sends on is removed after a day, like any that no job knows.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from app.api.receiving import receive_file
from app.api.shipments import Options, look_at
from app.files.columns import IDENTIFIERS, IGNORED, Field
from app.files.preview import Preview
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
    `guessed` at first. `is_read` is False where its party has no name in any column."""

    header: str
    taken_for: str
    guessed: str
    is_read: bool

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
    try:
        check_token(dict(received.fields).get("csrf"), known)
    except PageError:
        uploads.remove(received.upload.name)
        raise
    return _to_preview(received.upload.name, received.file_name)


@router.post(f"{UPLOADS}/sample", dependencies=[Depends(sent_form(Scope.SCREEN))])
def use_sample(request: Request) -> Response:
    settings: Settings = request.app.state.settings
    with Uploads(settings.uploads_dir).receive(_new_name(), settings.max_upload_bytes) as file:
        file.write(_sample().read_bytes())
        name = file.finish().name
    return _to_preview(name, SAMPLE)


@router.get(UPLOADS + "/{name}", dependencies=[Depends(_MAY_SCREEN)])
async def show_preview(request: Request, name: str, file: FileName) -> Response:
    """The first rows, each column with what it is taken for. Columns that were chosen are read again."""
    asked = {key: value for key, value in request.query_params.items() if key[0] in "cfgh" and key[1:].isdecimal()}
    guesses = [] if not asked else _chosen(asked)
    seen = await _look(request, name, file, guesses)
    values = {
        "name": name,
        "file": file,
        "preview": seen,
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
    columns = _chosen(sent)
    seen = await _look(request, name, file, columns)
    if seen.problem:
        raise PageError(422, "This file cannot be screened yet", f"{seen.problem}.")
    settings: Settings = request.app.state.settings
    assert known.key.id is not None
    order = Order(known.key.id, file, columns)
    job_id = await anyio.to_thread.run_sync(_submit, request.app.state.store, settings, name, order)
    return RedirectResponse(f"/jobs/{job_id}", 303, SECURITY_HEADERS)


def _submit(store: Store, settings: Settings, name: str, order: Order) -> str:
    job_id = new_job_id()
    stored = Uploads(settings.uploads_dir).adopt(name, job_id)
    return submit_job(store, job_id, order, stored).job.id


async def _look(request: Request, name: str, file: str, columns: list[tuple[str, str]]) -> Preview:
    settings: Settings = request.app.state.settings
    if not _DRAFT.fullmatch(name):
        raise PageError(404, "There is nothing here", "No uploaded file goes by this address.")
    uploads = Uploads(settings.uploads_dir)
    uploads.path(name)  # raises where it is gone
    return await look_at(uploads, name, file, Options(columns, None, None, None))


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
        columns.append(ColumnChoice(column.header, taken_for, guessed, is_read=taken_for == read_as))
    return columns


def _to_preview(name: str, file: str) -> Response:
    return RedirectResponse(f"{UPLOADS}/{name}?{urlencode({'file': file})}", 303, SECURITY_HEADERS)


def _new_name() -> str:
    return f"draft_{secrets.token_urlsafe(16)}"


def _sample() -> Path:
    """`app/web/examples` in an installed wheel, `examples/` in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "examples" / SAMPLE
    return installed if installed.is_file() else here.parents[1] / "examples" / SAMPLE
