from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image
from shapely import Polygon, box
from shapely.affinity import translate

from geoseg.crs import WGS84, local_metric_crs
from geoseg.evaluation.coco import score_matches
from geoseg.evaluation.coco_files import read_truth
from geoseg.evaluation.coco_matches import match_predictions
from geoseg.evaluation.image_objects import read_segmentations
from geoseg.evaluation.vectors import compare_vectors
from geoseg.reporting import report_images, report_vectors, score_outlines
from geoseg.views.examples import MISSED_COLOUR, RIGHT_COLOUR, WRONG_COLOUR

CRS = "EPSG:32645"
EAST, NORTH = 350_000.0, 3_056_000.0
GREY = 120


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S))


def pictures_of(page: str) -> list[np.ndarray]:
    """The pictures but for the reliability diagram."""
    found = re.findall(r'alt="[^"]*, what [^"]*" src="data:image/\w+;base64,([^"]+)"', page)
    return [np.array(Image.open(io.BytesIO(base64.b64decode(one))).convert("RGB")) for one in found]


def has_colour(picture: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(picture.astype(int) - colour).max(axis=-1) < 40).sum() > 50)


def square(x: float, y: float, side: float = 20) -> list[list[float]]:
    return [[x, y, x + side, y, x + side, y + side, x, y + side]]


@pytest.fixture
def coco(tmp_path: Path) -> tuple[Path, Path]:
    """Three images: all right; half right; all wrong and split."""
    found: list[tuple[int, Any, float]] = [
        (1, square(10, 10), 0.9),
        (1, square(60, 60), 0.8),
        (2, square(10, 10), 0.9),
        (2, square(60, 10), 0.7),
        (3, [[10, 10, 19, 10, 19, 30, 10, 30]], 0.9),
        (3, [[21, 10, 30, 10, 30, 30, 21, 30]], 0.6),
        (3, square(70, 70), 0.2),
    ]
    labels = [(1, square(10, 10)), (1, square(60, 60)), (2, square(11, 10)), (2, square(10, 60)),
              (3, square(10, 10))]  # fmt: skip
    annotation = {
        "images": [
            {
                "id": number,
                "width": 100,
                "height": 100,
                "file_name": f"<{number}>.png",
                "gsd_m": 0.5,
            }
            for number in (1, 2, 3)
        ],
        "categories": [{"id": 100, "name": "building"}],
        "annotations": [
            {"id": row, "image_id": image, "category_id": 100, "segmentation": shape}
            for row, (image, shape) in enumerate(labels, 1)
        ],
    }
    results = [
        {"image_id": image, "category_id": 100, "score": score, "segmentation": shape}
        for image, shape, score in found
    ]
    (tmp_path / "annotation.json").write_text(json.dumps(annotation))
    (tmp_path / "results.json").write_text(json.dumps(results))
    return tmp_path / "results.json", tmp_path / "annotation.json"


def write_images_report(coco: tuple[Path, Path], **settings: Any) -> str:
    found = match_predictions(coco[0], read_truth(coco[1]))
    target = coco[0].parent / "r.html"
    scores, shapes = score_matches(found, score=0.5), read_segmentations(*coco)
    report_images(target, scores, coco[0], shapes, found, **settings)
    return target.read_text(encoding="utf-8")


def test_report_of_images(coco: tuple[Path, Path]) -> None:
    page = write_images_report(coco)
    text = text_of(page)
    assert "results.json against" in text
    assert "Best: &lt;1&gt;.png F1 1.000: 2 of 2 labelled objects found, 0 found where" in text
    assert "Median: &lt;2&gt;.png F1 0.500" in text
    # What scores 0.2 is not shown; the halves have an IoU of 0.45.
    assert "Worst: &lt;3&gt;.png F1 0.000: 0 of 1 labelled objects found, 2 found where" in text
    assert (
        "split into several predictions: 1. Predictions that merge several true buildings: 0."
        in text
    )
    assert "split &lt;3&gt;.png 20 × 20 px at x 10, y 10 9 × 20 px at x 10, y 10; 9 × 20" in text
    # 20 px of 0.5 m: 100 m2; the halves have 45.
    assert re.search(r"100–200 3 2 0\.600 1 ", text)
    assert re.search(r"25–50 0 0 – 2 ", text)
    assert "calibration error" in page


def test_pictures_show_the_images_where_they_are_at_hand(coco: tuple[Path, Path]) -> None:
    white = pictures_of(write_images_report(coco))
    assert [(picture > 250).all(axis=-1).mean() > 0.7 for picture in white] == [True] * 6
    (coco[0].parent / "images").mkdir()
    for number in (1, 2, 3):
        pixels = np.full((100, 100, 3), GREY, np.uint8)
        Image.fromarray(pixels).save(coco[0].parent / "images" / f"<{number}>.png")
    grey = pictures_of(write_images_report(coco))
    assert [np.median(picture) for picture in grey] == pytest.approx([GREY] * 6, abs=2)
    for pictures in (white, grey):
        truth, pred = pictures[2], pictures[3]
        assert has_colour(truth, RIGHT_COLOUR)
        assert has_colour(truth, MISSED_COLOUR)
        assert has_colour(pred, RIGHT_COLOUR)
        assert has_colour(pred, WRONG_COLOUR)
        assert not has_colour(pictures[0], MISSED_COLOUR)


def test_only_the_chosen_images_are_reported(coco: tuple[Path, Path]) -> None:
    text = text_of(write_images_report(coco, image_ids=frozenset({3})))
    assert "Best: &lt;3&gt;.png" in text
    assert "&lt;1&gt;.png" not in text


def test_report_of_predictions_of_nothing(coco: tuple[Path, Path]) -> None:
    coco[0].write_text("[]")
    page = write_images_report(coco)
    assert "<polyline" not in page
    assert len(pictures_of(page)) >= 2


def test_masks_get_outlines_like_those_of_a_prediction(coco: tuple[Path, Path]) -> None:
    from pycocotools import mask as coco_mask

    results = json.loads(coco[0].read_text())
    for one in results:
        rle = coco_mask.merge(coco_mask.frPyObjects(one["segmentation"], 100, 100))
        one["segmentation"] = {"size": [100, 100], "counts": rle["counts"].decode()}
    polygons = score_outlines(
        read_segmentations(*coco), match_predictions(coco[0], read_truth(coco[1])), score=0.5
    )
    coco[0].write_text(json.dumps(results))
    masks = score_outlines(
        read_segmentations(*coco), match_predictions(coco[0], read_truth(coco[1])), score=0.5
    )
    # The walls of squares are found again, to a fraction of a pixel.
    assert masks.vertex_ratio == polygons.vertex_ratio == 1
    assert masks.mean_iou == polygons.mean_iou
    assert masks.polis_px == pytest.approx(polygons.polis_px, abs=0.3)
    assert masks.polis_m == pytest.approx(0.5 * (masks.polis_px or 0))


def house(x: float, y: float, side: float = 10) -> Polygon:
    return box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side)


def write_houses(path: Path, houses: list[Polygon], **columns: Any) -> Path:
    geopandas.GeoDataFrame(columns, geometry=houses, crs=CRS).to_file(path)
    return path


@pytest.fixture
def vectors(tmp_path: Path) -> tuple[Path, Path]:
    """Two clusters of six houses, far from each other: all found, and two of six found."""
    good = [house(20 * x, 20 * y) for x in range(3) for y in range(2)]
    bad = [house(600 + 20 * x, 20 * y) for x in range(3) for y in range(2)]
    truth = write_houses(tmp_path / "truth.gpkg", good + bad, id=[f"w{row}" for row in range(12)])
    halves = [box(*bad[5].bounds[:2], bad[5].bounds[0] + 4.9, bad[5].bounds[3]),
              box(bad[5].bounds[0] + 5.1, *bad[5].bounds[1:])]  # fmt: skip
    beside = [translate(one, 6, 0) for one in bad[2:5]]
    pred = good + bad[:2] + beside + halves
    scores = np.linspace(0.9, 0.5, len(pred))
    return write_houses(tmp_path / "pred.gpkg", pred, score=scores), truth


def write_vector_report(vectors: tuple[Path, Path], **settings: Any) -> str:
    target = vectors[0].parent / "r.html"
    report_vectors(target, compare_vectors(*vectors), *vectors, **settings)
    return target.read_text(encoding="utf-8")


def test_report_of_vectors(vectors: tuple[Path, Path]) -> None:
    page = write_vector_report(vectors)
    text = text_of(page)
    assert "13 predicted and 12 true buildings" in text
    assert "<polyline" in page
    assert re.search(r"Best: 100 m round 27\.6\d+, 85\.4\d+ F1 1\.000", text)
    assert "Worst: 100 m round" in text
    assert (
        "split into several predictions: 1. Predictions that merge several true buildings: 0."
        in text
    )
    assert re.search(r"split 27\.6\d+, 85\.\d+ w11 12, 13 ", text)
    assert text.count("sha256 of") == 2
    pictures = pictures_of(page)
    assert all((picture == 255).mean() > 0.8 for picture in pictures)
    assert has_colour(pictures[-2], MISSED_COLOUR)
    assert has_colour(pictures[-1], WRONG_COLOUR)


def test_without_scores_there_is_no_curve(tmp_path: Path, vectors: tuple[Path, Path]) -> None:
    page = write_vector_report((vectors[1], vectors[1]))
    assert "<polyline" not in page
    assert "What scores mean" not in page
    empty = tmp_path / "none.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}')
    assert "0 predicted and 12 true" in text_of(write_vector_report((empty, vectors[1])))
    assert "0 predicted and 0 true" in text_of(write_vector_report((empty, empty)))


def test_outlines_lie_on_the_roofs_of_the_raster(vectors: tuple[Path, Path]) -> None:
    gsd_m = 0.5
    pixels = np.full((3, 300, 1500), GREY, np.uint8)
    transform = Affine(gsd_m, 0, EAST - 20, 0, -gsd_m, NORTH + 100)
    for x in range(3):
        for y in range(2):
            col, row = round((20 + 20 * x) / gsd_m), round((100 - 20 * y - 10) / gsd_m)
            pixels[:, row : row + 20, col : col + 20] = 10
    path = vectors[0].parent / "o.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=1500, height=300, count=3, dtype="uint8", crs=CRS,
        transform=transform,
    ) as file:  # fmt: skip
        file.write(pixels)
    page = write_vector_report(vectors, raster=str(path))
    assert "raster" in text_of(page)
    best = pictures_of(page)[1].astype(int)
    roofs = best.max(axis=-1) < 60
    outlines = np.abs(best - RIGHT_COLOUR).max(axis=-1) < 40
    assert roofs.any()
    # The outermost roofs are framed by the outermost outlines; a metre is 6 px.
    for axis in (0, 1):
        dark, lines = (np.flatnonzero(one.any(axis=axis)) for one in (roofs, outlines))
        assert abs(int(dark[0]) - int(lines[0])) <= 6
        assert abs(int(dark[-1]) - int(lines[-1])) <= 6


def test_the_metric_frame_is_that_of_the_ground() -> None:
    # What the squares of the map are counted in.
    assert local_metric_crs(WGS84, 85.48, 27.62).axis_info[0].unit_name == "metre"
