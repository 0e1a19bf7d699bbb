"""The feature pyramid and the RPN on it; see `geoseg.maskrcnn.fpn` and `geoseg.maskrcnn.rpn`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geoseg.config import MaskRCNNConfig
from geoseg.maskrcnn.onnx.layers import add_maps, convolve, max_pool
from geoseg.maskrcnn.onnx.writer import FeatureMap, GraphWriter, ints


def add_pyramid(graph: GraphWriter, maps: Sequence[FeatureMap], channels: int) -> list[FeatureMap]:
    """Maps C2..C5 to P2..P6."""
    merged = [convolve(graph, one, f"fpn_c{i}p{i}", channels) for i, one in enumerate(maps, 2)]
    for index in (2, 1, 0):
        coarse = _upsample_to(graph, merged[index + 1], merged[index].size)
        merged[index] = add_maps(graph, merged[index], coarse)
    pyramid = [convolve(graph, one, f"fpn_p{i}", channels, 3) for i, one in enumerate(merged, 2)]
    # A window of one cell: every second cell.
    return [*pyramid, max_pool(graph, pyramid[-1], 1, 2)]


def _upsample_to(graph: GraphWriter, coarse: FeatureMap, size: int) -> FeatureMap:
    doubled = graph.add(
        "Resize",
        coarse.name,
        "",
        np.array([1, 1, 2, 2], np.float32),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    if size < 2 * coarse.size:
        doubled = graph.add("Slice", doubled, ints(0, 0), ints(size, size), ints(2, 3))
    return FeatureMap(doubled, coarse.channels, size)


def add_rpn(
    graph: GraphWriter, pyramid: Sequence[FeatureMap], config: MaskRCNNConfig
) -> tuple[list[str], list[str]]:
    """Logits (B, A) and deltas (B, A, 4) of the anchors of each level."""
    num_ratios, num_scores = len(config.anchor_ratios), 1 + config.first_class
    width = config.rpn_channels or config.pyramid_channels
    logits, deltas = [], []
    for level in pyramid:
        x = convolve(graph, level, "rpn_conv_shared", width, 3, activation="relu")
        score = convolve(graph, x, "rpn_class_raw", num_ratios * num_scores)
        delta = convolve(graph, x, "rpn_bbox_pred", 4 * num_ratios)
        # The anchors' order is by cells, then by ratios.
        score_name, delta_name = (
            graph.add("Transpose", one.name, perm=[0, 2, 3, 1]) for one in (score, delta)
        )
        if num_scores == 2:
            pairs = graph.reshape(score_name, 0, -1, 2)
            background, objects = graph.add_many("Split", 2, pairs, ints(1, 1), axis=-1)
            score_name = graph.add("Sub", objects, background)
        logits.append(graph.reshape(score_name, 0, -1))
        deltas.append(graph.reshape(delta_name, 0, -1, 4))
    return logits, deltas
