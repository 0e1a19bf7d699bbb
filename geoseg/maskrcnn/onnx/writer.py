"""Collects the nodes and weights of an ONNX graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import WeightsError

# TensorProto.DataType of the ONNX standard.
DATA_TYPES: dict[type[np.generic], int] = {
    np.float32: 1,
    np.uint8: 2,
    np.int32: 6,
    np.int64: 7,
    np.bool_: 9,
}

Value = str | NDArray[Any]
"""What a node reads: the name of another node's output, or a constant."""


@dataclass(frozen=True)
class FeatureMap:
    """A value of shape (B, channels, size, size).

    Attributes:
        name: of the value in the graph.
        channels: its width.
        size: cells a side.
    """

    name: str
    channels: int
    size: int


@dataclass(frozen=True)
class Node:
    """One operation.

    Attributes:
        kind: ONNX operator.
        inputs: names of the values that it reads; "" for an optional one that is left out.
        outputs: names of the values that it makes.
        attributes: of the operator.
    """

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any] = field(default_factory=dict)


class GraphWriter:
    """A graph that grows node by node; needs no package but NumPy.

    Attributes:
        nodes: in the order of their use.
        constants: arrays of the graph by name, weights among them.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.floating]], source: str) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, NDArray[Any]] = {}
        self._arrays = arrays
        self._source = source
        self._shared: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._weights: dict[tuple[Any, ...], str] = {}

    def add(self, kind: str, *inputs: Value, **attributes: Any) -> str:
        """Add a node of one output.

        Args:
            kind: ONNX operator.
            *inputs: values that it reads; "" for an optional one that is left out.
            **attributes: of the operator.

        Returns:
            The name of its output.
        """
        return self.add_many(kind, 1, *inputs, **attributes)[0]

    def add_many(self, kind: str, num_outputs: int, *inputs: Value, **attributes: Any) -> list[str]:
        """Add a node of several outputs. Returns their names."""
        name = f"{kind}_{len(self.nodes)}"
        outputs = [name if index == 0 else f"{name}_{index}" for index in range(num_outputs)]
        read = [one if isinstance(one, str) else self._share(one) for one in inputs]
        self.nodes.append(Node(kind, tuple(read), tuple(outputs), attributes))
        return outputs

    def add_output(self, name: str, value: str) -> None:
        """Give a value the name of one of the graph's outputs."""
        self.nodes.append(Node("Identity", (value,), (name,)))

    def weight(
        self, name: str, shape: tuple[int, ...], order: tuple[int, ...] | None = None
    ) -> str:
        """A weight as float32.

        Args:
            name: `<layer>/<variable>`.
            shape: that it must have.
            order: its axes in the order that the node wants; None leaves them.

        Returns:
            The name of the value.

        Raises:
            WeightsError: the array is missing or of another shape.
        """
        key = (name, order)
        if key not in self._weights:
            if name not in self._arrays:
                raise WeightsError(f"{self._source} must fit the network; {name} is missing.")
            array = self._arrays[name]
            if array.shape != shape:
                raise WeightsError(
                    f"{self._source}: {name} must have shape {shape}; got {array.shape}."
                )
            value = name
            self.constants[name] = array
            if array.dtype != np.float32:
                value = self.cast(value, np.float32)
            if order is not None:
                value = self.add("Transpose", value, perm=order)
            self._weights[key] = value
        return self._weights[key]

    def check_all_used(self) -> None:
        """Make sure that every weight has its place in the network.

        Raises:
            WeightsError: one has none.
        """
        extra = sorted(set(self._arrays) - set(self.constants))
        if extra:
            raise WeightsError(f"{self._source} must fit the network; {extra[0]} is unknown.")

    def cast(self, value: Value, dtype: type[np.generic]) -> str:
        """A value in another dtype."""
        return self.add("Cast", value, to=DATA_TYPES[dtype])

    def reshape(self, value: Value, *shape: int) -> str:
        """A value in another shape; 0 keeps an axis, -1 takes the rest."""
        return self.add("Reshape", value, ints(*shape))

    def _share(self, array: NDArray[Any]) -> str:
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._shared:
            self._shared[key] = f"constant_{len(self._shared)}"
            self.constants[self._shared[key]] = array
        return self._shared[key]


def ints(*values: int) -> NDArray[np.int64]:
    """A constant of whole numbers (N,)."""
    return np.array(values, np.int64)


def number(value: float) -> NDArray[np.float32]:
    """A constant of one number, shape ()."""
    return np.array(value, np.float32)
