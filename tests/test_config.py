from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg import config
from geoseg.errors import ConfigError

ALL_CONFIGS = [
    value
    for value in vars(config).values()
    if isinstance(value, type) and dataclasses.is_dataclass(value)
]
# A config whose values are all needed cannot be made from nothing.
NEEDED: dict[str, dict[str, Any]] = {"DatasetConfig": {"path": "images"}}


@pytest.mark.parametrize("cls", ALL_CONFIGS)
def test_the_defaults_of_every_config_survive_toml(cls: type[Any], tmp_path: Path) -> None:
    made = cls(**NEEDED.get(cls.__name__, {}))
    path = tmp_path / "config.toml"
    path.write_text(config.dump_toml(made), encoding="utf-8")
    assert config.load_toml(cls, path) == made


@pytest.mark.parametrize("cls", ALL_CONFIGS)
def test_every_config_is_frozen_and_describes_its_fields(cls: type[Any]) -> None:
    assert cls.__dataclass_params__.frozen
    described = (cls.__doc__ or "").replace(",", " ").replace(":", " ").split()
    plain = [item.name for item in dataclasses.fields(cls) if "Config" not in str(item.type)]
    assert [name for name in plain if name not in described] == []


def test_a_value_written_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "predict.toml"
    path.write_text(
        '[raster]\nbands = [4, 3, 2]\nscale = [0, 3000]\ncrs = "EPSG:32645"\n'
        "[tiles]\noverlap_px = 32\n[footprints]\ntolerance_m = 1\n",
        encoding="utf-8",
    )
    read = config.load_toml(config.PredictConfig, path)
    assert read.raster == config.RasterConfig(
        bands=(4, 3, 2), scale=(0.0, 3000.0), crs="EPSG:32645"
    )
    assert read.tiles.stride_px == 300 - 32
    assert read.footprints.tolerance_m == 1.0
    assert isinstance(read.footprints.tolerance_m, float)
    assert read.detect == config.DetectConfig()


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.touch()
    assert config.load_toml(config.PredictConfig, path) == config.PredictConfig()


def test_datasets_of_a_training_survive_toml(tmp_path: Path) -> None:
    train = config.TrainConfig(
        datasets=(
            config.DatasetConfig(path="a", weight=2.0),
            config.DatasetConfig(path="b", gsd_range_m=(0.2, 0.3)),
        )
    )
    path = tmp_path / "train.toml"
    path.write_text(config.dump_toml(train), encoding="utf-8")
    assert config.load_toml(config.TrainConfig, path) == train


@pytest.mark.parametrize(
    ("cls", "values", "message"),
    [
        (config.RasterConfig, {"gsd_m": 0}, "gsd_m must be above 0"),
        (config.RasterConfig, {"gsd_m": float("nan")}, "gsd_m must be above 0"),
        (config.RasterConfig, {"bands": [1, 2]}, "bands must be one or three"),
        (config.RasterConfig, {"bands": [0]}, "bands are counted from 1"),
        (config.RasterConfig, {"scale": [5, 5]}, "LO < HI"),
        (config.RasterConfig, {"scale": [1, 2, 3]}, "scale must have 2 values"),
        (config.RasterConfig, {"crs": 4326}, "crs must be a str; got 4326"),
        (config.TileConfig, {"overlap_px": 300}, "below tile_size_px; got 300 and 300"),
        (config.TileConfig, {"overlap_px": -1}, "at least 0"),
        (config.TileConfig, {"overlap_px": 1.5}, "overlap_px must be a int; got 1.5"),
        (config.TileConfig, {"overlap_px": True}, "overlap_px must be a int; got True"),
        (config.TileConfig, {"tile_size_px": 16}, "at least 32; got 16"),
        (config.DetectConfig, {"score": 1.1}, "score must be in 0..1; got 1.1"),
        (config.DetectConfig, {"batch_size": 0}, "batch_size must be at least 1"),
        (config.DetectConfig, {"views": 3}, "views must be 1, 2, 4 or 8; got 3"),
        (config.MaskRCNNConfig, {"calibration": [1, 1]}, "calibration must have 3 values"),
        (config.MaskRCNNConfig, {"calibration": [-1, 1, 0]}, "A and B at least 0"),
        (config.MaskRCNNConfig, {"calibration": [0, 0, 1]}, "not both 0"),
        (config.MaskRCNNConfig, {"calibration": [1, 1, float("nan")]}, "must be finite"),
        (config.MaskRCNNConfig, {"gsd_range_m": [0.4, 0.1]}, "must be LOW, HIGH above 0"),
        (config.MaskRCNNConfig, {"gsd_range_m": [0, 0.1]}, "must be LOW, HIGH above 0"),
        (config.MaskRCNNConfig, {"classification": "sum"}, "must be one of sigmoid, softmax"),
        (config.MaskRCNNConfig, {"objectness_share": 1.0}, "must be in 0..1, below 1; got 1.0"),
        (config.MaskRCNNConfig, {"objectness_share": -0.1}, "must be in 0..1, below 1; got -0.1"),
        (
            config.MaskRCNNConfig,
            {"objectness_share": 0.1, "classification": "softmax"},
            "must be 0 where classification is softmax",
        ),
        (config.MaskRCNNConfig, {"box_frame": "norm"}, "must be one of edges, centres; got norm"),
        (config.FootprintConfig, {"tolerance_m": -0.1}, "at least 0; got -0.1"),
        (config.FootprintConfig, {"min_area_m2": -1}, "at least 0; got -1"),
        (config.TrainConfig, {"loss_weights": [1, 1]}, "must be five numbers.*got .1.*, 1"),
        (config.TrainConfig, {"loss_weights": [0, 0, 0, 0, 0]}, "must be five numbers"),
        (config.PredictConfig, {"tiles": 3}, "tiles must be a table; got 3"),
        (config.PredictConfig, {"tiles": {"overlap": 3}}, "TileConfig knows .*; got overlap"),
    ],
)
def test_a_wrong_value_is_an_error_that_states_rule_and_value(
    cls: type[Any], values: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        config.from_dict(cls, values)


@pytest.mark.parametrize("content", [b"[tiles", b"\xff\xfe", b"a = "])
def test_a_file_that_is_not_toml_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="broken.toml: cannot be read as TOML"):
        config.load_toml(config.PredictConfig, path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="absent.toml: cannot be read"):
        config.load_toml(config.PredictConfig, tmp_path / "absent.toml")


@given(
    size_px=st.integers(32, 2000),
    share=st.floats(0, 1),
    gsd_m=st.none() | st.floats(0.01, 999),
    bands=st.none() | st.lists(st.integers(1, 20), min_size=3, max_size=3).map(tuple),
    score=st.none() | st.floats(0, 1),
)
def test_any_config_is_the_same_after_a_plain_dict(
    size_px: int,
    share: float,
    gsd_m: float | None,
    bands: tuple[int, ...] | None,
    score: float | None,
) -> None:
    made = config.PredictConfig(
        raster=config.RasterConfig(gsd_m=gsd_m, bands=bands),
        tiles=config.TileConfig(tile_size_px=size_px, overlap_px=7, min_valid_share=share),
        detect=config.DetectConfig(score=score),
    )
    assert config.from_dict(config.PredictConfig, config.to_dict(made)) == made
