"""Arithmetic on boxes: float32 (..., 4), (y1, x1, y2, x2) in pixels, half-open."""

from __future__ import annotations

from typing import Any

from keras import ops

from geoseg.maskrcnn.architecture import DELTA_STD, MAX_LOG_SCALE, MIN_REFERENCE_SIDE_PX

# Keeps divisions by the area of an empty box finite.
MIN_AREA_PX = 1e-6


def box_areas(boxes: Any) -> Any:
    """Areas of boxes (..., 4); 0 for empty and inverted ones. Returns (...)."""
    heights = ops.maximum(boxes[..., 2] - boxes[..., 0], 0.0)
    widths = ops.maximum(boxes[..., 3] - boxes[..., 1], 0.0)
    return heights * widths


def pairwise_iou(boxes_a: Any, boxes_b: Any) -> Any:
    """Intersection over union of every pair.

    Args:
        boxes_a: float32 (..., N, 4).
        boxes_b: float32 (..., M, 4), with the same leading axes.

    Returns:
        float32 (..., N, M) in 0..1; 0 where both boxes are empty.
    """
    shared = _shared_areas(boxes_a, boxes_b)
    union = box_areas(boxes_a)[..., :, None] + box_areas(boxes_b)[..., None, :] - shared
    return shared / ops.maximum(union, MIN_AREA_PX)


def pairwise_inside(boxes: Any, regions: Any) -> Any:
    """Share of each box that lies inside each region.

    Args:
        boxes: float32 (..., N, 4).
        regions: float32 (..., M, 4), with the same leading axes.

    Returns:
        float32 (..., N, M) in 0..1; 0 for empty boxes.
    """
    areas = ops.maximum(box_areas(boxes), MIN_AREA_PX)
    return _shared_areas(boxes, regions) / areas[..., :, None]


def encode_boxes(boxes: Any, references: Any) -> Any:
    """Deltas (dy, dx, log dh, log dw) / DELTA_STD that turn references into boxes.

    Args:
        boxes: float32 (..., 4).
        references: float32 (..., 4), anchors or proposals.

    Returns:
        float32 (..., 4). Sides below a hundredth of a pixel count as that.
    """
    heights, widths, centre_y, centre_x = _centre_form(boxes)
    ref_heights, ref_widths, ref_centre_y, ref_centre_x = _centre_form(references)
    deltas = ops.stack(
        [
            (centre_y - ref_centre_y) / ref_heights,
            (centre_x - ref_centre_x) / ref_widths,
            ops.log(heights / ref_heights),
            ops.log(widths / ref_widths),
        ],
        axis=-1,
    )
    return deltas / ops.convert_to_tensor(DELTA_STD, dtype="float32")


def decode_boxes(deltas: Any, references: Any) -> Any:
    """Inverse of `encode_boxes`.

    Args:
        deltas: float32 (..., 4).
        references: float32 (..., 4).

    Returns:
        float32 (..., 4); growth is limited to exp(MAX_LOG_SCALE).
    """
    scaled = deltas * ops.convert_to_tensor(DELTA_STD, dtype="float32")
    ref_heights, ref_widths, ref_centre_y, ref_centre_x = _centre_form(references)
    centre_y = ref_centre_y + scaled[..., 0] * ref_heights
    centre_x = ref_centre_x + scaled[..., 1] * ref_widths
    half_heights = 0.5 * ref_heights * ops.exp(ops.minimum(scaled[..., 2], MAX_LOG_SCALE))
    half_widths = 0.5 * ref_widths * ops.exp(ops.minimum(scaled[..., 3], MAX_LOG_SCALE))
    return ops.stack(
        [
            centre_y - half_heights,
            centre_x - half_widths,
            centre_y + half_heights,
            centre_x + half_widths,
        ],
        axis=-1,
    )


def clip_boxes(boxes: Any, size_px: float) -> Any:
    """Boxes (..., 4) clipped to a square tile of side `size_px`."""
    return ops.clip(boxes, 0.0, size_px)


def clip_to_windows(boxes: Any, windows: Any) -> Any:
    """Boxes (..., 4) clipped to windows (..., 4) of the same axes, or of fewer."""
    low, high = windows[..., :2], windows[..., 2:]
    corners = [ops.clip(boxes[..., :2], low, high), ops.clip(boxes[..., 2:], low, high)]
    return ops.concatenate(corners, axis=-1)


def _shared_areas(boxes_a: Any, boxes_b: Any) -> Any:
    a, b = boxes_a[..., :, None, :], boxes_b[..., None, :, :]
    heights = ops.minimum(a[..., 2], b[..., 2]) - ops.maximum(a[..., 0], b[..., 0])
    widths = ops.minimum(a[..., 3], b[..., 3]) - ops.maximum(a[..., 1], b[..., 1])
    return ops.maximum(heights, 0.0) * ops.maximum(widths, 0.0)


def _centre_form(boxes: Any) -> tuple[Any, Any, Any, Any]:
    heights = ops.maximum(boxes[..., 2] - boxes[..., 0], MIN_REFERENCE_SIDE_PX)
    widths = ops.maximum(boxes[..., 3] - boxes[..., 1], MIN_REFERENCE_SIDE_PX)
    return heights, widths, boxes[..., 0] + 0.5 * heights, boxes[..., 1] + 0.5 * widths
