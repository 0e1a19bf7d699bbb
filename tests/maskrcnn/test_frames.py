"""The way of boxes into the frame of the network and back."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.frames import enter_frame, get_end_shift, get_extent_px, leave_frame

EDGES = MaskRCNNConfig(tile_size_px=75)
CENTRES = dataclasses.replace(EDGES, box_frame="centres")
BOXES = np.array([[0, 0, 75, 75], [3, 4, 5, 75]], np.float32)


def test_edges_leave_boxes_as_they_are() -> None:
    np.testing.assert_array_equal(enter_frame(BOXES, EDGES), BOXES)
    assert get_extent_px(EDGES) == 75
    assert not get_end_shift(EDGES).any()


def test_between_centres_a_tile_is_a_pixel_shorter() -> None:
    inside = ops.convert_to_numpy(enter_frame(BOXES, CENTRES))
    assert inside.tolist() == [[0, 0, 74, 74], [3, 4, 4, 74]]
    assert get_extent_px(CENTRES) == 74


@pytest.mark.parametrize("config", [EDGES, CENTRES])
def test_the_way_back_leads_to_the_beginning(config: MaskRCNNConfig) -> None:
    back = leave_frame(enter_frame(BOXES, config), config)
    np.testing.assert_array_equal(ops.convert_to_numpy(back), BOXES)
