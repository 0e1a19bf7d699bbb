"""Polygons and pixels go the same way, to a twentieth of a pixel.

Images are drawn from their polygons by a supersampled OpenCV raster, augmented, and compared with
the polygons moved by shapely's own transformations: nothing here is the code under test twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely import affinity

from geoseg.config import AugmentConfig
from geoseg.datasets.sources import LabelledImage, LabelledObject
from geoseg.training.composer import Composer
from geoseg.training.loaded_image import LoadedImage
from geoseg.training.outlines import make_shapes, place_objects
from geoseg.training.placement import Placement, warp_into

SOURCE_HW = (391, 433)
# A house with a wing, a slanted one and one with a courtyard, round the middle of the source.
HOUSES = (
    [[(150, 130), (215, 138), (211, 170), (189, 167), (186, 190), (143, 185)]],
    [[(230, 150), (290, 180), (272, 216), (212, 186)]],
    [
        [(160, 205), (225, 212), (219, 266), (154, 259)],
        [(178, 222), (205, 225), (202, 248), (175, 245)],
    ],
)
SUPERSAMPLING = 8
TILE_PX = 128

QUARTER_TURNS = (0, 90, 180, 270)
ANY_ANGLES = (-71.3, 7.0, 33.3, 45.0)
ZOOMS = (0.37, 0.5, 0.74, 0.9)


def rasterize(shape: shapely.Geometry, shape_hw: tuple[int, int]) -> NDArray[np.float64]:
    """Share of each pixel that a geometry covers, by sample points on a fine grid."""
    step = 1.0 / SUPERSAMPLING
    x = np.arange(0.5 * step, shape_hw[1], step)
    y = np.arange(0.5 * step, shape_hw[0], step)
    low_x, low_y, high_x, high_y = shape.bounds
    cols = slice(*np.searchsorted(x, (low_x, high_x)))
    rows = slice(*np.searchsorted(y, (low_y, high_y)))
    shapely.prepare(shape)
    fine = np.zeros((len(y), len(x)), np.float32)
    fine[rows, cols] = shapely.contains_xy(shape, *np.meshgrid(x[cols], y[rows]))
    coarse: NDArray[np.float64] = cv2.resize(
        fine, shape_hw[::-1], interpolation=cv2.INTER_AREA
    ).astype(np.float64)
    return coarse


def polygon_of(rings: Sequence[Sequence[tuple[float, float]]]) -> shapely.Polygon:
    """A polygon from its outer ring and its holes."""
    return shapely.Polygon(rings[0], rings[1:])


TRUTH = shapely.union_all([polygon_of(rings) for rings in HOUSES])
OBJECTS = tuple(
    LabelledObject(tuple(np.array(ring, np.float32) for ring in rings)) for rings in HOUSES
)


@pytest.fixture(scope="module")
def source() -> NDArray[np.uint8]:
    """The houses in white on black."""
    grey = np.round(255 * rasterize(TRUTH, SOURCE_HW)).astype(np.uint8)
    return np.repeat(grey[..., np.newaxis], 3, axis=2)


def area_of(objects: Sequence[LabelledObject]) -> shapely.Geometry:
    """What labels cover by the even-odd rule."""
    area = shapely.Polygon()
    for one in objects:
        for ring in one.rings:
            area = area.symmetric_difference(shapely.Polygon(ring))
    return area


def find_shift(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> tuple[float, float]:
    """The shift (x, y) that fits two images best, by OpenCV's image alignment."""
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-7)
    start = np.eye(2, 3, dtype=np.float32)
    template, image = expected.astype(np.float32), seen.astype(np.float32)
    everywhere = np.full(seen.shape, 255, np.uint8)
    _, found = cv2.findTransformECC(
        template, image, start, cv2.MOTION_TRANSLATION, criteria, everywhere, 5
    )
    return float(found[0, 2]), float(found[1, 2])


def assert_agree(seen: NDArray[np.uint8], area: shapely.Geometry) -> None:
    """Hold a grey image of white houses against a geometry in its pixels."""
    share = seen / 255.0
    expected = rasterize(area, seen.shape)  # type: ignore[arg-type]
    # Interpolation blurs edges, which costs some of the soft IoU but moves nothing.
    assert np.minimum(share, expected).sum() / np.maximum(share, expected).sum() > 0.95
    hard, hard_expected = share > 0.5, expected > 0.5
    assert (hard & hard_expected).sum() / (hard | hard_expected).sum() > 0.975
    assert math.hypot(*find_shift(share, expected)) < 0.05
    assert abs(share.sum() / expected.sum() - 1) < 0.005


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("angle_deg", [*QUARTER_TURNS, *ANY_ANGLES])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_pixels_and_labels_go_where_shapely_says(
    source: NDArray[np.uint8], zoom: float, angle_deg: float, is_mirrored: bool
) -> None:
    linear = Placement(zoom, math.radians(angle_deg), is_mirrored).linear
    # The middle of the houses comes to lie off the middle of the tile by a part of a pixel.
    shift = np.array([TILE_PX / 2 + 0.3, TILE_PX / 2 - 0.2]) - linear @ (218.0, 198.0)
    expected = affinity.scale(TRUTH, -1.0 if is_mirrored else 1.0, origin=(0, 0))
    expected = affinity.rotate(expected, angle_deg, origin=(0, 0))
    expected = affinity.scale(expected, zoom, zoom, origin=(0, 0))
    expected = affinity.translate(expected, *shift).intersection(shapely.box(0, 0, 128, 128))
    affine, cell = np.column_stack([linear, shift]), (0, 0, TILE_PX, TILE_PX)
    placed = area_of(place_objects(OBJECTS, make_shapes(OBJECTS), affine, cell))
    assert placed.symmetric_difference(expected).area < 1e-3 * expected.area
    tile = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)
    warp_into(tile, source, affine, cell)
    assert_agree(tile[..., 0], expected)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_flips_and_quarter_turns_copy_pixels_unchanged(quarters: int, is_mirrored: bool) -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    linear = Placement(1.0, quarters * math.pi / 2, is_mirrored).linear
    affine = np.column_stack([linear, np.array([32.0, 32.0]) - linear @ (32.0, 32.0)])
    tile = np.zeros_like(image)
    warp_into(tile, image, affine, (0, 0, 64, 64))
    expected = image[:, ::-1] if is_mirrored else image
    # From x towards y is clockwise where y points down; NumPy turns the other way.
    np.testing.assert_array_equal(tile, np.rot90(expected, -quarters))


def test_scaling_is_that_of_opencv(source: NDArray[np.uint8]) -> None:
    even = source[:384, :432]
    for zoom in (0.5, 0.25):
        size = (round(432 * zoom), round(384 * zoom))
        tile = np.zeros((size[1], size[0], 3), np.uint8)
        affine = np.array([[zoom, 0, 0], [0, zoom, 0]])
        warp_into(tile, even, affine, (0, 0, size[1], size[0]))
        expected = cv2.resize(even, size, interpolation=cv2.INTER_AREA)
        np.testing.assert_allclose(tile.astype(int), expected, atol=1)


@pytest.mark.parametrize("size_hw", [(97, 131), (96, 131), (97, 130)])
def test_shrinking_keeps_the_edge_of_an_odd_image(size_hw: tuple[int, int]) -> None:
    height, width = size_hw
    image = np.zeros((height, width, 3), np.uint8)
    image[-2:, :, 0], image[:, -2:, 1] = 240, 240
    zoom = 0.4
    tile = np.zeros((20, 30, 3), np.uint8)
    # The lower right corner of the image is that of the tile.
    affine = np.array([[zoom, 0, 30 - zoom * width], [0, zoom, 20 - zoom * height]])
    warp_into(tile, image, affine, (0, 0, 20, 30))
    for channel, axis in ((0, 0), (1, 1)):
        light = tile[..., channel].astype(float).sum(axis=axis)[:-4].mean()
        assert light == pytest.approx(240 * 2 * zoom, rel=0.06)


@pytest.mark.parametrize("number", range(16))
def test_whole_samples_agree_with_their_labels(source: NDArray[np.uint8], number: int) -> None:
    image = LabelledImage("houses", 1, SOURCE_HW[1], SOURCE_HW[0], 0.3, OBJECTS)
    loaded = LoadedImage(image, source, make_shapes(OBJECTS))
    geometry = AugmentConfig(
        gamma=0.0, contrast=0.0, brightness=0.0, cast=0.0, colour_probability=0.0,
        haze_probability=0.0, blur_probability=0.0, noise_probability=0.0, jpeg_probability=0.0,
        shadow_probability=0.0, cloud_probability=0.0, paste_probability=0.0, empty_probability=0.0,
    )  # fmt: skip
    composer = Composer(lambda index: loaded, 1, 160, (0.3, 0.8), geometry)
    sample = composer.compose(np.random.default_rng(number))
    assert_agree(sample.image[..., 0], area_of(sample.objects))
