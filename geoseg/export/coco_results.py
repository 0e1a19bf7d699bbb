"""Detections as a crowdAI or COCO submission."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from geoseg.export.outputs import replacing
from geoseg.masks import paste_mask
from geoseg.types import Detection

BUILDING_CATEGORY = 100
MAX_DETECTIONS = 100


class ImageResult(NamedTuple):
    """What was found in one image.

    Attributes:
        image_id: id of the image in the dataset.
        shape_hw: size of the image in pixels.
        detections: in pixels of the image.
    """

    image_id: int
    shape_hw: tuple[int, int]
    detections: Sequence[Detection]


def write_predictions(
    path: Path, results: Iterable[ImageResult], *, overwrite: bool = False
) -> int:
    """Write a submission: a JSON list with one entry for each detection.

    Results are written as they come and appear under the final name when all are there. Of an
    image at most the 100 best detections are written, best first; one whose mask covers no
    pixel is left out. Boxes are those of the masks.

    Args:
        path: JSON file to write.
        results: one for each image.
        overwrite: an existing file may be replaced.

    Returns:
        Number of entries.

    Raises:
        OutputError: the file cannot be written.
        OutputExistsError: the file exists and `overwrite` is False.
    """
    num_entries = 0
    with (
        replacing(path, overwrite) as temporary,
        temporary.open("w", encoding="utf-8") as file,
    ):
        file.write("[")
        for result in results:
            for entry in make_entries(result):
                file.write(("," if num_entries else "") + "\n" + json.dumps(entry))
                num_entries += 1
        file.write("\n]\n")
    return num_entries


def make_entries(result: ImageResult) -> Iterator[dict[str, Any]]:
    """The entries of one image: the 100 best whose mask covers a pixel, best first."""
    from pycocotools import mask as coco_mask

    best = sorted(result.detections, key=lambda detection: -detection.score)
    num_entries = 0
    for detection in best:
        if num_entries == MAX_DETECTIONS:
            return
        pixels = paste_mask(detection.mask, detection.box, result.shape_hw)
        if not pixels.any():
            continue
        encoded = coco_mask.encode(np.asfortranarray(pixels, dtype=np.uint8))
        num_entries += 1
        yield {
            "image_id": result.image_id,
            "category_id": BUILDING_CATEGORY,
            "score": round(float(detection.score), 6),
            "bbox": coco_mask.toBbox(encoded).tolist(),
            "segmentation": {
                "size": [int(side) for side in encoded["size"]],
                "counts": encoded["counts"].decode("ascii"),
            },
        }
