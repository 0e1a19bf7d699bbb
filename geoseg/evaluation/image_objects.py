"""The predicted and the labelled objects of images, taken together from two COCO files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.evaluation.coco_matches import ImageMatches
from geoseg.evaluation.rle import as_rles, encode_segmentation
from geoseg.json_stream import stream_array, stream_members


@dataclass(frozen=True)
class ImageObjects:
    """What was found in one image, and what is labelled in it; P and T objects of one category.

    Attributes:
        image_id: of the annotations.
        file_name: of the image, as the annotations give it; "" where they don't.
        shape_hw: height and width of the image.
        gsd_m: ground metres per pixel, None where nobody knows.
        pred: segmentations of the predictions, as the file has them.
        truth: those of the labels, crowds left out.
        pred_masks: the predictions as pycocotools takes them.
        truth_masks: the labels, likewise.
        truth_of_pred: int64 (P,), the label that each is matched with, -1 for none.
        ious: float64 (P,), of the masks of a pair, 0 for none.
    """

    image_id: int
    file_name: str
    shape_hw: tuple[int, int]
    gsd_m: float | None
    pred: list[Any]
    truth: list[Any]
    pred_masks: list[dict[str, Any]]
    truth_masks: list[dict[str, Any]]
    truth_of_pred: NDArray[np.int64]
    ious: NDArray[np.float64]

    @property
    def f1(self) -> float:
        """F1 of this image; 0 without any object."""
        num_right = int((self.truth_of_pred >= 0).sum())
        return 2 * num_right / max(len(self.pred) + len(self.truth), 1)


@dataclass(frozen=True)
class Segmentations:
    """What two COCO files draw, and the images that they draw on.

    Attributes:
        pred: `segmentation` of each entry of the predictions.
        truth: of each entry of `annotations`.
        images: entries of `images`, by id.
    """

    pred: list[Any] = field(repr=False)
    truth: list[Any] = field(repr=False)
    images: dict[int, dict[str, Any]] = field(repr=False)


def read_segmentations(predictions_json: Path, annotation_json: Path) -> Segmentations:
    """Read the segmentations of two files that have been read without a fault before.

    Args:
        predictions_json: list of COCO results.
        annotation_json: COCO annotations.
    """
    images: dict[int, dict[str, Any]] = {}
    truth: list[Any] = []
    for key, record in stream_members(annotation_json):
        if key == "images" and record is not None:
            images[record["id"]] = record
        elif key == "annotations" and record is not None:
            truth.append(record["segmentation"])
    pred = [entry["segmentation"] for entry in stream_array(predictions_json)]
    return Segmentations(pred, truth, images)


def take_objects(
    segmentations: Segmentations,
    matches: Iterable[ImageMatches],
    *,
    score: float,
    gsd_m: float | None = None,
) -> Iterator[ImageObjects]:
    """The objects of images, one image after the other.

    What lies on a crowd is left out, and so are the crowds.

    Args:
        segmentations: of the files that were matched.
        matches: of these two files.
        score: predictions that score less are left out.
        gsd_m: of images whose annotation does not say.

    Yields:
        One for each of `matches`, in their order.
    """
    for one in matches:
        yield _take(segmentations, one, score, gsd_m)


def _take(
    segmentations: Segmentations, matches: ImageMatches, score: float, gsd_m: float | None
) -> ImageObjects:
    image = segmentations.images[matches.image_id]
    is_kept = (matches.scores >= score) & ~matches.is_ignored
    own_gsd_m = image.get("gsd_m")
    shape_hw = (int(image["height"]), int(image["width"]))
    pred = [segmentations.pred[row] for row in matches.pred_rows[is_kept].tolist()]
    truth = [segmentations.truth[row] for row in matches.truth_rows[~matches.is_crowd].tolist()]
    # Positions among the labels that stay; -1 is the last entry.
    positions = np.append(np.cumsum(~matches.is_crowd) - 1, -1)
    return ImageObjects(
        image_id=matches.image_id,
        file_name=str(image.get("file_name", "")),
        shape_hw=shape_hw,
        gsd_m=gsd_m if own_gsd_m is None else float(own_gsd_m),
        pred=pred,
        truth=truth,
        pred_masks=_encode(pred, shape_hw),
        truth_masks=_encode(truth, shape_hw),
        truth_of_pred=positions[matches.truth_of_pred[is_kept]],
        ious=matches.ious[is_kept],
    )


def _encode(shapes: list[Any], shape_hw: tuple[int, int]) -> list[dict[str, Any]]:
    counts = [encode_segmentation(one, shape_hw) for one in shapes]
    return as_rles(counts, [shape_hw] * len(counts))
