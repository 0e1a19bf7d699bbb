"""What the job folder of a prediction costs, and what it saves.

    python tests/benchmarks/bench_resume.py [raster]

Runs the network over a raster, or a made-up suburb, three times: with all results in memory, with
a job folder, and going on in that folder after one finished shard was taken out of it. Prints
seconds, CPU seconds of all threads, and bytes of the folder.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from geoseg.api import make_sample
from geoseg.config import PredictConfig
from geoseg.crs import parse_crs
from geoseg.detections.views import load_views
from geoseg.jobs import JobFolder, MemorySpool, ShardMemory
from geoseg.prediction import PredictionRequest, PredictionRun
from geoseg.provenance import describe_weights
from geoseg.raster.writer import write_geotiff
from geoseg.runners.in_process import InProcessRunner
from geoseg.scenes.placement import place_scene
from geoseg.types import NoProgress

# Twice along each side: 2 x 2 shards.
SIDE_PX = 1920


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raster = Path(sys.argv[1]) if len(sys.argv) > 1 else make_raster(folder)
        # Loaded once before: reading it from disk counts for no run.
        load_views(PredictConfig().detect)
        report("in memory", raster, None)
        report("job folder", raster, folder / "job")
        shards = sorted((folder / "job" / "shards").glob("*/*.npz"))
        spool = list((folder / "job" / "spool").iterdir())
        for what, files in (("shards", shards), ("spool", spool)):
            print(
                f"{what}: {len(files)} files, {sum(file.stat().st_size for file in files):,} bytes"
            )
        shards[-1].unlink()
        report("resumed, one shard missing", raster, folder / "job", resume=True)


def make_raster(folder: Path) -> Path:
    """The same made-up suburb four times, at the model's GSD."""
    model, _, _ = describe_weights(None)
    scene = make_sample(1, size_px=SIDE_PX, gsd_m=model.gsd_m, style="suburb")
    crs = parse_crs("EPSG:32636")
    path = folder / "scene.tif"
    image = np.tile(scene.image, (2, 2, 1))
    place = place_scene(crs, (2 * SIDE_PX, 2 * SIDE_PX), model.gsd_m)
    write_geotiff(path, image, crs=crs, transform=place)
    return path


def report(what: str, raster: Path, place: Path | None, *, resume: bool = False) -> None:
    """Run once and print what it took."""
    clock, cpu = time.perf_counter(), time.process_time()
    with PredictionRun(PredictionRequest(str(raster), PredictConfig())) as run:
        num_buildings = scan(run, place, resume=resume)
        num_shards = run.num_shards
    print(
        f"{what}: {num_shards} shards, {num_buildings:,} buildings, "
        f"{time.perf_counter() - clock:.1f} s, {time.process_time() - cpu:.1f} s of CPU",
        flush=True,
    )


def scan(run: PredictionRun, place: Path | None, *, resume: bool) -> int:
    """Find all buildings; the job folder, if there is one, stays."""
    runner, progress = InProcessRunner(), NoProgress()
    if place is None:
        memory = MemorySpool(run.metric_crs)
        for footprints in run.scan(runner=runner, store=ShardMemory(), progress=progress):
            memory.append(footprints)
        return len(memory)
    with JobFolder(place, place, run.describe()) as job:
        job.check(resume=resume, overwrite=False)
        spool = job.open_spool(run.metric_crs)
        shards = job.open_shards(run.metric_crs)
        for footprints in run.scan(runner=runner, store=shards, progress=progress):
            spool.append(footprints)
        spool.flush()
        return len(spool)


if __name__ == "__main__":
    main()
