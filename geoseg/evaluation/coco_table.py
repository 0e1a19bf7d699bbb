"""Scores of COCO results as text, side by side where there are several."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from geoseg.evaluation.bootstrap import Interval, ScoreDifference, ScoreIntervals
from geoseg.evaluation.coco import CocoScores
from geoseg.evaluation.coco_rows import Value, list_official_rows, list_rows
from geoseg.evaluation.report import list_outlines


class ScoredColumn(NamedTuple):
    """One column of a table.

    Attributes:
        title: above it.
        scores: what stands in it.
        intervals: of the challenge's two figures, None where they were not asked for.
    """

    title: str
    scores: CocoScores
    intervals: ScoreIntervals | None = None


def format_columns(columns: Sequence[ScoredColumn]) -> str:
    """A table with a column for each set of scores, and intervals beside them.

    Args:
        columns: at least one.
    """
    has_intervals = any(column.intervals is not None for column in columns)
    titles = [[column.title, *(["95 % interval"] * has_intervals)] for column in columns]
    cells = [["", *itertools.chain.from_iterable(titles)]]
    for name, values in _tabulate([column.scores for column in columns]):
        row = [name]
        for column, value in zip(columns, values, strict=True):
            row.append(_format(value))
            if has_intervals:
                interval = _interval_of(name, column.intervals)
                row.append(f"{interval.low:.4f} to {interval.high:.4f}" if interval else "")
        cells.append(row)
    return _align(cells)


def format_difference(
    heading: str, one: ScoredColumn, two: ScoredColumn, difference: ScoreDifference
) -> str:
    """A table of two predictions files and of how they differ.

    Args:
        heading: above the names of the rows.
        one: the first.
        two: the second.
        difference: the first less the second.
    """
    cells = [[heading, one.title, two.title, "difference", "95 % interval", "first is better in"]]
    known = {
        "AP@0.5": (difference.ap50_interval, difference.ap50_share_better),
        "AR@0.5": (difference.ar50_interval, difference.ar50_share_better),
    }
    for name, (value, other) in _tabulate([one.scores, two.scores]):
        row = [name, _format(value), _format(other), "", "", ""]
        if isinstance(value, float) and isinstance(other, float):
            row[3] = f"{value - other:+.4f}"
        if name in known:
            interval, share = known[name]
            row[4:] = [f"{interval.low:+.4f} to {interval.high:+.4f}", f"{100 * share:.1f} %"]
        cells.append(row)
    return _align(cells)


def _tabulate(columns: Sequence[CocoScores]) -> list[tuple[str, list[Value]]]:
    """Names of rows, and their values in each column."""
    plain = [list_rows(scores) for scores in columns]
    rows = [
        (pairs[0][0].split(" at ")[0] if "best F1" in pairs[0][0] else pairs[0][0], pairs)
        for pairs in zip(*plain, strict=True)
    ]
    table = [(name, [value for _, value in pairs]) for name, pairs in rows]
    official = [dict(list_official_rows(scores)) for scores in columns]
    for name, values in list(table):
        if any(name in one for one in official):
            its = [one.get(name, own) for one, own in zip(official, values, strict=True)]
            table.append((f"official {name}", its))
    outlines = [dict(list_outlines(scores.polygons)) for scores in columns]
    names = dict.fromkeys(itertools.chain.from_iterable(outlines))
    return table + [(name, [one.get(name) for one in outlines]) for name in names]


def _interval_of(name: str, intervals: ScoreIntervals | None) -> Interval | None:
    if intervals is None:
        return None
    return {"AP@0.5": intervals.ap50, "AR@0.5": intervals.ar50}.get(name)


def _format(value: Value) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else f"{value:d}"


def _align(cells: Sequence[Sequence[str]]) -> str:
    """Columns of equal width: names to the left, values to the right."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
