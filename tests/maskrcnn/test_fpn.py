"""The feature pyramid."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from numpy.typing import NDArray

from geoseg.maskrcnn.anchors import level_sizes
from geoseg.maskrcnn.fpn import FeaturePyramid

Maps = list[NDArray[np.float32]]


def random_maps(tile_size_px: int, channels: tuple[int, ...] = (3, 4, 5, 6)) -> Maps:
    random = np.random.default_rng(0)
    return [
        random.normal(size=(2, size, size, width)).astype(np.float32)
        for size, width in zip(level_sizes(tile_size_px), channels, strict=False)
    ]


def make_transparent(pyramid: FeaturePyramid) -> None:
    """Set the weights so that laterals and outputs pass their input on."""
    for lateral in pyramid.laterals:
        lateral.set_weights([np.eye(2).reshape(1, 1, 2, 2), np.zeros(2)])
    kernel = np.zeros((3, 3, 2, 2))
    kernel[1, 1] = np.eye(2)
    for output in pyramid.outputs:
        output.set_weights([kernel, np.zeros(2)])


@pytest.mark.parametrize("tile_size_px", [75, 96, 203, 300])
def test_shapes_are_those_of_the_anchors(tile_size_px: int) -> None:
    maps = random_maps(tile_size_px)
    pyramid = FeaturePyramid(8)(maps)
    expected = [(2, size, size, 8) for size in level_sizes(tile_size_px)]
    assert [tuple(level.shape) for level in pyramid] == expected
    shapes = FeaturePyramid(8).compute_output_shape([one.shape for one in maps])
    assert [tuple(shape) for shape in shapes] == expected


def test_an_unknown_side_stays_unknown() -> None:
    shapes = FeaturePyramid(8).compute_output_shape([(None, None, None, 3)] * 4)
    assert shapes[-1] == (None, None, None, 8)


@pytest.mark.parametrize("tile_size_px", [75, 96, 203])
def test_coarse_maps_are_doubled_and_added(tile_size_px: int) -> None:
    maps = random_maps(tile_size_px, (2, 2, 2, 2))
    pyramid = FeaturePyramid(2)
    pyramid.build([one.shape for one in maps])
    make_transparent(pyramid)
    found = [ops.convert_to_numpy(level) for level in pyramid(maps)]
    expected = maps[3]
    np.testing.assert_allclose(found[3], expected, atol=1e-5)
    np.testing.assert_allclose(found[4], expected[:, ::2, ::2], atol=1e-5)
    for level in (2, 1, 0):
        # The cell that a finer cell lies in is half its index.
        halves = np.arange(maps[level].shape[1]) // 2
        expected = maps[level] + expected[:, halves][:, :, halves]
        np.testing.assert_allclose(found[level], expected, atol=1e-5)


def test_layers_have_the_names_of_matterport() -> None:
    pyramid = FeaturePyramid(4)
    names = [layer.name for layer in (*pyramid.laterals, *pyramid.outputs)]
    assert names == [
        "fpn_c2p2", "fpn_c3p3", "fpn_c4p4", "fpn_c5p5", "fpn_p2", "fpn_p3", "fpn_p4", "fpn_p5",
    ]  # fmt: skip
