"""Whether arrays make the network that a config describes; needs neither Keras nor onnx."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig


def check_fit(
    arrays: Mapping[str, NDArray[np.floating]], config: MaskRCNNConfig, source: str
) -> None:
    """Make sure that weights make a network.

    Args:
        arrays: by `<layer>/<variable>`.
        config: of the network.
        source: name of their file, for messages.

    Raises:
        WeightsError: an array is missing, superfluous or of the wrong shape.
    """
    from geoseg.maskrcnn.matterport.fit import check_arrays, is_expressible
    from geoseg.maskrcnn.onnx import model

    if is_expressible(config):
        check_arrays(arrays, config, source)
    else:
        model.check_fit(arrays, config, source)
