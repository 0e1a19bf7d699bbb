"""What is set for a network."""

from __future__ import annotations

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

    @property
    def num_classes(self) -> int:
        """Number of classes without background."""
        return len(self.class_names)
