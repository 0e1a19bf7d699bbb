"""Runs a few nodes of a graph in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from geoseg.maskrcnn.onnx.model import IR_VERSION, OPSET
from geoseg.maskrcnn.onnx.writer import DATA_TYPES, GraphWriter

KINDS = {np.dtype(kind): number for kind, number in DATA_TYPES.items()}


def run_nodes(
    write: Callable[[GraphWriter], Sequence[str]],
    inputs: Mapping[str, NDArray[Any]],
    weights: Mapping[str, NDArray[np.floating]] | None = None,
) -> list[NDArray[Any]]:
    """What the nodes that `write` adds make of the inputs.

    Args:
        write: adds nodes that read the inputs by name; gives the names of the wanted values.
        inputs: arrays by name.
        weights: of the layers.
    """
    graph = GraphWriter(weights or {}, "the test")
    names = write(graph)
    model = helper.make_model(
        helper.make_graph(
            [
                helper.make_node(one.kind, one.inputs, one.outputs, **one.attributes)
                for one in graph.nodes
            ],
            "nodes",
            [
                helper.make_tensor_value_info(name, KINDS[array.dtype], array.shape)
                for name, array in inputs.items()
            ],
            [helper.make_empty_tensor_value_info(name) for name in names],
            [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    results: list[NDArray[Any]] = session.run(list(names), dict(inputs))
    return results
