"""Charts of an evaluation as SVG, to be put into a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.views.examples import MISSED_COLOUR, RIGHT_COLOUR, WRONG_COLOUR

_INK, _GREY, _GRID, _LINE = "#23262b", "#787d84", "#e2e5e9", "#1f6fb2"
_WIDTH, _HEIGHT = 520, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 16, 46
_PLOT_WIDTH, _PLOT_HEIGHT = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

# More points than this look the same.
_MOST_POINTS = 800


class OperatingPoint(NamedTuple):
    """A score to cut predictions at, and what it gives.

    Attributes:
        score: predictions that score at least this are kept.
        recall, precision, f1: of these.
    """

    score: float
    recall: float
    precision: float
    f1: float


class PrecisionRecall(NamedTuple):
    """Precision against recall, from the highest score to the lowest.

    Attributes:
        recalls: float64 (N,), ascending.
        precisions: float64 (N,).
        points: operating points with their names, e.g. the one of the best F1.
    """

    recalls: NDArray[np.float64]
    precisions: NDArray[np.float64]
    points: Sequence[tuple[str, OperatingPoint]]


class SizeClass(NamedTuple):
    """Buildings of about the same size.

    Attributes:
        label: the sizes, with their unit.
        num_found, num_missed: true buildings.
        num_false: predictions that match none.
    """

    label: str
    num_found: int
    num_missed: int
    num_false: int

    @property
    def recall(self) -> float | None:
        """Share of the true buildings that are found; None without any."""
        num_true = self.num_found + self.num_missed
        return self.num_found / num_true if num_true else None


def draw_precision_recall(curve: PrecisionRecall) -> str:
    """The curve and its operating points as an SVG element."""
    chosen = np.unique(
        np.linspace(0, max(len(curve.recalls) - 1, 0), _MOST_POINTS).round().astype(int)
    )[: len(curve.recalls)]
    path = " ".join(
        f"{_x(recall):.1f},{_y(precision):.1f}"
        for recall, precision in zip(
            curve.recalls[chosen].tolist(), curve.precisions[chosen].tolist(), strict=True
        )
    )
    parts = [*_draw_unit_axes("recall", "precision")]
    parts.append(f'<polyline points="{path}" fill="none" stroke="{_LINE}" stroke-width="2"/>')
    for name, point in curve.points:
        x, y = _x(point.recall), _y(point.precision)
        label = f"{name}: F1 {point.f1:.3f} at score {point.score:.2f}"
        # The curve falls to the right: there is room above right of it, and below left.
        is_left = point.recall < 0.45
        place = (x + 9, y - 9, "start") if is_left else (x - 9, y + 18, "end")
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{_rgb(WRONG_COLOUR)}"/>')
        parts.append(_text(place[0], place[1], label, place[2], _INK))
    return _wrap(parts, "Precision against recall")


def draw_size_histogram(sizes: Sequence[SizeClass]) -> str:
    """Found, missed and false buildings of each size side by side, as an SVG element."""
    kinds = (
        ("found", RIGHT_COLOUR, [one.num_found for one in sizes]),
        ("missed", MISSED_COLOUR, [one.num_missed for one in sizes]),
        ("false", WRONG_COLOUR, [one.num_false for one in sizes]),
    )
    most = max((count for _, _, counts in kinds for count in counts), default=0) or 1
    room = _PLOT_WIDTH / max(len(sizes), 1)
    parts = [_rule(_LEFT, _y(0), _WIDTH - _RIGHT, _y(0), _INK)]
    for kind, (name, colour, counts) in enumerate(kinds):
        for index, count in enumerate(counts):
            x = _LEFT + room * (index + 0.1 + 0.27 * kind)
            # Room above for the count.
            height = 0.92 * _PLOT_HEIGHT * count / most
            parts.append(
                f'<rect x="{x:.1f}" y="{_y(0) - height:.1f}" width="{room * 0.25:.1f}" '
                f'height="{height:.1f}" fill="{_rgb(colour)}" stroke="{_INK}" stroke-width=".5"/>'
            )
            if count:
                middle = x + room * 0.125
                parts.append(_text(middle, _y(0) - height - 3, f"{count:,}", "middle", _INK, 10))
        parts.append(
            f'<rect x="{_WIDTH - 90}" y="{_TOP + 18 * kind}" width="12" height="12" '
            f'fill="{_rgb(colour)}" stroke="{_INK}" stroke-width=".5"/>'
        )
        parts.append(_text(_WIDTH - 72, _TOP + 18 * kind + 10, name, "start", _INK))
    for index, one in enumerate(sizes):
        parts.append(
            _text(_LEFT + room * (index + 0.5), _y(0) + 16, one.label, "middle", _GREY, 11)
        )
    return _wrap(parts, "Found, missed and false buildings by size")


def _draw_unit_axes(x_name: str, y_name: str) -> list[str]:
    parts = []
    for tick in range(6):
        at = tick / 5
        parts.append(_rule(_LEFT, _y(at), _WIDTH - _RIGHT, _y(at), _GRID))
        parts.append(_rule(_x(at), _TOP, _x(at), _y(0), _GRID))
        parts.append(_text(_LEFT - 6, _y(at) + 4, f"{at:.1f}", "end", _GREY))
        parts.append(_text(_x(at), _y(0) + 16, f"{at:.1f}", "middle", _GREY))
    parts.append(_text(_x(0.5), _HEIGHT - 8, x_name, "middle", _INK))
    parts.append(
        f'<g transform="translate(14 {_y(0.5):.1f}) rotate(-90)">'
        f"{_text(0, 0, y_name, 'middle', _INK)}</g>"
    )
    return parts


def _x(share: float) -> float:
    return _LEFT + share * _PLOT_WIDTH


def _y(share: float) -> float:
    return _TOP + (1 - share) * _PLOT_HEIGHT


def _rgb(colour: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in colour)


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str, size_px: int = 13) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'font-size="{size_px}">{escape(text)}</text>'
    )


def _wrap(parts: Sequence[str], title: str) -> str:
    inside = "\n".join(parts)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">\n'
        f"{inside}\n</svg>"
    )
