"""`geoseg weights`, and models by name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from geoseg.cli.main import cli
from geoseg.maskrcnn import bundled, named_weights
from geoseg.maskrcnn.weights_file import file_sha256, read_weights, write_weights
from tests.cli.refusal import assert_refused

NAME = bundled.BUNDLED_NAME


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOSEG_WEIGHTS_DIR", str(tmp_path / "library"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["weights", *map(str, arguments)])


def test_list_shows_bundled_and_imported_models() -> None:
    assert run("import", bundled.BUNDLED_PATH, "-n", "town").exit_code == 0
    result = run("list")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    digest = file_sha256(bundled.BUNDLED_PATH)
    assert first.split()[:3] == [NAME, "sha256", digest[:12]]
    assert "building" in first
    assert second.split()[:3] == ["town", "sha256", digest[:12]]
    names = [one["name"] for one in json.loads(run("list", "--json").stdout)]
    assert names == [NAME, "town"]


def test_list_goes_on_after_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "cut.npz").write_bytes(b"PK")
    result = run("list")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1
    assert "warning: left out: cut.npz must be a whole weights file" in result.stderr


def test_info_tells_what_is_inside() -> None:
    arrays, config = read_weights(bundled.BUNDLED_PATH)
    values = json.loads(run("info", NAME, "--json").stdout)
    assert values["sha256"] == file_sha256(bundled.BUNDLED_PATH)
    assert values["is_intact"] is True
    assert values["parameters"] == sum(one.size for one in arrays.values())
    assert values["config"]["tile_size_px"] == config.tile_size_px
    assert values["layers"]["Conv1/kernel"] == [3, 3, 3, 32]
    text = run("info", NAME, "--layers").stdout
    assert "hash check   the released one" in text
    assert "3 x 3 x 3 x 32" in text


def test_info_of_a_changed_bundled_file_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays, config = read_weights(bundled.BUNDLED_PATH)
    arrays["Conv1/bias"] = arrays["Conv1/bias"] + 1
    write_weights(tmp_path / "other.npz", arrays, config)
    for module in (bundled, named_weights):
        monkeypatch.setattr(module, "BUNDLED_PATH", tmp_path / "other.npz")
    result = run("info", NAME)
    assert result.exit_code == 1
    assert "NOT the released one" in result.stdout
    assert "error: other.npz must have sha256" in result.stderr


def test_export_and_back_keeps_the_numbers() -> None:
    arrays, config = read_weights(bundled.BUNDLED_PATH)
    sources = [NAME, "a.onnx", "b.weights.h5"]
    for source, target in zip(sources, ["a.onnx", "b.weights.h5", "c.npz"], strict=True):
        result = run("export", source, "-o", target, "--half")
        assert result.exit_code == 0, result.output
        assert target in result.stderr
    read, read_config = read_weights(Path("c.npz"))
    assert read_config == config
    assert set(read) == set(arrays)
    assert all(np.array_equal(read[name], arrays[name].astype(np.float16)) for name in arrays)
    assert run("export", NAME, "-o", "d.onnx").exit_code == 0
    assert Path("d.onnx").stat().st_size > 1.8 * Path("a.onnx").stat().st_size


def test_export_refuses_what_it_cannot_do() -> None:
    Path("old.npz").write_text("old")
    assert_refused(run("export", NAME, "-o", "old.npz"), "old.npz exists")
    assert_refused(run("export", NAME, "-o", "a.pt"), ".weights.h5, .onnx or .h5; got a.pt")
    assert_refused(run("export", NAME, "-o", "a.h5"), "a.h5 would be a file of matterport's")
    assert_refused(run("export", "old.npz", "-o", "a.onnx"), "old.npz must be a whole weights")
    assert_refused(run("export", "nobody", "-o", "a.onnx"), f"one of {NAME}; got nobody")
    assert [path.name for path in Path().iterdir()] == ["old.npz"]


def test_import_refuses_files_of_other_programs() -> None:
    Path("coco.h5").write_bytes(b"\x89HDF")
    assert_refused(run("import", "coco.h5"), "coco.h5 must be a whole weights file; it is damaged")
    assert_refused(run("import", "gone.npz"), "gone.npz must be a weights file; there is none")


def test_predict_takes_a_model_by_name(tmp_path: Path) -> None:
    assert run("export", NAME, "-o", "town.onnx", "--half").exit_code == 0
    assert run("import", "town.onnx").exit_code == 0
    sample = ["sample", "-o", "s.tif", "--size", "320", "--seed", "2", "-q"]
    assert CliRunner().invoke(cli, sample).exit_code == 0
    found = []
    for model in ("town", NAME, "town.onnx"):
        arguments = ["predict", "s.tif", "--engine", "onnx", "--weights", model, "-o", "b.geojson"]
        result = CliRunner().invoke(cli, [*arguments, "--overwrite", "--device", "auto"])
        assert result.exit_code == 0, result.output
        features = json.loads(Path("b.geojson").read_text())["features"]
        found.append([one["geometry"] for one in features])
    assert found[0]
    assert found[0] == found[1] == found[2]
    gone = ["predict", "s.tif", "--weights", "village", "-o", "c.geojson"]
    assert_refused(CliRunner().invoke(cli, gone), f"one of {NAME}, town; got village")
