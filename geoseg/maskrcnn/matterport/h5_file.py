"""Reading matterport's `.h5` files, which Keras 2 or tf.keras wrote.

The weights lie at the root, or under `model_weights` where the whole model was saved. A group
names its layers in `layer_names`, and the group of a layer its arrays in `weight_names`; see
`load_weights_from_hdf5_group` of Keras 2. Groups that `layer_names` does not name, such as the
`top_level_model_weights` of tf.keras or an optimiser's, are no layers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import WeightsError
from geoseg.maskrcnn.architecture import RESNET_BLOCKS
from geoseg.maskrcnn.damage import read_undamaged
from geoseg.maskrcnn.matterport.layout import CLASS_LAYERS, RPN_MODEL, WeightLayout, list_weights
from geoseg.maskrcnn.matterport.load_report import (
    LOADED,
    MISSING,
    UNEXPECTED,
    WITHOUT_WEIGHTS,
    LayerEntry,
    LoadReport,
)
from geoseg.maskrcnn.matterport.stored_names import find_known, find_weight

LAYER_NAMES = "layer_names"
WEIGHT_NAMES = "weight_names"
MODEL_WEIGHTS = "model_weights"

# HDF5 keeps no checksum of such arrays, but a bit that is wrong in an exponent shows: trained
# kernels stay below 10, and a variance of pixels of 0 to 255 behind such kernels far below this.
_MOST_OF_KERNEL = 1e3
_MOST = 1e9

# The last block of stage 4 tells the depths apart.
_STAGE_4 = {
    f"res4{chr(ord('a') + blocks[2] - 1)}_branch2a": name for name, blocks in RESNET_BLOCKS.items()
}


@dataclass(frozen=True)
class MatterportWeights:
    """What a file holds of a network.

    Attributes:
        arrays: float32 by `<layer>/<variable>`, in the order of the file.
        backbone: "resnet50" or "resnet101".
        num_outputs: classes, background included; None where the file ends before the heads.
        report: of every layer.
    """

    arrays: dict[str, NDArray[np.float32]]
    backbone: str
    num_outputs: int | None
    report: LoadReport


@dataclass(frozen=True)
class _Stored:
    """An array as the file names it, unread, and the layer and variable that it belongs to."""

    name: str
    dataset: Any
    owner: tuple[str, str] | None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.dataset.shape)

    @property
    def key(self) -> str | None:
        return None if self.owner is None else "/".join(self.owner)


def is_matterport(path: Path | None) -> bool:
    """Whether a file has the ending .h5 and was written by Keras 2; what is in it decides.

    Args:
        path: of the file; None is none.

    Raises:
        WeightsError: the file is missing, damaged or no HDF5.
    """
    return path is not None and path.name.endswith(".h5") and read_undamaged(path, _has_layers)


def read_matterport(path: Path) -> MatterportWeights:
    """The weights of a file, each layer checked.

    Layers that the file lacks are no error, but reported; so are layers and arrays that no such
    network has, which are not read.

    Raises:
        WeightsError: the file is missing, damaged or of another network; or an array has another
            shape than the layer must have, or numbers that no trained network has.
    """
    return read_undamaged(path, _read)


def _read(path: Path) -> MatterportWeights:
    import h5py

    with h5py.File(path, "r") as file:
        root = _find_root(file)
        if root is None:
            raise WeightsError(f"{path.name} must be a Keras file; it has no {LAYER_NAMES} inside.")
        layers = _list_stored(root)
        backbone = _find_backbone(layers, path.name)
        num_outputs = _count_outputs(layers)
        # Where the heads are absent, any number of classes describes the rest.
        expected = list_weights(backbone, num_outputs or 2)
        arrays: dict[str, NDArray[np.float32]] = {}
        for stored in (one for group in layers.values() for one in group):
            key = stored.key
            if key is not None and key in expected:
                if key in arrays:
                    raise WeightsError(f"{path.name} must hold {key} once; it does twice.")
                arrays[key] = _read_array(stored, expected[key], path.name)
        report = _report(layers, expected)
    return MatterportWeights(arrays, backbone, num_outputs, report)


def _has_layers(path: Path) -> bool:
    import h5py

    with h5py.File(path, "r") as file:
        return _find_root(file) is not None


def _find_root(file: Any) -> Any:
    """The group that names the layers; None in files of other programs."""
    import h5py

    if LAYER_NAMES in file.attrs:
        return file
    inner = file.get(MODEL_WEIGHTS)
    return inner if isinstance(inner, h5py.Group) and LAYER_NAMES in inner.attrs else None


def _list_stored(root: Any) -> dict[str, list[_Stored]]:
    """The arrays of each layer, in the order of the file, unread."""
    known = {one.layer for one in list_weights("resnet101", 2).values()} | {RPN_MODEL}
    names = _read_texts(root, LAYER_NAMES)
    layers: dict[str, list[_Stored]] = {}
    for name in names:
        layer = find_known(name, known)
        # Never two for one: then the plain name counts.
        layer = name if layer in names or layer in layers else layer
        group = root[name]
        layers[layer] = [
            _Stored(one, _get_dataset(group, one), find_weight(layer, one))
            for one in _read_texts(group, WEIGHT_NAMES)
        ]
    return layers


def _get_dataset(group: Any, name: str) -> Any:
    import h5py

    dataset = group[name]
    if not isinstance(dataset, h5py.Dataset):
        raise ValueError(f"{name} is no array")
    return dataset


def _read_texts(group: Any, attribute: str) -> list[str]:
    # Bytes or text, of fixed or variable length, by the versions of Keras and h5py. A layer
    # without weights has an empty list, which NumPy makes one of floats.
    values = group.attrs[attribute]
    return [one.decode() if isinstance(one, bytes) else str(one) for one in values]


def _find_backbone(layers: dict[str, list[_Stored]], source: str) -> str:
    found = [name for last, name in _STAGE_4.items() if last in layers]
    if not found:
        raise WeightsError(
            f"{source} must hold matterport's Mask R-CNN with a ResNet-50 or ResNet-101; among its "
            f"{len(layers)} layers is neither {' nor '.join(_STAGE_4)}."
        )
    # The deeper network has the blocks of the other too.
    return max(found, key=lambda name: RESNET_BLOCKS[name])


def _count_outputs(layers: dict[str, list[_Stored]]) -> int | None:
    for stored in layers.get(CLASS_LAYERS[0], ()):
        if stored.owner == (CLASS_LAYERS[0], "bias") and len(stored.shape) == 1:
            return stored.shape[0]
    return None


def _read_array(stored: _Stored, expected: WeightLayout, source: str) -> NDArray[np.float32]:
    dataset = stored.dataset
    if stored.shape != expected.shape:
        raise WeightsError(
            f"{source}: {expected.key} must have shape {expected.shape}; got {stored.shape}."
        )
    if not np.issubdtype(dataset.dtype, np.floating):
        raise WeightsError(f"{source}: {expected.key} must hold floats; got {dataset.dtype}.")
    with np.errstate(over="ignore"):
        array = np.asarray(dataset[()], np.float32)
    _check_values(array, expected, source)
    return array


def _check_values(array: NDArray[np.float32], expected: WeightLayout, source: str) -> None:
    low, high = array.min(initial=0), array.max(initial=0)
    if not np.isfinite([low, high]).all():
        raise WeightsError(f"{source}: {expected.key} must hold finite numbers; some are not.")
    if expected.variable == "moving_variance" and low < 0:
        raise WeightsError(f"{source}: {expected.key} must be at least 0; got {low:g}.")
    most = _MOST_OF_KERNEL if expected.variable == "kernel" else _MOST
    if max(-low, high) > most:
        raise WeightsError(
            f"{source} is damaged: {expected.key} must hold numbers of at most {most:g}; "
            f"got {low if -low > high else high:g}."
        )


def _report(layers: dict[str, list[_Stored]], expected: dict[str, WeightLayout]) -> LoadReport:
    wanted: dict[str, dict[str, tuple[int, ...]]] = {}
    for weight in expected.values():
        wanted.setdefault(weight.layer, {})[weight.variable] = weight.shape
    entries = [entry for name, stored in layers.items() for entry in _judge(name, stored, wanted)]
    seen = {entry.name for entry in entries}
    absent = [
        LayerEntry(name, MISSING, shapes) for name, shapes in wanted.items() if name not in seen
    ]
    return LoadReport((*entries, *absent))


def _judge(
    name: str, stored: list[_Stored], wanted: dict[str, dict[str, tuple[int, ...]]]
) -> Iterator[LayerEntry]:
    """The entries of a group: one, more for the nested model, one more for odd arrays."""
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    odd: dict[str, tuple[int, ...]] = {}
    for one in stored:
        layer, variable = one.owner or ("", "")
        if variable in wanted.get(layer, {}):
            found.setdefault(layer, {})[variable] = one.shape
        else:
            odd[one.name] = one.shape
    if not stored and name not in wanted:
        yield LayerEntry(name, WITHOUT_WEIGHTS, {})
    for layer, shapes in found.items():
        lacking = [variable for variable in wanted[layer] if variable not in shapes]
        reason = f"without {' and '.join(lacking)}" if lacking else ""
        yield LayerEntry(layer, MISSING if lacking else LOADED, shapes, reason)
    if odd:
        yield LayerEntry(name, UNEXPECTED, odd, "no such weights in the network")
