"""Registers parties to monitor, for the API and for the pages: read from a file, screened, kept, all or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, BinaryIO

import anyio.to_thread
from fastapi import Request

from app.api.desk import Desk
from app.api.problems import INVALID, NOT_READY, ProblemError
from app.errors import ListError
from app.files.parties import ShipmentParty
from app.files.register import Register, read_register
from app.screening.screen import screen
from app.screening.screener import Screener
from app.screening.screeners import Screeners
from app.store.differences import Screened
from app.store.parties import Done, register
from app.store.tables import ApiKey, MonitoredParty

MAX_FILE_PARTIES = 10_000
MAX_FAULTS = 100  # that are told

Where = Callable[[int, ShipmentParty], dict[str, Any]]
"""Where in the request a party stands, by its place and itself."""


async def register_parties(
    request: Request, items: Sequence[ShipmentParty], key: ApiKey, where: Where
) -> list[tuple[MonitoredParty, Done]]:
    """Raises `ProblemError`, with what is wrong and where, if any of them cannot be screened."""
    desk: Desk[Any, Any] = request.app.state.desk
    screener, screened = await desk.do(len(items), partial(_screen, items, request.app.state.screeners))
    refuse(
        [
            {**where(place, item), "detail": f"{screening.problem}; it cannot be monitored"}
            for place, (item, screening) in enumerate(screened)
            if screening.problem
        ]
    )
    request_id = getattr(request.state, "request_id", "")
    keep = partial(register, request.app.state.store, screener, screened, key=key, request_id=request_id)
    return await anyio.to_thread.run_sync(keep)


def read_parties(
    file: BinaryIO, name: str, reference: str | None, columns: Sequence[tuple[str, str]], encoding: str | None = None
) -> Register:
    """The parties of a file. Raises `ProblemError` that names every row that cannot be taken, or what `read_register`
    raises."""
    found = read_register(file, name, limit=MAX_FILE_PARTIES, reference=reference, columns=columns, encoding=encoding)
    refuse(
        [
            {"row": fault.row, "line": fault.line, "column": fault.column, "detail": fault.detail}
            for fault in found.faults
        ]
    )
    return found


def where_in(found: Register) -> Where:
    """For parties of a file: their row and line, and the column of the names."""
    return lambda _, item: {"row": item.row, "line": item.line, "column": found.names}


def refuse(faults: Sequence[dict[str, Any]]) -> None:
    """Refuses a request with these errors, if there are any."""
    if not faults:
        return
    first = faults[0]
    where = first.get("pointer") or f"row {first['row']}, line {first['line']}, column {first['column']!r}"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    raise ProblemError(INVALID, f"{where}: {first['detail']}{more}", errors=faults[:MAX_FAULTS])


def count(done: Sequence[tuple[MonitoredParty, Done]]) -> dict[str, int]:
    """How many were created, updated and unchanged."""
    counts = Counter(what for _, what in done)
    return {what.value: counts[what] for what in Done}


def _screen(items: Sequence[ShipmentParty], screeners: Screeners) -> tuple[Screener, list[Screened]]:
    try:
        screener = screeners.get()
    except ListError as error:  # a bundled list: nothing that the caller could mend
        raise ProblemError(NOT_READY, str(error), headers={"Retry-After": "60"}) from error
    return screener, list(zip(items, screen([item.party for item in items], screener), strict=True))
