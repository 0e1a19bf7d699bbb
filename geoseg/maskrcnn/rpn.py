"""The region proposal network's head (Faster R-CNN, section 3.1), shared by all levels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from keras import initializers, layers, ops

# Most anchors show no building. A bias that says so from the start keeps the first steps calm
# (focal loss paper, Lin et al. 2017, section 4.1).
PRIOR_PROBABILITY = 0.02
PRIOR_LOGIT = -math.log((1.0 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY)


class RPNHead(layers.Layer):
    """Score and box deltas of every anchor.

    Attributes:
        channels: width of the shared convolution.
        num_ratios: anchors per cell.
        num_scores: 1, or 2 for background and object.
    """

    def __init__(self, channels: int, num_ratios: int, num_scores: int = 1, **kwargs: Any) -> None:
        """Make the layers; see the class for the arguments."""
        super().__init__(**kwargs)
        self.channels = channels
        self.num_ratios = num_ratios
        self.num_scores = num_scores
        self.shared = layers.Conv2D(
            channels,
            3,
            padding="same",
            activation="relu",
            dtype=self.dtype_policy,
            name="rpn_conv_shared",
        )
        self.scorer = layers.Conv2D(
            num_ratios * num_scores,
            1,
            dtype="float32",
            kernel_initializer=initializers.RandomNormal(stddev=0.01),
            bias_initializer=initializers.Constant(PRIOR_LOGIT if num_scores == 1 else 0.0),
            name="rpn_class_raw",
        )
        self.regressor = layers.Conv2D(
            4 * num_ratios,
            1,
            dtype="float32",
            kernel_initializer=initializers.RandomNormal(stddev=0.01),
            name="rpn_bbox_pred",
        )

    def build(self, input_shape: Sequence[Sequence[int | None]]) -> None:
        """Create the weights; all levels share them."""
        self.shared.build(input_shape[0])
        for layer in (self.scorer, self.regressor):
            layer.build((*input_shape[0][:-1], self.channels))
        self.built = True

    def call(self, pyramid: Sequence[Any]) -> tuple[Any, Any]:
        """Pyramid P2..P6 to (logits (B, A), deltas (B, A, 4)), float32, in the anchors' order.

        The sigmoid of a logit is the probability of an object: of two scores their difference is
        given, whose sigmoid is their softmax.
        """
        logits, deltas = [], []
        for level in pyramid:
            shared = self.shared(level)
            cells = level.shape[1] * level.shape[2]
            logits.append(self._score(shared, cells * self.num_ratios))
            deltas.append(ops.reshape(self.regressor(shared), (-1, cells * self.num_ratios, 4)))
        return ops.concatenate(logits, axis=1), ops.concatenate(deltas, axis=1)

    def _score(self, shared: Any, num_anchors: int) -> Any:
        scores = ops.reshape(self.scorer(shared), (-1, num_anchors, self.num_scores))
        return scores[..., 0] if self.num_scores == 1 else scores[..., 1] - scores[..., 0]

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[Any]]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Shapes of the logits and the deltas; the sides of the levels must be known."""
        cells = sum(math.prod(shape[1:3]) for shape in input_shape)
        batch, anchors = input_shape[0][0], cells * self.num_ratios
        return (batch, anchors), (batch, anchors, 4)

    def get_config(self) -> dict[str, Any]:
        """The arguments of this layer."""
        return {
            **super().get_config(),
            "channels": self.channels,
            "num_ratios": self.num_ratios,
            "num_scores": self.num_scores,
        }
