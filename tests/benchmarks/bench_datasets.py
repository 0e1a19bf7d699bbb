"""Time and memory of indexing labels: python tests/benchmarks/bench_datasets.py FOLDER [IMAGES].

Writes an annotation of the size of crowdAI's training set into FOLDER, 280,741 images and about
2.4 million polygons in 1 GB, indexes it in a process of its own, and deletes it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

NUM_IMAGES = 280_741
MEAN_BUILDINGS = 8.55
SIZE_PX = 300

# An L-shaped house, and how many of its corners a simpler one keeps.
CORNERS = np.array([(0, 0), (1, 0), (1, 0.6), (0.5, 0.6), (0.5, 1), (0, 1), (0, 0.5), (0, 0)])


def write_annotation(path: Path, num_images: int) -> int:
    """Write the file, record by record; returns the number of polygons."""
    random = np.random.default_rng(0)
    counts = random.poisson(MEAN_BUILDINGS, num_images)
    category = {"id": 100, "name": "building", "supercategory": "building"}
    with path.open("w", encoding="utf-8") as file:
        file.write('{"info": {}, "categories": [' + json.dumps(category) + '], "images": [')
        for image_id in range(num_images):
            name = f"{image_id:012d}.jpg"
            record = {"id": image_id, "file_name": name, "width": SIZE_PX, "height": SIZE_PX}
            file.write((", " if image_id else "") + json.dumps(record))
        file.write('], "annotations": [')
        number = 0
        for image_id, count in enumerate(counts.tolist()):
            for ring in make_rings(random, count):
                file.write((", " if number else "") + json.dumps(annotate(number, image_id, ring)))
                number += 1
        file.write("]}")
    return number


def make_rings(random: np.random.Generator, count: int) -> list[list[float]]:
    """Houses at any place, size and angle."""
    angles = random.uniform(0, np.pi, count)
    turns = np.stack([np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles)], axis=1)
    corners = CORNERS * random.uniform(10, 60, (count, 1, 2)) @ turns.reshape(-1, 2, 2)
    moved = corners + random.uniform(60, SIZE_PX - 120, (count, 1, 2))
    rings: list[list[float]] = moved.clip(0, SIZE_PX).reshape(count, 2 * len(CORNERS)).tolist()
    return rings


def annotate(number: int, image_id: int, ring: list[float]) -> dict[str, object]:
    """A record as crowdAI has it."""
    return {
        "id": number, "image_id": image_id, "category_id": 100, "segmentation": [ring],
        "area": 1234.5, "bbox": [1.0, 2.0, 3.0, 4.0], "iscrowd": 0,
    }  # fmt: skip


def measure(path: Path) -> None:
    """Index the file twice, the second time from the cache, and print what it took."""
    from geoseg.datasets.coco import index_coco
    from geoseg.datasets.faults import Faults
    from geoseg.datasets.index_cache import index_cached

    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for what in ("read", "from the cache"):
        started, cpu = time.perf_counter(), time.process_time()
        faults = Faults(path.name)
        index = index_cached(path, faults, index_coco)
        wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{what}: {len(index):,} images, {len(index.object_ids):,} objects, "
            f"{len(index.points):,} points; {wall_s:.1f} s, {cpu_s:.1f} s of CPU; peak "
            f"{peak_mb:,.0f} MB of {before_mb:,.0f} MB at the start; left out: "
            f"{faults.summary() or 'none'}"
        )
    started = time.perf_counter()
    index.fingerprint()
    print(f"fingerprint: {time.perf_counter() - started:.1f} s")
    rows = np.random.default_rng(0).integers(0, len(index), 10_000).tolist()
    started = time.perf_counter()
    num_objects = sum(len(index.objects_of(row)) for row in rows)
    each_us = (time.perf_counter() - started) / len(rows) * 1e6
    print(f"objects of an image: {each_us:.0f} us for {num_objects / len(rows):.1f} objects")


def main() -> None:
    """Write, measure in a process of its own, delete."""
    folder = Path(sys.argv[1])
    path = folder / "annotation.json"
    if sys.argv[2:] == ["--measure"]:
        measure(path)
        return
    folder.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise SystemExit(f"{path} is there already; choose a new folder.")
    cache = folder / "cache"
    try:
        num_polygons = write_annotation(path, int(sys.argv[2]) if sys.argv[2:] else NUM_IMAGES)
        print(f"{path}: {path.stat().st_size / 1e6:,.0f} MB, {num_polygons:,} polygons")
        subprocess.run(
            [sys.executable, __file__, str(folder), "--measure"],
            check=True,
            env={**os.environ, "GEOSEG_CACHE": str(cache)},
        )
    finally:
        path.unlink(missing_ok=True)
        for kept in cache.glob("labels-*.npz"):
            kept.unlink()


if __name__ == "__main__":
    main()
