"""Counting what is wrong."""

from __future__ import annotations

import logging

import pytest

from geoseg.datasets.faults import NUM_NAMED, Faults
from geoseg.errors import DatasetError


def test_the_first_are_named_and_all_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults("set")
    faults.add_many("has no area", 3, lambda number: f"a{number}")
    faults.add_many("is missing", 0, lambda number: f"b{number}")
    faults.add_many("is missing", 1000, lambda number: f"c{number}")
    assert faults.named == ["a0 has no area", "a1 has no area", "a2 has no area"] + [
        "c0 is missing", "c1 is missing"
    ]  # fmt: skip
    assert faults.total == 1003
    with caplog.at_level(logging.WARNING):
        faults.report()
    assert len(caplog.records) == NUM_NAMED + 1
    assert caplog.records[-1].getMessage() == (
        "set: left out in all: 1,003 (1,000 is missing, 3 has no area)"
    )


def test_nothing_wrong_is_not_reported(caplog: pytest.LogCaptureFixture) -> None:
    Faults("set").report()
    assert caplog.records == []


def test_the_first_is_fatal_where_faults_are() -> None:
    faults = Faults("set", is_strict=True)
    faults.add_many("is missing", 0, str)
    with pytest.raises(DatasetError, match=r"^set: image 0 is missing\.$"):
        faults.add_many("is missing", 7, lambda number: f"image {number}")
    with pytest.raises(DatasetError, match=r"^set: a has no area\.$"):
        faults.add("a", "has no area")


def test_late_faults_are_logged_less_and_less(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults("set")
    with caplog.at_level(logging.WARNING):
        for number in range(250):
            faults.add_late(DatasetError(f"{number}.png must be an image."), "cannot be read")
    messages = [one.getMessage() for one in caplog.records]
    assert messages[0] == "set: left out: 0.png must be an image."
    assert messages[NUM_NAMED:] == [
        "set: left out so far: 10 (10 cannot be read)",
        "set: left out so far: 100 (100 cannot be read)",
    ]
    with pytest.raises(DatasetError, match=r"^a\.png must be an image\.$"):
        Faults("set", is_strict=True).add_late(DatasetError("a.png must be an image."), "broken")
