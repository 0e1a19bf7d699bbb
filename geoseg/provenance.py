"""Where a result comes from: which model, which settings, which raster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geoseg
from geoseg.config import PredictConfig, list_settings
from geoseg.types import Origin

if TYPE_CHECKING:
    from geoseg.config import MaskRCNNConfig


def describe_weights(weights: Path | None) -> tuple[MaskRCNNConfig, str, str]:
    """Config, name and sha256 of a weights file, or of the bundled model; needs no Keras.

    Raises:
        WeightsError: the file is missing, damaged or of another program.
    """
    from geoseg.maskrcnn.bundled import BUNDLED_NAME, BUNDLED_PATH, check_bundled
    from geoseg.maskrcnn.weights_file import file_sha256, read_weights

    if weights is None:
        check_bundled()
    path = BUNDLED_PATH if weights is None else weights
    _, config = read_weights(path)
    return config, BUNDLED_NAME if weights is None else weights.name, file_sha256(path)


def make_origin(
    config: PredictConfig,
    *,
    model: str,
    weights_sha256: str,
    raster: str,
    raster_date: str,
    created: str,
) -> Origin:
    """The origin of a result.

    Args:
        config: all settings.
        model: name of the model.
        weights_sha256: hex digest of the weights file.
        raster: name of the raster, without its folder.
        raster_date: ISO date, or "".
        created: ISO time of the run, UTC.
    """
    return Origin(
        geoseg_version=geoseg.__version__,
        model=model,
        weights_sha256=weights_sha256,
        raster=raster,
        raster_date=raster_date,
        created=created,
        config=list_settings(config),
    )
