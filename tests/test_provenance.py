from __future__ import annotations

from pathlib import Path

import pytest

from geoseg.config import DetectConfig, PredictConfig
from geoseg.errors import WeightsError
from geoseg.provenance import describe_weights, make_origin


def test_the_bundled_model_is_described_without_loading_it() -> None:
    config, name, digest = describe_weights(None)
    assert config.class_names == ("building",)
    assert name.startswith("geoseg-")
    assert len(digest) == 64


def test_absent_weights_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="there is none"):
        describe_weights(tmp_path / "gone.npz")


def test_the_origin_names_all_settings_flat() -> None:
    config = PredictConfig(detect=DetectConfig(score=0.7, batch_size=2))
    origin = make_origin(
        config,
        model="m",
        weights_sha256="00",
        raster="a.tif",
        raster_date="2020-01-02",
        created="2026-01-02T03:04:05+00:00",
    )
    assert origin.config["detect.score"] == 0.7
    assert origin.config["footprints.min_area_m2"] == 4.0
    assert "raster.crs" not in origin.config
    assert "detect.batch_size" not in origin.config
    assert origin.created == "2026-01-02T03:04:05+00:00"
