"""From nothing, on a CPU, the network learns to tell circles, squares and triangles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geoseg.training.train import train_model
from tests.training.sanity import STRAIGHT, TILE_PX, make_config, score_weights
from tests.training.shapes import CLASS_NAMES, write_shapes


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_shapes_are_learned_from_nothing(tmp_path: Path) -> None:
    folder = write_shapes(tmp_path / "train", 300, size_px=TILE_PX, seed=1)
    unseen = write_shapes(tmp_path / "val", 60, size_px=TILE_PX, seed=2)
    config = replace(make_config(folder, CLASS_NAMES, STRAIGHT), steps=600, batch_size=6)
    scores = score_weights(train_model(config, tmp_path / "run"), unseen, tmp_path)
    assert scores.num_truth > 100
    assert scores.ap50 > 0.9, scores
