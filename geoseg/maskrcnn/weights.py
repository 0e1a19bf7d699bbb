"""A network's variables by stable names, written to and filled from weights files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.errors import WeightsError
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights_file import halve, read_arrays, read_weights, write_weights


def weight_names(model: keras.Model) -> dict[str, Any]:
    """The variables of a model under stable names: `<layer>/<variable>`.

    Raises:
        WeightsError: two layers have the same name.
    """
    named = {_short_name(variable): variable for variable in model.weights}
    if len(named) != len(model.weights):
        raise WeightsError(f"{model.name} must have unique weight names; some are used twice.")
    return named


def save_weights(
    path: Path,
    model: MaskRCNN,
    *,
    half_precision: bool = False,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Write the weights and the config; a file of that name is replaced in one step.

    Args:
        path: ends in .npz, .weights.h5, .onnx or .h5, see `write_weights`.
        model: whose weights and config are written.
        half_precision: store float16, but for numbers that are too large.
        values: arrays to write instead of the model's own, under `weight_names`.

    Raises:
        WeightsError: the file name has another ending.
        OutputError: the file cannot be written.
    """
    values = weight_names(model) if values is None else values
    arrays: dict[str, NDArray[np.floating]] = {
        name: np.asarray(value, np.float32) for name, value in values.items()
    }
    if half_precision:
        arrays = {name: halve(one) for name, one in arrays.items()}
    write_weights(path, arrays, model.config)


def load_weights(path: Path, **model_options: Any) -> MaskRCNN:
    """Build the network that a weights file was made by, and fill it.

    Args:
        path: written by `save_weights`, or by matterport's program.
        **model_options: passed on to `MaskRCNN`.

    Raises:
        WeightsError: the file is missing, damaged, or of another program.
    """
    arrays, config = read_weights(path)
    model = MaskRCNN(config, **model_options)
    fill_weights(model, arrays, path.name)
    return model


def fill_weights(
    model: keras.Model,
    arrays: Mapping[str, NDArray[np.floating]],
    source: str,
    *,
    partial: bool = False,
) -> list[str]:
    """Put arrays into a model; on an error none is put.

    Args:
        model: to be filled.
        arrays: by the names of `weight_names`.
        source: name of the file, for messages.
        partial: arrays of other layers are passed over, and layers without an array keep what
            they have; otherwise both are errors.

    Returns:
        Names of the weights that had no array, sorted.

    Raises:
        WeightsError: a shape differs, or an array is missing or superfluous.
    """
    named = weight_names(model)
    missing = sorted(set(named) - set(arrays))
    extra = sorted(set(arrays) - set(named))
    if not partial and (missing or extra):
        first = f"{missing[0]} is missing" if missing else f"{extra[0]} is unknown"
        raise WeightsError(f"{source} must fit the network; {first}.")
    found = {name: variable for name, variable in named.items() if name in arrays}
    for name, variable in found.items():
        if tuple(variable.shape) != arrays[name].shape:
            raise WeightsError(
                f"{source}: {name} must have shape {tuple(variable.shape)}; "
                f"got {arrays[name].shape}."
            )
    for name, variable in found.items():
        variable.assign(arrays[name].astype("float32", copy=False))
    return missing


def load_imagenet(model: MaskRCNN, path: Path) -> int:
    """Fill a backbone from an npz of `<layer>/kernel` and `<layer>/bias`.

    Args:
        model: whose backbone is filled.
        path: the npz; arrays of other layers, such as the classifier's, are passed over.

    Returns:
        The number of weights that were filled.

    Raises:
        WeightsError: the file is missing, damaged, or fits no layer or not their shapes.
    """
    arrays = read_arrays(path)
    missing = fill_weights(model.backbone, arrays, path.name, partial=True)
    used = len(model.backbone.weights) - len(missing)
    if not used:
        raise WeightsError(f"{path.name} must name layers of {model.config.backbone}; got none.")
    return used


def _short_name(variable: Any) -> str:
    return "/".join(variable.path.split("/")[-2:])
