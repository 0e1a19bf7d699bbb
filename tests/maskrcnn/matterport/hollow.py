"""Files of matterport's layout that take no room: arrays of full shape, one value each."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from geoseg.maskrcnn.matterport.layout import LayerLayout, list_layers

Texts = Callable[[list[str]], Any]


def value_of(key: str) -> float:
    """The one value of an array `<layer>/<variable>`: 0 to 0.0255, exact in float32."""
    return float(np.float32(zlib.crc32(key.encode()) % 256 / 10_000))


def as_fixed_bytes(names: list[str]) -> Any:
    """What Keras 2 writes; an empty list becomes one of floats."""
    return np.array([name.encode() for name in names])


def as_variable_text(names: list[str]) -> Any:
    """What later versions of h5py make of text."""
    return np.array(names, dtype=h5py.string_dtype())


def as_variable_bytes(names: list[str]) -> Any:
    """Bytes of any length."""
    return np.array([name.encode() for name in names], dtype=h5py.special_dtype(vlen=bytes))


def write_hollow(
    path: Path,
    backbone: str = "resnet50",
    num_outputs: int = 2,
    *,
    folder: str = "",
    as_attribute: Texts = as_fixed_bytes,
    rename: Callable[[str], str] = str,
    leave_out: Callable[[LayerLayout], bool] = lambda layer: False,
    extra: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Write a file.

    Args:
        path: of the file.
        backbone: "resnet50" or "resnet101".
        num_outputs: classes, background included.
        folder: group that the layers lie in.
        as_attribute: makes a list of names what the attributes hold.
        rename: name in the file of a weight, by that in the layout, `<layer>/<variable>:0`.
        leave_out: whether a layer is left out.
        extra: arrays by name, by the layer that is to have them as well.
    """
    extra = dict(extra or {})
    layers = [one for one in list_layers(backbone, num_outputs) if not leave_out(one)]
    known = {layer.name for layer in layers}
    layers += [LayerLayout(name) for name in extra if name not in known]
    with h5py.File(path, "w") as file:
        root = file.require_group(folder) if folder else file
        root.attrs["layer_names"] = as_attribute([layer.name for layer in layers])
        for layer in layers:
            group = root.create_group(layer.name)
            names = {rename(f"{weight.key}:0"): weight for weight in layer.weights}
            more = extra.get(layer.name, {})
            group.attrs["weight_names"] = as_attribute([*names, *more])
            for name, weight in names.items():
                group.create_dataset(name, weight.shape, "<f4", fillvalue=value_of(weight.key))
            for name, array in more.items():
                group.create_dataset(name, data=array)
    return path


def replace_array(path: Path, name: str, array: Any) -> None:
    """Put another array in the place of one, e.g. `conv1/conv1/bias:0`."""
    with h5py.File(path, "r+") as file:
        del file[name]
        file.create_dataset(name, data=array)
