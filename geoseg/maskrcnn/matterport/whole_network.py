"""A matterport file as a whole network: arrays and config."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.errors import WeightsError
from geoseg.maskrcnn.matterport.class_names import check_class_names, name_classes
from geoseg.maskrcnn.matterport.config import GSD_M, TILE_SIZE_PX, make_matterport_config
from geoseg.maskrcnn.matterport.h5_file import MatterportWeights
from geoseg.maskrcnn.matterport.load_report import MISSING, UNEXPECTED

logger = logging.getLogger(__name__)


def as_network(
    found: MatterportWeights,
    source: str,
    class_names: tuple[str, ...] | None = None,
    *,
    tile_size_px: int | None = None,
    gsd_m: float | None = None,
) -> tuple[dict[str, NDArray[np.floating]], MaskRCNNConfig]:
    """The arrays of a file by `<layer>/<variable>`, and a config, which such a file does not hold.

    Layers that the network does not have are left out, with a warning to the log.

    Args:
        found: what the file holds.
        source: name of the file, for messages.
        class_names: without background, in the order of the file; None names one "building" and
            80 as COCO does, and numbers others.
        tile_size_px: side of the square input; None takes that of the crowdAI mapping challenge.
        gsd_m: ground metres per pixel of that input; None likewise.

    Raises:
        WeightsError: the file does not hold all of a network, or the names do not fit its classes.
        ConfigError: the tile size or the GSD is out of range.
    """
    num_classes = count_classes(found, source)
    odd = found.report.list_names(UNEXPECTED)
    if odd:
        logger.warning("%s: left out, as no such layers are known: %s", source, ", ".join(odd))
    if class_names is not None:
        check_class_names(class_names, num_classes, source)
    config = make_matterport_config(
        found.backbone,
        name_classes(num_classes) if class_names is None else class_names,
        TILE_SIZE_PX if tile_size_px is None else tile_size_px,
        gsd_m=GSD_M if gsd_m is None else gsd_m,
    )
    return dict(found.arrays), config


def describe_network(found: MatterportWeights) -> MaskRCNNConfig:
    """The config of a network that a file can start, whether it holds all of one or not.

    A file that ends before the heads starts a network for buildings.
    """
    num_classes = 1 if found.num_outputs is None else max(1, found.num_outputs - 1)
    return make_matterport_config(found.backbone, name_classes(num_classes))


def count_classes(found: MatterportWeights, source: str) -> int:
    """Number of classes of a whole network, background not counted.

    Raises:
        WeightsError: a layer is missing, or background is the only class.
    """
    missing = [one for one in found.report.entries if one.state == MISSING]
    if missing or found.num_outputs is None:
        what = f"{missing[0].name} {missing[0].reason}".strip() if missing else "the heads"
        raise WeightsError(
            f"{source} must hold every layer of the network; missing: {what}"
            f"{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}."
        )
    if found.num_outputs < 2:
        raise WeightsError(f"{source} must have a class beside background; it has none.")
    return found.num_outputs - 1
