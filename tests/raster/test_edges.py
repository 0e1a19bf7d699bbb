from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from numpy.typing import NDArray

from geoseg.config import RasterConfig
from geoseg.errors import RasterError
from geoseg.raster import open_raster
from geoseg.raster.edges import REACH_PX, find_cut, to_grid
from geoseg.raster.memory import ImageSource
from geoseg.types import ImageBlock, Window
from tests.raster.conftest import MakeRaster


def boxes(*bounds: tuple[float, float, float, float]) -> NDArray[np.object_]:
    """Rectangles by x1, y1, x2, y2."""
    return np.array([shapely.box(*one) for one in bounds], dtype=object)


def test_the_edge_of_the_raster_cuts() -> None:
    source = ImageSource("image", np.zeros((101, 83, 3), np.uint8))
    inside = (REACH_PX + 1, REACH_PX + 1, 83 - REACH_PX - 1, 101 - REACH_PX - 1)
    near = [
        (2, 40, 20, 50),
        (70, 40, 82, 50),
        (20, 1, 30, 20),
        (20, 80, 30, 99),
        (0, 0, 83, 101),
        (-5, 40, 10, 50),
    ]
    assert find_cut(source, boxes(inside, *near)).tolist() == [False] + [True] * len(near)


def test_ground_without_data_cuts_what_reaches_it(make_raster: MakeRaster) -> None:
    bands = np.full((3, 90, 90), 100, np.uint8)
    # A collar as of a scene that was turned: everything above the diagonal.
    bands[:, np.triu(np.ones((90, 90), bool), 1)] = 0
    path = make_raster(bands, nodata=0)
    with open_raster(path, RasterConfig(), model_gsd_m=0.3) as source:
        asked = boxes((5, 50, 20, 60), (30, 40, 38, 60), (55, 60, 75, 70))
        assert find_cut(source, asked).tolist() == [False, True, True]


def test_the_corner_of_a_box_may_reach_where_the_outline_does_not(make_raster: MakeRaster) -> None:
    bands = np.full((3, 90, 90), 100, np.uint8)
    bands[:, 30:36, 54:60] = 0
    path = make_raster(bands, nodata=0)
    corner = np.array([shapely.Polygon([(30, 30), (60, 60), (30, 60)])], dtype=object)
    with open_raster(path, RasterConfig(), model_gsd_m=0.3) as source:
        assert find_cut(source, corner).tolist() == [False]
        assert find_cut(source, boxes((30, 30, 60, 60))).tolist() == [True]


def test_what_cannot_be_read_counts_as_cut() -> None:
    class Damaged(ImageSource):
        def read(self, window: Window) -> ImageBlock:
            raise RasterError("damaged")

    source = Damaged("image", np.zeros((100, 100, 3), np.uint8))
    assert find_cut(source, boxes((40, 40, 50, 50))).tolist() == [True]


def test_no_polygons_give_none() -> None:
    source = ImageSource("image", np.zeros((10, 10, 3), np.uint8))
    assert find_cut(source, boxes()).tolist() == []


@pytest.mark.parametrize("turn", [0, 30])
def test_polygons_come_into_the_grid_of_the_raster(turn: int, make_raster: Any) -> None:
    place = Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000) @ Affine.rotation(turn)
    (wanted,) = boxes((3, 4, 10, 12))
    on_ground = shapely.affinity.affine_transform(wanted, place.to_shapely())
    (found,) = to_grid(np.array([on_ground], dtype=object), place)
    assert found.equals_exact(wanted, 1e-4)
