from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from affine import Affine
from PIL import Image
from pyproj import CRS

from geoseg.crs import transform_polygons
from geoseg.types import FootprintList, Footprints, as_batches
from geoseg.views import OutlinesOnRaster, to_pixels, write_preview

UTM = CRS.from_epsg(32645)
METRIC = CRS.from_proj4("+proj=laea +lat_0=27.63 +lon_0=85.52 +datum=WGS84 +units=m +no_defs")
TO_UTM = Affine(0.5, 0, 354_000, 0, -0.5, 3_057_300)


def make_footprints(num_houses: int, side_m: float) -> Footprints:
    """Turned houses with scores from 0.42 to 0.98, in the metric CRS."""
    rng = np.random.default_rng(5)
    x, y = rng.uniform(5, 85, (2, num_houses))
    corners = TO_UTM[2] + x, TO_UTM[5] - y
    polygons = shapely.box(*corners, corners[0] + side_m, corners[1] + side_m / 2)
    metric = transform_polygons(polygons, UTM, METRIC)
    scores = rng.uniform(0.42, 0.98, num_houses).astype(np.float32)
    return Footprints(metric, scores, shapely.area(metric), METRIC)


def cut(footprints: Footprints, *places: int) -> FootprintList:
    borders = [0, *places, len(footprints)]
    batches = [
        Footprints(
            footprints.polygons[start:stop],
            footprints.scores[start:stop],
            footprints.areas_m2[start:stop],
            METRIC,
        )
        for start, stop in zip(borders, borders[1:], strict=False)
    ]
    return FootprintList(tuple(batches), METRIC)


@pytest.mark.parametrize(("num_houses", "side_m"), [(80, 12.0), (80, 3.0), (1, 9.0), (0, 9.0)])
@pytest.mark.parametrize("side_px", [1000, 2000, 200])
def test_batches_give_the_picture_of_the_whole(
    tmp_path: Path, num_houses: int, side_m: float, side_px: int
) -> None:
    footprints = make_footprints(num_houses, side_m)
    image = np.full((side_px, side_px, 3), 90, np.uint8)
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    in_utm = transform_polygons(footprints.polygons, METRIC, UTM)
    write_preview(
        paths[0],
        image,
        to_pixels(list(in_utm), TO_UTM),
        gsd_m=0.5,
        title="",
        scores=footprints.scores,
    )
    half = num_houses // 2
    several = cut(footprints, 0, half, half, min(half + 1, num_houses))
    for path, batches in zip(paths[1:], (as_batches(footprints), several), strict=True):
        write_preview(path, image, OutlinesOnRaster(batches, UTM, TO_UTM), gsd_m=0.5, title="")
    pictures = [np.asarray(Image.open(path)) for path in paths]
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] == pictures[2]).all()
    # Red and blue are far apart where there is an outline, and nowhere else.
    colours = pictures[0][92:-68].astype(int)
    is_outline = np.abs(colours[..., 0] - colours[..., 2]) > 60
    assert is_outline.any() == (num_houses > 0)
