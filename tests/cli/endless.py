"""`geoseg` with a network that finds bright roofs in five tiles, and then never comes back.

    python -m tests.cli.endless ARGUMENT...

The shards of a raster have one tile each.
"""

from __future__ import annotations

import functools
import sys
import threading
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

import geoseg.detections.detector
import geoseg.tiles
from geoseg.cli.main import main
from geoseg.types import Detection
from tests.bright import BrightDetector

NUM_TILES = 5
NOTE = "the network is at the sixth tile"


class EndlessDetector(BrightDetector):
    """Stands in its sixth call for a network that is being compiled."""

    def detect(self, images: NDArray[Any], windows: Any = None) -> list[list[Detection]]:
        """Find the bright patches, as long as it comes back."""
        if len(self.num_seen) == NUM_TILES:
            sys.stderr.write(f"{NOTE}\n")
            threading.Event().wait()
        return super().detect(images, windows)


def load_endless_detector(weights: Path | None = None, **options: Any) -> EndlessDetector:
    """What stands in the place of `geoseg.detections.detector.load_detector`."""
    return EndlessDetector(**options)


if __name__ == "__main__":
    geoseg.detections.detector.load_detector = load_endless_detector  # type: ignore[assignment]
    plan = functools.partial(geoseg.tiles.ShardPlan, tiles_per_side=1)
    geoseg.tiles.ShardPlan = plan  # type: ignore[misc, assignment]
    main()
