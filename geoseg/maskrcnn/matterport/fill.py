"""Starting a network from a matterport file, as its `load_weights(by_name=True)` does."""

from __future__ import annotations

import logging
from pathlib import Path

from geoseg.errors import WeightsError
from geoseg.maskrcnn.matterport.h5_file import read_matterport
from geoseg.maskrcnn.matterport.layout import CLASS_LAYERS
from geoseg.maskrcnn.matterport.load_report import LoadReport
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights import fill_weights, weight_names

logger = logging.getLogger(__name__)


def fill_from_matterport(model: MaskRCNN, path: Path) -> LoadReport:
    """Fill a network from a file, but for the last layers where the file has other classes.

    Layers that the file lacks keep what they have. What is not filled is logged as a warning.

    Args:
        model: with matterport's layers, see `make_matterport_config`. On an error it keeps all of
            its weights.
        path: of the file.

    Returns:
        What became of each layer.

    Raises:
        WeightsError: the file is missing, damaged or of another backbone, or a layer has another
            shape for a reason other than the number of classes.
    """
    found = read_matterport(path)
    if found.backbone != model.config.backbone:
        raise WeightsError(
            f"{path.name} holds a {found.backbone}, so backbone must be that; "
            f"got {model.config.backbone}."
        )
    arrays, report = dict(found.arrays), found.report
    if found.num_outputs not in (None, model.config.num_outputs):
        arrays = {key: one for key, one in arrays.items() if key.split("/")[0] not in CLASS_LAYERS}
        report = report.leave_out(
            CLASS_LAYERS,
            f"{found.num_outputs} classes with background, not {model.config.num_outputs}",
        )
    unknown = sorted(set(arrays) - set(weight_names(model)))
    if unknown:
        raise WeightsError(
            f"{path.name} must fit the network; {unknown[0]} is unknown to a network that is not "
            "matterport's."
        )
    fill_weights(model, arrays, path.name, partial=True)
    _log(report, path.name)
    return report


def _log(report: LoadReport, source: str) -> None:
    lines = report.describe()
    # Those that are not loaded are named behind a colon.
    named = [line for line in lines if ":" in line]
    logger.info("%s: %s", source, "; ".join(line for line in lines if line not in named))
    if named:
        logger.warning("%s: not taken over: %s", source, "; ".join(named))
