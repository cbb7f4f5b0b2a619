"""The precision-recall curve as an SVG picture, drawn by hand: no plotting library is needed for two lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from scripts.evaluation.figures import Point

_WIDTH, _HEIGHT = 640, 440
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 40, 20, 60
_COLOURS = ("#0b6e99", "#b5432a", "#4d7a2a")
_LOWEST_PRECISION = 0.5
"""The picture begins here: no threshold worth choosing lies below."""


def _x(recall: float) -> float:
    return _LEFT + recall * (_WIDTH - _LEFT - _RIGHT)


def _y(precision: float) -> float:
    share = (max(precision, _LOWEST_PRECISION) - _LOWEST_PRECISION) / (1 - _LOWEST_PRECISION)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _grid() -> list[str]:
    out = []
    for step in range(11):
        recall, precision = step / 10, _LOWEST_PRECISION + step * (1 - _LOWEST_PRECISION) / 10
        x, y = _x(recall), _y(precision)
        out.append(f'<path class="grid" d="M{x:.1f} {_y(1)}V{_y(0)}M{_x(0)} {y:.1f}H{_x(1)}"/>')
        out.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{recall:.1f}</text>')
        out.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{precision:.2f}</text>')
    return out


def _line(name: str, points: Sequence[Point], colour: str, number: int) -> list[str]:
    path = "L".join(f"{_x(point.recall):.1f} {_y(point.precision):.1f}" for point in points)
    out = [f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for point in points:
        title = f"{name}: threshold {point.threshold:.2f}, recall {point.recall:.3f}, precision {point.precision:.3f}"
        x, y = _x(point.recall), _y(point.precision)
        out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"><title>{escape(title)}</title></circle>')
    y = _y(_LOWEST_PRECISION) - 16 - 18 * number
    out.append(f'<path d="M{_LEFT + 12} {y}h24" stroke="{colour}" stroke-width="2"/>')
    return [*out, f'<text x="{_LEFT + 42}" y="{y + 4}">{escape(name)}</text>']


def draw(lines: Mapping[str, Sequence[Point]], title: str) -> str:
    """An SVG document with one line per entry; each point carries its threshold as a tooltip."""
    body = _grid()
    for number, ((name, points), colour) in enumerate(zip(lines.items(), _COLOURS, strict=False)):
        if points:
            body += _line(name, points, colour, number)
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>{escape(title)}</title>",
            "<style>text{font:12px sans-serif;fill:#222}.grid{stroke:#ddd}rect{fill:#fff}</style>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}"/>',
            f'<text x="{middle}" y="22" text-anchor="middle" style="font-size:14px">{escape(title)}</text>',
            *body,
            f'<text x="{middle}" y="{_HEIGHT - 16}" text-anchor="middle">recall</text>',
            f'<text transform="translate(16 {_HEIGHT / 2}) rotate(-90)" text-anchor="middle">precision</text>',
            "</svg>\n",
        ]
    )
