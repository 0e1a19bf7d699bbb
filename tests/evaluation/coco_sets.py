"""COCO files made of random boxes and polygons, and plain pycocotools on them."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

SIDE_PX = 160


def make_set(
    folder: Path,
    seed: int,
    *,
    num_images: int = 12,
    most: int = 9,
    category_ids: tuple[int, ...] = (100,),
    has_crowds: bool = False,
    num_scores: int = 20,
    true_areas: bool = False,
    first_id: int = 1,
) -> tuple[Path, Path]:
    """Write predictions.json and annotation.json, with wrong areas beside the labels.

    Some images have no labels, some no predictions; few different scores make many ties.
    """
    random = np.random.default_rng(seed)
    labels: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for image_id in range(1, num_images + 1):
        rings = [_make_ring(random) for _ in range(random.integers(0, most + 1))]
        for ring in rings:
            area = float(random.choice([0.0, 500.0, 5000.0, 20000.0]))
            labels.append(
                {
                    "id": len(labels) + first_id,
                    "image_id": image_id,
                    "category_id": int(random.choice(category_ids)),
                    "segmentation": [ring],
                    "area": _mask_area(ring) if true_areas else area,
                    "bbox": [1, 2, 3, 4],
                    "iscrowd": int(has_crowds and random.random() < 0.2),
                }
            )
        if random.random() < 0.15:
            continue
        near = [_move(random, ring) for ring in rings for _ in range(random.integers(0, 3))]
        for ring in [*near, *(_make_ring(random) for _ in range(random.integers(0, 3)))]:
            results.append(_make_result(random, image_id, ring, category_ids, num_scores))
    order = random.permutation(len(results)).tolist()
    truth = {
        "images": [
            {"id": one, "width": SIDE_PX, "height": SIDE_PX, "file_name": f"{one:012d}.jpg"}
            for one in range(1, num_images + 1)
        ],
        "categories": [{"id": one, "name": str(one)} for one in category_ids],
        "annotations": labels,
    }
    pred_path, truth_path = folder / "predictions.json", folder / "annotation.json"
    pred_path.write_text(json.dumps([results[number] for number in order]))
    truth_path.write_text(json.dumps(truth))
    return pred_path, truth_path


def _make_ring(random: np.random.Generator) -> list[float]:
    size = random.uniform(4, 110, 2)
    x1, y1 = random.uniform(0, SIDE_PX - 20, 2)
    x2, y2 = np.minimum((x1, y1) + size, SIDE_PX)
    corner = random.uniform(0.3, 1)
    ring = [x1, y1, x2, y1, x2, y1 + corner * (y2 - y1), x1 + corner * (x2 - x1), y2, x1, y2]
    return [float(value) for value in ring]


def _move(random: np.random.Generator, ring: list[float]) -> list[float]:
    moved = np.array(ring).reshape(-1, 2) + random.uniform(-6, 6, 2) * random.choice([0, 1])
    return [float(value) for value in moved.clip(0, SIDE_PX).ravel()]


def _make_result(
    random: np.random.Generator,
    image_id: int,
    ring: list[float],
    category_ids: tuple[int, ...],
    num_scores: int,
) -> dict[str, Any]:
    encoded = coco_mask.frPyObjects([ring], SIDE_PX, SIDE_PX)[0]
    rle = {"size": [SIDE_PX, SIDE_PX], "counts": encoded["counts"].decode()}
    return {
        "image_id": image_id,
        "category_id": int(random.choice(category_ids)),
        "score": int(random.integers(1, num_scores + 1)) / num_scores,
        "segmentation": [ring] if random.random() < 0.3 else rle,
    }


def _mask_area(ring: list[float]) -> float:
    return float(coco_mask.area(coco_mask.frPyObjects([ring], SIDE_PX, SIDE_PX)[0]))


def run_pycocotools(
    predictions_json: Path, annotation_json: Path, image_ids: list[int] | None = None
) -> COCOeval:
    """What the challenge's evaluator did: plain `COCOeval` with its defaults."""
    entries = json.loads(predictions_json.read_text())
    for entry in entries:
        # It takes polygons only from files that have boxes.
        if isinstance(entry["segmentation"], list) and "bbox" not in entry:
            (entry["segmentation"],) = coco_mask.frPyObjects(
                entry["segmentation"], SIDE_PX, SIDE_PX
            )
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(annotation_json))
        results = truth.loadRes(entries)
        evaluation = COCOeval(truth, results, "segm")
        if image_ids is not None:
            evaluation.params.imgIds = image_ids
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation
