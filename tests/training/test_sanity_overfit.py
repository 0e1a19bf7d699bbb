"""Four images are learned by heart: no part of the way from labels to masks is broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from geoseg.config import AugmentConfig
from geoseg.scenes import make_scene
from geoseg.training.train import train_model
from tests.training.labelled import write_dataset
from tests.training.sanity import TILE_PX, make_config, score_weights

# Smaller fragments at the border of a tile are ignored in training.
MIN_AREA_PX = 30.0


def write_scenes(folder: Path) -> Path:
    """Four scenes of a suburb, 29 m wide."""
    images, annotations = {}, []
    for number in range(1, 5):
        scene = make_scene(number, size_px=TILE_PX, gsd_m=0.3, style="suburb")
        images[f"{number}.png"] = scene.image
        frame = shapely.box(0, 0, TILE_PX, TILE_PX)
        for footprint in scene.footprints:
            seen = footprint.intersection(frame)
            if seen.geom_type == "Polygon" and seen.area > MIN_AREA_PX:
                ring = shapely.get_coordinates(seen.exterior).ravel().tolist()
                annotations.append({"image_id": number, "segmentation": [ring]})
    return write_dataset(folder, images, annotations)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_four_images_are_learned_by_heart(tmp_path: Path) -> None:
    folder = write_scenes(tmp_path / "set")
    config = make_config(folder, ("building",), AugmentConfig(enabled=False))
    config = replace(config, steps=250, batch_size=4, learning_rate=1e-3)
    scores = score_weights(train_model(config, tmp_path / "run"), folder, tmp_path)
    assert scores.num_truth >= 4
    assert scores.ap50 > 0.95, scores
