"""Reads an uploaded file from a request, as a form or as the whole body, straight to the uploads folder.

Memory does not grow with the file: what has arrived is hashed and written a megabyte at a time, outside the event loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Protocol

import anyio.to_thread
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.api.problems import INVALID, NO_ROOM, TOO_LARGE, WRONG_TYPE, ProblemError
from app.store.uploads import Incoming, NotStoredError, Upload, Uploads, UploadTooLargeError

FORM = "multipart/form-data"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Bodies that are a file, and what one without a name is called.
FILE_TYPES: Mapping[str, str] = {
    "text/csv": "upload.csv",
    "text/tab-separated-values": "upload.tsv",
    "text/plain": "upload.txt",
    XLSX: "upload.xlsx",
    "application/x-ndjson": "upload.jsonl",
    "application/jsonl": "upload.jsonl",
    "application/octet-stream": "upload",
}
_AT_ONCE = 1 << 20  # bytes
_MAX_FIELDS = 200  # besides the file
_MAX_FIELD = 10_000  # bytes of one
_MAX_NAME = 255


@dataclass(frozen=True, slots=True)
class Received:
    """The stored file, the name it was sent with, and the form's other fields, in their order."""

    upload: Upload
    file_name: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Reader(Protocol):
    """Takes a body as it arrives; `file_name` and `fields` are complete after `finish`."""

    file_name: str
    fields: list[tuple[str, str]]

    def feed(self, data: bytes) -> None: ...

    def finish(self) -> None: ...


class _Whole:
    """A body that is the file."""

    def __init__(self, file: Incoming, file_name: str) -> None:
        self.file_name = file_name
        self.fields: list[tuple[str, str]] = []
        self.feed = file.write

    def finish(self) -> None:
        """Nothing stands behind the file."""


class _Form:
    """A form with one file, in the field `file`."""

    def __init__(self, file: Incoming, boundary: bytes) -> None:
        self.file_name = ""
        self.fields: list[tuple[str, str]] = []
        self._file = file
        self._seen_file = self._in_file = self._ended = False
        self._name = ""
        self._header = b""
        self._disposition = b""
        self._headers: dict[bytes, bytes] = {}
        self._value = bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._add_to_header,
                "on_header_value": self._add_to_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._add_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _invalid(f"the form cannot be read ({error})") from None

    def finish(self) -> None:
        if not self._ended:
            raise _invalid("the form ends too early; the upload may have been cut off")
        if not self._seen_file:
            raise _invalid("the form has no file; send it in the field `file`")

    def _begin(self) -> None:
        self._headers, self._header, self._disposition = {}, b"", b""
        self._value.clear()

    def _add_to_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._disposition += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header.lower()] = self._disposition
        self._header = self._disposition = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._in_file = self._name == "file"
        if not self._in_file:
            if len(self.fields) == _MAX_FIELDS:
                raise _invalid(f"the form has more than {_MAX_FIELDS} fields")
            return
        if self._seen_file:
            raise _invalid("the form has more than one file; upload one at a time")
        self._seen_file = True
        self.file_name = options.get(b"filename", b"").decode("utf-8", "replace")

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._file.write(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > _MAX_FIELD:
            raise _invalid(f"the field {self._name!r} is longer than {_MAX_FIELD:,} bytes")

    def _end_part(self) -> None:
        if not self._in_file:
            self.fields.append((self._name, self._value.decode("utf-8", "replace")))

    def _end(self) -> None:
        self._ended = True


async def receive_file(request: Request, uploads: Uploads, name: str, limit: int) -> Received:
    """Store the request's file as `name`. Raises problems: a form that cannot be read, another content type, a file
    with more than `limit` bytes, a disk that is full. Nothing stays behind unless it succeeds.
    """
    content_type, options = _content_type(request)
    try:
        with uploads.receive(name, limit) as file:
            reader: _Reader
            if content_type == FORM:
                if not options.get("boundary"):
                    raise _invalid("the form has no boundary; let your HTTP library write the Content-Type header")
                reader = _Form(file, options["boundary"].encode("latin-1", "replace"))
            elif content_type in FILE_TYPES:
                reader = _Whole(file, _sent_name(request) or FILE_TYPES[content_type])
            else:
                raise ProblemError(
                    WRONG_TYPE,
                    f"the body was sent as {content_type or 'nothing'}; send a form ({FORM}) with the field `file`, "
                    f"or the file itself as {', '.join(FILE_TYPES)}",
                )
            await _feed(request, reader)
            reader.finish()
            upload = await anyio.to_thread.run_sync(file.finish)
    except UploadTooLargeError as error:
        raise ProblemError(TOO_LARGE, str(error)) from None
    except NotStoredError as error:
        raise ProblemError(NO_ROOM, str(error), headers={"Retry-After": "60"}) from error
    return Received(upload, _plain_name(reader.file_name), reader.fields)


async def _feed(request: Request, reader: _Reader) -> None:
    waiting: list[bytes] = []
    size = 0
    async for data in request.stream():
        waiting.append(data)
        size += len(data)
        if size >= _AT_ONCE:
            await anyio.to_thread.run_sync(reader.feed, b"".join(waiting))
            waiting, size = [], 0
    if size:
        await anyio.to_thread.run_sync(reader.feed, b"".join(waiting))


def _content_type(request: Request) -> tuple[str, dict[str, str]]:
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return said, dict(message.get_params(failobj=[])[1:])


def _sent_name(request: Request) -> str:
    """The name of a file that is the whole body: `filename` of the query, or of a Content-Disposition header."""
    if asked := request.query_params.get("filename"):
        return asked
    message = Message()
    message["content-disposition"] = request.headers.get("content-disposition", "")
    return message.get_filename() or ""


def _plain_name(name: str) -> str:
    """Without folders and whatever cannot be printed; the stored file never has this name."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable()).strip()
    return shown[:_MAX_NAME] or "upload"


def _invalid(detail: str) -> ProblemError:
    return ProblemError(INVALID, detail)
