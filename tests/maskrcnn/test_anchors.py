"""The grid of anchors."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import STRIDES_PX, anchors_per_level, level_sizes, make_anchors

DEFAULT = MaskRCNNConfig()


@pytest.mark.parametrize(
    ("tile_size_px", "sizes"),
    [
        (64, (16, 8, 4, 2, 1)),
        (75, (19, 10, 5, 3, 2)),
        (203, (51, 26, 13, 7, 4)),
        (300, (75, 38, 19, 10, 5)),
        (320, (80, 40, 20, 10, 5)),
    ],
)
def test_level_sizes_round_up(tile_size_px: int, sizes: tuple[int, ...]) -> None:
    assert level_sizes(tile_size_px) == sizes


def test_first_anchors_worked_by_hand() -> None:
    # Cell (0, 0) of P2 is centred on 2 px; the ratio is height by width, the area 16 x 16.
    config = dataclasses.replace(DEFAULT, tile_size_px=64, anchor_ratios=(0.25, 1.0, 4.0))
    expected = [[-2, -14, 6, 18], [-6, -6, 10, 10], [-14, -2, 18, 6], [-2, -10, 6, 22]]
    np.testing.assert_allclose(make_anchors(config)[:4], expected, atol=1e-5)


def test_anchors_can_be_centred_on_the_corners_of_cells() -> None:
    corner = dataclasses.replace(DEFAULT, tile_size_px=75, anchor_offset=0.0)
    middle = dataclasses.replace(corner, anchor_offset=0.5)
    # Half a cell is 2 px on P2 and 32 px on P6.
    moved = make_anchors(middle) - make_anchors(corner)
    np.testing.assert_allclose(moved[[0, -1]], [[2] * 4, [32] * 4], atol=1e-4)


def test_number_of_anchors_in_the_usual_layout() -> None:
    config = dataclasses.replace(DEFAULT, tile_size_px=320)
    assert make_anchors(config).shape == (25_575, 4)
    assert make_anchors(config).dtype == np.float32


@given(tile_size_px=st.integers(64, 320))
def test_centres_areas_and_ratios(tile_size_px: int) -> None:
    config = dataclasses.replace(DEFAULT, tile_size_px=tile_size_px)
    anchors, start = make_anchors(config).astype(float), 0
    for size, count, stride_px, scale_px in zip(
        level_sizes(tile_size_px),
        anchors_per_level(config),
        STRIDES_PX,
        config.anchor_scales_px,
        strict=True,
    ):
        level = anchors[start : start + count].reshape(size, size, 3, 4)
        start += count
        height, width = level[..., 2] - level[..., 0], level[..., 3] - level[..., 1]
        np.testing.assert_allclose(height * width, scale_px**2, rtol=1e-4)
        np.testing.assert_allclose((height / width)[0, 0], config.anchor_ratios, rtol=1e-4)
        centres = (np.arange(size) + 0.5) * stride_px
        middle = (level[..., :2] + level[..., 2:]) / 2
        np.testing.assert_allclose(middle[:, 0, :, 0], centres[:, None] + [0, 0, 0], atol=1e-3)
        np.testing.assert_allclose(middle[0, :, :, 1], centres[:, None] + [0, 0, 0], atol=1e-3)
        # The last cell still lies on the tile.
        assert (size - 1) * stride_px < tile_size_px <= size * stride_px
    assert start == len(anchors)
