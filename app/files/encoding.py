"""Which encoding a file is in: the one given, a byte order mark, strict UTF-8, a guess, and at last the guess with
replacement characters. Everything but the first three is said to the user."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.errors import UsageError

_CHUNK = 1 << 20
_SAMPLE = 1 << 18
_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
# Without a short list, charset-normalizer takes Chinese for one of dozens of rare code pages.
GUESSES = ["utf_8", "utf_16", "gb18030", "big5", "cp932", "cp949", "cp1252", "cp1254", "cp1251", "cp1258"]
_LABELS = {
    "utf_8": "UTF-8",
    "utf_8_sig": "UTF-8",
    "gb18030": "GB18030 (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
    "cp932": "Shift JIS (Japanese)",
    "cp949": "CP949 (Korean)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1258": "Windows-1258 (Vietnamese)",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` is Python's name. With `errors` "replace" the text has U+FFFD where bytes could not be read, first on
    `bad_line`. `warning` is what the user must know about it, empty where nothing was guessed or lost."""

    codec: str
    errors: str = "strict"
    warning: str = ""
    bad_line: int | None = None


def detect_encoding(file: BinaryIO, explicit: str | None = None) -> Encoding:
    """Reads the whole file in constant memory and rewinds it; raises `UsageError` for an unknown codec."""
    if explicit:
        codec = known_codec(explicit)
        return _settled(file, codec, "", f"the encoding {explicit} that was asked for")
    file.seek(0)
    head = file.read(4)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return _settled(file, codec, "", f"{label(codec)}, which its byte order mark announces")
    codec = _utf_16_without_mark(file) or "utf_8"
    bad = first_bad_line(file, codec)
    if bad is None:
        return Encoding(codec)
    if _mostly_utf_8(file):
        return _settled(file, "utf_8", "", "UTF-8, which most of the file is in")
    codec = _guess(file)
    said = f"read as {label(codec)}, a guess, for line {bad} is not UTF-8; if names look wrong, name the encoding"
    return _settled(file, codec, said, f"{label(codec)}, the best guess")


def label(codec: str) -> str:
    """How to call a codec to a person."""
    return _LABELS.get(codec, codec.replace("_", "-").upper())


def first_bad_line(file: BinaryIO, codec: str) -> int | None:
    """The physical line of the first byte that is not in the encoding, None if all are."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line = 1
    for chunk, final in _chunks(file):
        try:
            line += decoder.decode(chunk, final).count("\n")
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].decode(codec, "replace").count("\n")
        except UnicodeError:  # UTF-16 and UTF-32 without a mark, and a few old codecs
            return line
    return None


def _settled(file: BinaryIO, codec: str, warning: str, why: str) -> Encoding:
    bad = first_bad_line(file, codec)
    file.seek(0)
    if bad is None:
        return Encoding(codec, warning=warning)
    lost = (
        f"line {bad} is the first with bytes that are not in {why}; they were replaced, "
        "and the rows where that hit a party are incomplete"
    )
    return Encoding(codec, "replace", lost, bad)


def known_codec(name: str) -> str:
    """Python's name of an encoding; raises `UsageError` for what is none."""
    try:
        " ".encode(name)  # refuses codecs that are not between bytes and text, such as hex
        codec = codecs.lookup(name).name.replace("-", "_")
    except (LookupError, UnicodeError, ValueError):
        raise UsageError(
            f"there is no encoding {name!r}; use one such as utf-8, gb18030, big5, shift_jis, cp1252 or cp1251"
        ) from None
    return "utf_8_sig" if codec == "utf_8" else codec  # reads UTF-8 with and without a mark


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk, False
    yield b"", True


def _utf_16_without_mark(file: BinaryIO) -> str:
    """NULs on every other byte are UTF-16 that lost its mark; a stray NUL is not."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    for codec, high in (("utf_16_le", 1), ("utf_16_be", 0)):
        half = sample[high::2]
        if len(half) > 3 and half.count(0) > len(half) // 2:
            return codec
    return ""


def _mostly_utf_8(file: BinaryIO) -> bool:
    """Whether nearly all that is not ASCII reads as UTF-8, so that a few damaged bytes do not turn it into mojibake."""
    decoder = codecs.getincrementaldecoder("utf_8")("replace")
    bad = good = 0
    for chunk, final in _chunks(file):
        text = decoder.decode(chunk, final)
        if not text.isascii():
            lost = text.count("\ufffd")
            bad += lost
            good += len(text) - len(text.encode("ascii", "ignore")) - lost
    return good > bad  # in other encodings hardly one character in seven reads as UTF-8


def _guess(file: BinaryIO) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(_telling_lines(file), cp_isolation=GUESSES).best()
    return best.encoding if best else "utf_8"


def _telling_lines(file: BinaryIO) -> bytes:
    """The first lines that are not ASCII: a guess from a long ASCII beginning would be worth nothing."""
    file.seek(0)
    lines: list[bytes] = []
    size = 0
    while size < _SAMPLE and (line := file.readline(_SAMPLE)):
        if not line.isascii():
            lines.append(line)
            size += len(line)
    return b"".join(lines)
