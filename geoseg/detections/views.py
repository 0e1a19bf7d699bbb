"""A detector that looks at every tile from several sides, mirrored and turned.

Buildings have no up and no left in an image from above, but a network is not quite the same for
all directions: its faults differ from view to view, and the mean has fewer
(docs/design/flips.md).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geoseg.config import DetectConfig
from geoseg.detections.fusion import fuse_views
from geoseg.types import Detection

if TYPE_CHECKING:
    from geoseg.detections.batching import BatchedDetector

# Of the score asked for: what one view sees with less can still help others to reach it.
_VIEW_SCORE_SHARE = 0.5

# A view is three bits: what is done to the image, one after the other.
_TRANSPOSED, _LEFT_RIGHT, _TOP_BOTTOM = 4, 1, 2


class ManyViewsDetector:
    """Fuses what a detector finds in several views; a `geoseg.types.Detector`.

    Attributes:
        tile_size_px, class_names, batch_size: of the detector.
        num_views: 2 (as is and mirrored), 4 (also upside down) or 8 (also turned by 90 degrees).
        min_score: what scores less once it is fused is dropped.
    """

    def __init__(self, detector: BatchedDetector, num_views: int, min_score: float) -> None:
        self._detector = detector
        self.tile_size_px = detector.tile_size_px
        self.class_names = detector.class_names
        self.num_views = num_views
        self.min_score = min_score

    @property
    def batch_size(self) -> int:
        """Tiles per step; becomes smaller when memory runs out."""
        return self._detector.batch_size

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find objects in images (B, S, S, 3); one list each, in tile pixels, best first.

        See `BatchedDetector.detect` for the windows.
        """
        seen: list[list[list[Detection]]] = [[] for _ in images]
        for view in range(self.num_views):
            turned = None if windows is None else turn_windows(windows, view, self.tile_size_px)
            found = self._detector.detect(show_view(images, view), turned)
            for own, detections in zip(seen, found, strict=True):
                own.append([_turn_back(one, view, self.tile_size_px) for one in detections])
        return [fuse_views(own, self.min_score) for own in seen]


def load_views(
    detect: DetectConfig, weights: Path | None = None, **options: Any
) -> BatchedDetector | ManyViewsDetector:
    """Load a model that looks from as many sides as is set; for one it is the detector itself.

    Args:
        detect: views, least score once they are fused, and batch size.
        weights: a weights file; None takes the bundled model.
        **options: the others of `load_detector`.

    Raises:
        GeosegError: as of `load_detector`.
    """
    from geoseg.detections.detector import load_detector

    options["batch_size"] = detect.batch_size
    if detect.views == 1:
        return load_detector(weights, min_score=detect.score, **options)
    score = _read_score(weights) if detect.score is None else detect.score
    detector = load_detector(weights, min_score=_VIEW_SCORE_SHARE * score, **options)
    return ManyViewsDetector(detector, detect.views, score)


def _read_score(weights: Path | None) -> float:
    """The default score of a model."""
    from geoseg.maskrcnn.bundled import BUNDLED_PATH
    from geoseg.maskrcnn.weights_file import read_weights

    _, config = read_weights(BUNDLED_PATH if weights is None else weights)
    return config.score


def show_view(images: NDArray[np.uint8], view: int) -> NDArray[np.uint8]:
    """Images (B, S, S, 3) as one of the eight views shows them; 0 leaves them as they are."""
    if view & _TRANSPOSED:
        images = images.swapaxes(1, 2)
    if view & _LEFT_RIGHT:
        images = images[:, :, ::-1]
    if view & _TOP_BOTTOM:
        images = images[:, ::-1]
    return np.ascontiguousarray(images)


def turn_windows(windows: NDArray[np.float32], view: int, size_px: int) -> NDArray[np.float32]:
    """Boxes (B, 4) in tiles of `size_px`, half-open, as one of the eight views shows them."""
    y1, x1, y2, x2 = windows.T
    if view & _TRANSPOSED:
        y1, x1, y2, x2 = x1, y1, x2, y2
    if view & _LEFT_RIGHT:
        x1, x2 = size_px - x2, size_px - x1
    if view & _TOP_BOTTOM:
        y1, y2 = size_px - y2, size_px - y1
    return np.stack([y1, x1, y2, x2], axis=1)


def _turn_back(detection: Detection, view: int, size_px: int) -> Detection:
    """A detection of a view in the pixels of the image itself: `show_view` backwards."""
    if not view:
        return detection
    y1, x1, y2, x2 = detection.box.tolist()
    mask = detection.mask
    if view & _TOP_BOTTOM:
        y1, y2, mask = size_px - y2, size_px - y1, mask[::-1]
    if view & _LEFT_RIGHT:
        x1, x2, mask = size_px - x2, size_px - x1, mask[:, ::-1]
    if view & _TRANSPOSED:
        y1, x1, y2, x2, mask = x1, y1, x2, y2, mask.T
    return replace(detection, box=np.array([y1, x1, y2, x2], np.float32), mask=mask)
