from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geoseg.footprints.mask_outlines import outline_masks


def draw(polygon: shapely.Polygon, side: int = 80) -> NDArray[np.bool_]:
    """Pixels whose centre lies inside."""
    y, x = np.mgrid[:side, :side] + 0.5
    return shapely.contains_xy(polygon, x, y)


def cut(pixels: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    rows, columns = np.nonzero(pixels)
    box = np.array([rows.min(), columns.min(), rows.max() + 1, columns.max() + 1])
    return pixels[box[0] : box[2], box[1] : box[3]], box


def outline(pixels: NDArray[np.bool_], tolerance_px: float = 1.5) -> shapely.Polygon:
    mask, box = cut(pixels)
    return outline_masks([mask], box[np.newaxis], tolerance_px)[0]


@pytest.mark.parametrize("angle_deg", [0, 10, 30, 45])
def test_a_house_gets_four_straight_walls_where_it_stands(angle_deg: float) -> None:
    house = shapely.affinity.rotate(shapely.box(20, 25, 60, 55), angle_deg)
    found = outline(draw(house))
    assert found.is_valid
    assert len(found.exterior.coords) - 1 == 4
    assert found.intersection(house).area / found.union(house).area > 0.96
    assert found.hausdorff_distance(house) < 2


def test_the_edge_runs_along_the_pixels() -> None:
    pixels = np.zeros((20, 30), bool)
    pixels[5:15, 8:28] = True
    # Half the area of a pixel is missing: its four corners.
    assert outline(pixels, 0).area == pytest.approx(199.5)
    assert outline(pixels, 0).bounds == (8, 5, 28, 15)


def test_holes_stay_and_of_two_parts_the_larger_one() -> None:
    house = shapely.box(10, 10, 50, 50) - shapely.box(20, 20, 40, 40)
    found = outline(draw(shapely.union_all([house, shapely.box(60, 60, 70, 70)])))
    assert len(found.interiors) == 1
    assert found.area == pytest.approx(1200, rel=0.02)


def test_masks_without_pixels_are_empty_and_keep_their_place() -> None:
    mask, box = cut(draw(shapely.box(20, 25, 60, 55)))
    boxes = np.stack([np.zeros(4, int), box])
    found = outline_masks([np.zeros((0, 0), bool), mask], boxes, 1.0)
    assert shapely.is_empty(found).tolist() == [True, False]
    assert len(outline_masks([], np.zeros((0, 4), np.int64), 1.0)) == 0
