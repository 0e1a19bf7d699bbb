"""How far the buildings depend on where the tiles lie.

    python tests/benchmarks/bench_seams.py [raster [truth [aoi]]]

Finds the buildings of a raster, or of made-up scenes with large ones, twice: with the grid in
place, and with the grid moved by (17, 41) px. Prints F1 between the two results at several IoU,
F1 and the mean IoU of the matched against the truth where there is one, and the milliseconds a
tile of merging. An aoi keeps the buildings with their centre inside, on all sides. Buildings at the
edge of the raster are left out between the two results: moved tiles see it mirrored there.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from shapely import Geometry, box
from shapely.affinity import affine_transform, translate

from geoseg.api import make_sample
from geoseg.config import PredictConfig, RasterConfig
from geoseg.crs import local_metric_crs, parse_crs
from geoseg.detections.batching import BatchedDetector
from geoseg.detections.detector import load_detector
from geoseg.detections.merge import merge_detections
from geoseg.detections.scan import scan_block
from geoseg.evaluation.matching import match_footprints
from geoseg.evaluation.reading import Buildings, read_buildings
from geoseg.footprints import clip_to_aoi, make_footprints
from geoseg.provenance import describe_weights
from geoseg.raster import open_raster
from geoseg.raster.writer import write_geotiff
from geoseg.scenes.placement import place_scene
from geoseg.tiles import ShardPlan, make_grid
from geoseg.types import Detection, Footprints, ImageBlock, NoProgress, RasterSource, Window

SHIFTS_YX = ((0, 0), (17, 41))
IOUS = (0.5, 0.75, 0.9)
# The halls of these reach over several tiles.
SCENES = (("industry", 3), ("estate", 3), ("urban", 3))
SCENE_SIDE_PX = 1500
EDGE_PX = 80


class MovedSource:
    """A source whose grid begins above and to the left of the raster; see `RasterSource`."""

    def __init__(self, source: RasterSource, shift_yx: tuple[int, int]) -> None:
        down, right = shift_yx
        self.name, self.crs, self.gsd_m = source.name, source.crs, source.gsd_m
        self.transform = source.transform @ Affine.translation(-right, -down)
        self.shape_hw = (source.shape_hw[0] + down, source.shape_hw[1] + right)
        self._source, self._shift_yx = source, shift_yx

    def read(self, window: Window) -> ImageBlock:
        """Read a window; what lies above and to the left of the raster is invalid."""
        down, right = self._shift_yx
        moved = window._replace(col_off=window.col_off - right, row_off=window.row_off - down)
        block = self._source.read(moved)
        return ImageBlock(window, block.image, block.valid)

    def close(self) -> None:
        """Nothing: the source belongs to the caller."""


@dataclass(frozen=True)
class Run:
    """What was found with one grid.

    Attributes:
        footprints: in the metric CRS of the comparison.
        num_tiles: tiles that were looked at.
        merge_s: seconds of merging.
    """

    footprints: Footprints
    num_tiles: int
    merge_s: float


def main() -> None:
    """Measure and print."""
    paths = [Path(name) for name in sys.argv[1:]]
    detector = load_detector(device="cpu")
    if paths:
        truth, area, *_ = [*(read_buildings(path) for path in paths[1:]), None, None]
        bench_raster(paths[0], detector, truth, area)
        return
    with tempfile.TemporaryDirectory() as folder:
        for style, seed in SCENES:
            print(f"{style}, seed {seed}, {SCENE_SIDE_PX} x {SCENE_SIDE_PX} px")
            raster = Path(folder) / f"{style}.tif"
            bench_raster(raster, detector, write_scene(raster, style, seed))


def write_scene(path: Path, style: str, seed: int) -> Buildings:
    """Write a made-up scene at the model's GSD and give its true buildings."""
    model, _, _ = describe_weights(None)
    scene = make_sample(seed, size_px=SCENE_SIDE_PX, gsd_m=model.gsd_m, style=style)
    crs = parse_crs("EPSG:32636")
    transform = place_scene(crs, scene.image.shape[:2], model.gsd_m)
    write_geotiff(path, scene.image, crs=crs, transform=transform)
    outlines = [affine_transform(one, transform.to_shapely()) for one in scene.footprints]
    return Buildings(np.array(outlines, dtype=object), list(range(len(outlines))), None, crs, 0)


def bench_raster(
    raster: Path,
    detector: BatchedDetector,
    truth: Buildings | None,
    area: Buildings | None = None,
) -> None:
    """Find the buildings with both grids, and print how alike they are and how right."""
    model, _, _ = describe_weights(None)
    with open_raster(str(raster), RasterConfig(), model_gsd_m=model.gsd_m) as source:
        height, width = source.shape_hw
        metric_crs = local_metric_crs(source.crs, *(source.transform @ (width / 2, height / 2)))
        area_px = None
        if area is not None:
            inside = shapely.union_all(area.to_crs(source.crs).polygons)
            area_px = affine_transform(inside, (~source.transform).to_shapely())
        runs = [
            find_footprints(MovedSource(source, shift), detector, metric_crs, shift, area_px)
            for shift in SHIFTS_YX
        ]
    kept = [run.footprints for run in runs]
    if area is not None:
        kept = [clip_to_aoi(one, shapely.union_all(area.polygons), area.crs) for one in kept]
    inner = box(EDGE_PX, EDGE_PX, width - EDGE_PX, height - EDGE_PX)
    inner = affine_transform(inner, source.transform.to_shapely())
    report(runs, [clip_to_aoi(one, inner, source.crs) for one in kept])
    if truth is not None:
        outlines = truth.to_crs(metric_crs).polygons
        if area is not None:
            inside = shapely.union_all(area.to_crs(metric_crs).polygons)
            outlines = outlines[shapely.covered_by(shapely.centroid(outlines), inside)]
        report_truth(kept, outlines)


def find_footprints(
    source: MovedSource,
    detector: BatchedDetector,
    metric_crs: CRS,
    shift_yx: tuple[int, int],
    area_px: Geometry | None,
) -> Run:
    """Find the buildings of a raster; area in pixels of the grid before it was moved."""
    config = PredictConfig()
    grid = make_grid(source.shape_hw, config.tiles)
    if area_px is not None:
        area_px = translate(area_px, shift_yx[1], shift_yx[0])
    plan = ShardPlan(grid, area_px)
    found: list[Detection] = []
    for shard in plan:
        found += scan_block(
            source.read(shard.window),
            shard,
            detector,
            tiles=config.tiles,
            detect=config.detect,
            batch_size=detector.batch_size,
            progress=NoProgress(),
        )
    started = time.perf_counter()
    merged = merge_detections(found, grid.tile_at, grid.shape_hw)
    merge_s = time.perf_counter() - started
    footprints = make_footprints(
        merged,
        transform=source.transform,
        crs=source.crs,
        config=config.footprints,
        metric_crs=metric_crs,
    )
    return Run(footprints, plan.num_tiles, merge_s)


def report(runs: list[Run], kept: list[Footprints]) -> None:
    """Print how alike two results are."""
    before, after = (one.polygons for one in kept)
    num_tiles = sum(run.num_tiles for run in runs)
    merge_ms = 1e3 * sum(run.merge_s for run in runs) / num_tiles
    print(f"{len(before)} and {len(after)} buildings; merging {merge_ms:.2f} ms/tile")
    scores = [f"{iou:g}: {compute_f1(after, before, iou)[0]:.3f}" for iou in IOUS]
    print("F1 of moved against unmoved at IoU " + ", ".join(scores))


def report_truth(kept: list[Footprints], truth: NDArray[np.object_]) -> None:
    """Print how right two results are, on average."""
    scored = [compute_f1(one.polygons, truth, 0.5, one.scores) for one in kept]
    f1, mean_iou = np.mean(scored, axis=0)
    print(f"F1 against {len(truth)} true buildings at IoU 0.5: {f1:.3f}; mean IoU {mean_iou:.3f}")


def compute_f1(
    found: NDArray[np.object_],
    truth: NDArray[np.object_],
    iou: float,
    scores: NDArray[np.floating] | None = None,
) -> tuple[float, float]:
    """F1, and the mean IoU of the pairs."""
    matches = match_footprints(found, truth, iou, scores)
    num_pairs = int((matches.truth_of_pred >= 0).sum())
    mean_iou = float(matches.ious.sum()) / max(1, num_pairs)
    return 2 * num_pairs / max(1, len(found) + len(truth)), mean_iou


if __name__ == "__main__":
    main()
