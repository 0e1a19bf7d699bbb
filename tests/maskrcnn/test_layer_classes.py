"""One set of checks for every layer that is defined here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from geoseg.maskrcnn.anchors import level_sizes
from geoseg.maskrcnn.fpn import FeaturePyramid
from geoseg.maskrcnn.heads import BoxHead, MaskHead
from geoseg.maskrcnn.rpn import RPNHead


@dataclass(frozen=True)
class Case:
    """A layer and something to feed it."""

    layer_class: type[keras.Layer]
    arguments: dict[str, int]
    shapes: Sequence[tuple[int, ...]]
    takes_list: bool = False

    def make(self, **options: Any) -> keras.Layer:
        return self.layer_class(**self.arguments, **options)

    def feed(self) -> Any:
        random = np.random.default_rng(0)
        arrays = [random.normal(size=shape).astype(np.float32) for shape in self.shapes]
        return arrays if self.takes_list else arrays[0]


MAP_SHAPES = [(1, size, size, 4) for size in level_sizes(75)]
CASES = [
    Case(FeaturePyramid, {"channels": 6}, MAP_SHAPES[:4], takes_list=True),
    Case(RPNHead, {"channels": 4, "num_ratios": 3}, MAP_SHAPES, takes_list=True),
    Case(RPNHead, {"channels": 6, "num_ratios": 3, "num_scores": 2}, MAP_SHAPES, takes_list=True),
    Case(BoxHead, {"num_outputs": 2, "units": 8}, [(1, 3, 7, 7, 4)]),
    Case(
        BoxHead,
        {"num_outputs": 3, "units": 8, "box_per_class": True, "conv_px": 5},
        [(1, 3, 5, 5, 4)],
    ),
    Case(MaskHead, {"num_outputs": 2, "channels": 4, "num_convs": 2}, [(1, 3, 5, 5, 4)]),
    Case(
        MaskHead,
        {"num_outputs": 3, "channels": 4, "num_convs": 2, "batch_norm": True},
        [(1, 3, 5, 5, 4)],
    ),
]
each_layer = pytest.mark.parametrize("case", CASES, ids=lambda case: case.layer_class.__name__)


def flatten(result: Any) -> list[Any]:
    return list(result) if isinstance(result, list | tuple) else [result]


def shapes_of(result: Any) -> list[tuple[int, ...]]:
    return [tuple(one.shape) for one in flatten(result)]


@each_layer
def test_config_makes_an_equal_layer(case: Case) -> None:
    layer = case.make(name="one")
    result = layer(case.feed())
    config = keras.layers.serialize(layer)
    copy = keras.layers.deserialize(
        config, custom_objects={case.layer_class.__name__: case.layer_class}
    )
    assert copy.name == "one"
    assert copy.get_config() == layer.get_config()
    assert {name: getattr(copy, name) for name in case.arguments} == case.arguments
    copy(case.feed())
    copy.set_weights(layer.get_weights())
    for found, expected in zip(flatten(copy(case.feed())), flatten(result), strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(found), ops.convert_to_numpy(expected))


@each_layer
def test_declared_shape_is_the_real_one(case: Case) -> None:
    layer = case.make()
    shapes = case.shapes if case.takes_list else case.shapes[0]
    declared = layer.compute_output_shape(shapes)
    declared = [declared] if isinstance(declared[0], int) else declared
    assert [tuple(one) for one in declared] == shapes_of(layer(case.feed()))


@each_layer
def test_build_creates_all_weights(case: Case) -> None:
    layer = case.make()
    layer.build(case.shapes if case.takes_list else case.shapes[0])
    before = [variable.path for variable in layer.weights]
    assert before
    layer(case.feed())
    assert [variable.path for variable in layer.weights] == before


@each_layer
def test_mixed_precision_computes_in_half_and_keeps_weights_whole(case: Case) -> None:
    layer = case.make(dtype="mixed_bfloat16")
    dtypes = {keras.backend.standardize_dtype(one.dtype) for one in flatten(layer(case.feed()))}
    # The pyramid stays half; scores, deltas and masks come out whole.
    assert dtypes == ({"bfloat16"} if case.layer_class is FeaturePyramid else {"float32"})
    assert {keras.backend.standardize_dtype(one.dtype) for one in layer.weights} == {"float32"}


@each_layer
def test_every_weight_learns(case: Case) -> None:
    import tensorflow as tf

    layer = case.make()
    layer(case.feed())
    # Input and weights above zero, so that no ReLU is shut.
    random = np.random.default_rng(1)
    layer.set_weights([random.uniform(0.01, 0.1, one.shape) for one in layer.weights])
    positive = keras.tree.map_structure(np.abs, case.feed())
    with tf.GradientTape() as tape:
        loss = sum(ops.mean(ops.square(one)) for one in flatten(layer(positive)))
    gradients = tape.gradient(loss, [variable.value for variable in layer.trainable_weights])
    assert all(np.abs(gradient).max() > 0 for gradient in gradients)
