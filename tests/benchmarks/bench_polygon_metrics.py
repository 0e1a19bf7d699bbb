"""Time to score outlines: python tests/benchmarks/bench_polygon_metrics.py [BUILDINGS]."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.evaluation import match_footprints
from geoseg.evaluation.overlaps import find_merges, find_overlaps, find_splits
from geoseg.evaluation.polygon_metrics import boundary_ious, count_vertices, polis_distances
from geoseg.evaluation.polygon_scores import (
    ANGLE_SPACING_M,
    BOUNDARY_WIDTH_M,
    measure_in_chunks,
)
from geoseg.evaluation.tangent_angles import max_tangent_angles_deg

SPACING_M = 30.0
NUM_TRUE_VERTICES, NUM_PRED_VERTICES = 6, 12

ResultT = TypeVar("ResultT")


def make_buildings(num: int, num_vertices: int, seed: int) -> NDArray[np.object_]:
    """Buildings of about 200 m2 in a grid, a little displaced, with uneven walls."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(num)))
    centres = np.stack(np.divmod(np.arange(num), side), axis=-1) * SPACING_M
    centres = centres + rng.normal(0, 0.5, centres.shape)
    angles = np.linspace(0, 2 * np.pi, num_vertices, endpoint=False)
    radii = 8 + rng.normal(0, 0.5, (num, num_vertices))
    corners = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=-1)
    polygons: NDArray[np.object_] = shapely.polygons(centres[:, np.newaxis] + corners)
    return polygons


def clock(name: str, work: Callable[[], ResultT]) -> ResultT:
    """Do it and print the seconds of CPU."""
    start = time.process_time()
    result = work()
    print(f"{name:<18}{time.process_time() - start:>8.1f} s of CPU", flush=True)
    return result


def main() -> None:
    """Time each metric by itself."""
    num = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    truth = make_buildings(num, NUM_TRUE_VERTICES, 0)
    pred = make_buildings(num, NUM_PRED_VERTICES, 1)
    started = time.process_time()
    overlaps = clock("overlaps", lambda: find_overlaps(pred, truth))
    matches = clock("matches", lambda: match_footprints(pred, truth, overlaps=overlaps))
    clock("splits, merges", lambda: (find_splits(overlaps), find_merges(overlaps)))
    is_match = matches.truth_of_pred >= 0
    pairs = pred[is_match], truth[matches.truth_of_pred[is_match]]
    clock("vertices", lambda: [count_vertices(side) for side in pairs])
    clock("boundary IoU", lambda: measure_in_chunks(boundary_ious, *pairs, BOUNDARY_WIDTH_M))
    clock("PoLiS", lambda: measure_in_chunks(polis_distances, *pairs))
    clock(
        "tangent angles",
        lambda: measure_in_chunks(max_tangent_angles_deg, *pairs, ANGLE_SPACING_M),
    )
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{num:,} buildings, {int(is_match.sum()):,} pairs: "
        f"{time.process_time() - started:.1f} s of CPU, at most {peak_gb:.2f} GB"
    )


if __name__ == "__main__":
    main()
