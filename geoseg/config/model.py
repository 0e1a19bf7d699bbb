"""What is set for a network."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geoseg.config.toml import require

_CHOICES = {
    "backbone": ("mobilenet_v2", "resnet50", "resnet101"),
    "classification": ("sigmoid", "softmax"),
    "box_frame": ("edges", "centres"),
    "roi_sampling": ("cells", "corners"),
    "roi_level_rounding": ("down", "nearest"),
    "resize": ("none", "square"),
}


@dataclass(frozen=True)
class MaskRCNNConfig:
    """The network, by stage. Saved with the weights.

    Attributes:
        backbone: "mobilenet_v2", "resnet50" or "resnet101".
        class_names: classes without background, in order of `Detection.class_index`.
        tile_size_px: side of the square input.
        gsd_m: ground metres per pixel the weights work best at.
        score: detections below this score are left out by default.
        calibration: (a, b, c) of the map from the network's scores to calibrated ones, see
            `geoseg.scores`; None leaves them as they are.
        gsd_range_m: finest and coarsest ground metres per pixel that the weights were trained
            or measured at; None for unknown.
        pyramid_channels: width of the feature pyramid and of the heads' convolutions.
        anchor_scales_px: square root of the anchor area, one per pyramid level P2..P6.
        anchor_ratios: height / width.
        pre_nms_per_level: best anchors kept per level before NMS; 0 keeps all.
        num_proposals: boxes handed to the heads.
        rpn_nms_iou: proposals overlapping a better one by more are dropped.
        box_pool_px: side of the features pooled for the box head.
        box_units: width of the two dense layers of the box head.
        mask_pool_px: side of the features pooled for the mask head; masks are twice as wide.
        mask_convs: convolutions of the mask head before upsampling.
        detection_nms_iou: detections overlapping a better one by more are dropped.
        max_detections: most detections of a tile.
        classification: "sigmoid": an anchor has one score and a proposal one a class;
            "softmax": background contests with the classes, as their first.
        box_per_class: the box head refines a proposal for each class, not for all at once.
        head_batch_norm: the heads' hidden layers are convolutions with a frozen batch norm each;
            else those of the box head are dense, and none has a batch norm.
        rpn_channels: width of the RPN's convolution; None takes `pyramid_channels`.
        anchor_offset: where in a cell its anchors are centred, 0.5 for the middle.
        box_frame: what the coordinates inside the network count from. "edges": the tile spans 0
            to `tile_size_px`, half-open; "centres": pixel centres, so that the tile ends at
            `tile_size_px` - 1. Boxes outside the network are always the former.
        roi_sampling: where the features of a box are read. "cells": at the centres of a grid of
            cells over the box; "corners": from border to border, and zeros beyond the tile.
        roi_level_rounding: "down" or "nearest": the pyramid level of a box that lies between two.
        roi_canonical_px: square root of the area of boxes that read P4.
        pre_nms_total: best anchors of all levels together that go through the NMS.
        empty_padding: where NMS leaves fewer than `num_proposals`, empty boxes fill up, not
            the best of those that it dropped.
        min_side_px: proposals and detections with a shorter side are dropped.
        objectness_share: how much the RPN's logit of a proposal counts in the score of a detection,
            the box head's the rest; only with "sigmoid".
        resize: what becomes of a plain image that is no larger than a tile. "none": it is mirrored
            beyond its borders; "square": enlarged until its longer side fills the tile, and
            centred between zeros.
    """

    backbone: str = "mobilenet_v2"
    class_names: tuple[str, ...] = ("building",)
    tile_size_px: int = 300
    gsd_m: float = 0.3
    score: float = 0.5
    calibration: tuple[float, float, float] | None = None
    gsd_range_m: tuple[float, float] | None = None
    pyramid_channels: int = 128
    anchor_scales_px: tuple[float, ...] = (16.0, 32.0, 64.0, 128.0, 256.0)
    anchor_ratios: tuple[float, ...] = (0.5, 1.0, 2.0)
    pre_nms_per_level: int = 256
    num_proposals: int = 200
    rpn_nms_iou: float = 0.7
    box_pool_px: int = 7
    box_units: int = 512
    mask_pool_px: int = 14
    mask_convs: int = 2
    detection_nms_iou: float = 0.4
    max_detections: int = 150
    classification: str = "sigmoid"
    box_per_class: bool = False
    head_batch_norm: bool = False
    rpn_channels: int | None = None
    anchor_offset: float = 0.5
    box_frame: str = "edges"
    roi_sampling: str = "cells"
    roi_level_rounding: str = "down"
    roi_canonical_px: float = 160.0
    pre_nms_total: int = 640
    empty_padding: bool = False
    min_side_px: float = 1.0
    objectness_share: float = 0.0
    resize: str = "none"

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            value = getattr(self, name)
            require(value in known, f"{name} must be one of {', '.join(known)}", value)
        require(len(self.class_names) >= 1, "class_names must name a class", self.class_names)
        require(self.tile_size_px >= 64, "tile_size_px must be at least 64", self.tile_size_px)
        require(
            len(self.anchor_scales_px) == 5,
            "anchor_scales_px must have five values, for P2 to P6",
            self.anchor_scales_px,
        )
        require(
            0 <= self.objectness_share < 1,
            "objectness_share must be in 0..1, below 1",
            self.objectness_share,
        )
        require(
            self.objectness_share == 0 or self.classification == "sigmoid",
            "objectness_share must be 0 where classification is softmax",
            self.objectness_share,
        )
        if self.calibration is not None:
            a, b, _ = self.calibration
            require(
                all(map(math.isfinite, self.calibration)) and min(a, b) >= 0 and a + b > 0,
                "calibration must be finite A, B, C with A and B at least 0 and not both 0",
                self.calibration,
            )
        if self.gsd_range_m is not None:
            low, high = self.gsd_range_m
            require(
                0 < low <= high < math.inf,
                "gsd_range_m must be LOW, HIGH above 0",
                self.gsd_range_m,
            )

    @property
    def num_classes(self) -> int:
        """Number of classes without background."""
        return len(self.class_names)

    @property
    def first_class(self) -> int:
        """Place of the first class among the heads' outputs: 1 behind background, else 0."""
        return 1 if self.classification == "softmax" else 0

    @property
    def num_outputs(self) -> int:
        """Classes that the heads tell apart, background among them where they know it."""
        return self.num_classes + self.first_class
