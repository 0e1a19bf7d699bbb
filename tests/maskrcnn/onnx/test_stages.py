"""Each stage of the graph against the same stage in Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn import boxes as keras_boxes
from geoseg.maskrcnn.heads import BoxHead, MaskHead
from geoseg.maskrcnn.nms import greedy_keep as keras_greedy_keep
from geoseg.maskrcnn.nms import pick_kept as keras_pick_kept
from geoseg.maskrcnn.onnx.boxes import (
    clip_to_windows,
    decode_boxes,
    greedy_keep,
    is_large_enough,
    pick_kept,
)
from geoseg.maskrcnn.onnx.heads import add_box_head, add_mask_head, take_own_class
from geoseg.maskrcnn.onnx.layers import convolve, convolve_depthwise, max_pool
from geoseg.maskrcnn.onnx.roi_align import add_roi_align
from geoseg.maskrcnn.onnx.writer import FeatureMap
from geoseg.maskrcnn.roi_align import roi_align
from geoseg.maskrcnn.weights import weight_names
from tests.maskrcnn.onnx.graphs import run_nodes
from tests.maskrcnn.samples import SMALL, seeded_array

Floats = NDArray[np.float32]


def random_boxes(shape: tuple[int, ...], size_px: float, seed: int = 0) -> Floats:
    random = np.random.default_rng(seed)
    low = random.uniform(0, 0.9 * size_px, (*shape, 2))
    high = np.minimum(low + random.uniform(0, 0.6 * size_px, (*shape, 2)), size_px)
    return np.concatenate([low, high], axis=-1).astype(np.float32)


def random_map(channels: int, size: int, batch: int = 2, seed: int = 0) -> Floats:
    """A map as ONNX has it, float32 (B, C, H, W)."""
    random = np.random.default_rng(seed)
    return random.normal(0, 1, (batch, channels, size, size)).astype(np.float32)


def to_keras(array: Floats) -> Floats:
    """(B, C, H, W) to (B, H, W, C)."""
    return np.moveaxis(array, 1, -1)


def to_array(tensor: Any) -> NDArray[Any]:
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def fill(layer: Any) -> dict[str, Floats]:
    """Seeded weights, put into a layer and by name."""
    named = weight_names(layer)
    arrays = {name: seeded_array(name, tuple(one.shape)) for name, one in named.items()}
    for name, variable in named.items():
        variable.assign(arrays[name])
    return arrays


@pytest.mark.parametrize("size", [12, 13])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("side", [1, 3])
def test_convolutions_pad_as_keras_does(size: int, stride: int, side: int) -> None:
    x = random_map(3, size)
    layer = keras.layers.Conv2D(5, side, stride, padding="same", activation="relu6", name="a")
    layer.build((None, size, size, 3))
    weights = fill(layer)

    def write(graph: Any) -> list[str]:
        found = convolve(
            graph, FeatureMap("x", 3, size), "a", 5, side, stride=stride, activation="relu6"
        )
        assert (found.channels, found.size) == (5, -(-size // stride))
        return [found.name]

    (found,) = run_nodes(write, {"x": x}, weights)
    np.testing.assert_allclose(to_keras(found), to_array(layer(to_keras(x))), atol=1e-5)


@pytest.mark.parametrize(("size", "stride"), [(12, 1), (12, 2), (13, 2)])
def test_depthwise_convolutions_and_pools_are_those_of_keras(size: int, stride: int) -> None:
    x = random_map(6, size)
    layer = keras.layers.DepthwiseConv2D(3, stride, padding="same", activation="relu", name="d")
    layer.build((None, size, size, 6))
    weights = fill(layer)

    def write(graph: Any) -> list[str]:
        entry = FeatureMap("x", 6, size)
        slid = convolve_depthwise(graph, entry, "d", stride=stride, activation="relu")
        return [slid.name, max_pool(graph, entry, 3, stride).name]

    slid, pooled = run_nodes(write, {"x": x}, weights)
    np.testing.assert_allclose(to_keras(slid), to_array(layer(to_keras(x))), atol=1e-5)
    pool = keras.layers.MaxPooling2D(3, stride, padding="same")
    np.testing.assert_array_equal(to_keras(pooled), to_array(pool(to_keras(x))))


def test_deltas_move_boxes_as_in_keras() -> None:
    random = np.random.default_rng(1)
    references = random_boxes((2, 50), 100.0)
    references[0, 0] = (5, 5, 5, 5)
    deltas = random.normal(0, 3, (2, 50, 4)).astype(np.float32)
    found, is_large = run_nodes(
        lambda graph: [
            moved := clip_to_windows(
                graph,
                decode_boxes(graph, "deltas", "references"),
                graph.add("Identity", np.array([[0, 0, 100, 100]], np.float32)),
            ),
            is_large_enough(graph, moved, 1.0),
        ],
        {"deltas": deltas, "references": references},
    )
    wanted = to_array(keras_boxes.clip_boxes(keras_boxes.decode_boxes(deltas, references), 100.0))
    np.testing.assert_allclose(found, wanted, atol=2e-4)
    np.testing.assert_array_equal(is_large, (found[..., 2:] - found[..., :2] >= 1).all(axis=-1))
    assert 0 < is_large.sum() < is_large.size


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.5, 0.7]), st.integers(1, 40))
def test_the_nms_keeps_what_keras_keeps(seed: int, iou: float, num_boxes: int) -> None:
    boxes = random_boxes((2, num_boxes), 60.0, seed)
    candidates = np.random.default_rng(seed).random((2, num_boxes)) < 0.8
    count = max(1, num_boxes // 2)
    keep, index = run_nodes(
        lambda graph: [
            kept := greedy_keep(graph, "boxes", "candidates", iou, num_boxes),
            pick_kept(graph, kept, num_boxes, count),
        ],
        {"boxes": boxes, "candidates": candidates},
    )
    wanted = to_array(keras_greedy_keep(boxes, candidates, iou))
    np.testing.assert_array_equal(keep, wanted)
    _, rows = keras_pick_kept(wanted, count, np.arange(2 * num_boxes).reshape(2, num_boxes))
    np.testing.assert_array_equal(index + [[0], [num_boxes]], to_array(rows))


@pytest.mark.parametrize("tile_size_px", [320, 300])
def test_roi_align_samples_as_in_keras(tile_size_px: int) -> None:
    pyramid = [random_map(4, -(-tile_size_px // stride), seed=stride) for stride in (4, 8, 16, 32)]
    boxes = random_boxes((2, 40), tile_size_px)
    # Sizes on the border between two levels, an empty box, and the whole tile.
    boxes[0, :4] = [(0, 0, 80, 80), (10, 10, 170, 170), (9, 9, 9, 9), (0, 0, *[tile_size_px] * 2)]

    def write(graph: Any) -> list[str]:
        maps = [FeatureMap(f"p{i}", 4, one.shape[2]) for i, one in enumerate(pyramid)]
        pooled, place = add_roi_align(
            graph, maps, "boxes", "image_index", pool_px=7, config=MaskRCNNConfig()
        )
        return [graph.add("Gather", pooled.name, place)]

    inputs: dict[str, NDArray[Any]] = {f"p{i}": one for i, one in enumerate(pyramid)}
    inputs |= {"boxes": boxes.reshape(-1, 4), "image_index": np.repeat([0, 1], 40)}
    (found,) = run_nodes(write, inputs)
    wanted = to_array(roi_align([to_keras(one) for one in pyramid], boxes, 7, MaskRCNNConfig()))
    np.testing.assert_allclose(to_keras(found), wanted.reshape(80, 7, 7, 4), atol=1e-4)


def test_roi_align_of_no_boxes_is_empty() -> None:
    pyramid = {f"p{i}": random_map(4, 16 >> i) for i in range(4)}

    def write(graph: Any) -> list[str]:
        maps = [FeatureMap(name, 4, one.shape[2]) for name, one in pyramid.items()]
        pooled, place = add_roi_align(
            graph, maps, "boxes", "image_index", pool_px=7, config=MaskRCNNConfig()
        )
        return [pooled.name, place]

    none: dict[str, NDArray[Any]] = {
        "boxes": np.zeros((0, 4), np.float32),
        "image_index": np.zeros(0, np.int64),
    }
    pooled, place = run_nodes(write, {**pyramid, **none})
    assert (pooled.shape, place.shape) == ((0, 4, 7, 7), (0,))


def test_the_box_head_is_that_of_keras() -> None:
    pooled = random_map(SMALL.pyramid_channels, SMALL.box_pool_px, batch=5)
    head = BoxHead(SMALL.num_classes, SMALL.box_units)
    head.build((None, None, *to_keras(pooled).shape[1:]))
    weights = fill(head)
    entry = FeatureMap("x", SMALL.pyramid_channels, SMALL.box_pool_px)
    found = run_nodes(lambda graph: add_box_head(graph, entry, SMALL), {"x": pooled}, weights)
    for one, wanted in zip(found, head(to_keras(pooled)[None]), strict=True):
        np.testing.assert_allclose(one, to_array(wanted)[0], atol=1e-5)


@pytest.mark.parametrize("names", [("building",), ("building", "shed", "tank")])
def test_the_mask_head_is_that_of_keras(names: tuple[str, ...]) -> None:
    import dataclasses

    config = dataclasses.replace(SMALL, class_names=names)
    pooled = random_map(config.pyramid_channels, 6, batch=5)
    classes = np.arange(5) % len(names)
    head = MaskHead(len(names), config.pyramid_channels, config.mask_convs)
    head.build((None, None, *to_keras(pooled).shape[1:]))
    weights = fill(head)
    entry = FeatureMap("x", config.pyramid_channels, 6)
    logits, own = run_nodes(
        lambda graph: [
            masks := add_mask_head(graph, entry, config),
            take_own_class(graph, masks, "classes", len(names)),
        ],
        {"x": pooled, "classes": classes},
        weights,
    )
    wanted = to_array(head(to_keras(pooled)[None]))[0]
    np.testing.assert_allclose(to_keras(logits), wanted, atol=1e-5)
    np.testing.assert_array_equal(own, logits[np.arange(5), classes])
