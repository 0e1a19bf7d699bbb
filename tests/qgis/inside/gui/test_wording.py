"""Numbers and times as people say them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from qgis.PyQt.QtCore import QLocale

from geoseg_qgis.gui.wording import say_area, say_bytes, say_count, say_duration


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1 s"),
        (59.6, "60 s"),
        (89.4, "89 s"),
        (90, "2 min"),
        (3540, "59 min"),
        (5400, "1 h 30 min"),
        (7200, "2 h"),
        (40000, "11 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert say_duration(seconds) == text


@pytest.mark.parametrize(
    ("area_km2", "text"),
    [(0.0, "0 m²"), (0.00361, "3,610 m²"), (0.414, "0.41 km²"), (12.4, "12 km²")],
)
def test_areas(area_km2: float, text: str) -> None:
    assert say_area(area_km2) == text


@pytest.mark.parametrize(("num_bytes", "text"), [(0, "1 MB"), (34e6, "34 MB"), (1.24e9, "1.2 GB")])
def test_sizes(num_bytes: float, text: str) -> None:
    assert say_bytes(num_bytes) == text


def test_counts_have_separators() -> None:
    assert say_count(1234567) == "1,234,567"
