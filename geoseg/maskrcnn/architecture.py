"""The numbers that make the network, beside those of its config; reading them needs no Keras.

The network stands in code twice: as Keras layers, to train and to run, and as an ONNX graph, to
run without Keras. Both take what they must agree on from here.
"""

from __future__ import annotations

import math

# MobileNetV2 (Sandler et al. 2018, table 2): (channels, stride of the first block, blocks); the
# expansion is 6 but for the first.
MOBILENET_STAGES = (
    (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1),
)  # fmt: skip
MOBILENET_EXPANSION = 6

# The widest tensor before each halving carries the most (Sandler et al., section 6.2).
MOBILENET_TAPS = ("block_3_expand", "block_6_expand", "block_13_expand", "Conv_1")

# ResNet (He et al. 2015, table 1).
RESNET_BLOCKS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}
RESNET_CHANNELS = (64, 128, 256, 512)
BATCH_NORM_EPSILON = 1e-3
IMAGENET_MEAN_RGB = (123.7, 116.8, 103.9)

# Standard deviations that the deltas are divided by (Faster R-CNN, section 3.1.2, in the
# scaling that every later implementation uses).
DELTA_STD = (0.1, 0.1, 0.2, 0.2)

# A box cannot grow more than 1000 / 16 times in one step, so that `exp` never overflows.
MAX_LOG_SCALE = math.log(1000.0 / 16.0)

# Sides of reference boxes count as at least this.
MIN_REFERENCE_SIDE_PX = 0.01

# Boxes of the canonical size read P4 (FPN, equation 1).
CANONICAL_LEVEL = 4
FINEST_LEVEL = 2
COARSEST_LEVEL = 5

# Keeps a box that spans whole powers of two of the canonical size on the upper level, whatever
# the rounding of the logarithm.
LEVEL_TOLERANCE = 1e-6
