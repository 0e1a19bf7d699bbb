"""Keras against ONNX Runtime: `python tests/benchmarks/bench_engines.py [threads]`.

Prints, for batches of 1, 4 and 8 tiles, wall and CPU milliseconds per tile of each engine, taken in
turns on the same tiles, so that other work on the machine slows both alike.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if len(sys.argv) > 1:
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ[name] = sys.argv[1]

import numpy as np

from geoseg.api import make_sample
from geoseg.detections.detector import load_detector
from geoseg.detections.engines import list_engines
from geoseg.provenance import describe_weights

ROUNDS = 7
BATCH_SIZES = (1, 4, 8)


def main() -> None:
    """Measure and print."""
    model, _, _ = describe_weights(None)
    side = model.tile_size_px
    scene = make_sample(1, size_px=4 * side, gsd_m=model.gsd_m, style="suburb").image
    tiles = np.stack(
        [scene[y : y + side, x : x + side] for y in (0, side) for x in range(0, 4 * side, side)]
    )
    engines = list_engines()
    for batch_size in BATCH_SIZES:
        detectors = {
            engine: load_detector(engine=engine, device="cpu", batch_size=batch_size)
            for engine in engines
        }
        wall_ms: dict[str, list[float]] = {engine: [] for engine in engines}
        cpu_ms: dict[str, list[float]] = {engine: [] for engine in engines}
        for number in range(ROUNDS + 1):
            for engine, detector in detectors.items():
                wall, cpu = time.perf_counter(), time.process_time()
                detector.detect(tiles)
                # The first round compiles.
                if number:
                    wall_ms[engine].append((time.perf_counter() - wall) / len(tiles) * 1e3)
                    cpu_ms[engine].append((time.process_time() - cpu) / len(tiles) * 1e3)
        for engine in engines:
            print(
                f"batch {batch_size}  {engine:5}  {statistics.median(wall_ms[engine]):7.1f} ms/tile"
                f"  {statistics.median(cpu_ms[engine]):7.1f} ms of CPU"
            )


if __name__ == "__main__":
    main()
