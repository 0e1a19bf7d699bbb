"""The settings that make the network compute what matterport's Mask R-CNN computes."""

from __future__ import annotations

from geoseg.config import MaskRCNNConfig

# The side that the crowdAI mapping challenge's baseline works at, and what a pixel then covers:
# its tiles of 300 px at 0.3 m are enlarged to it.
TILE_SIZE_PX = 320
GSD_M = 0.3 * 300 / TILE_SIZE_PX

DETECTION_MIN_CONFIDENCE = 0.7


def make_matterport_config(
    backbone: str,
    class_names: tuple[str, ...],
    tile_size_px: int = TILE_SIZE_PX,
    *,
    gsd_m: float = GSD_M,
    score: float = DETECTION_MIN_CONFIDENCE,
) -> MaskRCNNConfig:
    """The config of a network with matterport's layers and numerics.

    The values are the defaults of version 2.1 (`mrcnn/config.py`, `mrcnn/model.py`), which
    crowdAI's baseline and the COCO weights were trained with.

    Args:
        backbone: "resnet50" or "resnet101".
        class_names: classes without background, in the order of the file.
        tile_size_px: side of the square input, `IMAGE_MAX_DIM`.
        gsd_m: ground metres per pixel of that input.
        score: `DETECTION_MIN_CONFIDENCE`.

    Raises:
        ConfigError: a value is out of range.

    Example:
        >>> make_matterport_config("resnet101", ("building",)).num_outputs
        2
    """
    return MaskRCNNConfig(
        backbone=backbone,
        class_names=class_names,
        tile_size_px=tile_size_px,
        gsd_m=gsd_m,
        score=score,
        pyramid_channels=256,
        anchor_scales_px=(32.0, 64.0, 128.0, 256.0, 512.0),
        # There a ratio is width / height.
        anchor_ratios=(2.0, 1.0, 0.5),
        pre_nms_per_level=0,
        num_proposals=1000,
        rpn_nms_iou=0.7,
        box_pool_px=7,
        box_units=1024,
        mask_pool_px=14,
        mask_convs=4,
        detection_nms_iou=0.3,
        max_detections=100,
        classification="softmax",
        box_per_class=True,
        head_batch_norm=True,
        rpn_channels=512,
        anchor_offset=0.0,
        box_frame="centres",
        roi_sampling="corners",
        roi_level_rounding="nearest",
        roi_canonical_px=224.0,
        pre_nms_total=6000,
        empty_padding=True,
        min_side_px=0.0,
        resize="square",
    )
