"""COCO results against COCO annotations, as the crowdAI challenge scores them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.errors import DatasetError

_MAX_DETECTIONS = 100


@dataclass(frozen=True)
class CocoScores:
    """Scores of instance masks, all with at most 100 detections an image.

    Attributes:
        ap50: average precision at IoU 0.5, the challenge's first figure.
        ar50: average recall at IoU 0.5, its second.
        ap: average precision over IoU 0.5:0.95, not to be mixed up with the first.
        num_images: images in the annotations; those without predictions count.
        num_pred: predictions.
        num_truth: annotations.
    """

    ap50: float
    ar50: float
    ap: float
    num_images: int
    num_pred: int
    num_truth: int

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain values."""
        return asdict(self)


def is_predictions_file(path: Path) -> bool:
    """Whether a file holds COCO results: a JSON list, which GeoJSON never is."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    except OSError:
        return False


def evaluate_predictions(predictions_json: Path, annotation_json: Path) -> CocoScores:
    """Score a submission with pycocotools.

    Boxes and areas of both files are made anew from the segmentations, because those of the
    published annotations are wrong. A score is 0 where there is nothing to find.

    Args:
        predictions_json: list of `{"image_id", "category_id", "score", "segmentation"}` with
            polygons or RLE.
        annotation_json: COCO annotations, with polygons or RLE.

    Raises:
        DatasetError: a file cannot be read, an entry lacks a key or cannot be decoded, or
            predictions name an image or category that the annotations do not have.
    """
    from pycocotools.cocoeval import COCOeval

    truth = _load(annotation_json, dict)
    sizes = _read_sizes(annotation_json, truth)
    categories = truth.get("categories", [])
    labels = truth.get("annotations", [])
    results = _load(predictions_json, list)
    _check_predictions(predictions_json, results, sizes, {one["id"] for one in categories})
    head = {"images": truth["images"], "categories": categories}
    truth_coco = _index(head, _encode_all(annotation_json, labels, sizes))
    results_coco = _index(head, _encode_all(predictions_json, results, sizes))
    if not labels or not results:
        return CocoScores(0.0, 0.0, 0.0, len(sizes), len(results), len(labels))
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth_coco, results_coco, "segm")
        evaluation.params.maxDets = [_MAX_DETECTIONS]
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.evaluate()
        evaluation.accumulate()
    # precision: (IoU thresholds, recalls, categories, areas, maxDets); recall lacks recalls.
    precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]
    return CocoScores(
        ap50=_mean(precision[0]),
        ar50=_mean(recall[0]),
        ap=_mean(precision),
        num_images=len(sizes),
        num_pred=len(results),
        num_truth=len(labels),
    )


def _load(path: Path, kind: type) -> Any:
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = json.load(file)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(content, kind):
        raise DatasetError(
            f"{path}: must hold a JSON {'object' if kind is dict else 'list'}; "
            f"got {type(content).__name__}."
        )
    return content


def _read_sizes(path: Path, truth: dict[str, Any]) -> dict[int, tuple[int, int]]:
    try:
        return {image["id"]: (image["height"], image["width"]) for image in truth["images"]}
    except (KeyError, TypeError) as error:
        raise DatasetError(
            f"{path}: must list images with id, height and width; {error} is missing."
        ) from error


def _check_predictions(
    path: Path, results: list[Any], sizes: dict[int, tuple[int, int]], categories: set[int]
) -> None:
    for number, entry in enumerate(results):
        for key in ("image_id", "category_id", "score", "segmentation"):
            if not isinstance(entry, dict) or key not in entry:
                raise DatasetError(f"{path}: each entry must have {key}; entry {number} has none.")
        for key, known in (("image_id", sizes), ("category_id", categories)):
            if entry[key] not in known:
                raise DatasetError(
                    f"{path}: {key} must be one of the annotations'; got {entry[key]}."
                )


def _encode_all(
    path: Path, entries: Iterable[dict[str, Any]], sizes: dict[int, tuple[int, int]]
) -> list[dict[str, Any]]:
    """Entries with RLE masks, and boxes and areas made from them."""
    from pycocotools import mask as coco_mask

    encoded = []
    for number, entry in enumerate(entries, start=1):
        try:
            rle = _encode(entry["segmentation"], sizes[entry["image_id"]])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise DatasetError(
                f"{path}: entry {number - 1} cannot be decoded: {error!r}."
            ) from error
        encoded.append(
            {
                "id": number,
                "image_id": entry["image_id"],
                "category_id": entry["category_id"],
                "iscrowd": entry.get("iscrowd", 0),
                "score": entry.get("score", 0.0),
                "segmentation": rle,
                "area": float(coco_mask.area(rle)),
                "bbox": coco_mask.toBbox(rle).tolist(),
            }
        )
    return encoded


def _encode(segmentation: Any, shape_hw: tuple[int, int]) -> Any:
    from pycocotools import mask as coco_mask

    if isinstance(segmentation, list):
        # pycocotools takes fewer than three points for a box.
        rings = [ring for ring in segmentation if len(ring) >= 6]
        if not rings:
            return coco_mask.encode(np.zeros(shape_hw, dtype=np.uint8, order="F"))
        return coco_mask.merge(coco_mask.frPyObjects(rings, *shape_hw))
    if tuple(segmentation["size"]) != tuple(shape_hw):
        raise ValueError(f"size must be {list(shape_hw)}; got {segmentation['size']}")
    if isinstance(segmentation["counts"], list):
        return coco_mask.frPyObjects(segmentation, *shape_hw)
    return segmentation


def _index(head: dict[str, Any], annotations: list[dict[str, Any]]) -> Any:
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {**head, "annotations": annotations}
        coco.createIndex()
    return coco


def _mean(values: Any) -> float:
    """Mean of the entries that count; pycocotools writes -1 where there is no truth."""
    counted = values[values > -1]
    return float(counted.mean()) if counted.size else 0.0
