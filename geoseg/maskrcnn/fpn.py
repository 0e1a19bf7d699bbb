"""The feature pyramid (Lin et al. 2017, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops


class FeaturePyramid(layers.Layer):
    """C2..C5 to P2..P6 of one width.

    Maps of odd size are no exception: the coarser map is doubled and cut to the finer one's
    size. P6 takes every second cell of P5.

    Attributes:
        channels: width of the pyramid.
    """

    def __init__(self, channels: int, **kwargs: Any) -> None:
        """Make the layers; see the class for the arguments."""
        super().__init__(**kwargs)
        self.channels = channels
        dtype = self.dtype_policy
        self.laterals = [
            layers.Conv2D(channels, 1, dtype=dtype, name=f"fpn_c{i}p{i}") for i in range(2, 6)
        ]
        self.outputs = [
            layers.Conv2D(channels, 3, padding="same", dtype=dtype, name=f"fpn_p{i}")
            for i in range(2, 6)
        ]

    def build(self, input_shape: Sequence[Sequence[int | None]]) -> None:
        """Create the weights for maps of these shapes."""
        for lateral, output, shape in zip(self.laterals, self.outputs, input_shape, strict=True):
            lateral.build(shape)
            output.build((*shape[:-1], self.channels))
        self.built = True

    def call(self, maps: Sequence[Any]) -> list[Any]:
        """Maps C2..C5, each (B, H, W, C), to P2..P6, each (B, H, W, channels)."""
        merged = [lateral(one) for lateral, one in zip(self.laterals, maps, strict=True)]
        for index in (2, 1, 0):
            merged[index] = merged[index] + _upsample_to(merged[index + 1], merged[index])
        pyramid = [output(one) for output, one in zip(self.outputs, merged, strict=True)]
        return [*pyramid, pyramid[-1][:, ::2, ::2]]

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[int | None]]
    ) -> list[tuple[int | None, ...]]:
        """Shapes of P2..P6."""
        shapes = [(*shape[:3], self.channels) for shape in input_shape]
        batch, height, width, _ = shapes[-1]
        halves = [None if side is None else (side + 1) // 2 for side in (height, width)]
        return [*shapes, (batch, *halves, self.channels)]

    def get_config(self) -> dict[str, Any]:
        """The arguments of this layer."""
        return {**super().get_config(), "channels": self.channels}


def _upsample_to(coarse: Any, fine: Any) -> Any:
    doubled = ops.repeat(ops.repeat(coarse, 2, axis=1), 2, axis=2)
    return doubled[:, : fine.shape[1], : fine.shape[2]]


def build_pyramid(backbone: keras.Model, channels: int) -> FeaturePyramid:
    """A pyramid with its weights created for the outputs of a backbone."""
    pyramid = FeaturePyramid(channels, name="fpn")
    pyramid.build([output.shape for output in backbone.outputs])
    return pyramid
