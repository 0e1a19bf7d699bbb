"""The layers of matterport's files."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from geoseg.maskrcnn.matterport.layout import CLASS_LAYERS, list_layers, list_weights


@pytest.mark.parametrize(
    ("backbone", "num_layers", "num_with_weights", "num_arrays", "num_parameters"),
    # Counted in files that the original program wrote.
    [("resnet50", 224, 131, 384, 44_662_942), ("resnet101", 394, 233, 690, 63_733_406)],
)
def test_the_counts_are_those_of_real_files(
    backbone: str, num_layers: int, num_with_weights: int, num_arrays: int, num_parameters: int
) -> None:
    layers = list_layers(backbone, 2)
    weights = list_weights(backbone, 2)
    assert len(layers) == num_layers
    assert sum(bool(layer.weights) for layer in layers) == num_with_weights
    assert len(weights) == num_arrays
    assert sum(math.prod(one.shape) for one in weights.values()) == num_parameters


@pytest.mark.parametrize("backbone", ["resnet50", "resnet101"])
def test_names_shapes_and_order_are_those_of_real_files(backbone: str, shared_golden: Path) -> None:
    real = json.loads((shared_golden / "h5_layout.json").read_text())["layers"]
    ours = []
    for layer in list_layers(backbone, 2):
        weights = [[f"{one.key}:0", list(one.shape)] for one in layer.weights]
        ours.append([layer.name, weights] if weights else [layer.name])
    assert ours == real[f"inference_{backbone}"]


def test_a_layer_name_stands_once() -> None:
    names = [layer.name for layer in list_layers("resnet101", 2)]
    assert len(set(names)) == len(names)
    # A number of the activations is taken by the softmax inside of mrcnn_class.
    numbers = [int(name.split("_")[1]) for name in names if name.startswith("activation_")]
    assert numbers == [*range(1, 70), *range(71, 75)]


def test_classes_change_the_last_layers_only() -> None:
    two, coco = (list_weights("resnet50", count) for count in (2, 81))
    differing = {one.layer for key, one in two.items() if one != coco[key]}
    assert differing == set(CLASS_LAYERS)
    assert coco["mrcnn_bbox_fc/kernel"].shape == (1024, 324)
    assert coco["mrcnn_mask/kernel"].shape == (1, 1, 256, 81)
    assert coco["mrcnn_class_logits/bias"].shape == (81,)
