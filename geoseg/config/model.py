"""What is set for a network."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geoseg.config.toml import require


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
        pre_nms_per_level: best anchors kept per level before NMS.
        num_proposals: boxes handed to the heads.
        rpn_nms_iou: proposals overlapping a better one by more are dropped.
        box_pool_px: side of the features pooled for the box head.
        box_units: width of the two dense layers of the box head.
        mask_pool_px: side of the features pooled for the mask head; masks are twice as wide.
        mask_convs: convolutions of the mask head before upsampling.
        detection_nms_iou: detections overlapping a better one by more are dropped.
        max_detections: most detections of a tile.
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

    def __post_init__(self) -> None:
        known = ("mobilenet_v2", "resnet50", "resnet101")
        require(
            self.backbone in known, f"backbone must be one of {', '.join(known)}", self.backbone
        )
        require(len(self.class_names) >= 1, "class_names must name a class", self.class_names)
        require(self.tile_size_px >= 64, "tile_size_px must be at least 64", self.tile_size_px)
        require(
            len(self.anchor_scales_px) == 5,
            "anchor_scales_px must have five values, for P2 to P6",
            self.anchor_scales_px,
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
