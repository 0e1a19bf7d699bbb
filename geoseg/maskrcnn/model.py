"""The network put together; nothing but wiring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.maskrcnn.backbones import build_backbone, normalize_images
from geoseg.maskrcnn.boxes import encode_boxes
from geoseg.maskrcnn.detect import mix_logits, select_detections
from geoseg.maskrcnn.fpn import build_pyramid
from geoseg.maskrcnn.frames import enter_frame, leave_frame
from geoseg.maskrcnn.heads import BoxHead, MaskHead
from geoseg.maskrcnn.losses import (
    box_loss,
    class_loss,
    mask_loss,
    rpn_class_loss,
    softmax_class_loss,
)
from geoseg.maskrcnn.matching import sample_rois
from geoseg.maskrcnn.nms import take_rows
from geoseg.maskrcnn.proposals import make_proposals
from geoseg.maskrcnn.roi_align import crop_masks, roi_align
from geoseg.maskrcnn.rpn import RPNHead

LOSS_NAMES = ("rpn_class", "rpn_bbox", "class", "bbox", "mask")


class MaskRCNN(keras.Model):
    """Mask R-CNN (He et al. 2017) on a feature pyramid.

    Attributes:
        config: the network's settings.
        num_rois: proposals per tile that train the heads.
        num_positive: most positives among them.
        loss_weights: what each of LOSS_NAMES is multiplied by in the sum that is minimised.
    """

    def __init__(
        self,
        config: MaskRCNNConfig,
        *,
        num_rois: int = 64,
        num_positive: int = 20,
        loss_weights: Sequence[float] = (1.0,) * len(LOSS_NAMES),
        **kwargs: Any,
    ) -> None:
        """Build the network with fresh weights; see the class for the arguments."""
        # Boxes lose whole pixels in half precision: no input is cast.
        super().__init__(autocast=False, name="mask_rcnn", **kwargs)
        self.config = config
        self.num_rois = num_rois
        self.num_positive = num_positive
        self.loss_weights = tuple(loss_weights)
        channels, outputs = config.pyramid_channels, config.num_outputs
        self.backbone = build_backbone(config)
        self.fpn = build_pyramid(self.backbone, channels)
        self.rpn = RPNHead(
            config.rpn_channels or channels,
            len(config.anchor_ratios),
            1 + config.first_class,
            name="rpn_model",
        )
        self.rpn.build([(None, s, s, channels) for s in self._pyramid_sizes()])
        self.box_head = BoxHead(
            outputs,
            config.box_units,
            box_per_class=config.box_per_class,
            conv_px=config.box_pool_px if config.head_batch_norm else None,
            name="box_head",
        )
        self.box_head.build((None, None, config.box_pool_px, config.box_pool_px, channels))
        self.mask_head = MaskHead(
            outputs,
            channels,
            config.mask_convs,
            batch_norm=config.head_batch_norm,
            name="mask_head",
        )
        self.mask_head.build((None, None, config.mask_pool_px, config.mask_pool_px, channels))
        self.anchors = make_anchors(config)
        self._loss_means = [keras.metrics.Mean(name=name) for name in LOSS_NAMES]
        self.built = True

    def _pyramid_sizes(self) -> list[int]:
        sizes = [output.shape[1] for output in self.backbone.outputs]
        return [*sizes, (sizes[-1] + 1) // 2]

    def features(self, images: Any) -> list[Any]:
        """Images (B, S, S, 3), RGB 0..255, to the pyramid P2..P6, each (B, H, W, C)."""
        normalized = ops.cast(normalize_images(images, self.config.backbone), self.compute_dtype)
        return self.fpn(self.backbone(normalized))  # type: ignore[no-any-return]

    def propose(self, pyramid: Sequence[Any]) -> tuple[Any, Any, Any, Any]:
        """Pyramid to RPN logits (B, A), deltas (B, A, 4), proposals (B, N, 4), their logits (B, N).

        The proposals are in the frame of the network, see `geoseg.maskrcnn.frames`.
        """
        logits, deltas = self.rpn(pyramid)
        anchors = enter_frame(ops.convert_to_tensor(self.anchors), self.config)
        proposals, objectness = make_proposals(
            ops.stop_gradient(logits), ops.stop_gradient(deltas), anchors, self.config
        )
        return logits, deltas, proposals, objectness

    def classify(self, pyramid: Sequence[Any], boxes: Any) -> tuple[Any, Any]:
        """Class logits and deltas of boxes (B, N, 4) in the frame of the network; see `BoxHead`."""
        pooled = roi_align(pyramid[:4], boxes, self.config.box_pool_px, self.config)
        return self.box_head(pooled)  # type: ignore[no-any-return]

    def find_boxes(self, images: Any, min_score: Any, windows: Any = None) -> dict[str, Any]:
        """Detections without masks, and the pyramid for `find_masks`.

        Args:
            images: (B, S, S, 3), RGB 0..255.
            min_score: detections must score at least this; a number or float32 (B, 1).
            windows: float32 (B, 4), tile pixels: where each image lies in its tile. Detections are
                clipped to it; None for images that fill their tiles.

        Returns:
            As `select_detections`, the boxes in tile pixels; and the "pyramid".
        """
        pyramid = self.features(images)
        _, _, proposals, objectness = self.propose(pyramid)
        logits, deltas = self.classify(pyramid, proposals)
        logits = mix_logits(logits, objectness, self.config)
        if windows is not None:
            windows = enter_frame(ops.cast(windows, "float32"), self.config)
        found = select_detections(logits, deltas, proposals, min_score, self.config, windows)
        boxes = leave_frame(found["boxes"], self.config)
        return {**found, "boxes": boxes, "pyramid": pyramid[:4]}

    def find_masks(self, pyramid: Sequence[Any], boxes: Any, classes: Any) -> Any:
        """Soft masks of boxes.

        Args:
            pyramid: P2..P5.
            boxes: float32 (B, D, 4), tile pixels.
            classes: int32 (B, D).

        Returns:
            float32 (B, D, M, M) in 0..1, of each box's own class.
        """
        boxes = enter_frame(boxes, self.config)
        return ops.sigmoid(self._mask_logits(pyramid, boxes, classes))

    def _mask_logits(self, pyramid: Sequence[Any], boxes: Any, classes: Any) -> Any:
        pooled = roi_align(pyramid, boxes, self.config.mask_pool_px, self.config)
        return _own_class(self.mask_head(pooled), classes + self.config.first_class)

    def call(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The five losses of a training batch.

        Args:
            inputs: "images" (B, S, S, 3); "anchor_labels" (B, A) and "anchor_deltas" (B, A, 4),
                see `match_anchors`; "boxes" (B, G, 4), "classes" int32 (B, G), "is_object"
                float32 (B, G) and "noise" (B, N + G), see `sample_rois`; "masks" uint8
                (B, G, M, M), 0..255, each over its own box.

        Returns:
            A scalar for each of LOSS_NAMES.
        """
        pyramid = self.features(inputs["images"])
        logits, deltas, proposals, _ = self.propose(pyramid)
        boxes = enter_frame(ops.cast(inputs["boxes"], "float32"), self.config)
        rois = sample_rois(
            proposals,
            boxes,
            inputs["is_object"],
            inputs["noise"],
            num_rois=self.num_rois,
            num_positive=self.num_positive,
        )
        is_anchor_positive = ops.cast(inputs["anchor_labels"] > 0, "float32")
        return {
            "rpn_class": rpn_class_loss(logits, inputs["anchor_labels"]),
            "rpn_bbox": box_loss(deltas, inputs["anchor_deltas"], is_anchor_positive),
            **self.head_losses(pyramid[:4], rois, {**inputs, "boxes": boxes}),
        }

    def head_losses(
        self, pyramid: Sequence[Any], rois: dict[str, Any], objects: dict[str, Any]
    ) -> dict[str, Any]:
        """The losses of the heads on given proposals.

        Args:
            pyramid: P2..P5.
            rois: as `sample_rois` gives them.
            objects: "boxes" in the frame of the network, "classes" and "masks", see `call`.
        """
        classes = ops.take_along_axis(objects["classes"], rois["object"], axis=1)
        logits, deltas = self.classify(pyramid, rois["rois"])
        wanted = encode_boxes(take_rows(objects["boxes"], rois["object"]), rois["rois"])
        if self.config.box_per_class:
            own = classes + self.config.first_class
            deltas = ops.take_along_axis(deltas, own[..., None, None], axis=2)[:, :, 0]
        return {
            "class": self._class_loss(logits, classes, rois),
            "bbox": box_loss(deltas, wanted, rois["is_positive"]),
            "mask": self._mask_loss(pyramid, rois, objects),
        }

    def _class_loss(self, logits: Any, classes: Any, rois: dict[str, Any]) -> Any:
        is_positive = rois["is_positive"]
        if self.config.classification == "softmax":
            outputs = (classes + 1) * ops.cast(is_positive, "int32")
            return softmax_class_loss(logits, outputs, rois["is_used"])
        targets = ops.one_hot(classes, self.config.num_classes, dtype="float32")
        return class_loss(logits, targets * is_positive[..., None], rois["is_used"])

    def _mask_loss(
        self, pyramid: Sequence[Any], rois: dict[str, Any], objects: dict[str, Any]
    ) -> Any:
        front = {name: value[:, : self.num_positive] for name, value in rois.items()}
        classes = ops.take_along_axis(objects["classes"], front["object"], axis=1)
        logits = self._mask_logits(pyramid, front["rois"], classes)
        masks = ops.cast(take_rows(objects["masks"], front["object"]), "float32") / 255.0
        mask_boxes = take_rows(objects["boxes"], front["object"])
        targets = crop_masks(
            masks, mask_boxes, front["rois"], logits.shape[2], self.config.roi_sampling
        )
        return mask_loss(logits, targets, front["is_positive"])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Sum of the five losses, each also kept as a metric."""
        del x, y, sample_weight, training
        for mean in self._loss_means:
            mean.update_state(y_pred[mean.name])
        weighted = zip(LOSS_NAMES, self.loss_weights, strict=True)
        return sum(y_pred[name] * weight for name, weight in weighted)


def _own_class(mask_logits: Any, classes: Any) -> Any:
    """Logits (B, D, M, M, classes) of each row's own class: (B, D, M, M)."""
    if mask_logits.shape[-1] == 1:
        return mask_logits[..., 0]
    index = ops.cast(classes, "int32")[..., None, None, None]
    return ops.take_along_axis(mask_logits, index, axis=-1)[..., 0]
