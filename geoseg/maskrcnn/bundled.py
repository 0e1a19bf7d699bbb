"""The model that comes with the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geoseg.errors import WeightsError
from geoseg.maskrcnn.weights_file import file_sha256

if TYPE_CHECKING:
    from geoseg.maskrcnn.model import MaskRCNN

BUNDLED_NAME = "geoseg-buildings-mobilenet-v2"
BUNDLED_PATH = Path(__file__).parents[1] / "data" / f"{BUNDLED_NAME}.npz"
BUNDLED_SHA256 = "f78e73d298efffabfe7990a5cfc909a4e3fd0ecd4f1457b2f76698cb3facf5f3"


def check_bundled() -> None:
    """Check that the bundled weights are the ones this version was released with.

    Raises:
        WeightsError: the file is missing or has another hash.
    """
    if not BUNDLED_PATH.is_file():
        raise WeightsError(f"{BUNDLED_PATH.name} must come with geoseg; it is missing. Reinstall.")
    digest = file_sha256(BUNDLED_PATH)
    if digest != BUNDLED_SHA256:
        raise WeightsError(
            f"{BUNDLED_PATH.name} must have sha256 {BUNDLED_SHA256[:12]}...; got "
            f"{digest[:12]}.... Reinstall."
        )


def load_bundled() -> MaskRCNN:
    """The bundled model, after `check_bundled`."""
    from geoseg.maskrcnn.weights import load_weights

    check_bundled()
    return load_weights(BUNDLED_PATH)
