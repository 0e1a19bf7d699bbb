"""Whether a network is one of matterport's, and whether arrays are its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.errors import WeightsError
from geoseg.maskrcnn.architecture import RESNET_BLOCKS
from geoseg.maskrcnn.matterport.config import make_matterport_config
from geoseg.maskrcnn.matterport.layout import list_weights

# What matterport's `Config` sets too, or has no word for: it changes no layer and no code.
_FREE_FIELDS = (
    "class_names",
    "tile_size_px",
    "gsd_m",
    "gsd_range_m",
    "score",
    "calibration",
    "anchor_scales_px",
    "pre_nms_total",
    "num_proposals",
    "rpn_nms_iou",
    "detection_nms_iou",
    "max_detections",
    "resize",
)


def is_expressible(config: MaskRCNNConfig) -> bool:
    """Whether matterport's program can compute what a network does."""
    return _find_difference(config) is None


def check_expressible(config: MaskRCNNConfig, source: str) -> None:
    """Make sure that matterport's program can compute what a network does.

    Args:
        config: of the network.
        source: name of the file that it is to be written to, for the message.

    Raises:
        WeightsError: it has other layers or numerics.
    """
    difference = _find_difference(config)
    if difference is not None:
        raise WeightsError(
            f"{source} would be a file of matterport's Mask R-CNN, in which {difference}. "
            "Files of other networks end in .weights.h5 or .npz."
        )


def check_arrays(
    arrays: Mapping[str, NDArray[np.floating]], config: MaskRCNNConfig, source: str
) -> None:
    """Make sure that arrays are those of a network of matterport's.

    Args:
        arrays: by `<layer>/<variable>`.
        config: of the network.
        source: name of their file, for the message.

    Raises:
        WeightsError: an array is missing, superfluous or of another shape.
    """
    expected = list_weights(config.backbone, config.num_outputs)
    odd = sorted(set(expected) ^ set(arrays))
    if odd:
        state = "is missing" if odd[0] in expected else "is unknown"
        raise WeightsError(f"{source} must fit the network; {odd[0]} {state}.")
    for key, weight in expected.items():
        if arrays[key].shape != weight.shape:
            raise WeightsError(
                f"{source}: {key} must have shape {weight.shape}; got {arrays[key].shape}."
            )


def _find_difference(config: MaskRCNNConfig) -> str | None:
    """The first field that is not matterport's, as "field must be a; got b"."""
    if config.backbone not in RESNET_BLOCKS:
        return f"backbone must be {' or '.join(RESNET_BLOCKS)}; got {config.backbone}"
    like = make_matterport_config(config.backbone, config.class_names)
    like = replace(like, **{name: getattr(config, name) for name in _FREE_FIELDS})
    for field in fields(config):
        got, wanted = getattr(config, field.name), getattr(like, field.name)
        if got != wanted:
            return f"{field.name} must be {wanted}; got {got}"
    return None
