"""Footprints made per second of CPU: python tests/benchmarks/bench_footprints.py [N]."""

from __future__ import annotations

import sys
import time

import numpy as np
from affine import Affine
from pyproj import CRS

from geoseg.config import FootprintConfig
from geoseg.footprints import make_footprints
from geoseg.types import Detection

SPACING_PX = 60


def make_detections(size: int) -> list[Detection]:
    """Turned rectangles with soft walls, some of which overlap their neighbours."""
    rng = np.random.default_rng(0)
    cells = np.arange(28) - 13.5
    y, x = np.meshgrid(cells, cells, indexing="ij")
    detections = []
    for index in range(size):
        angle = rng.uniform(0, np.pi / 2)
        half_width, half_height = rng.uniform(5, 10, 2)
        along = np.abs(x * np.cos(angle) + y * np.sin(angle))
        across = np.abs(y * np.cos(angle) - x * np.sin(angle))
        depth = np.minimum(half_width - along, half_height - across)
        mask = np.clip(0.5 + depth / 2, 0, 1).astype(np.float32)
        corner = np.array([index // 100, index % 100]) * SPACING_PX + rng.uniform(0, 20, 2)
        box = np.concatenate([corner, corner + rng.uniform(40, 60, 2)]).astype(np.float32)
        detections.append(Detection(box, float(rng.random()), mask))
    return detections


def main() -> None:
    """Time it and print the rate."""
    detections = make_detections(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    start = time.process_time()
    found = make_footprints(
        detections,
        transform=Affine(0.3, 0, 500_000, 0, -0.3, 3_000_000),
        crs=CRS.from_epsg(32645),
        config=FootprintConfig(),
    )
    seconds = time.process_time() - start
    print(f"{len(found)} footprints in {seconds:.2f} s of CPU: {len(detections) / seconds:.0f}/s")


if __name__ == "__main__":
    main()
