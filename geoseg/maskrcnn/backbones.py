"""The backbones to choose from, and how each wants its pixels."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.architecture import IMAGENET_MEAN_RGB
from geoseg.maskrcnn.mobilenet_v2 import build_mobilenet_v2
from geoseg.maskrcnn.resnet import build_resnet


def build_backbone(config: MaskRCNNConfig) -> keras.Model:
    """The backbone that the config names; its outputs are C2..C5."""
    if config.backbone == "mobilenet_v2":
        return build_mobilenet_v2(config.tile_size_px)
    return build_resnet(config.backbone, config.tile_size_px)


def normalize_images(images: Any, backbone: str) -> Any:
    """RGB 0..255 of any dtype (B, H, W, 3) to the float32 values that the backbone expects."""
    images = ops.cast(images, "float32")
    if backbone == "mobilenet_v2":
        return (images - 128.0) / 128.0
    return images - ops.convert_to_tensor(IMAGENET_MEAN_RGB, dtype="float32")
