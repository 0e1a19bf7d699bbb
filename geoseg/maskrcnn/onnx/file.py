"""Networks as .onnx files: they carry graph, weights and config."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.errors import MissingDependencyError
from geoseg.maskrcnn.onnx.model import build_onnx, is_weight
from geoseg.maskrcnn.weights_file import CONFIG_KEY


def write_onnx(
    path: Path, arrays: Mapping[str, NDArray[np.floating]], config: MaskRCNNConfig, name: str
) -> None:
    """Write a network; for what is in the file see `build_onnx`.

    Args:
        path: of the file.
        arrays: weights by name.
        config: of the network.
        name: of the file, for messages.

    Raises:
        WeightsError: the arrays do not fit the network.
        MissingDependencyError: the package onnx is not installed.
        OSError: the file cannot be written.
    """
    _require_onnx()
    path.write_bytes(build_onnx(config, arrays, name).SerializeToString())


def read_onnx(path: Path) -> dict[str, Any]:
    """What a file holds by name: the weights, and the config as text.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        ValueError: the file is no ONNX model.
        OSError: it cannot be read.
    """
    _require_onnx()
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except DecodeError as error:
        raise ValueError("not an ONNX model") from error
    content: dict[str, Any] = {
        one.name: numpy_helper.to_array(one)
        for one in model.graph.initializer
        if is_weight(one.name)
    }
    content.update({one.key: one.value for one in model.metadata_props if one.key == CONFIG_KEY})
    return content


def _require_onnx() -> None:
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            '.onnx files need the package onnx: pip install "geoseg[onnx]".'
        ) from error
