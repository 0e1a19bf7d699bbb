"""How kernels start where no weights are loaded.

Batch norm is folded away or frozen, so nothing brings signals back to size: kernels have to keep
it from layer to layer (He et al. 2015, "Delving Deep into Rectifiers", section 2.2). With the
kernels that Keras makes by default, the last map of a MobileNetV2 has a standard deviation of
5e-12.
"""

from __future__ import annotations

from keras import initializers

# Variance to make up for: a rectifier lets half of it through, a linear layer all.
AFTER_RELU = 2.0
AFTER_LINEAR = 1.0

# Branches that are added to a shortcut start small, so that sums don't grow from block to block
# (Zhang et al. 2019, "Fixup Initialization", section 3).
OF_BRANCH = 0.1


def keep_size(gain: float) -> initializers.Initializer:
    """Kernels of a convolution or dense layer.

    Args:
        gain: variance of the output over that of the input, before its rectifier.
    """
    return initializers.VarianceScaling(gain, mode="fan_in", distribution="truncated_normal")


def keep_size_depthwise(gain: float) -> initializers.Initializer:
    """Kernels (h, w, channels, 1) of a depthwise convolution; see `keep_size`.

    Each output sees one channel, but Keras counts all of them as inputs, and h x w as outputs.
    """
    return initializers.VarianceScaling(gain, mode="fan_out", distribution="truncated_normal")
