"""Where a report is written: standard output, or a file that appears under its name only when it is complete."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from app.errors import UsageError

PARTIAL = ".partial"


@contextmanager
def open_destination(output: Path | None) -> Iterator[TextIO]:
    """A UTF-8 stream. A file is written as `NAME.partial` and renamed at the end; where the run breaks off, the partial
    file stays, so that nobody takes it for the whole. Raises `UsageError` where it cannot be written.
    """
    if output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # whatever the locale says: names come in all scripts
        yield sys.stdout
        sys.stdout.flush()  # where both go to one log, the summary on stderr comes after the report
        return
    if output.is_dir():
        raise UsageError(f"--output {output} is a folder; name a file in it")
    in_place = output.exists() and not output.is_file()  # a pipe or a device cannot be renamed onto
    target = output if in_place else output.with_name(output.name + PARTIAL)
    try:
        stream = target.open("w", encoding="utf-8", newline="")
    except FileNotFoundError:
        raise UsageError(f"--output {output}: there is no folder {output.parent}; create it first") from None
    except OSError as error:
        raise UsageError(f"--output {output} cannot be written ({error.strerror}); choose another file") from None
    try:
        with stream:
            yield stream
    except BaseException:
        if not in_place and not target.stat().st_size:
            target.unlink()
        raise
    if not in_place:
        target.replace(output)
