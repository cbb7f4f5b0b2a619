"""The folder of uploaded files. A file is hashed while it arrives, and has its name only once it is whole."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from app.errors import ImportgateError, InputError, Place

_PARTIAL = ".partial"
ABANDONED = 24 * 3600  # seconds after which a file that nobody finished, or that no job knows, is removed


class UploadTooLargeError(InputError):
    """The file has more bytes than are allowed."""


class NotStoredError(ImportgateError):
    """The disk does not take the file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A whole file: `name` in the folder, `size` in bytes."""

    name: str
    size: int
    sha256: str


class Incoming:
    """A file that is arriving; a context manager that removes it unless `finish` was called.

    Raises `UploadTooLargeError` as soon as there are more than `limit` bytes, `NotStoredError` where the disk does not
    take them.
    """

    def __init__(self, folder: Path, name: str, limit: int) -> None:
        self._path = folder / name
        self._partial = folder / (name + _PARTIAL)
        self._limit = limit
        self._digest = sha256()
        self._size = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Incoming:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("wb")
        except OSError as error:
            raise _not_stored(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._partial.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        assert self._file is not None
        self._size += len(data)
        if self._size > self._limit:
            raise UploadTooLargeError(f"the file has more than {self._limit:,} bytes; split it")
        self._digest.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise _not_stored(error) from error

    def finish(self) -> Upload:
        """The file is whole, and on the disk."""
        assert self._file is not None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._partial.replace(self._path)
        except OSError as error:
            raise _not_stored(error) from error
        self._file = None
        return Upload(self._path.name, self._size, self._digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Uploads:
    folder: Path

    def receive(self, name: str, limit: int) -> Incoming:
        return Incoming(self.folder, name, limit)

    def path(self, name: str) -> Path:
        """Where the file is; raises `InputError` where it has been removed."""
        path = self.folder / name
        if not name or not path.is_file():
            raise InputError("the uploaded file is no longer there; upload it again", Place(name))
        return path

    def adopt(self, name: str, new_name: str) -> Upload:
        """Give a whole file another name; raises `InputError` where it is no longer there."""
        path = self.path(name)
        try:
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            target = path.rename(self.folder / new_name)
        except OSError as error:
            raise _not_stored(error) from error
        return Upload(target.name, target.stat().st_size, digest)

    def remove(self, name: str) -> None:
        if name:
            (self.folder / name).unlink(missing_ok=True)

    def abandoned(self) -> Iterable[str]:
        """Names of files that have not changed for a day, partial ones among them."""
        if not self.folder.is_dir():
            return
        before = time.time() - ABANDONED
        for path in self.folder.iterdir():
            try:
                if path.stat().st_mtime < before:
                    yield path.name
            except FileNotFoundError:  # removed meanwhile
                continue


def _not_stored(error: OSError) -> NotStoredError:
    return NotStoredError(f"the uploaded file cannot be stored ({error.strerror})")
