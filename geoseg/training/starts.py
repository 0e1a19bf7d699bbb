"""What a run starts from: the bundled model, a former run, a weights file, or nothing."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoseg.config import MaskRCNNConfig, TrainConfig, fill_train_config, to_dict
from geoseg.config.toml import read_toml
from geoseg.errors import WeightsError
from geoseg.maskrcnn.bundled import BUNDLED_PATH, check_bundled
from geoseg.maskrcnn.matterport.h5_file import is_matterport, read_matterport
from geoseg.maskrcnn.matterport.whole_network import describe_network
from geoseg.maskrcnn.weights_file import CONFIG_KEY, read_weights
from geoseg.training.run_folder import RunFolder

if TYPE_CHECKING:
    from geoseg.maskrcnn.model import MaskRCNN

logger = logging.getLogger(__name__)

BUNDLED = "bundled"
IMAGENET = "imagenet"
# Of the files that hold weights, those that can be trained on.
SUFFIXES = (".npz", ".h5")
# Layers that know the classes.
CLASS_LAYERS = ("mrcnn_class_logits", "mrcnn_mask")
BOX_LAYER = "mrcnn_bbox_fc"


def find_start(start: str) -> Path | None:
    """The file that a run starts from; None for "imagenet", which Keras keeps where it likes.

    Args:
        start: "bundled", "imagenet", a weights file, or the folder of a run, of which the best
            weights are taken, else those of its end, else those of its last checkpoint.

    Raises:
        WeightsError: there is no such file, or it is of a kind that cannot be read.
    """
    if start == BUNDLED:
        check_bundled()
        return BUNDLED_PATH
    if start == IMAGENET:
        return None
    path = Path(start)
    if path.is_dir():
        run = RunFolder(path)
        files = [one for one in (run.best, run.model, run.last) if one.exists()]
        if not files:
            raise WeightsError(f"{path} must hold the weights of a run; it holds none.")
        return files[0]
    if not path.name.endswith(SUFFIXES):
        raise WeightsError(
            "Training starts from 'bundled', 'imagenet', the folder of a run, or a file that ends "
            f"in {' or '.join(SUFFIXES)}; got {path.name}."
        )
    if not path.is_file():
        raise WeightsError(f"{path} must be a weights file; there is none.")
    return path


def make_train_config(path: Path | None, changes: Mapping[str, Any]) -> TrainConfig:
    """The config of a run from a TOML file, or without one; needs no Keras.

    Where neither describes the network, it is that of what the run starts from: the bundled model
    where neither says. What the model knows of its scores and GSDs is of its own training, and is
    not taken over. A file of matterport's fits one kind of network alone: of that, only what is
    said differs.

    Args:
        path: the TOML file; None for none.
        changes: values that go before those of the file; None takes a value away.

    Raises:
        ConfigError: the file cannot be read, or a key or a value is wrong.
        WeightsError: what the run starts from cannot be read.
    """
    base = {"start": BUNDLED} if path is None else read_toml(path)
    values = {key: one for key, one in {**base, **changes}.items() if one is not None}
    start = values.get("start")
    given = values.get("model", {})
    if isinstance(start, str) and (not given or is_matterport(find_start(start))):
        model = read_start_config(start)
        if model is not None:
            known = to_dict(replace(model, calibration=None, gsd_range_m=None))
            values["model"] = {**known, **given}
    config = fill_train_config(values)
    if config.model.gsd_range_m is None and config.datasets:
        low = min(one.gsd_range_m[0] for one in config.datasets)
        high = max(one.gsd_range_m[1] for one in config.datasets)
        config = replace(config, model=replace(config.model, gsd_range_m=(low, high)))
    return config


def read_start_config(start: str) -> MaskRCNNConfig | None:
    """The network that a start describes; None for ImageNet weights. Needs no Keras.

    Raises:
        WeightsError: the file cannot be read.
    """
    path = find_start(start)
    if path is None or is_foreign_npz(path):
        return None
    return describe_network(read_matterport(path)) if is_matterport(path) else read_weights(path)[1]


def fill_from_start(model: MaskRCNN, start: str) -> None:
    """Put the weights that a run starts from into its network.

    ImageNet weights fill the backbone. The last layers of a network with other classes are left
    out; a file of matterport's, which names none, has others if it has more or fewer.

    Args:
        model: to be filled.
        start: see `find_start`.

    Raises:
        WeightsError: the file cannot be read, or doesn't fit.
    """
    from geoseg.maskrcnn.weights import fill_weights, load_imagenet

    path = find_start(start)
    if path is None:
        from geoseg.maskrcnn.imagenet import fill_from_imagenet

        fill_from_imagenet(model.backbone)
        return
    if is_foreign_npz(path):
        load_imagenet(model, path)
        return
    if is_matterport(path):
        from geoseg.maskrcnn.matterport.fill import fill_from_matterport

        fill_from_matterport(model, path)
        return
    arrays, trained = read_weights(path)
    if trained.class_names == model.config.class_names:
        fill_weights(model, arrays, path.name)
        return
    fresh = (*CLASS_LAYERS, BOX_LAYER) if trained.box_per_class else CLASS_LAYERS
    logger.warning(
        "%s was trained for %s: its last layers (%s) begin anew",
        path.name,
        ", ".join(trained.class_names),
        ", ".join(fresh),
    )
    kept = {name: array for name, array in arrays.items() if name.split("/")[0] not in fresh}
    fill_weights(model, kept, path.name, partial=True)


def is_foreign_npz(path: Path) -> bool:
    """Whether a file is an npz that geoseg did not write: ImageNet weights."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return f"{CONFIG_KEY}.npy" not in archive.namelist()
