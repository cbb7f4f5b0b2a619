"""The precision-recall curve and the calibration as SVG pictures, drawn by hand: no plotting library is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from scripts.evaluation.figures import Bin, Point

_WIDTH, _HEIGHT = 640, 440
_LEFT, _TOP, _RIGHT, _BOTTOM = 70, 40, 20, 60
_COLOURS = ("#0b6e99", "#b5432a")
_LOWEST_PRECISION = 0.8
"""The picture begins here: no threshold worth choosing lies below."""
_LOWEST_SCORE = 0.4
"""No hit scores less."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where a picture's axes begin (both end at 1), what they are called, and into how many steps they fall."""

    title: str
    across: str
    up: str
    from_x: float
    from_y: float
    steps: int

    def x(self, value: float) -> float:
        return _LEFT + (value - self.from_x) / (1 - self.from_x) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (max(value, self.from_y) - self.from_y) / (1 - self.from_y)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> list[str]:
        out = []
        for step in range(self.steps + 1):
            across, up = (least + step * (1 - least) / self.steps for least in (self.from_x, self.from_y))
            x, y = self.x(across), self.y(up)
            out.append(
                f'<path class="grid" d="M{x:.1f} {self.y(1)}V{self.y(0)}M{self.x(self.from_x)} {y:.1f}H{self.x(1)}"/>'
            )
            out.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{across:.2f}</text>')
            out.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{up:.2f}</text>')
        return out

    def key(self, name: str, colour: str, number: int) -> list[str]:
        x, y = _WIDTH - _RIGHT - 150, self.y(self.from_y) - 16 - 18 * number
        return [
            f'<path d="M{x} {y}h24" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{x + 30}" y="{y + 4}">{escape(name)}</text>',
        ]

    def document(self, body: Sequence[str]) -> str:
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        style = "text{font:12px sans-serif;fill:#222}.grid{stroke:#ddd}rect{fill:#fff}"
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
                f"<title>{escape(self.title)}</title>",
                f"<style>{style}</style>",
                f'<rect width="{_WIDTH}" height="{_HEIGHT}"/>',
                f'<text x="{middle}" y="22" text-anchor="middle" style="font-size:14px">{escape(self.title)}</text>',
                *self.grid(),
                *body,
                f'<text x="{middle}" y="{_HEIGHT - 16}" text-anchor="middle">{escape(self.across)}</text>',
                f'<text transform="translate(16 {_HEIGHT / 2 - 10}) rotate(-90)" text-anchor="middle">'
                f"{escape(self.up)}</text>",
                "</svg>\n",
            ]
        )


def draw_curve(lines: Mapping[str, Sequence[Point]]) -> str:
    """Precision against recall, one line per entry; each point carries its threshold as a tooltip."""
    plot = _Plot("Precision and recall by threshold", "recall", "precision", 0.0, _LOWEST_PRECISION, 10)
    body = []
    for number, ((name, points), colour) in enumerate(zip(lines.items(), _COLOURS, strict=False)):
        path = "L".join(f"{plot.x(point.recall):.1f} {plot.y(point.precision):.1f}" for point in points)
        body += plot.key(name, colour, number)
        if points:
            body.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in points:
            title = f"{name}: from {point.threshold:.2f}, recall {point.recall:.3f}, precision {point.precision:.3f}"
            body.append(_dot(plot.x(point.recall), plot.y(point.precision), colour, title))
    return plot.document(body)


def draw_calibration(lines: Mapping[str, Sequence[Bin]]) -> str:
    """How many hits are right against their score, one line per entry, with 95 % intervals; the diagonal is the aim."""
    plot = _Plot(
        "How often a score is right", "score", "share of the hits that are right", _LOWEST_SCORE, _LOWEST_SCORE, 6
    )
    ends = [(plot.x(value), plot.y(value)) for value in (_LOWEST_SCORE, 1.0)]
    body = ['<path d="M{0[0]} {0[1]}L{1[0]} {1[1]}" stroke="#777" stroke-dasharray="5 4"/>'.format(*ends)]
    for number, ((name, bins), colour) in enumerate(zip(lines.items(), _COLOURS, strict=False)):
        path = "L".join(f"{plot.x(item.score):.1f} {plot.y(item.rate.share):.1f}" for item in bins)
        body += plot.key(name, colour, number)
        if bins:
            body.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for item in bins:
            x, (low, high) = plot.x(item.score), item.rate.interval
            title = f"{name}: {item.low:.2f} to {item.high:.2f}, {item.rate.part} of {item.rate.whole} right"
            body.append(f'<path d="M{x:.1f} {plot.y(low):.1f}V{plot.y(high):.1f}" stroke="{colour}"/>')
            body.append(_dot(x, plot.y(item.rate.share), colour, title))
    return plot.document(body)


def _dot(x: float, y: float, colour: str, title: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"><title>{escape(title)}</title></circle>'
