"""Samples made per second and core: python tests/benchmarks/bench_samples.py [FOLDER] [N].

FOLDER is a dataset in COCO layout; without one, scenes are invented.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import cv2
import shapely

from geoseg.config import DatasetConfig, TrainConfig
from geoseg.datasets.coco_writer import CocoWriter
from geoseg.scenes import make_scene
from geoseg.training.batches import Batches
from geoseg.training.samples import SampleSource

GSD_M = 0.15
SIZE_PX = 512


def write_scenes(folder: Path, num_scenes: int = 8) -> Path:
    """Invented scenes with the density of a suburb."""
    (folder / "images").mkdir()
    writer = CocoWriter()
    for seed in range(num_scenes):
        scene = make_scene(seed, size_px=SIZE_PX, gsd_m=GSD_M, style="suburb")
        cv2.imwrite(str(folder / "images" / f"{seed}.png"), scene.image[..., ::-1])
        writer.add_image(f"{seed}.png", (SIZE_PX, SIZE_PX), GSD_M)
        for footprint in scene.footprints:
            writer.add_building(shapely.get_parts(footprint))
    writer.write(folder / "annotation.json")
    return folder


def measure(folder: Path, num_samples: int) -> None:
    """Time samples alone, then samples with targets."""
    config = TrainConfig(datasets=(DatasetConfig(str(folder)),), batch_size=1, steps=num_samples)
    source = SampleSource(config.datasets, tile_size_px=config.model.tile_size_px, seed=0)
    batches = Batches(source, config)
    # Images are decoded once in a long run: not what is measured here.
    num_objects = [len(source.draw(number).objects) for number in range(num_samples)]
    start = time.process_time()
    for number in range(num_samples):
        source.draw(number)
    drawn = time.process_time()
    for number in range(num_samples):
        batches[number]
    done = time.process_time()
    draw_ms, batch_ms = ((drawn - start) * 1e3, (done - drawn) * 1e3)
    print(f"{sum(num_objects) / num_samples:.0f} objects a sample")
    print(f"samples:      {draw_ms / num_samples:.1f} ms, {num_samples / draw_ms * 1e3:.0f}/s")
    print(f"with targets: {batch_ms / num_samples:.1f} ms, {num_samples / batch_ms * 1e3:.0f}/s")


def main() -> None:
    """Measure on one core."""
    cv2.setNumThreads(1)
    num_samples = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]), num_samples)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(write_scenes(Path(folder)), num_samples)


if __name__ == "__main__":
    main()
