from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg_qgis.engine.events import (
    ErrorGiven,
    Event,
    FootprintsFound,
    FoundFootprint,
    ResultGiven,
    Resumed,
    StageFinished,
    StageProgress,
    StageStarted,
    WarningGiven,
    parse_event,
)

PROGRESS = {
    "v": 1, "event": "progress", "stage": "tiles", "done": 64, "total": 420, "per_s": 12.8,
    "eta_s": 27.8, "found": 311,
}  # fmt: skip
FOOTPRINT = {"id": 7, "wkb": "0102ff", "score": 0.91, "area_m2": 84.2}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"event": "start", "stage": "tiles", "total": 420}, StageStarted("tiles", 420)),
        (PROGRESS, StageProgress("tiles", 64, 420, 27.8, 311)),
        ({**PROGRESS, "eta_s": None}, StageProgress("tiles", 64, 420, None, 311)),
        (
            {"event": "finish", "stage": "t", "done": 3, "total": 4, "found": 5, "elapsed_s": 6.5},
            StageFinished("t", 3, 4, 5, 6.5),
        ),
        ({"event": "resume", "stage": "tiles", "done": 3, "total": 4}, Resumed("tiles", 3, 4)),
        ({"event": "warning", "message": "dark"}, WarningGiven("dark")),
        ({"event": "error", "message": "no"}, ErrorGiven("no")),
        ({"event": "result", "buildings": 0}, ResultGiven({"buildings": 0})),
        (
            {"event": "footprints", "crs": "EPSG:3857", "footprints": [FOOTPRINT]},
            FootprintsFound("EPSG:3857", (FoundFootprint(7, b"\x01\x02\xff", 0.91, 84.2),)),
        ),
        ({"event": "footprints", "crs": "EPSG:3857", "footprints": []},
         FootprintsFound("EPSG:3857", ())),
    ],
)  # fmt: skip
def test_events_of_the_protocol_are_read(values: dict[str, Any], expected: Event) -> None:
    assert parse_event(json.dumps({"v": 1, **values})) == expected


def test_keys_that_are_not_known_are_passed_over() -> None:
    line = json.dumps({"v": 1, "event": "start", "stage": "a", "total": 1, "colour": "red"})
    assert parse_event(line) == StageStarted("a", 1)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Reading the raster",
        "{",
        "{}",
        "[1, 2]",
        '{"v": 2, "event": "start", "stage": "tiles", "total": 420}',
        '{"event": "start", "stage": "tiles", "total": 420}',
        '{"v": 1, "event": "confetti"}',
        '{"v": 1, "event": ["start"]}',
        '{"v": 1, "event": "start", "stage": "tiles"}',
        '{"v": 1, "event": "start", "stage": "tiles", "total": "many"}',
        '{"v": 1, "event": "start", "stage": "tiles", "total": Infinity}',
        '{"v": 1, "event": "start", "stage": "tiles", "total": NaN}',
        '{"v": 1, "event": "footprints", "crs": "EPSG:3857", "footprints": 7}',
        '{"v": 1, "event": "footprints", "crs": "EPSG:3857", "footprints": [{"id": 1}]}',
        '{"v": 1, "event": "footprints", "crs": "x", "footprints": '
        '[{"id": 1, "wkb": "0x", "score": 1, "area_m2": 1}]}',
        '{"v": 1, "event": "footprints", "crs": "x", "footprints": '
        '[{"id": 1, "wkb": 7, "score": 1, "area_m2": 1}]}',
        '{"v": 1, "event": "start", "stage": "tiles", "total": 4',
        '{"a":' * 100_000,
        '{"v": ' + "1" * 10_000 + "}",
    ],
)
def test_what_is_no_event_is_none(line: str) -> None:
    assert parse_event(line) is None


@given(st.text())
def test_no_text_makes_the_reader_fail(text: str) -> None:
    parse_event(text)
    parse_event("{" + text)


@given(
    st.dictionaries(
        st.sampled_from(["v", "event", "stage", "done", "total", "crs", "footprints", "message"]),
        st.one_of(
            st.just(1),
            st.sampled_from(["start", "progress", "footprints", "result"]),
            st.floats(),
            st.none(),
            st.lists(st.dictionaries(st.sampled_from(["id", "wkb"]), st.text())),
        ),
    )
)
def test_no_values_make_the_reader_fail(values: dict[str, Any]) -> None:
    parse_event(json.dumps({**values, "v": 1}))
