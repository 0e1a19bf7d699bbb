"""An evaluation as one HTML page that needs nothing else: no network, no other files."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.scores import ReliabilityBin
from geoseg.views.comparison import Comparison, draw_comparison
from geoseg.views.evaluation_charts import (
    PrecisionRecall,
    SizeClass,
    draw_precision_recall,
    draw_size_histogram,
)
from geoseg.views.examples import LEGEND
from geoseg.views.reliability import ReliabilityPanel, draw_reliability

MOST_GROUPS = 200
"""Splits and merges that are listed; there may be thousands."""

_PICTURE_PX = 640

_STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; color: #23262b; background: #fff;
  max-width: 62rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0 .8rem; } .note { color: #5c6168; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0;
  border-bottom: 1px solid #e2e5e9; } .number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.side { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
figure { margin: 0; } figcaption { color: #5c6168; font-size: .9rem; }
img, svg { width: 100%; height: auto; display: block; } figure img { border: 1px solid #d5d9de; }
.chart { max-width: 36rem; }
.key { display: inline-block; width: 1.2rem; height: .8rem; border: 1px solid #23262b;
  margin-right: .35rem; } .key-item { margin-right: 1.2rem; white-space: nowrap; }
""".strip()


class ScoreRow(NamedTuple):
    """One score.

    Attributes:
        name: e.g. "recall".
        value: as it is to be written.
        meaning: one sentence; may be empty.
    """

    name: str
    value: str
    meaning: str


class GroupRow(NamedTuple):
    """A building that is split, or a prediction that merges buildings.

    Attributes:
        kind: "split" or "merge".
        place: image or coordinates.
        whole: the one.
        parts: the several.
    """

    kind: str
    place: str
    whole: str
    parts: str


@dataclass(frozen=True)
class EvaluationReport:
    """What the page shows; parts that are None or empty are left out.

    Attributes:
        title: on top.
        subtitle: one line below.
        scores: one row each.
        curve: precision against recall; None without scores of the predictions.
        reliability: share that is right by score, from low to high.
        calibration_error: of the same.
        sizes: classes from small to large.
        comparisons: places to look at.
        groups: splits and merges.
        facts: what was compared, by name.
    """

    title: str
    subtitle: str
    scores: Sequence[ScoreRow]
    curve: PrecisionRecall | None
    reliability: Sequence[ReliabilityBin]
    calibration_error: float
    sizes: Sequence[SizeClass]
    comparisons: Sequence[Comparison]
    groups: Sequence[GroupRow]
    facts: Sequence[tuple[str, str]]


def write_evaluation_report(path: Path, report: EvaluationReport) -> None:
    """Write the page.

    Args:
        path: an .html; one that is there is replaced.
        report: what it shows.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(render_evaluation_report(report), encoding="utf-8")


def render_evaluation_report(report: EvaluationReport) -> str:
    """The page as text, HTML 5."""
    sections = [
        _section("Scores", _render_scores(report.scores)),
        _section("Precision and recall", _render_curve(report.curve)),
        _section("What scores mean", _render_reliability(report)),
        _section("By size", _render_sizes(report.sizes)),
        _section("Best, median and worst", _render_comparisons(report.comparisons)),
        _section("Splits and merges", _render_groups(report.groups)),
        _section("What was compared", _render_facts(report.facts)),
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(report.title)}</title>",
            f"<style>\n{_STYLE}\n</style>",
            "</head>",
            "<body>",
            f"<h1>{escape(report.title)}</h1>",
            f"<p>{escape(report.subtitle)}</p>",
            *sections,
            "</body>",
            "</html>",
            "",
        ]
    )


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{content}\n</section>" if content else ""


def _render_scores(scores: Sequence[ScoreRow]) -> str:
    rows = [
        f'<tr><th scope="row">{escape(one.name)}</th><td class="number">{escape(one.value)}</td>'
        f'<td class="note">{escape(one.meaning)}</td></tr>'
        for one in scores
    ]
    return _table(rows)


def _render_curve(curve: PrecisionRecall | None) -> str:
    if curve is None or len(curve.recalls) == 0:
        return ""
    return f'<div class="chart">\n{draw_precision_recall(curve)}\n</div>'


def _render_reliability(report: EvaluationReport) -> str:
    if not report.reliability:
        return ""
    picture = io.BytesIO()
    title = f"calibration error {report.calibration_error:.3f}"
    draw_reliability(picture, [ReliabilityPanel(title, report.reliability)])
    note = "On the diagonal a score of 0.8 is right in 80 of 100 cases. Bars have 95 % intervals."
    return (
        f'<p class="note">{note}</p>\n<div class="chart">'
        f'<img alt="{escape(title)}" src="{_data_uri("png", picture.getvalue())}"></div>'
    )


def _render_sizes(sizes: Sequence[SizeClass]) -> str:
    if not sizes:
        return ""
    head = "".join(
        f'<th scope="col" class="number">{name}</th>'
        for name in ("size", "found", "missed", "recall", "false")
    )
    rows = [f"<tr>{head}</tr>"]
    for one in sizes:
        recall = "–" if one.recall is None else f"{one.recall:.3f}"
        cells = (f"{one.num_found:,}", f"{one.num_missed:,}", recall, f"{one.num_false:,}")
        inside = "".join(f'<td class="number">{cell}</td>' for cell in cells)
        rows.append(f'<tr><th scope="row" class="number">{escape(one.label)}</th>{inside}</tr>')
    return f'<div class="chart">\n{draw_size_histogram(sizes)}\n{_table(rows)}\n</div>'


def _render_comparisons(comparisons: Sequence[Comparison]) -> str:
    if not comparisons:
        return ""
    keys = "".join(
        f'<span class="key-item"><span class="key" style="background:rgb{colour}"></span>'
        f"{escape(text)}</span>"
        for text, colour in LEGEND
    )
    parts = [f"<p>{keys}</p>"]
    for one in comparisons:
        pictures = zip(
            draw_comparison(one, _PICTURE_PX), ("what is labelled", "what was found"), strict=True
        )
        figures = "\n".join(
            f'<figure><img alt="{escape(one.heading)}, {text}" src="{_encode(picture)}">'
            f"<figcaption>{text}</figcaption></figure>"
            for picture, text in pictures
        )
        parts.append(
            f'<h3>{escape(one.heading)}</h3>\n<p class="note">{escape(one.caption)}</p>\n'
            f'<div class="side">\n{figures}\n</div>'
        )
    return "\n".join(parts)


def _render_groups(groups: Sequence[GroupRow]) -> str:
    num_splits = sum(one.kind == "split" for one in groups)
    text = (
        f"True buildings that are split into several predictions: {num_splits:,}. "
        f"Predictions that merge several true buildings: {len(groups) - num_splits:,}."
    )
    if len(groups) > MOST_GROUPS:
        text += f" The first {MOST_GROUPS} are listed."
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("what", "where", "building", "lies over")
    )
    rows = [
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in one) + "</tr>"
        for one in groups[:MOST_GROUPS]
    ]
    if not rows:
        return f"<p>{text}</p>"
    table = _table([f"<tr>{head}</tr>", *rows])
    return f"<p>{text}</p>\n<details>\n<summary>List</summary>\n{table}\n</details>"


def _render_facts(facts: Sequence[tuple[str, str]]) -> str:
    return _table(
        [
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
            for name, value in facts
        ]
    )


def _table(rows: Sequence[str]) -> str:
    inside = "\n".join(rows)
    return f"<table>\n<tbody>\n{inside}\n</tbody>\n</table>" if rows else ""


def _encode(picture: NDArray[np.uint8]) -> str:
    """A picture as an address that holds it: PNG where it has few colours, else JPEG."""
    from PIL import Image

    file = io.BytesIO()
    is_drawing = bool((picture == 255).mean() > 0.5)
    image = Image.fromarray(picture)
    if is_drawing:
        image.save(file, format="PNG", optimize=True)
    else:
        image.save(file, format="JPEG", quality=85)
    return _data_uri("png" if is_drawing else "jpeg", file.getvalue())


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
