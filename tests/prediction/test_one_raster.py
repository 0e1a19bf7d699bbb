from __future__ import annotations

from pathlib import Path

import pytest
from shapely import box

from geoseg.config import PredictConfig
from geoseg.crs import WGS84, transform_polygons
from geoseg.errors import RasterError
from geoseg.jobs import MemorySpool, ShardMemory
from geoseg.prediction import PredictionRequest, PredictionRun
from geoseg.runners.in_process import InProcessRunner
from geoseg.types import NoProgress
from tests.bright import (
    PLACE,
    assert_same_buildings,
    load_bright_detector,
    make_scene,
    place_roofs,
    write_raster,
)


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "town.tif", make_scene())


def scan(run: PredictionRun) -> MemorySpool:
    spool = MemorySpool(run.metric_crs)
    batches = run.scan(runner=InProcessRunner(), store=ShardMemory(), progress=NoProgress())
    for footprints in batches:
        spool.append(footprints)
    return spool


def test_a_raster_becomes_footprints_round_its_middle(raster: Path) -> None:
    with PredictionRun(PredictionRequest(str(raster), PredictConfig())) as run:
        (footprints,) = scan(run)
        found = transform_polygons(footprints.polygons, run.metric_crs, WGS84)
    assert_same_buildings(found, place_roofs())
    middle = box(*footprints.polygons[0].bounds).centroid
    assert max(abs(middle.x), abs(middle.y)) < 100


def test_what_was_looked_at_is_counted(raster: Path) -> None:
    with PredictionRun(PredictionRequest(str(raster), PredictConfig())) as run:
        with pytest.raises(RuntimeError, match="once it is scanned"):
            _ = run.summary
        scan(run)
        overview = run.read_overview(1600)
        assert overview is not None
        assert overview.image.shape == (330, 420, 3)
        origin = run.make_origin("2026-01-02T03:04:05+00:00")
    assert run.summary.area_km2 == pytest.approx(330 * 420 * 0.09 / 1e6, rel=0.01)
    assert run.summary.num_tiles >= 4
    assert run.summary.unread == ()
    assert origin.config["tiles.tile_size_px"] == 300
    assert origin.raster == "town.tif"


def test_what_decides_the_result_is_described(raster: Path) -> None:
    def describe(**options: object) -> dict[str, object]:
        with PredictionRun(PredictionRequest(str(raster), PredictConfig(), **options)) as run:  # type: ignore[arg-type]
            return run.describe()

    whole = describe()
    assert whole == describe()
    part = describe(bbox=tuple(place_roofs()[0].bounds))
    assert [name for name in whole if whole[name] != part[name]] == ["area"]


def test_ground_that_cannot_be_read_is_named_by_its_place(
    raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = PredictionRequest(str(raster), PredictConfig(), skips_unreadable=True)
    with PredictionRun(request) as run:
        read = run.source.read

        def read_upper(window):  # type: ignore[no-untyped-def]
            if window.row_off + window.height > run.source.shape_hw[0] - 5:
                raise RasterError("town.tif: the lower rows cannot be read.")
            return read(window)

        monkeypatch.setattr(run.source, "read", read_upper)
        scan(run)
        bounds = run.summary.unread
    assert len(bounds) >= 1
    lowest_m = PLACE.f - 330 * 0.3
    for west, south, east, north in bounds:
        assert south == pytest.approx(lowest_m, abs=0.3)
        assert north > south
        assert east > west
        assert PLACE.c - 1e-6 <= west < PLACE.c + 420 * 0.3
