from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image

from geoseg.scores import ReliabilityBin
from geoseg.views.comparison import Comparison, draw_comparison
from geoseg.views.evaluation_charts import (
    OperatingPoint,
    PrecisionRecall,
    SizeClass,
    draw_precision_recall,
    draw_size_histogram,
)
from geoseg.views.evaluation_report import (
    MOST_GROUPS,
    EvaluationReport,
    GroupRow,
    ScoreRow,
    render_evaluation_report,
    write_evaluation_report,
)
from geoseg.views.examples import MISSED_COLOUR, RIGHT_COLOUR, WRONG_COLOUR

VOID = {"meta", "br", "img", "link", "hr"}
CURVE = PrecisionRecall(
    np.array([0.25, 0.5, 0.5]),
    np.array([1.0, 1.0, 2 / 3]),
    [("best", OperatingPoint(0.8, 0.5, 1.0, 2 / 3))],
)
SIZES = [SizeClass("< 25 m²", 3, 1, 0), SizeClass("≥ 25", 0, 0, 2)]
COMPARISON = Comparison(
    "Best: <b>.png",
    "F1 1 & more",
    np.full((60, 80, 3), 120, np.uint8),
    np.array([shapely.box(5, 5, 25, 25), shapely.box(50, 5, 70, 25)]),
    np.array([True, False]),
    np.array([shapely.box(5, 5, 25, 25), shapely.box(30, 35, 50, 55)]),
    np.array([True, False]),
)
REPORT = EvaluationReport(
    title="a<script>.json & b",
    subtitle="10 predictions",
    scores=[ScoreRow("recall", "0.5000", "share that is found")],
    curve=CURVE,
    reliability=[ReliabilityBin(0.5, 0.6, 30, 0.55, 0.7, 0.5, 0.85)],
    calibration_error=0.15,
    sizes=SIZES,
    comparisons=[COMPARISON],
    groups=[GroupRow("split", "1.png", "17", "3, 4"), GroupRow("merge", "2.png", "5", "6, 7")],
    facts=[("predictions", "a<script>.json")],
)


class Checker(HTMLParser):
    """Notes what is opened and not closed, and all addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def check(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


def test_the_page_is_whole_and_needs_nothing_else() -> None:
    page = render_evaluation_report(REPORT)
    checker = check(page)
    assert page.startswith("<!DOCTYPE html>")
    assert all(address.startswith("data:image/") for address in checker.addresses)
    assert not re.search(r"https?://|url\(|@import|@font-face", page)
    assert not {"script", "link", "iframe", "object"} & set(checker.tags)
    assert 'name="viewport"' in page
    for title in ("Scores", "Precision and recall", "By size", "Splits and merges"):
        assert title in checker.text


def test_names_are_escaped() -> None:
    page = render_evaluation_report(REPORT)
    assert "<script" not in page
    assert "a<script>.json & b" in check(page).text
    assert "Best: <b>.png" in check(page).text


def test_pictures_can_be_opened() -> None:
    addresses = check(render_evaluation_report(REPORT)).addresses
    sizes = []
    for address in addresses:
        kind, content = re.fullmatch(r"data:image/(png|jpeg);base64,(.+)", address).groups()  # type: ignore[union-attr]
        with Image.open(io.BytesIO(base64.b64decode(content))) as image:
            image.load()
            assert image.format == kind.upper()
            sizes.append(image.size)
    # The reliability diagram, and both sides of the comparison.
    assert sizes[1:] == [(640, 480), (640, 480)]


def test_parts_without_values_are_left_out() -> None:
    bare = replace(REPORT, curve=None, reliability=[], sizes=[], comparisons=[], groups=[])
    checker = check(render_evaluation_report(bare))
    assert not {"svg", "img", "details"} & set(checker.tags)
    assert "By size" not in checker.text
    assert "split into several predictions: 0." in checker.text


def test_long_lists_of_groups_are_cut() -> None:
    groups = [GroupRow("split", "1.png", str(row), "3, 4") for row in range(MOST_GROUPS + 7)]
    checker = check(render_evaluation_report(replace(REPORT, groups=groups)))
    assert f"split into several predictions: {MOST_GROUPS + 7}." in checker.text
    assert f"The first {MOST_GROUPS} are listed" in checker.text
    assert str(MOST_GROUPS - 1) in checker.text
    assert str(MOST_GROUPS + 1) not in checker.text


def test_the_file_is_utf_8(tmp_path: Path) -> None:
    write_evaluation_report(tmp_path / "r.html", REPORT)
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert text == render_evaluation_report(REPORT)
    assert "m²" in text


def test_the_curve_goes_through_its_points() -> None:
    root = ElementTree.fromstring(draw_precision_recall(CURVE))
    line = root.find("polyline")
    assert line is not None
    points = [list(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
    dot = root.find("circle")
    assert dot is not None
    # Half-way along the axis of 454 px, and at its top.
    assert (float(dot.attrib["cx"]), float(dot.attrib["cy"])) == (52 + 227, 16)
    assert points[1] == [279, 16]
    assert points[2] == pytest.approx([279, 16 + 298 / 3], abs=0.1)
    assert "best: F1 0.667 at score 0.80" in "".join(root.itertext())


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    recalls = np.linspace(0.001, 0.9, 5000)
    root = ElementTree.fromstring(
        draw_precision_recall(PrecisionRecall(recalls, 1 - recalls / 2, []))
    )
    points = root.find("polyline").attrib["points"].split()  # type: ignore[union-attr]
    assert 500 < len(points) <= 800
    assert points[-1].startswith(f"{52 + 0.9 * 454:.1f},")


def test_bars_are_as_high_as_the_counts() -> None:
    root = ElementTree.fromstring(draw_size_histogram(SIZES))
    bars = root.findall("rect")
    # Two found, two missed, two false, and three for the legend, kind by kind.
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert len(heights) == 9
    found, missed, false = heights[0:2], heights[3:5], heights[6:8]
    assert found[0] == pytest.approx(3 * missed[0], abs=0.2)
    assert false[1] == pytest.approx(2 * missed[0], abs=0.2)
    assert found[1] == missed[1] == false[0] == 0
    assert draw_size_histogram([]).startswith("<svg")


def test_recall_of_a_class_without_buildings_is_unknown() -> None:
    assert [one.recall for one in SIZES] == [0.75, None]


def is_drawn(image: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.asarray((np.abs(image.astype(int) - colour) < 12).all(axis=-1))


def test_truth_and_prediction_are_drawn_where_they_are() -> None:
    truth, pred = draw_comparison(COMPARISON, 160)
    assert truth.shape == pred.shape == (120, 160, 3)
    for image, other in ((truth, MISSED_COLOUR), (pred, WRONG_COLOUR)):
        rows, columns = np.nonzero(is_drawn(image, RIGHT_COLOUR))
        assert (rows.min(), columns.min()) == pytest.approx((10, 10), abs=2)
        assert (rows.max(), columns.max()) == pytest.approx((50, 50), abs=2)
        assert is_drawn(image, other).any()
    assert not is_drawn(truth, WRONG_COLOUR).any()
    assert not is_drawn(pred, MISSED_COLOUR).any()
