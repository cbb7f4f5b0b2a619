"""The way of a supply chain as a drawing: SVG to stand in a page, without script, style or ids.

Parties are boxes, one below the other, from the one that exposes the others down to the one that is screened; an arrow
says what goes from one to the next. Colours come from the page (`currentColor`) but for the source's, which is readable
on white and on black. A page that is narrower than the drawing sets `max-width: 100%; height: auto` for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from app.reports.printable import printable

WIDTH = 320  # pixels: what a telephone leaves
_PADDING = 12
_NAME, _NOTE = 14, 12  # font sizes
_LEADING = 1.35
_ARROW_X = 20
_COLOURS = {"block": "#d0453c", "review": "#a86a00"}
_STANDING = {"block": "blocked", "review": "under review"}
# Widths in em, on the wide side of what the fonts of all systems have in bold.
_WIDEST, _HAN, _CAPITAL, _SMALL, _NARROW = 1.12, 1.0, 0.84, 0.7, 0.48
_BREAK = re.compile(r"\S+\s*|\s+")


def draw_chain(path: Sequence[Mapping[str, str]]) -> str:
    """The drawing of a signal's `path`; empty where there is none."""
    if not path:
        return ""
    parts: list[str] = []
    y = 1.0
    last = path[-1]
    outcome, why = last.get("outcome", ""), last.get("why", "")
    note = ": ".join(filter(None, (_STANDING.get(outcome, ""), why)))
    y = _box(parts, y, last["from"], note, _COLOURS.get(outcome, ""))
    for number, step in enumerate(reversed(path), 1):
        y = _arrow(parts, y, _carried(step), step["kind"] == "ownership")
        y = _box(parts, y, step["to"], "the party screened" if number == len(path) else "", "")
    said = f"Supply chain: {'; '.join(_sentence(step) for step in reversed(path))}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chain" role="img" aria-label="{_text(said)}" width="{WIDTH}" '
        f'height="{y + 1:.0f}" viewBox="0 0 {WIDTH} {y + 1:.0f}" fill="currentColor" '
        f'font-family="system-ui, sans-serif">{"".join(parts)}</svg>'
    )


def _box(parts: list[str], top: float, name: str, note: str, colour: str) -> float:
    """A party; returns where its box ends."""
    room = WIDTH - 2 * _PADDING
    names, notes = _lines(name or "(no name)", room / _NAME), _lines(note, room / _NOTE)
    height = len(names) * _NAME * _LEADING + len(notes) * _NOTE * _LEADING + _PADDING
    parts.append(
        f'<rect x="1" y="{top:.1f}" width="{WIDTH - 2}" height="{height:.1f}" rx="6" fill="none" '
        f'stroke="{colour or "currentColor"}" stroke-width="{2 if colour else 1}"/>'
    )
    y = top + _PADDING / 2
    y = _write(parts, _PADDING, y, names, _NAME, ' font-weight="600"')
    _write(parts, _PADDING, y, notes, _NOTE, f' fill="{colour}"' if colour else "")
    return top + height


def _arrow(parts: list[str], top: float, label: str, dashed: bool) -> float:
    """What goes from the party above to the one below; returns where the next box begins."""
    lines = _lines(label, (WIDTH - 2 * _PADDING - _ARROW_X) / _NOTE)
    end = top + max(len(lines) * _NOTE * _LEADING + _PADDING, 2 * _NOTE)
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    x = _ARROW_X
    parts.append(f'<path d="M{x} {top:.1f}V{end - 6:.1f}" stroke="currentColor" fill="none"{dash}/>')
    parts.append(f'<path d="M{x - 5} {end - 8:.1f}H{x + 5}L{x} {end - 1:.1f}Z"/>')
    _write(parts, x + _PADDING, top + (end - top - len(lines) * _NOTE * _LEADING) / 2, lines, _NOTE)
    return end


def _write(parts: list[str], x: float, y: float, lines: Sequence[str], size: int, more: str = "") -> float:
    for line in lines:
        baseline = y + size * (_LEADING + 0.7) / 2
        parts.append(f'<text x="{x}" y="{baseline:.1f}" font-size="{size}"{more}>{_text(line)}</text>')
        y += size * _LEADING
    return y


def _lines(text: str, room: float) -> list[str]:
    """The text in lines of at most `room` em, parted between words, in Chinese between any two signs."""
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(" ".join(printable(text).split()), room):
        width = _width(piece.rstrip())
        if line and used + width > room:
            lines.append(line.rstrip())
            line, used = "", 0.0
        line += piece
        used += _width(piece)
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, room: float) -> Iterator[str]:
    """What must stay on one line: a word, one Chinese sign, or as much of an endless word as has room."""
    for word in _BREAK.findall(text):
        piece, used = "", 0.0
        for char in word:
            width = _width(char)
            if piece and (used + width > room or _may_begin_a_line(piece[-1], char)):
                yield piece
                piece, used = "", 0.0
            piece += char
            used += width
        if piece:
            yield piece


def _may_begin_a_line(before: str, char: str) -> bool:
    """Whether a line may break between two signs of which one is Chinese; never before 。or ）."""
    closes = unicodedata.category(char) in ("Pe", "Pf", "Po", "Zs")
    return (_is_han(before) or _is_han(char)) and not closes and unicodedata.category(before) not in ("Ps", "Pi")


def _is_han(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _width(text: str) -> float:
    return sum(_width_of(char) for char in text)


def _width_of(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if _is_han(char):
        return _HAN
    if char in "MWmw@%&" or unicodedata.east_asian_width(char) == "A":
        return _WIDEST
    if char.isupper():
        return _CAPITAL
    return _NARROW if char in " .,;:'’|!()[]-/ijlftr" else _SMALL


def _carried(step: Mapping[str, str]) -> str:
    if step["kind"] == "ownership":
        if not step["share"]:
            return "owns an unknown share"
        together = step.get("together")  # what is kept from before has none
        return f"owns {step['share']} %" + (f", with others like it {together} %" if together else "")
    return " · ".join(filter(None, (step["goods"] or "supplies", f"tier {step['tier']}" if step["tier"] else "")))


def _sentence(step: Mapping[str, str]) -> str:
    return f"{step['from']}, {_carried(step)}, to {step['to']}"


def _text(text: str) -> str:
    return escape(printable(text))
