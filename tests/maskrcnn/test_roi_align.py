"""Sampling of boxes, against TensorFlow, slow references and what can be worked out."""

from __future__ import annotations

import itertools

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import STRIDES_PX, level_sizes
from geoseg.maskrcnn.roi_align import crop_masks, roi_align, roi_levels

Pyramid = list[NDArray[np.float32]]

CONFIG = MaskRCNNConfig()


def random_pyramid(tile_size_px: int, *, batch: int = 2, channels: int = 3) -> Pyramid:
    random = np.random.default_rng(0)
    return [
        random.normal(size=(batch, size, size, channels)).astype(np.float32)
        for size in level_sizes(tile_size_px)[:4]
    ]


def ramp_pyramid(tile_size_px: int) -> Pyramid:
    """Two channels that hold the position of each cell's centre in the tile, y and x."""
    levels = []
    for size, stride_px in zip(level_sizes(tile_size_px)[:4], STRIDES_PX[:4], strict=True):
        centres = (np.arange(size) + 0.5) * stride_px
        levels.append(np.stack(np.meshgrid(centres, centres, indexing="ij"), axis=-1)[None])
    return [level.astype(np.float32) for level in levels]


@st.composite
def boxes_in_tile(draw: st.DrawFn, tile_size_px: int, margin_px: float) -> NDArray[np.float32]:
    """Boxes (1, 4, 4) of 8 px and more that keep off the tile's border."""
    corner = st.floats(margin_px, tile_size_px - margin_px - 8, width=32)
    low = draw(hnp.arrays(np.float32, (4, 2), elements=corner))
    share = draw(hnp.arrays(np.float32, (4, 2), elements=st.floats(0, 1, width=32)))
    high = low + 8 + share * (tile_size_px - margin_px - 8 - low)
    return np.concatenate([low, high], axis=1).astype(np.float32)[None]


def sample_by_loops(
    pyramid: Pyramid, boxes: NDArray[np.float32], pool_px: int
) -> NDArray[np.float32]:
    """ROIAlign one sample at a time."""
    batch, count = boxes.shape[:2]
    levels = ops.convert_to_numpy(roi_levels(boxes, CONFIG))
    result = np.zeros((batch, count, pool_px, pool_px, pyramid[0].shape[-1]), np.float32)
    for image, row, i, j in np.ndindex(batch, count, pool_px, pool_px):
        y1, x1, y2, x2 = boxes[image, row].astype(float)
        level = levels[image, row] - 2
        cells = pyramid[level][image]
        last = len(cells) - 1
        y = np.clip((y1 + (i + 0.5) / pool_px * (y2 - y1)) / STRIDES_PX[level] - 0.5, 0, last)
        x = np.clip((x1 + (j + 0.5) / pool_px * (x2 - x1)) / STRIDES_PX[level] - 0.5, 0, last)
        for row_cell, column_cell in itertools.product(range(last + 1), repeat=2):
            weight = max(0, 1 - abs(y - row_cell)) * max(0, 1 - abs(x - column_cell))
            if weight > 0:
                result[image, row, i, j] += weight * cells[row_cell, column_cell]
    return result


@pytest.mark.parametrize(
    ("side_px", "level"),
    [(0, 2), (10, 2), (79, 2), (80, 3), (159, 3), (160, 4), (319, 4), (320, 5), (2000, 5)],
)
def test_level_worked_by_hand(side_px: float, level: int) -> None:
    square = np.array([[5, 5, 5 + side_px, 5 + side_px]], np.float32)
    # Half as high and twice as wide is the same size.
    oblong = np.array([[5, 5, 5 + side_px / 2, 5 + side_px * 2]], np.float32)
    assert ops.convert_to_numpy(roi_levels(square, CONFIG)).tolist() == [level]
    assert ops.convert_to_numpy(roi_levels(oblong, CONFIG)).tolist() == [level]


@given(boxes_in_tile(300, margin_px=32))
def test_a_linear_ramp_is_sampled_exactly(boxes: NDArray[np.float32]) -> None:
    pooled = ops.convert_to_numpy(roi_align(ramp_pyramid(300), boxes, 7, CONFIG))
    steps = (np.arange(7) + 0.5) / 7
    y = boxes[..., 0, None] + (boxes[..., 2] - boxes[..., 0])[..., None] * steps
    x = boxes[..., 1, None] + (boxes[..., 3] - boxes[..., 1])[..., None] * steps
    expected = np.stack(np.broadcast_arrays(y[..., None], x[..., None, :]), axis=-1)
    np.testing.assert_allclose(pooled, expected, atol=1e-3)


@pytest.mark.parametrize("tile_size_px", [75, 203])
def test_equals_a_slow_reference_on_odd_tiles(tile_size_px: int) -> None:
    pyramid = random_pyramid(tile_size_px)
    random = np.random.default_rng(1)
    # Some boxes reach far beyond the tile.
    corner = random.uniform(-40, tile_size_px, (2, 6, 2))
    boxes = np.concatenate([corner, corner + random.uniform(2, tile_size_px, (2, 6, 2))], axis=2)
    boxes = boxes.astype(np.float32)
    pooled = ops.convert_to_numpy(roi_align(pyramid, boxes, 3, CONFIG))
    np.testing.assert_allclose(pooled, sample_by_loops(pyramid, boxes, 3), atol=1e-4)


@given(boxes_in_tile(203, margin_px=20))
def test_equals_crop_and_resize(boxes: NDArray[np.float32]) -> None:
    import tensorflow as tf

    pyramid = random_pyramid(203, batch=1)
    levels = ops.convert_to_numpy(roi_levels(boxes, CONFIG))[0] - 2
    pooled = ops.convert_to_numpy(roi_align(pyramid, boxes, 7, CONFIG))[0]
    for box, level, found in zip(boxes[0].astype(float), levels, pooled, strict=True):
        # crop_and_resize samples from corner to corner, in units of (cells - 1).
        size = pyramid[level].shape[1]
        low, high = box[:2], box[2:]
        first = (low + (high - low) * 0.5 / 7) / STRIDES_PX[level] - 0.5
        last = (low + (high - low) * 6.5 / 7) / STRIDES_PX[level] - 0.5
        corners = np.concatenate([first, last])[None] / (size - 1)
        expected = tf.image.crop_and_resize(pyramid[level], corners, [0], [7, 7]).numpy()[0]
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_beyond_the_border_the_edge_goes_on() -> None:
    pyramid = ramp_pyramid(64)
    far = np.array([[[-50, 100, -30, 120]]], np.float32)
    pooled = ops.convert_to_numpy(roi_align(pyramid, far, 2, CONFIG))
    assert (pooled[..., 0] == 2).all()
    assert (pooled[..., 1] == 62).all()


def test_a_box_without_area_samples_its_point() -> None:
    point = np.array([[[20, 31, 20, 31]]], np.float32)
    pooled = ops.convert_to_numpy(roi_align(ramp_pyramid(64), point, 2, CONFIG))
    np.testing.assert_allclose(pooled[..., 0], 20, atol=1e-4)
    np.testing.assert_allclose(pooled[..., 1], 31, atol=1e-4)


def test_no_boxes_give_no_features() -> None:
    pooled = roi_align(random_pyramid(75), np.zeros((2, 0, 4), np.float32), 7, CONFIG)
    assert tuple(pooled.shape) == (2, 0, 7, 7, 3)


def test_dtype_is_that_of_the_pyramid() -> None:
    pyramid = [ops.cast(level, "bfloat16") for level in random_pyramid(75)]
    pooled = roi_align(pyramid, np.array([[[3, 3, 40, 40]]] * 2, np.float32), 7, CONFIG)
    assert pooled.dtype == "bfloat16"


def test_masks_of_their_own_box_are_resized_like_images() -> None:
    import tensorflow as tf

    masks = np.random.default_rng(2).random((2, 3, 5, 5)).astype(np.float32)
    boxes = np.broadcast_to(np.array([3, 4, 23, 60], np.float32), (2, 3, 4))
    same = ops.convert_to_numpy(crop_masks(masks, boxes, boxes, 5))
    np.testing.assert_allclose(same, masks, atol=1e-5)
    # Where no sample lies in the outer half of an edge cell, resizing and cropping agree.
    smaller = ops.convert_to_numpy(crop_masks(masks, boxes, boxes, 3))
    images = masks.reshape(6, 5, 5, 1)
    expected = tf.image.resize(images, (3, 3)).numpy().reshape(2, 3, 3, 3)
    np.testing.assert_allclose(smaller, expected, atol=1e-5)


def test_a_crop_worked_by_hand() -> None:
    mask = np.array([[[[1, 0], [0.5, 1]]]], np.float32)
    mask_box = np.array([[[0, 0, 4, 4]]], np.float32)
    # The lower left quarter, then the same place twice as large and off to the left.
    quarter = np.array([[[2, 0, 4, 2]]], np.float32)
    beyond = np.array([[[0, -4, 4, 0]]], np.float32)
    assert crop_masks(mask, mask_box, quarter, 1).numpy().tolist() == [[[[0.5]]]]
    assert crop_masks(mask, mask_box, beyond, 2).numpy().tolist() == [[[[0, 0], [0, 0]]]]


@st.composite
def mask_boxes(draw: st.DrawFn) -> NDArray[np.float32]:
    low = draw(hnp.arrays(np.float32, (1, 2, 2), elements=st.floats(-20, 60, width=32)))
    sides = draw(hnp.arrays(np.float32, (1, 2, 2), elements=st.floats(1, 80, width=32)))
    return np.concatenate([low, low + sides], axis=2)


@given(
    hnp.arrays(np.float32, (1, 2, 6, 6), elements=st.floats(0, 1, width=32)),
    mask_boxes(),
    mask_boxes(),
)
def test_crops_equal_a_slow_reference(
    masks: NDArray[np.float32], own: NDArray[np.float32], wanted: NDArray[np.float32]
) -> None:
    found = ops.convert_to_numpy(crop_masks(masks, own, wanted, 4))
    padded = np.pad(masks.astype(float), ((0, 0), (0, 0), (1, 1), (1, 1)))
    for row, i, j in np.ndindex(2, 4, 4):
        low, high = wanted[0, row, :2].astype(float), wanted[0, row, 2:].astype(float)
        point = low + (high - low) * (np.array([i, j]) + 0.5) / 4
        own_low, own_high = own[0, row, :2].astype(float), own[0, row, 2:].astype(float)
        y, x = np.clip((point - own_low) / (own_high - own_low) * 6 - 0.5, -1, 6) + 1
        top, left = min(int(y), 6), min(int(x), 6)
        corners = padded[0, row, top : top + 2, left : left + 2]
        weights = np.outer([1 - (y - top), y - top], [1 - (x - left), x - left])
        assert found[0, row, i, j] == pytest.approx((corners * weights).sum(), abs=1e-3)


def test_masks_are_cut_from_border_to_border() -> None:
    masks = np.zeros((1, 1, 4, 4), np.float32)
    masks[..., :2] = 1
    own = np.array([[[10, 20, 40, 50]]], np.float32)
    # Its own box, of another number of cells: the last row and column are not lost to rounding.
    found = ops.convert_to_numpy(crop_masks(masks, own, own, 7, "corners"))[0, 0]
    assert found.tolist() == [[1, 1, 1, 0, 0, 0, 0]] * 7
    # Twice as high: zeros below.
    tall = np.array([[[10, 20, 70, 50]]], np.float32)
    found = ops.convert_to_numpy(crop_masks(masks, own, tall, 7, "corners"))[0, 0]
    assert found[:, 0].tolist() == [1, 1, 1, 1, 0, 0, 0]
