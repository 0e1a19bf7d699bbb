"""The two heads: class and box of a proposal, mask of a detection (Mask R-CNN, figure 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from keras import initializers, layers, ops

from geoseg.maskrcnn.batch_norm import make_batch_norm
from geoseg.maskrcnn.rpn import PRIOR_LOGIT


class BoxHead(layers.Layer):
    """Class logits and box deltas from pooled features.

    Attributes:
        num_outputs: classes that are told apart, background among them where it is known.
        units: width of the two hidden layers.
        box_per_class: whether each class refines the box in its own way; else all share one.
        conv_px: side of the features, when the hidden layers are convolutions that cover them,
            with batch norm behind; None for dense layers without, which are the same product
            with the kernel in another shape.
    """

    def __init__(
        self,
        num_outputs: int,
        units: int,
        *,
        box_per_class: bool = False,
        conv_px: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Make the layers; see the class for the arguments."""
        super().__init__(**kwargs)
        self.num_outputs = num_outputs
        self.units = units
        self.box_per_class = box_per_class
        self.conv_px = conv_px
        dtype = self.dtype_policy
        names = ("mrcnn_class_conv1", "mrcnn_class_conv2")
        if conv_px is None:
            self.hidden = [layers.Dense(units, dtype=dtype, name=name) for name in names]
            self.norms = []
        else:
            self.hidden = [
                layers.Conv2D(units, side, dtype=dtype, name=name)
                for name, side in zip(names, (conv_px, 1), strict=True)
            ]
            self.norms = _make_norms("mrcnn_class_bn", 2, dtype)
        self.scorer = layers.Dense(
            num_outputs,
            dtype="float32",
            kernel_initializer=initializers.RandomNormal(stddev=0.01),
            bias_initializer=initializers.Constant(PRIOR_LOGIT / 2),
            name="mrcnn_class_logits",
        )
        self.regressor = layers.Dense(
            4 * num_outputs if box_per_class else 4,
            dtype="float32",
            kernel_initializer=initializers.RandomNormal(stddev=0.001),
            name="mrcnn_bbox_fc",
        )

    def build(self, input_shape: Sequence[Any]) -> None:
        """Create the weights for pooled features (B, N, P, P, C)."""
        shape: tuple[int | None, ...] = (None, *self._row_shape(input_shape[2:]))
        for layer in self.hidden:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        for norm in self.norms:
            norm.build(shape)
        for layer in (self.scorer, self.regressor):
            layer.build((None, self.units))
        self.built = True

    def _row_shape(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Shape in which the hidden layers take the features (P, P, C) of a box."""
        return (math.prod(shape),) if self.conv_px is None else tuple(shape)

    def call(self, pooled: Any) -> tuple[Any, Any]:
        """Pooled features (B, N, P, P, C) to (logits (B, N, outputs), deltas (B, N, 4)).

        With `box_per_class` the deltas are (B, N, outputs, 4).
        """
        _, num_boxes, *shape = pooled.shape
        # One row a box: a product of two matrices takes half the time of a batched one.
        x = ops.reshape(pooled, (-1, *self._row_shape(shape)))
        for index, layer in enumerate(self.hidden):
            x = layer(x)
            x = ops.relu(self.norms[index](x) if self.norms else x)
        x = ops.reshape(x, (-1, self.units))
        logits = ops.reshape(self.scorer(x), (-1, num_boxes, self.num_outputs))
        return logits, ops.reshape(self.regressor(x), (-1, num_boxes, *self._delta_shape()))

    def _delta_shape(self) -> tuple[int, ...]:
        return (self.num_outputs, 4) if self.box_per_class else (4,)

    def compute_output_shape(
        self, input_shape: Sequence[int | None]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Shapes of the logits and the deltas."""
        batch, num_boxes = input_shape[:2]
        return (batch, num_boxes, self.num_outputs), (batch, num_boxes, *self._delta_shape())

    def get_config(self) -> dict[str, Any]:
        """The arguments of this layer."""
        return {
            **super().get_config(),
            "num_outputs": self.num_outputs,
            "units": self.units,
            "box_per_class": self.box_per_class,
            "conv_px": self.conv_px,
        }


class MaskHead(layers.Layer):
    """Soft masks, one a class, from pooled features.

    Attributes:
        num_outputs: classes that are told apart, background among them where it is known.
        channels: width of the convolutions.
        num_convs: 3x3 convolutions before upsampling.
        batch_norm: whether each of these has a batch norm behind it.
    """

    def __init__(
        self,
        num_outputs: int,
        channels: int,
        num_convs: int,
        *,
        batch_norm: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make the layers; see the class for the arguments."""
        super().__init__(**kwargs)
        self.num_outputs = num_outputs
        self.channels = channels
        self.num_convs = num_convs
        self.batch_norm = batch_norm
        dtype = self.dtype_policy
        self.convs = [
            layers.Conv2D(
                channels, 3, padding="same", dtype=dtype, name=f"mrcnn_mask_conv{index + 1}"
            )
            for index in range(num_convs)
        ]
        self.norms = _make_norms("mrcnn_mask_bn", num_convs, dtype) if batch_norm else []
        self.upsampler = layers.Conv2DTranspose(
            channels, 2, 2, activation="relu", dtype=dtype, name="mrcnn_mask_deconv"
        )
        self.predictor = layers.Conv2D(num_outputs, 1, dtype="float32", name="mrcnn_mask")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Create the weights for pooled features (B, N, P, P, C)."""
        shape = (None, *input_shape[2:])
        for layer in (*self.convs, self.upsampler):
            layer.build(shape)
            shape = (*shape[:-1], self.channels)
        for layer in (*self.norms, self.predictor):
            layer.build(shape)
        self.built = True

    def call(self, pooled: Any) -> Any:
        """Pooled features (B, N, P, P, C) to logits float32 (B, N, 2P, 2P, outputs)."""
        # Their number is not fixed: the mask head runs on as many boxes as were found.
        _, _, height, width, channels = pooled.shape
        num_boxes = ops.shape(pooled)[1]
        x = ops.reshape(pooled, (-1, height, width, channels))
        for index, layer in enumerate(self.convs):
            x = layer(x)
            x = ops.relu(self.norms[index](x) if self.batch_norm else x)
        x = self.predictor(self.upsampler(x))
        return ops.reshape(x, (-1, num_boxes, 2 * height, 2 * width, self.num_outputs))

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[int | None, ...]:
        """Shape of the mask logits; the sides of the features must be known."""
        batch, num_boxes, height, width, _ = input_shape
        return (batch, num_boxes, 2 * height, 2 * width, self.num_outputs)

    def get_config(self) -> dict[str, Any]:
        """The arguments of this layer."""
        return {
            **super().get_config(),
            "num_outputs": self.num_outputs,
            "channels": self.channels,
            "num_convs": self.num_convs,
            "batch_norm": self.batch_norm,
        }


def _make_norms(prefix: str, count: int, dtype: Any) -> list[layers.BatchNormalization]:
    return [make_batch_norm(f"{prefix}{index + 1}", dtype=dtype) for index in range(count)]
