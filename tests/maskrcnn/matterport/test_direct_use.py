"""Files of matterport's, used as they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from geoseg.cli.main import cli
from geoseg.detections.detector import load_detector
from tests.maskrcnn.matterport.golden import load_golden, load_image, normalize_boxes


def test_a_file_finds_what_the_original_program_finds_with_it(seeded_50: Path) -> None:
    detector = load_detector(seeded_50, engine="keras", device="cpu", min_score=0.0)
    assert detector.class_names == ("building",)
    (found,) = detector.detect(load_image("A"))
    wanted = load_golden("resnet50")["A_detections"]
    wanted = wanted[wanted[:, 4] > 0]
    assert len(found) == len(wanted) == 51
    boxes = normalize_boxes(np.array([one.box for one in found]))
    np.testing.assert_allclose(boxes, wanted[:, :4], atol=1e-5)
    np.testing.assert_allclose([one.score for one in found], wanted[:, 5], atol=1e-5)


@pytest.mark.slow
def test_predict_takes_a_file(
    seeded_50: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = ["sample", "-o", "s.tif", "--size", "320", "--seed", "2", "-q"]
    assert CliRunner().invoke(cli, sample).exit_code == 0
    options = ["--weights", str(seeded_50), "--engine", "keras", "--score", "0.3"]
    result = CliRunner().invoke(cli, ["predict", "s.tif", "-o", "b.geojson", *options])
    assert result.exit_code == 0, result.output
    assert json.loads(Path("b.geojson").read_text())["features"]
    origin = json.loads(Path("b.geojson.origin.json").read_text())
    assert origin["model"] == "seeded.h5"
