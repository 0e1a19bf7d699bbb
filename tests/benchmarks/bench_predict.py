"""Where the time of a prediction goes, and how far the network is from the machine's limit.

    python tests/benchmarks/bench_predict.py [raster]

Prints ms per tile of each stage, on the middle of a raster or of a made-up scene, and the ratio
of the network's time to the arithmetic limit: its multiplications and additions at the speed of a
large matrix product, timed in the same run on the same cores.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.api import make_sample
from geoseg.config import MaskRCNNConfig, PredictConfig
from geoseg.crs import parse_crs
from geoseg.detections.batching import BatchedDetector
from geoseg.detections.detector import load_detector
from geoseg.export import write_footprints
from geoseg.maskrcnn.anchors import level_sizes
from geoseg.pipeline import SeamJoiner, ShardWork, make_frame
from geoseg.provenance import describe_weights, make_origin
from geoseg.raster import open_raster
from geoseg.raster.writer import write_geotiff
from geoseg.scenes.placement import place_scene
from geoseg.tiles import ShardPlan, make_grid
from geoseg.types import Detection, FootprintList, Footprints, Origin

ROUNDS = 5
STAGES = ("read", "detect", "finish", "join", "export")
# Few tiles, in shards small enough that there is something to join.
AREA_PX = 1400
TILES_PER_SIDE = 4
MATRIX_SIDE = 2048


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        raster = Path(sys.argv[1]) if len(sys.argv) > 1 else make_raster(Path(folder))
        bench_stages(raster, Path(folder))


def make_raster(folder: Path) -> Path:
    """A made-up scene of 1800 x 1800 px at the model's GSD."""
    model, _, _ = describe_weights(None)
    scene = make_sample(1, size_px=1800, gsd_m=model.gsd_m, style="suburb")
    crs = parse_crs("EPSG:32636")
    path = folder / "scene.tif"
    write_geotiff(path, scene.image, crs=crs, transform=place_scene(crs, (1800, 1800), model.gsd_m))
    return path


class TimedDetector:
    """A detector that keeps count of its seconds."""

    def __init__(self, detector: BatchedDetector) -> None:
        self.detector = detector
        self.tile_size_px = detector.tile_size_px
        self.class_names = detector.class_names
        self.batch_size = detector.batch_size
        self.seconds = 0.0

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find objects."""
        started = time.perf_counter()
        found = self.detector.detect(images, windows)
        self.seconds += time.perf_counter() - started
        return found


def bench_stages(raster: Path, folder: Path) -> None:
    """Time every stage over the middle of the raster, the median of some rounds."""
    model, name, digest = describe_weights(None)
    config = PredictConfig().fit_tiles(model.tile_size_px)
    origin = make_origin(
        config, model=name, weights_sha256=digest, raster=raster.name, raster_date="", created=""
    )
    detector = TimedDetector(load_detector(device="cpu"))
    with open_raster(raster, config.raster, model_gsd_m=model.gsd_m) as source:
        height, width = source.shape_hw
        area_px = shapely.Point(width / 2, height / 2).buffer(AREA_PX / 2, cap_style="square")
        plan = ShardPlan(make_grid(source.shape_hw, config.tiles), area_px, TILES_PER_SIDE)
        work = ShardWork(source, lambda: detector, plan, make_frame(source), config)
        rounds = []
        for number in range(ROUNDS + 1):
            joiner = SeamJoiner(plan, make_frame(source), config)
            spent, num_found = time_round(work, plan, joiner, folder / f"{number}.geojson", origin)
            rounds.append({"network": detector.seconds, **spent})
            rounds[-1]["detect"] -= detector.seconds
            detector.seconds = 0.0
    # The first round compiles.
    network_s = report(rounds[1:], plan.num_tiles, num_found)
    report_limit(model, network_s / plan.num_tiles, num_found / plan.num_tiles)


def time_round(
    work: ShardWork, plan: ShardPlan, joiner: SeamJoiner, output: Path, origin: Origin
) -> tuple[dict[str, float], int]:
    """Seconds of each stage over all shards, none at the same time as another, and what was found.

    The network is a part of `detect`.
    """
    spent = dict.fromkeys(STAGES, 0.0)
    batches: list[Footprints] = []
    num_found = 0

    def timed_stage(stage: str, function: Callable[[Any], Any], given: Any) -> Any:
        started = time.perf_counter()
        result = function(given)
        spent[stage] += time.perf_counter() - started
        return result

    for index in range(len(plan)):
        given = timed_stage("read", work.read, index)
        found = timed_stage("detect", work.detect, given)
        result = timed_stage("finish", work.finish, found)
        batches += timed_stage("join", lambda result: list(joiner.add(result)), result)
        num_found += result.num_found
    footprints = FootprintList(tuple(batches), batches[0].crs)
    timed_stage("export", lambda path: write_footprints(path, footprints, origin), output)
    return spent, num_found


def report(rounds: list[dict[str, float]], num_tiles: int, num_found: int) -> float:
    """Print ms per tile of every stage. Returns the network's seconds for all tiles."""
    median_ms = {
        stage: statistics.median(one[stage] for one in rounds) / num_tiles * 1e3
        for stage in rounds[0]
    }
    total_ms = sum(median_ms.values())
    print(f"{num_tiles} tiles, {num_found / num_tiles:.1f} detections a tile")
    for stage, stage_ms in median_ms.items():
        print(f"{stage:12} {stage_ms:8.2f} ms/tile")
    print(f"{'total':12} {total_ms:8.2f} ms/tile")
    print(f"outside the network: {100 * (1 - median_ms['network'] / total_ms):.1f} %")
    return median_ms["network"] * num_tiles / 1e3


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def report_limit(model: MaskRCNNConfig, network_s: float, num_masks: float) -> None:
    """Print the network's time against the arithmetic limit."""
    gflop = count_gflop(model, num_masks)
    a = np.random.default_rng(0).random((MATRIX_SIDE, MATRIX_SIDE), np.float32)
    import tensorflow as tf

    tensor = tf.constant(a)
    tf.matmul(tensor, tensor).numpy()
    best_s = min(timed(lambda: tf.matmul(tensor, tensor).numpy()) for _ in range(10))
    peak = 2 * MATRIX_SIDE**3 / best_s / 1e9
    limit_s = gflop / peak
    print(f"network: {gflop:.2f} GFLOP/tile; matrix product: {peak:.0f} GFLOP/s")
    print(f"limit {limit_s * 1e3:.1f} ms/tile; ratio to the limit {network_s / limit_s:.2f}")


def count_gflop(model: MaskRCNNConfig, num_masks: float) -> float:
    """Multiplications and additions of all layers for one tile, in 1e9."""
    import keras

    from geoseg.maskrcnn.backbones import build_backbone

    flop = 0.0
    backbone = build_backbone(model)
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
            flop += 2 * np.prod(layer.kernel.shape) * np.prod(layer.output.shape[1:3])
    width, ratios = model.pyramid_channels, len(model.anchor_ratios)
    sizes = level_sizes(model.tile_size_px)
    for output, side in zip(backbone.outputs, sizes, strict=False):
        flop += 2 * side * side * width * (output.shape[-1] + 9 * width)
    flop += sum(2 * side * side * width * (9 * width + 5 * ratios) for side in sizes)
    pooled, units = model.box_pool_px**2 * width, model.box_units
    flop += 2 * model.num_proposals * units * (pooled + units + 4 + model.num_classes)
    cells = model.mask_pool_px**2
    per_mask = cells * 2 * width * width * (9 * model.mask_convs + 4) + 8 * cells * width
    return float(flop + num_masks * per_mask) / 1e9


if __name__ == "__main__":
    main()
