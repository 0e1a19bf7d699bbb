"""The two heads: class and box of a proposal, mask of a detection (Mask R-CNN, figure 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from keras import initializers, layers, ops

from geoseg.maskrcnn.rpn import PRIOR_LOGIT


class BoxHead(layers.Layer):
    """Class logits and box deltas from pooled features.

    Each class has a sigmoid of its own, and all share one box.

    Attributes:
        num_classes: classes without background.
        units: width of the two dense layers.
    """

    def __init__(self, num_classes: int, units: int, **kwargs: Any) -> None:
        """Make the layers; see the class for the arguments."""
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.units = units
        self.dense = [
            layers.Dense(
                units, activation="relu", dtype=self.dtype_policy, name=f"mrcnn_class_conv{i}"
            )
            for i in (1, 2)
        ]
        self.scorer = layers.Dense(
            num_classes,
            dtype="float32",
            kernel_initializer=initializers.RandomNormal(stddev=0.01),
            bias_initializer=initializers.Constant(PRIOR_LOGIT / 2),
            name="mrcnn_class_logits",
        )
        self.regressor = layers.Dense(
            4,
            dtype="float32",
            kernel_initializer=initializers.RandomNormal(stddev=0.001),
            name="mrcnn_bbox_fc",
        )

    def build(self, input_shape: Sequence[Any]) -> None:
        """Create the weights for pooled features (B, N, P, P, C)."""
        self.dense[0].build((None, None, math.prod(input_shape[2:])))
        for layer in (self.dense[1], self.scorer, self.regressor):
            layer.build((None, self.units))
        self.built = True

    def call(self, pooled: Any) -> tuple[Any, Any]:
        """Pooled features (B, N, P, P, C) to (logits (B, N, classes), deltas (B, N, 4))."""
        _, num_boxes, height, width, channels = pooled.shape
        # One row a box: a product of two matrices takes half the time of a batched one.
        x = ops.reshape(pooled, (-1, height * width * channels))
        for layer in self.dense:
            x = layer(x)
        logits = ops.reshape(self.scorer(x), (-1, num_boxes, self.num_classes))
        return logits, ops.reshape(self.regressor(x), (-1, num_boxes, 4))

    def compute_output_shape(
        self, input_shape: Sequence[int | None]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Shapes of the logits and the deltas."""
        batch, num_boxes = input_shape[:2]
        return (batch, num_boxes, self.num_classes), (batch, num_boxes, 4)

    def get_config(self) -> dict[str, Any]:
        """The arguments of this layer."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "units": self.units,
        }


class MaskHead(layers.Layer):
    """Soft masks, one a class, from pooled features.

    Attributes:
        num_classes: classes without background.
        channels: width of the convolutions.
        num_convs: 3x3 convolutions before upsampling.
    """

    def __init__(self, num_classes: int, channels: int, num_convs: int, **kwargs: Any) -> None:
        """Make the layers; see the class for the arguments."""
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.channels = channels
        self.num_convs = num_convs
        self.convs = [
            layers.Conv2D(
                channels,
                3,
                padding="same",
                activation="relu",
                dtype=self.dtype_policy,
                name=f"mrcnn_mask_conv{i + 1}",
            )
            for i in range(num_convs)
        ]
        self.upsampler = layers.Conv2DTranspose(
            channels, 2, 2, activation="relu", dtype=self.dtype_policy, name="mrcnn_mask_deconv"
        )
        self.predictor = layers.Conv2D(num_classes, 1, dtype="float32", name="mrcnn_mask")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Create the weights for pooled features (B, N, P, P, C)."""
        shape = (None, *input_shape[2:])
        for layer in (*self.convs, self.upsampler):
            layer.build(shape)
            shape = (*shape[:-1], self.channels)
        self.predictor.build(shape)
        self.built = True

    def call(self, pooled: Any) -> Any:
        """Pooled features (B, N, P, P, C) to logits float32 (B, N, 2P, 2P, classes)."""
        # Their number is not fixed: the mask head runs on as many boxes as were found.
        _, _, height, width, channels = pooled.shape
        num_boxes = ops.shape(pooled)[1]
        x = ops.reshape(pooled, (-1, height, width, channels))
        for layer in self.convs:
            x = layer(x)
        x = self.predictor(self.upsampler(x))
        return ops.reshape(x, (-1, num_boxes, 2 * height, 2 * width, self.num_classes))

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[int | None, ...]:
        """Shape of the mask logits; the sides of the features must be known."""
        batch, num_boxes, height, width, _ = input_shape
        return (batch, num_boxes, 2 * height, 2 * width, self.num_classes)

    def get_config(self) -> dict[str, Any]:
        """The arguments of this layer."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "channels": self.channels,
            "num_convs": self.num_convs,
        }
