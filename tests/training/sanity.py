"""What the tests that train for real have in common: a small network, and its score."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pycocotools.mask as coco_mask
from PIL import Image

from geoseg.config import AugmentConfig, DatasetConfig, MaskRCNNConfig, TrainConfig
from geoseg.detections.detector import load_detector
from geoseg.evaluation import evaluate_predictions
from geoseg.evaluation.coco import CocoScores
from geoseg.masks import paste_mask

TILE_PX = 96

# Images are as large as a tile, and are learned as they are or turned by quarters.
STRAIGHT = AugmentConfig(
    any_angle_probability=0.0, tilt_deg=0.0,
    gamma=0.0, contrast=0.0, brightness=0.0, cast=0.0, colour_probability=0.0,
    haze_probability=0.0, blur_probability=0.0, noise_probability=0.0, jpeg_probability=0.0,
    shadow_probability=0.0, cloud_probability=0.0, paste_probability=0.0,
)  # fmt: skip


def make_config(folder: Path, class_names: tuple[str, ...], augment: AugmentConfig) -> TrainConfig:
    """A run from nothing; its length is the test's."""
    model = MaskRCNNConfig(
        tile_size_px=TILE_PX,
        class_names=class_names,
        pyramid_channels=32,
        box_units=128,
        num_proposals=32,
        pre_nms_per_level=48,
        mask_convs=1,
        max_detections=16,
        score=0.05,
    )
    return TrainConfig(
        datasets=(DatasetConfig(str(folder), gsd_range_m=(0.3, 0.3)),),
        model=model,
        augment=augment,
        learning_rate=2e-3,
        warmup_steps=50,
        ema_momentum=0.95,
        num_rois=48,
        num_positive=24,
        max_objects=8,
        checkpoint_steps=100_000,
        mixed_precision=False,
        tensorboard=False,
    )


def score_weights(weights: Path, folder: Path, scratch: Path) -> CocoScores:
    """The scores of trained weights on a COCO folder, classes included."""
    annotation = json.loads((folder / "annotation.json").read_text(encoding="utf-8"))
    records = annotation["images"]
    images = [np.asarray(Image.open(folder / "images" / one["file_name"])) for one in records]
    categories = sorted(one["id"] for one in annotation["categories"])
    results = []
    for record, found in zip(records, load_detector(weights).detect(np.stack(images)), strict=True):
        for one in found:
            mask = paste_mask(one.mask, one.box, (TILE_PX, TILE_PX))
            rle = coco_mask.encode(np.asfortranarray(mask, np.uint8))
            results.append(
                {
                    "image_id": record["id"],
                    "category_id": categories[one.class_index],
                    "score": float(one.score),
                    "segmentation": {"size": rle["size"], "counts": rle["counts"].decode()},
                }
            )
    path = scratch / "predictions.json"
    path.write_text(json.dumps(results), encoding="utf-8")
    return evaluate_predictions(path, folder / "annotation.json")
