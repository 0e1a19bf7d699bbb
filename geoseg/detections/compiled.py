"""Functions on tensors, compiled the way of each backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def compile_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of `keras.ops` for inference.

    Args:
        function: takes and gives arrays, tensors, and lists and dicts of them.

    Returns:
        A function that gives the same, as tensors that stay on their device.
    """
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        # XLA gains nothing on a CPU, and would compile anew for every batch size.
        traced = tf.function(function, reduce_retracing=True, jit_compile=False)
        return lambda *values: traced(*tf.nest.map_structure(tf.convert_to_tensor, values))
    if backend == "jax":
        import jax

        compiled: Callable[..., Any] = jax.jit(function)
        return compiled
    return lambda *values: _run_without_gradients(function, values)


def to_numpy(tensor: Any) -> NDArray[Any]:
    """A tensor of any backend as an array."""
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))


def _run_without_gradients(function: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    import keras
    import torch

    with torch.no_grad():
        return function(*keras.tree.map_structure(keras.ops.convert_to_tensor, values))
