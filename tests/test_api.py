from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pyproj import CRS

import geoseg
from geoseg.config import FootprintConfig, MaskRCNNConfig, PredictConfig, TileConfig
from geoseg.errors import AoiError, ConfigError, RasterError
from geoseg.maskrcnn.weights_file import write_weights
from tests.bright import (
    ROOFS_PX,
    BrightDetector,
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


def test_predict_gives_a_table_in_the_crs_of_the_raster(raster: Path) -> None:
    table = geoseg.predict(raster)
    assert table.crs == CRS.from_epsg(32636)
    assert list(table.columns) == ["id", "score", "area_m2", "geometry"]
    assert table["id"].tolist() == [1, 2, 3, 4, 5]
    assert table["score"].tolist() == pytest.approx([0.9] * 5)
    assert table["area_m2"].tolist() == pytest.approx(table.area / 0.9996**2, rel=1e-3)
    assert_same_buildings(table.to_crs("OGC:CRS84").geometry, place_roofs())


def test_the_table_says_where_it_comes_from_and_can_be_saved(raster: Path, tmp_path: Path) -> None:
    table = geoseg.predict(raster)
    origin = json.loads(json.dumps(table.attrs["origin"]))
    assert origin["raster"] == "town.tif"
    assert origin["geoseg_version"] == geoseg.__version__
    assert len(origin["weights_sha256"]) == 64
    table.to_parquet(tmp_path / "town.parquet")
    table.to_file(tmp_path / "town.gpkg")


def test_a_raster_without_buildings_gives_an_empty_table(tmp_path: Path) -> None:
    table = geoseg.predict(write_raster(tmp_path / "a.tif", make_scene(roofs_px=[(0, 0, 0, 0)])))
    assert len(table) == 0
    assert table.crs == CRS.from_epsg(32636)
    assert list(table.columns) == ["id", "score", "area_m2", "geometry"]


def test_the_config_is_used(raster: Path) -> None:
    config = PredictConfig(footprints=FootprintConfig(min_area_m2=300))
    assert len(geoseg.predict(raster, config=config)) == 3


def test_an_area_is_used(raster: Path) -> None:
    west, south, east, north = place_roofs()[0].bounds
    assert len(geoseg.predict(raster, bbox=(west, south, east, north))) == 1
    with pytest.raises(AoiError, match="got both"):
        geoseg.predict(raster, bbox=(west, south, east, north), aoi="area.geojson")


def test_an_absent_raster_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RasterError, match=r"gone\.tif: no such file"):
        geoseg.predict(tmp_path / "gone.tif")


@pytest.fixture
def small_weights(tmp_path: Path) -> Path:
    """A weights file of a model that takes tiles of 256 px."""
    write_weights(tmp_path / "small.npz", {}, MaskRCNNConfig(tile_size_px=256, gsd_m=0.3))
    return tmp_path / "small.npz"


def test_the_size_of_the_tiles_is_that_of_the_model(
    raster: Path, small_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = BrightDetector()
    detector.tile_size_px = 256
    monkeypatch.setattr("geoseg.detections.detector.load_detector", lambda *_, **__: detector)
    table = geoseg.predict(raster, weights=small_weights)
    assert_same_buildings(table.to_crs("OGC:CRS84").geometry, place_roofs())
    assert table.attrs["origin"]["config"]["tiles.tile_size_px"] == 256
    assert table.attrs["origin"]["model"] == "small.npz"
    with pytest.raises(ConfigError, match="below tile_size_px; got 270 and 256"):
        geoseg.predict(
            raster, weights=small_weights, config=PredictConfig(tiles=TileConfig(overlap_px=270))
        )


def test_a_prediction_equal_to_the_truth_scores_one(raster: Path, tmp_path: Path) -> None:
    table = geoseg.predict(raster)
    table.to_file(tmp_path / "found.gpkg")
    table.to_crs("EPSG:3857").to_file(tmp_path / "truth.gpkg")
    scores = geoseg.evaluate(tmp_path / "found.gpkg", tmp_path / "truth.gpkg")
    assert (scores.f1, scores.num_truth) == (1.0, len(ROOFS_PX))


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    one, other = (geoseg.make_sample(3, size_px=64) for _ in range(2))
    assert np.array_equal(one.image, other.image)
    assert one.image.shape == (64, 64, 3)
