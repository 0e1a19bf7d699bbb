"""The report of COCO results against the labels of images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.image_folder import IMAGES_FOLDER
from geoseg.datasets.image_pixels import PixelReader
from geoseg.evaluation import CocoScores
from geoseg.evaluation.coco_matches import CocoMatches, ImageMatches, rank_matches, split_images
from geoseg.evaluation.coco_polygons import outline_objects
from geoseg.evaluation.image_objects import ImageObjects, Segmentations, take_objects
from geoseg.evaluation.mask_metrics import Mask, overlap_masks
from geoseg.evaluation.overlaps import find_merges, find_splits
from geoseg.evaluation.reliability import make_reliability_table
from geoseg.reporting.figures import (
    choose_places,
    classify_sizes,
    describe_files,
    explain_scores,
    make_curve,
)
from geoseg.reporting.outlines import outline_as_predicted
from geoseg.views.comparison import Comparison
from geoseg.views.evaluation_charts import SizeClass
from geoseg.views.evaluation_report import EvaluationReport, GroupRow, write_evaluation_report


class _Image(NamedTuple):
    """What is kept of an image after a look at it."""

    f1: float
    gsd_m: float | None
    found_px: NDArray[np.float64]
    missed_px: NDArray[np.float64]
    false_px: NDArray[np.float64]
    groups: list[GroupRow]


def report_images(
    path: Path,
    scores: CocoScores,
    predictions_json: Path,
    segmentations: Segmentations,
    found: CocoMatches,
    *,
    image_ids: frozenset[int] | None = None,
    gsd_m: float | None = None,
) -> None:
    """Write an HTML page about COCO results.

    Pictures are there when the images lie in `images/` beside the annotation, or beside it;
    otherwise outlines are drawn on white.

    Args:
        path: an .html; one that is there is replaced.
        scores: of the same files; predictions below its `score` are not shown.
        predictions_json: list of COCO results.
        segmentations: of it and its annotation.
        found: its matches with an annotation.
        image_ids: images that count; None for all.
        gsd_m: ground metres per pixel of images whose annotation does not say.

    Raises:
        OSError: the file cannot be written.
    """
    matches = list(split_images(found, image_ids))
    truth_json = found.truth.path

    def read(some: list[ImageMatches]) -> Iterator[ImageObjects]:
        return take_objects(segmentations, some, score=scores.score, gsd_m=gsd_m)

    images = [_look_at(one) for one in read(matches)]
    num_truths = [len(one.found_px) + len(one.missed_px) for one in images]
    places = choose_places([one.f1 for one in images], num_truths)
    shown = read([matches[index] for _, index in places])
    ranked = rank_matches(found, image_ids)
    report = EvaluationReport(
        title=f"{predictions_json.name} against {truth_json.parent.name}/{truth_json.name}",
        subtitle=f"{scores.num_pred:,} predictions, {scores.num_truth:,} labelled objects in "
        f"{scores.num_images:,} images. Sizes, pictures, splits and merges are of the predictions "
        f"that score at least {scores.score:.2f}.",
        scores=explain_scores(scores),
        curve=make_curve(ranked, scores.score),
        reliability=make_reliability_table(ranked.scores, ranked.is_true),
        calibration_error=scores.calibration_error,
        sizes=_classify(images),
        comparisons=[
            _compare(name, one, truth_json.parent)
            for (name, _), one in zip(places, shown, strict=True)
        ],
        groups=[group for one in images for group in one.groups],
        facts=describe_files([("predictions", predictions_json), ("labels", truth_json)]),
    )
    write_evaluation_report(path, report)


def _look_at(image: ImageObjects) -> _Image:
    overlaps = overlap_masks(image.pred_masks, image.truth_masks)
    is_right = image.truth_of_pred >= 0
    is_found = np.zeros(len(image.truth), bool)
    is_found[image.truth_of_pred[is_right]] = True
    kinds = (
        ("split", find_splits(overlaps), image.truth_masks, image.pred_masks),
        ("merge", find_merges(overlaps), image.pred_masks, image.truth_masks),
    )
    return _Image(
        f1=image.f1,
        gsd_m=image.gsd_m,
        found_px=overlaps.truth_areas[is_found],
        missed_px=overlaps.truth_areas[~is_found],
        false_px=overlaps.pred_areas[~is_right],
        groups=[
            GroupRow(
                kind,
                image.file_name or f"image {image.image_id}",
                _place(wholes[group.whole]),
                "; ".join(_place(parts[part]) for part in group.parts),
            )
            for kind, groups, wholes, parts in kinds
            for group in groups
        ],
    )


def _place(mask: Mask) -> str:
    from pycocotools import mask as coco_mask

    x, y, width, height = coco_mask.toBbox(mask).astype(int).tolist()
    return f"{width} × {height} px at x {x}, y {y}"


def _classify(images: list[_Image]) -> list[SizeClass]:
    """In square metres where all images say how large a pixel is."""
    has_gsd = all(one.gsd_m is not None for one in images)
    scales = [one.gsd_m**2 if has_gsd and one.gsd_m is not None else 1.0 for one in images]

    def join(sides: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
        scaled = [side * scale for side, scale in zip(sides, scales, strict=True)]
        return np.concatenate([np.zeros(0), *scaled])

    return classify_sizes(
        join(one.found_px for one in images),
        join(one.missed_px for one in images),
        join(one.false_px for one in images),
        unit="m²" if has_gsd else "px",
    )


def _compare(name: str, image: ImageObjects, folder: Path) -> Comparison:
    pred, truth = outline_objects(image, outline_as_predicted)
    is_right = image.truth_of_pred >= 0
    is_found = np.zeros(len(truth), bool)
    is_found[image.truth_of_pred[is_right]] = True
    is_drawn = [~shapely.is_empty(side) for side in (truth, pred)]
    return Comparison(
        heading=f"{name.capitalize()}: {image.file_name or image.image_id}",
        caption=f"F1 {image.f1:.3f}: {int(is_right.sum())} of {len(truth)} labelled objects found, "
        f"{int((~is_right).sum())} found where nothing is labelled",
        image=_read_image(folder, image),
        truth=truth[is_drawn[0]],
        is_found=is_found[is_drawn[0]],
        pred=pred[is_drawn[1]],
        is_right=is_right[is_drawn[1]],
    )


def _read_image(folder: Path, image: ImageObjects) -> NDArray[np.uint8]:
    """The pixels, or white where they are not at hand."""
    if image.file_name:
        for path in (folder / IMAGES_FOLDER / image.file_name, folder / image.file_name):
            if path.is_file():
                return PixelReader().read(path)
    return np.full((*image.shape_hw, 3), 255, np.uint8)
