"""Writing matterport's `.h5` files: what Keras 2.1.6 saves of a network for inference."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.matterport.fit import check_arrays, check_expressible
from geoseg.maskrcnn.matterport.h5_file import LAYER_NAMES, WEIGHT_NAMES
from geoseg.maskrcnn.matterport.layout import LayerLayout, list_layers

# The version whose files were looked at; that of later ones differs in nothing else.
_ATTRIBUTES = {"backend": b"tensorflow", "keras_version": b"2.1.6"}


def write_matterport(
    path: Path,
    arrays: Mapping[str, NDArray[np.floating]],
    config: MaskRCNNConfig,
    source: str,
) -> None:
    """Write a network so that matterport's program can load it; a file there is replaced.

    Args:
        path: of the file.
        arrays: by `<layer>/<variable>`; stored as float32.
        config: of the network. The file holds nothing of it but the layers.
        source: name of the file, for messages.

    Raises:
        WeightsError: the network has other layers or numerics than matterport's, or an array is
            missing, superfluous or of another shape.
    """
    import h5py

    check_expressible(config, source)
    check_arrays(arrays, config, source)
    layers = list_layers(config.backbone, config.num_outputs)
    with h5py.File(path, "w") as file:
        file.attrs[LAYER_NAMES] = np.array([layer.name.encode() for layer in layers])
        for name, text in _ATTRIBUTES.items():
            file.attrs.create(name, text, dtype=h5py.special_dtype(vlen=bytes))
        for layer in layers:
            _write_layer(file.create_group(layer.name), layer, arrays)


def _write_layer(
    group: Any, layer: LayerLayout, arrays: Mapping[str, NDArray[np.floating]]
) -> None:
    names = [f"{weight.key}:0" for weight in layer.weights]
    # Keras 2 leaves the type of an empty list to NumPy: float64.
    group.attrs[WEIGHT_NAMES] = np.array([name.encode() for name in names])
    for name, weight in zip(names, layer.weights, strict=True):
        group.create_dataset(name, data=np.asarray(arrays[weight.key], "<f4"))
