"""A log-log plot as SVG: cost of one name against the size of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import cycle
from math import ceil, floor, log10

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 800, 420, 70, 20, 250, 50
_COLOURS = ("#0b6e4f", "#b8405e", "#2e5aac", "#8a6d1a", "#7a3fa0", "#c2571a", "#4a4a4a", "#1d7f9c")
_LABEL = 15  # height of a label


def log_log_plot(series: Mapping[str, Sequence[tuple[float, float]]], x_title: str, y_title: str) -> str:
    """`series` maps a label to points (x, y), all above 0."""
    points = [point for line in series.values() for point in line]
    x_low, x_high = (
        f(log10(value)) for f, value in ((floor, min(x for x, _ in points)), (ceil, max(x for x, _ in points)))
    )
    y_low, y_high = (
        f(log10(value)) for f, value in ((floor, min(y for _, y in points)), (ceil, max(y for _, y in points)))
    )

    def place(x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - x_low) / max(x_high - x_low, 1)
        up = (log10(y) - y_low) / max(y_high - y_low, 1)
        return (
            _LEFT + across * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"',
        ' font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for power in range(x_low, x_high + 1):
        x, bottom = place(10**power, 10**y_low)
        _, top = place(10**power, 10**y_high)
        parts.append(f'<path d="M{x:.1f} {bottom:.1f}V{top:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{10**power:,}</text>')
    for power in range(y_low, y_high + 1):
        left, y = place(10**x_low, 10.0**power)
        right, _ = place(10**x_high, 10.0**power)
        parts.append(f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="#ddd"/>')
        amount = f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
        parts.append(f'<text x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{amount}</text>')
    ends = {label: place(*line[-1]) for label, line in series.items()}
    heights = _apart({label: y for label, (_, y) in ends.items()})
    for (label, line), colour in zip(series.items(), cycle(_COLOURS), strict=False):
        placed = [place(x, y) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        x, y = ends[label][0] + 8, heights[label] + 4
        parts.append(f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{escape(label)}</text>')
    middle = _LEFT + (_WIDTH - _LEFT - _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_HEIGHT - 12}" text-anchor="middle">{x_title}</text>')
    parts.append(
        f'<text x="16" y="{_HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 {_HEIGHT / 2})">{y_title}</text>'
    )
    return "\n".join([*parts, "</svg>", ""])


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Heights of labels, from top to bottom, moved down as far as they would overlap."""
    out: dict[str, float] = {}
    least = 0.0
    for label, height in sorted(heights.items(), key=lambda item: item[1]):
        out[label] = max(height, least)
        least = out[label] + _LABEL
    return out
