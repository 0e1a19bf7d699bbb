"""Batch norm as detectors use it: frozen, as their batches are too small for statistics."""

from __future__ import annotations

from typing import Any

from keras import layers

from geoseg.maskrcnn.architecture import BATCH_NORM_EPSILON


def make_batch_norm(name: str, **options: Any) -> layers.BatchNormalization:
    """A batch norm that keeps its moving statistics.

    Args:
        name: of the layer.
        **options: further arguments of the layer.
    """
    # Not trainable: Keras then uses the moving statistics in training too.
    return layers.BatchNormalization(
        epsilon=BATCH_NORM_EPSILON, trainable=False, name=name, **options
    )
