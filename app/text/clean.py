"""Cleaning: from what stands in a cell to the text that was meant. Nothing a reader would see is lost."""

from __future__ import annotations

import html
import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_SPACE = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]{2,8});")
# What UTF-8 looks like when it is read as a Western or Cyrillic code page.
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3\u00c5\u00e2-\u00ef][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)


def clean(text: str) -> str:
    """Undoes HTML entities, mojibake and full-width forms, drops invisible characters, folds white space.

    Idempotent. The result is NFKC and has no control character; it may be empty.
    """
    if text.isascii() and text.isprintable() and not ("&" in text and ";" in text):
        return " ".join(text.split())
    previous = None
    while previous != text:  # an entity may hide another ("&amp;amp;"), and NFKC may uncover a white space
        previous = text
        text = _cleaned_once(text)
    return text


def _cleaned_once(text: str) -> str:
    if _ENTITY.search(text):
        text = html.unescape(text)
    if _MOJIBAKE.search(text):
        import ftfy  # needed for few names, and slow to import

        text = ftfy.fix_encoding(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _INVISIBLE.sub("", text)
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()
