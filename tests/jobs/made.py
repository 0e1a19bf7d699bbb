"""Results of shards, made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from geoseg.types import Detection, Footprints, PendingOutlines, ShardResult, Window

METRIC = CRS.from_epsg(32636)

RUN: dict[str, object] = {"weights": "ab12", "detect.score": 0.44, "shards": 4}


def make_footprints(count: int, seed: int = 0) -> Footprints:
    """Triangles and squares at odd places."""
    random = np.random.default_rng(seed)
    polygons = np.empty(count, object)
    for number in range(count):
        corners = 3 + number % 2
        polygons[number] = shapely.Point(random.random(2) * 1e7).buffer(7, quad_segs=corners)
    polygons[:] = shapely.orient_polygons(polygons) if count else []
    scores = random.random(count).astype(np.float32)
    return Footprints(polygons, scores, random.random(count) * 100, METRIC)


def make_result(index: int, count: int = 3) -> ShardResult:
    """A result with masks of all shapes and of both types."""
    random = np.random.default_rng(index)
    detections = tuple(
        Detection(
            random.random(4).astype(np.float32) * 300,
            float(random.random()),
            random.random((1 + number, 5)).astype((np.float16, np.float32)[number % 2]),
            number % 3,
            64 * index + number,
        )
        for number in range(count)
    )
    outlines = make_footprints(count, seed=index + 1000)
    boxes = random.random((count, 4)).astype(np.float32)
    return ShardResult(
        index,
        make_footprints(count, seed=index),
        PendingOutlines(outlines.polygons, outlines.scores, boxes),
        detections,
        num_tiles=64,
        num_found=11 * count,
        num_valid_px=5_000_000_000 + index,
        unread=tuple(Window(number, 2, 3, 4) for number in range(count // 2)),
    )


def assert_same_footprints(found: Footprints, expected: Footprints) -> None:
    """Check that not one bit differs."""
    assert [shapely.to_wkb(one) for one in found.polygons] == [
        shapely.to_wkb(one) for one in expected.polygons
    ]
    assert found.polygons.dtype == object
    assert_same_array(found.scores, expected.scores)
    assert_same_array(found.areas_m2, expected.areas_m2)
    assert found.crs is expected.crs


def assert_same_array(found: np.ndarray, expected: np.ndarray) -> None:
    """Check type, shape and every bit."""
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert found.tobytes() == expected.tobytes()


def assert_same_result(found: ShardResult, expected: ShardResult) -> None:
    """Check that not one bit differs."""
    assert_same_footprints(found.footprints, expected.footprints)
    assert shapely.to_wkb(found.outlines.polygons).tolist() == (
        shapely.to_wkb(expected.outlines.polygons).tolist()
    )
    assert_same_array(found.outlines.scores, expected.outlines.scores)
    assert_same_array(found.outlines.boxes, expected.outlines.boxes)
    assert len(found.detections) == len(expected.detections)
    for one, other in zip(found.detections, expected.detections, strict=True):
        assert_same_array(one.box, other.box)
        assert_same_array(one.mask, other.mask)
        assert (one.score, one.class_index, one.tile_index) == (
            other.score,
            other.class_index,
            other.tile_index,
        )
        assert type(one.score) is float
    for name in ("index", "num_tiles", "num_found", "num_valid_px", "unread"):
        assert getattr(found, name) == getattr(expected, name)


def list_names(folder: Path) -> list[str]:
    """Names of what is in a folder."""
    return sorted(path.name for path in folder.iterdir())
