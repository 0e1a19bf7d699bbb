from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
import shapely

import geoseg
from geoseg.config import DetectConfig, PredictConfig, RasterConfig
from geoseg.errors import ConfigError, OutputError
from geoseg.jobs.manifest import Manifest, describe_run, digest_area, find_run_time


def describe(config: PredictConfig | None = None, **changed: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "weights_sha256": "0123456789abcdef" * 4,
        "engine": "onnx",
        "raster": {"town.tif": "one", "file town.tif": "two"},
        "area": "everywhere",
        "shape_hw": (300, 420),
        "num_shards": 4,
    }
    return describe_run(config or PredictConfig(), **{**facts, **changed})  # type: ignore[arg-type]


def test_a_run_is_described_by_all_that_decides_the_result() -> None:
    run = describe(PredictConfig(RasterConfig(bands=(3, 2, 1)), detect=DetectConfig(score=0.5)))
    assert run["geoseg"] == geoseg.__version__
    assert run["weights"] == "0123456789ab"
    assert run["raster town.tif"] == "one"
    assert run["grid"] == "420 x 300 px"
    assert (run["detect.score"], run["raster.bands"], run["shards"]) == (0.5, [3, 2, 1], 4)
    assert {"tiles.overlap_px", "footprints.tolerance_m", "area", "engine"} <= set(run)


def test_the_batch_size_decides_nothing() -> None:
    few = PredictConfig(detect=DetectConfig(batch_size=1))
    assert describe(few) == describe(PredictConfig(detect=DetectConfig(batch_size=8)))


def test_a_manifest_comes_back_the_same(tmp_path: Path) -> None:
    config = PredictConfig(RasterConfig(bands=(3, 2, 1), scale=(0.1, 1 / 3)))
    manifest = Manifest(describe(config), "2026-11-21T00:00:00+00:00")
    assert not Manifest.is_in(tmp_path)
    manifest.write(tmp_path)
    assert Manifest.is_in(tmp_path)
    begun = Manifest.read(tmp_path)
    assert begun.created == manifest.created
    assert manifest.describe_differences(begun) == ""
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_every_difference_is_named_up_to_what_a_line_holds(tmp_path: Path) -> None:
    Manifest(describe(), "").write(tmp_path)
    begun = Manifest.read(tmp_path)
    other = Manifest(describe(engine="keras", raster={"town.tif": "other"}), "")
    assert other.describe_differences(begun) == (
        "engine keras instead of onnx, raster town.tif other instead of one, "
        "raster file town.tif None instead of two"
    )
    many = Manifest(describe(raster={f"{number}.tif": "x" for number in range(100)}), "")
    assert many.describe_differences(begun).endswith(", 98 more")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"run": 3, "created": ""}', '{"run": {}}'])
def test_a_damaged_manifest_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(OutputError, match=r"manifest\.json is damaged; --overwrite begins anew"):
        Manifest.read(tmp_path)


def test_a_manifest_is_made_of_plain_values(tmp_path: Path) -> None:
    Manifest(describe(), "now").write(tmp_path)
    values = json.loads((tmp_path / "manifest.json").read_text())
    assert list(values) == ["created", "run"]
    assert values["run"]["tiles.overlap_px"] == 64


def test_the_area_counts_by_its_shape() -> None:
    square = shapely.box(0, 0, 10, 10)
    turned = shapely.Polygon([(10, 10), (0, 10), (0, 0), (10, 0)])
    assert digest_area(None) == "everywhere"
    assert re.fullmatch("[0-9a-f]{12}", digest_area(square))
    assert digest_area(square) == digest_area(turned)
    assert digest_area(square) != digest_area(shapely.box(0, 0, 10, 10.000001))


def test_the_time_of_a_run_is_the_clock_or_the_one_that_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = datetime.now(timezone.utc).replace(microsecond=0)
    assert before <= datetime.fromisoformat(find_run_time()) <= datetime.now(timezone.utc)
    # `date -u -d @1700000000`
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert find_run_time() == "2023-11-14T22:13:20+00:00"


@pytest.mark.parametrize("text", ["", "now", "1.5", "-3", " 7", "٣", "9" * 30])
def test_a_wrong_time_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH must be whole seconds since 1970"):
        find_run_time()
