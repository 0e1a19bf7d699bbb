"""The five losses (Mask R-CNN, section 3); each is the mean over the entries it concerns."""

from __future__ import annotations

from typing import Any

from keras import ops

# Where the error of a delta turns from quadratic to linear.
SMOOTH_L1_BETA = 1.0


def masked_mean(values: Any, weights: Any) -> Any:
    """Mean of the values where weights are 1; 0 when there are none. Same shapes."""
    return ops.sum(values * weights) / ops.maximum(ops.sum(weights), 1.0)


def smooth_l1(error: Any) -> Any:
    """Huber-like penalty of an error, element by element (Fast R-CNN, equation 3)."""
    size = ops.abs(error)
    return ops.where(
        size < SMOOTH_L1_BETA, 0.5 * error * error / SMOOTH_L1_BETA, size - 0.5 * SMOOTH_L1_BETA
    )


def sigmoid_cross_entropy(logits: Any, targets: Any) -> Any:
    """Binary cross-entropy on logits, element by element; targets may be soft."""
    return ops.maximum(logits, 0.0) - logits * targets + ops.log1p(ops.exp(-ops.abs(logits)))


def rpn_class_loss(logits: Any, labels: Any) -> Any:
    """Objectness of the sampled anchors.

    Args:
        logits: float32 (B, A).
        labels: (B, A): 1 object, 0 background, -1 not used.
    """
    labels = ops.cast(labels, "float32")
    used = ops.cast(labels >= 0, "float32")
    return masked_mean(sigmoid_cross_entropy(logits, ops.maximum(labels, 0.0)), used)


def box_loss(deltas: Any, targets: Any, is_positive: Any) -> Any:
    """Box refinement of positives.

    Args:
        deltas: float32 (B, N, 4).
        targets: float32 (B, N, 4).
        is_positive: float32 (B, N).
    """
    return masked_mean(ops.mean(smooth_l1(deltas - targets), axis=-1), is_positive)


def class_loss(logits: Any, targets: Any, is_used: Any) -> Any:
    """Classes of the sampled proposals, each scored by itself.

    Args:
        logits: float32 (B, N, classes).
        targets: float32 (B, N, classes), all 0 for background.
        is_used: float32 (B, N).
    """
    return masked_mean(ops.sum(sigmoid_cross_entropy(logits, targets), axis=-1), is_used)


def softmax_class_loss(logits: Any, classes: Any, is_used: Any) -> Any:
    """Classes of the sampled proposals, which contest with each other and background.

    Args:
        logits: float32 (B, N, outputs), background first.
        classes: int32 (B, N), 0 for background.
        is_used: float32 (B, N).
    """
    wanted = ops.take_along_axis(logits, classes[..., None], axis=-1)[..., 0]
    return masked_mean(ops.logsumexp(logits, axis=-1) - wanted, is_used)


def mask_loss(logits: Any, targets: Any, is_positive: Any) -> Any:
    """Masks of positives, of their own class.

    Args:
        logits: float32 (B, N, M, M).
        targets: float32 (B, N, M, M), 0..1.
        is_positive: float32 (B, N).
    """
    entropy = ops.mean(sigmoid_cross_entropy(logits, targets), axis=(2, 3))
    return masked_mean(entropy, is_positive)
