"""The graph put together; nothing but wiring. See `geoseg.maskrcnn.model`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig, to_dict
from geoseg.maskrcnn.frames import get_end_shift
from geoseg.maskrcnn.onnx.backbones import add_backbone
from geoseg.maskrcnn.onnx.detect import KeptBoxes, add_detections, mix_logits
from geoseg.maskrcnn.onnx.heads import add_box_head, add_mask_head, take_own_class
from geoseg.maskrcnn.onnx.proposals import add_proposals
from geoseg.maskrcnn.onnx.pyramid import add_pyramid, add_rpn
from geoseg.maskrcnn.onnx.roi_align import add_roi_align
from geoseg.maskrcnn.onnx.writer import DATA_TYPES, FeatureMap, GraphWriter, ints
from geoseg.maskrcnn.weights_file import CONFIG_KEY

# The oldest versions that have all that is used here: more runtimes read them.
OPSET = 17
IR_VERSION = 8


OUTPUTS: dict[str, type[np.generic]] = {
    "boxes": np.float32,
    "scores": np.float32,
    "classes": np.int64,
    "image_index": np.int64,
    "masks": np.float32,
}


def build_onnx(
    config: MaskRCNNConfig, arrays: Mapping[str, NDArray[np.floating]], source: str
) -> Any:
    """The network as one ONNX model that carries its weights.

    Inputs: "images" uint8 (B, S, S, 3), RGB; "min_score" float32 (), by default the config's
    score; "windows" float32 (B, 4) or (1, 4), where the images lie in their tiles, by default all
    over: detections are clipped to them. Outputs, a row for each detection, image by image, best
    first: "boxes" float32 (R, 4), (y1, x1, y2, x2) in tile pixels; "scores" float32 (R,), not
    calibrated; "classes" int64 (R,); "image_index" int64 (R,); "masks" float32 (R, M, M), 0..1,
    over the box.

    Args:
        config: the network's settings.
        arrays: weights by name, as `geoseg.maskrcnn.weights_file.read_weights` gives them;
            float16 ones stay so.
        source: name of their file, for messages.

    Returns:
        onnx.ModelProto.

    Raises:
        WeightsError: an array is missing, superfluous or of the wrong shape.
    """
    return _as_model(_write_graph(config, arrays, source), config)


def check_fit(
    arrays: Mapping[str, NDArray[np.floating]], config: MaskRCNNConfig, source: str
) -> None:
    """Make sure that weights make a network; needs neither Keras nor the package onnx.

    Raises:
        WeightsError: an array is missing, superfluous or of the wrong shape.
    """
    _write_graph(config, arrays, source)


def is_weight(name: str) -> bool:
    """Whether a constant of the graph is a weight: those are named `<layer>/<variable>`."""
    return "/" in name


def _write_graph(
    config: MaskRCNNConfig, arrays: Mapping[str, NDArray[np.floating]], source: str
) -> GraphWriter:
    graph = GraphWriter(arrays, source)
    maps = add_backbone(graph, "images", config)
    pyramid = add_pyramid(graph, maps, config.pyramid_channels)
    found = _add_boxes(graph, pyramid, config)
    pooled, place = add_roi_align(
        graph,
        pyramid[:4],
        found.boxes,
        found.image_index,
        pool_px=config.mask_pool_px,
        config=config,
    )
    logits = graph.add("Gather", add_mask_head(graph, pooled, config), place)
    outputs = graph.add("Add", found.classes, ints(config.first_class))
    own = take_own_class(graph, logits, outputs, config.num_outputs)
    boxes = graph.add("Add", found.boxes, get_end_shift(config))
    values = (boxes, found.scores, found.classes, found.image_index)
    for name, value in zip(OUTPUTS, (*values, graph.add("Sigmoid", own)), strict=True):
        graph.add_output(name, value)
    graph.check_all_used()
    return graph


def _add_boxes(graph: GraphWriter, pyramid: list[FeatureMap], config: MaskRCNNConfig) -> KeptBoxes:
    logits, deltas = add_rpn(graph, pyramid, config)
    proposals, objectness, count = add_proposals(graph, logits, deltas, config)
    rows = graph.reshape(proposals, -1, 4)
    num_images = graph.add("Squeeze", graph.add("Shape", "images", start=0, end=1))
    images = graph.add("Range", np.array(0), num_images, np.array(1))
    images = graph.add("Expand", graph.add("Unsqueeze", images, ints(1)), ints(1, count))
    pooled, place = add_roi_align(
        graph,
        pyramid[:4],
        rows,
        graph.reshape(images, -1),
        pool_px=config.box_pool_px,
        config=config,
    )
    shapes = ((config.num_outputs,), (config.num_outputs, 4) if config.box_per_class else (4,))
    class_logits, box_deltas = (
        graph.reshape(graph.add("Gather", value, place), -1, count, *shape)
        for value, shape in zip(add_box_head(graph, pooled, config), shapes, strict=True)
    )
    return add_detections(
        graph,
        mix_logits(graph, class_logits, objectness, config),
        box_deltas,
        proposals,
        count,
        min_score="min_score",
        windows=graph.add("Sub", "windows", get_end_shift(config)),
        config=config,
    )


def _as_model(graph: GraphWriter, config: MaskRCNNConfig) -> Any:
    from onnx import helper, numpy_helper

    import geoseg

    tile, mask = config.tile_size_px, 2 * config.mask_pool_px
    shapes: dict[str, list[str | int]] = {"boxes": ["R", 4], "masks": ["R", mask, mask]}
    # An input that is also a constant has that for its default.
    constants = {
        **graph.constants,
        "min_score": np.array(config.score, np.float32),
        "windows": np.array([[0, 0, tile, tile]], np.float32),
    }
    model = helper.make_model(
        helper.make_graph(
            [
                helper.make_node(
                    one.kind, one.inputs, one.outputs, one.outputs[0], **one.attributes
                )
                for one in graph.nodes
            ],
            "mask_rcnn",
            [
                _describe("images", np.uint8, ["B", tile, tile, 3]),
                _describe("min_score", np.float32, []),
                _describe("windows", np.float32, ["W", 4]),
            ],
            [_describe(name, dtype, shapes.get(name, ["R"])) for name, dtype in OUTPUTS.items()],
            [numpy_helper.from_array(array, name) for name, array in constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="geoseg",
        producer_version=geoseg.__version__,
    )
    helper.set_model_props(model, {CONFIG_KEY: json.dumps(to_dict(config), sort_keys=True)})
    return model


def _describe(name: str, dtype: type[np.generic], shape: list[str | int]) -> Any:
    from onnx import helper

    return helper.make_tensor_value_info(name, DATA_TYPES[dtype], shape)
