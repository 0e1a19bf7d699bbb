"""`geoseg weights` and matterport's files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from geoseg.cli.main import cli
from geoseg.maskrcnn.weights_file import read_weights
from tests.cli.refusal import assert_refused
from tests.maskrcnn.matterport.hollow import write_hollow


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOSEG_WEIGHTS_DIR", str(tmp_path / "library"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["weights", *map(str, arguments)])


def test_info_reports_every_layer() -> None:
    write_hollow(Path("crowdai.h5"), extra={"edge_head": {"edge_head/bias:0": np.ones(3)}})
    result = run("info", "crowdai.h5", "--layers")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "133 layers loaded",
        "1 layer unexpected: edge_head (no such weights in the network)",
        "93 layers without weights",
    ]
    assert "  conv1                   loaded  kernel 7 x 7 x 3 x 64, bias 64" in lines
    assert "  ROI                     without weights" in lines
    assert any(line.split()[:2] == ["backbone", "resnet50"] for line in lines)
    assert any(line.split()[:2] == ["parameters", "44,662,942"] for line in lines)
    values = json.loads(run("info", "crowdai.h5", "--json").stdout)
    assert values["config"]["class_names"] == ["building"]
    assert values["report"][2] == {
        "name": "conv1",
        "state": "loaded",
        "shapes": {"kernel": [7, 7, 3, 64], "bias": [64]},
        "reason": "",
    }


def test_info_shows_what_is_missing_before_it_fails() -> None:
    write_hollow(Path("cut.h5"), leave_out=lambda layer: layer.name == "mrcnn_mask")
    result = run("info", "cut.h5")
    assert result.exit_code == 1
    assert "1 layer missing: mrcnn_mask" in result.stdout.splitlines()
    assert result.stderr.endswith(
        "error: cut.h5 must hold every layer of the network; missing: mrcnn_mask.\n"
    )


def test_an_imported_file_has_a_config_and_goes_back(tmp_path: Path) -> None:
    write_hollow(Path("roofs.h5"), num_outputs=3)
    settings = ("--classes", "roof, shed", "--tile-size", 256, "--gsd", 0.1)
    assert run("import", "roofs.h5", "-n", "town", *settings).exit_code == 0
    arrays, config = read_weights(tmp_path / "library" / "town.npz")
    assert (config.class_names, config.tile_size_px, config.gsd_m) == (("roof", "shed"), 256, 0.1)
    assert config.classification == "softmax"
    assert run("list").stdout.splitlines()[1].split()[0] == "town"
    assert_refused(run("import", "roofs.h5", "-n", "town"), "town exists")
    result = run("export", "town", "-o", "back.h5")
    assert result.exit_code == 0, result.output
    back, read_config = read_weights(Path("back.h5"))
    assert read_config.class_names == ("class_1", "class_2")
    assert list(back) == list(arrays)
    assert all(np.array_equal(back[name], arrays[name]) for name in arrays)


def test_import_and_export_refuse_what_does_not_fit() -> None:
    write_hollow(Path("coco.h5"), num_outputs=81)
    assert_refused(
        run("import", "coco.h5", "--classes", "building"),
        "coco.h5 needs 80 different names of classes, without background; got building.",
    )
    assert run("export", "coco.h5", "-o", "half.h5", "--half").exit_code == 2
    assert run("import", "coco.h5").exit_code == 0
    Path("coco.npz").write_bytes(Path("../library/coco.npz").read_bytes())
    assert_refused(
        run("import", "coco.npz", "-n", "again", "--tile-size", 512),
        "coco.npz says itself what its tile_size_px must be: 320.",
    )
    assert sorted(one.name for one in Path().iterdir()) == ["coco.h5", "coco.npz"]
