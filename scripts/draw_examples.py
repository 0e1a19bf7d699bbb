"""Draw the best, the median and the worst images of predictions as one sheet.

    geoseg predict-folder images/ -o predictions.json
    python scripts/draw_examples.py predictions.json annotation.json -o examples.jpg

Images are ranked by their F1 at IoU 0.5; those with few labels are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as mask_api

from geoseg.datasets.image_folder import read_image
from geoseg.errors import GeosegError
from geoseg.views.examples import Example, write_examples

Mask = NDArray[np.bool_]


def main() -> int:
    """Parse the arguments and write the sheet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("predictions", type=Path, help="COCO results")
    parser.add_argument("annotation", type=Path, help="COCO annotation, images/ beside it")
    parser.add_argument("-o", "--output", type=Path, required=True, help=".png or .jpg")
    parser.add_argument("--score", type=float, default=0.5, help="least score that is drawn")
    parser.add_argument("--each", type=int, default=3, help="best, median and worst: so many each")
    parser.add_argument("--min-labels", type=int, default=5, help="labels that an image must have")
    parser.add_argument("--overwrite", action="store_true", help="replace the sheet")
    options = parser.parse_args()
    try:
        examples = rank_images(options)
        write_examples(
            options.output,
            choose_examples(examples, options.each),
            num_columns=options.each,
            overwrite=options.overwrite,
        )
    except (GeosegError, OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"draw_examples: error: {error}\n")
        return 1
    return 0


def rank_images(options: argparse.Namespace) -> list[Example]:
    """All images with enough labels, the best first."""
    truth = json.loads(options.annotation.read_text(encoding="utf-8"))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in json.loads(options.predictions.read_text(encoding="utf-8")):
        if entry["score"] >= options.score:
            found[entry["image_id"]].append(entry)
    labels: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in truth["annotations"]:
        labels[entry["image_id"]].append(entry)
    ranked = []
    for image in truth["images"]:
        if len(labels[image["id"]]) < options.min_labels:
            continue
        path = options.annotation.parent / "images" / image["file_name"]
        pixels = read_image(path)
        entries = sorted(found[image["id"]], key=lambda entry: -float(entry["score"]))
        ranked.append(
            compare(
                pixels,
                [decode(entry, pixels.shape[:2]) for entry in entries],
                [decode(entry, pixels.shape[:2]) for entry in labels[image["id"]]],
                Path(image["file_name"]).stem,
            )
        )
    return [example for _, example in sorted(ranked, key=lambda pair: -pair[0])]


def decode(entry: dict[str, Any], shape_hw: tuple[int, int]) -> Mask:
    """The mask of an annotation or a result, bool (H, W)."""
    segmentation = entry["segmentation"]
    if isinstance(segmentation, list):
        segmentation = mask_api.merge(mask_api.frPyObjects(segmentation, *shape_hw))
    elif isinstance(segmentation["counts"], list):
        segmentation = mask_api.frPyObjects(segmentation, *shape_hw)
    return np.asarray(mask_api.decode(segmentation), bool)


def compare(
    pixels: NDArray[np.uint8], found: list[Mask], labels: list[Mask], name: str
) -> tuple[float, Example]:
    """F1 of an image, and the image with its masks sorted into right, wrong and missed."""
    free = set(range(len(labels)))
    right, wrong = [], []
    for mask in found:
        ious = {index: overlap(mask, labels[index]) for index in free}
        best = max(ious, key=lambda index: ious[index], default=None)
        if best is None or ious[best] < 0.5:
            wrong.append(mask)
        else:
            free.remove(best)
            right.append(mask)
    f1 = 2 * len(right) / max(1, len(found) + len(labels))
    missed = [labels[index] for index in sorted(free)]
    return f1, Example(pixels, right, wrong, missed, f"{name}, F1 {f1:.2f}")


def overlap(one: Mask, other: Mask) -> float:
    """Intersection over union of two masks."""
    return float((one & other).sum() / max(1, (one | other).sum()))


def choose_examples(ranked: list[Example], each: int) -> list[Example]:
    """The best, the median and the worst, each image once.

    Raises:
        ValueError: there is no image.
    """
    if not ranked:
        raise ValueError("no image has enough labels; see --min-labels")
    middle = max(0, len(ranked) // 2 - each // 2)
    wanted = [
        *range(each),
        *range(middle, middle + each),
        *range(len(ranked) - each, len(ranked)),
    ]
    return [ranked[index] for index in sorted({i for i in wanted if 0 <= i < len(ranked)})]


if __name__ == "__main__":
    sys.exit(main())
