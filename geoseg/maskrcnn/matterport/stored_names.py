"""Names of arrays in Keras files, and the layer and variable that they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection

from geoseg.maskrcnn.matterport.layout import RPN_LAYERS, RPN_MODEL, VARIABLES

# What Keras appends to a name that its session has seen before.
_REPEAT = re.compile(r"_\d+$")


def find_known(name: str, known: Collection[str]) -> str:
    """The name of a network's layer or variable that a name in a file stands for.

    A number at the end, which Keras appends to a name that it has seen before, is passed over
    where only this makes the name a known one.

    Example:
        >>> find_known("fpn_p2_1", {"fpn_p2", "fpn_p3"})
        'fpn_p2'
        >>> find_known("activation_1", {"fpn_p2"})
        'activation_1'
    """
    short = _REPEAT.sub("", name)
    return short if name not in known and short in known else name


def find_weight(layer: str, stored: str) -> tuple[str, str] | None:
    """The layer and the variable that an array belongs to.

    The layer is that of the group, whatever the array's own name says: Keras numbers a name that
    it has seen before. Inside `rpn_model`, the last folder but one is the layer.

    Args:
        layer: the group, as `find_known` gives it.
        stored: the entry of its `weight_names`.

    Returns:
        Layer and variable; None where no variable of that name can belong to a network.

    Example:
        >>> find_weight("conv1", "conv1_2/kernel:0")
        ('conv1', 'kernel')
        >>> find_weight("rpn_model", "rpn_conv_shared_1/bias:0")
        ('rpn_conv_shared', 'bias')
        >>> find_weight("anchors", "Variable:0") is None
        True
    """
    *folders, last = stored.rsplit(":", 1)[0].split("/")
    if layer == RPN_MODEL:
        if not folders:
            return None
        layer = find_known(folders[-1], RPN_LAYERS)
    variable = find_known(last, VARIABLES)
    return (layer, variable) if variable in VARIABLES else None
