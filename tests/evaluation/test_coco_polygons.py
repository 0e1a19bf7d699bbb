from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from geoseg.evaluation import PolygonScores
from geoseg.evaluation.coco_matches import match_images
from geoseg.evaluation.coco_polygons import read_polygon, score_image_polygons
from geoseg.evaluation.image_objects import ImageObjects, read_segmentations, take_objects
from tests.evaluation.outlines import boundary_iou

SIDE = 100


def ring(x1: float, y1: float, x2: float, y2: float) -> list[float]:
    return [x1, y1, x2, y1, x2, y2, x1, y2, x1, y1]


def rle(segmentation: list[list[float]]) -> dict[str, Any]:
    encoded = coco_mask.merge(coco_mask.frPyObjects(segmentation, SIDE, SIDE))
    return {"size": [SIDE, SIDE], "counts": encoded["counts"].decode()}


def outline_boxes(
    masks: Sequence[NDArray[np.bool_]], boxes: NDArray[np.int64], gsd_m: float | None
) -> NDArray[np.object_]:
    """Stands in for the contours of a prediction: the box of each mask."""
    assert [mask.shape for mask in masks] == [(y2 - y1, x2 - x1) for y1, x1, y2, x2 in boxes]
    return shapely.box(boxes[:, 1], boxes[:, 0], boxes[:, 3], boxes[:, 2])


def write(
    folder: Path,
    truth: Sequence[tuple[Any, ...]],
    pred: Sequence[tuple[int, Any, float]],
    gsd_m: float | None = None,
) -> tuple[Path, Path]:
    images = [
        {"id": number, "width": SIDE, "height": SIDE, "file_name": f"{number}.png"}
        | ({} if gsd_m is None else {"gsd_m": gsd_m})
        for number in (1, 2, 3)
    ]
    labels = [
        {"id": row, "image_id": image, "category_id": 100, "iscrowd": int(is_crowd),
         "segmentation": shape}
        for row, (image, shape, is_crowd) in enumerate(((*one, False)[:3] for one in truth), 1)
    ]  # fmt: skip
    results = [
        {"image_id": image, "category_id": 100, "score": score, "segmentation": shape}
        for image, shape, score in pred
    ]
    annotation = {
        "images": images,
        "categories": [{"id": 100, "name": "building"}],
        "annotations": labels,
    }
    (folder / "annotation.json").write_text(json.dumps(annotation))
    (folder / "results.json").write_text(json.dumps(results))
    return folder / "results.json", folder / "annotation.json"


def read(
    files: tuple[Path, Path], score: float = 0.5, gsd_m: float | None = None
) -> list[ImageObjects]:
    found = match_images(*files)
    return list(take_objects(read_segmentations(*files), found, score=score, gsd_m=gsd_m))


def evaluate(files: tuple[Path, Path], **settings: Any) -> PolygonScores:
    return score_image_polygons(read(files, **settings), outline_boxes)


SQUARE, MOVED = [ring(10, 10, 50, 50)], [ring(14, 10, 54, 50)]


@pytest.mark.parametrize("as_mask", [False, True])
def test_scores_worked_by_hand(tmp_path: Path, as_mask: bool) -> None:
    shape: Any = rle(MOVED) if as_mask else MOVED
    scores = evaluate(write(tmp_path, [(1, SQUARE)], [(1, shape, 0.9)], gsd_m=0.3))
    iou = 36 / 44
    assert scores.mean_iou == scores.c_iou == pytest.approx(iou)
    # Two corners of each lie on the other's walls, two are 4 px off.
    assert (scores.polis_px, scores.polis_m) == pytest.approx((2, 0.6))
    assert (scores.vertex_ratio, scores.boundary_width_m) == (1, None)
    assert (scores.num_splits, scores.num_merges) == (0, 0)
    assert (scores.image_iou, scores.image_c_iou) == pytest.approx((iou, iou))
    pixels = [np.zeros((SIDE, SIDE), bool) for _ in range(2)]
    pixels[0][10:50, 10:50] = pixels[1][10:50, 14:54] = True
    assert scores.boundary_iou == pytest.approx(boundary_iou(*pixels))


def test_predictions_below_the_score_do_not_count(tmp_path: Path) -> None:
    files = write(tmp_path, [(1, SQUARE)], [(1, SQUARE, 0.6), (1, [ring(60, 60, 90, 90)], 0.4)])
    assert evaluate(files).image_iou == 1
    assert evaluate(files, score=0.3).image_iou == pytest.approx(1600 / 2500)
    nothing = evaluate(files, score=0.9)
    assert (nothing.mean_iou, nothing.polis_px, nothing.image_iou) == (None, None, 0)


def test_metres_are_given_when_all_images_have_them(tmp_path: Path) -> None:
    files = write(tmp_path, [(1, SQUARE)], [(1, MOVED, 0.9)])
    assert evaluate(files).polis_m is None
    assert evaluate(files, gsd_m=0.5).polis_m == pytest.approx(1)


def test_splits_and_merges_are_counted(tmp_path: Path) -> None:
    halves = [ring(10, 10, 29, 50)], [ring(31, 10, 50, 50)]
    truth = [(1, SQUARE), *((2, half) for half in halves)]
    pred = [*((1, half, 0.9) for half in halves), (2, SQUARE, 0.8)]
    scores = evaluate(write(tmp_path, truth, pred))
    assert (scores.num_splits, scores.num_merges) == (1, 1)


def test_crowds_and_what_lies_on_them_are_left_out(tmp_path: Path) -> None:
    crowd = [ring(55, 55, 99, 99)]
    truth = [(1, crowd, True), (1, SQUARE)]
    files = write(tmp_path, truth, [(1, [ring(60, 60, 80, 80)], 0.9), (1, MOVED, 0.8)])
    (image,) = read(files)
    assert (image.truth, image.pred) == ([SQUARE], [MOVED])
    assert image.truth_of_pred.tolist() == [0]
    assert image.f1 == 1


def polyworld(files: tuple[Path, Path]) -> tuple[float, float]:
    """Mean IoU and C-IoU of images as the code of PolyWorld adds them up."""
    results, annotation = (json.loads(path.read_text()) for path in files)
    ious, c_ious = [], []
    for image_id in sorted({label["image_id"] for label in annotation["annotations"]}):
        masks, counts = [], []
        for entries in (results, annotation["annotations"]):
            own = [one["segmentation"] for one in entries if one["image_id"] == image_id]
            mask = np.zeros((SIDE, SIDE), bool)
            for shape in own:
                mask |= coco_mask.decode(coco_mask.frPyObjects(shape, SIDE, SIDE)).any(axis=-1)
            masks.append(mask)
            counts.append(sum(len(shape[0]) // 2 for shape in own))
        together = (masks[0] | masks[1]).sum()
        iou = (masks[0] & masks[1]).sum() / (together + 1e-9) if together else 1.0
        ious.append(iou)
        c_ious.append(iou * (1 - abs(counts[0] - counts[1]) / (sum(counts) + 1e-9)))
    return float(np.mean(ious)), float(np.mean(c_ious))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("seed", range(4))
def test_image_c_iou_is_that_of_the_published_code(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def scatter(number: int) -> list[list[float]]:
        x, y = rng.uniform(0, 70, 2)
        corners = rng.uniform(0, 30, (int(rng.integers(3, 9)), 2)) + (x, y)
        hull = shapely.convex_hull(shapely.multipoints(corners)).exterior.coords
        return [np.ravel(hull).tolist()]

    truth = [(image, scatter(image)) for image in (1, 1, 1, 2, 2)]
    pred = [(image, scatter(image), 0.9) for image in (1, 1, 2, 3)]
    files = write(tmp_path, truth, pred)
    scores = evaluate(files)
    assert (scores.image_iou, scores.image_c_iou) == pytest.approx(polyworld(files))


def test_labels_as_predictions_are_perfect(shared_data: Path, tmp_path: Path) -> None:
    annotation = shared_data / "crowdai_sample" / "annotation.json"
    labels = json.loads(annotation.read_text())["annotations"]
    kept = ("image_id", "category_id", "segmentation")
    results = [{**{key: label[key] for key in kept}, "score": 1.0} for label in labels]
    (tmp_path / "results.json").write_text(json.dumps(results))
    scores = evaluate((tmp_path / "results.json", annotation))
    assert (scores.mean_iou, scores.c_iou, scores.boundary_iou) == (1, 1, 1)
    assert (scores.polis_px, scores.vertex_ratio) == (0, 1)
    assert (scores.image_iou, scores.image_c_iou) == pytest.approx((1, 1))
    assert scores.max_angle_error_deg == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("segmentation", "area"),
    [
        (SQUARE, 1600),
        ([*SQUARE, ring(60, 60, 70, 70)], 1700),
        # A bow tie of two triangles, and one with a tail that is only a line.
        ([[0, 0, 10, 10, 10, 0, 0, 10]], 50),
        ([[0, 0, 10, 0, 10, 10, 20, 20, 10, 10, 0, 10]], 100),
        ([[0, 0, 5, 5]], 0),
        ([], 0),
    ],
)
def test_rings_become_valid_polygons(segmentation: list[list[float]], area: float) -> None:
    polygon = read_polygon(segmentation)
    assert polygon.is_valid
    assert polygon.area == pytest.approx(area)
    assert polygon.is_empty == (area == 0)
    if area:
        assert polygon.geom_type in ("Polygon", "MultiPolygon")
