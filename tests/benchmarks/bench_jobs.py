"""What a job folder costs: `python tests/benchmarks/bench_jobs.py [raster [options of predict]]`.

Runs `geoseg predict` on a raster, a made-up suburb by default, interrupts it when all shards are
done, and prints for its shards the bytes of a file and the milliseconds to write it, to check it
when a run goes on, and to take it, beside the time of the whole run.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from pyproj import CRS

from geoseg.jobs import JobFolder, ShardFiles
from geoseg.jobs.shard_files import list_shard_files

ROUNDS = 5


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raster = sys.argv[1] if len(sys.argv) > 1 else write_suburb(folder)
        seconds = run_to_the_shards(raster, folder)
        shards = folder / ".b.gpkg.partial/shards"
        files = list_shard_files(shards)
        sizes = [file.stat().st_size for file in files]
        print(f"{len(files)} shards, {seconds:.1f} s; {statistics.mean(sizes) / 1e3:.0f} kB each")
        crs = CRS.from_epsg(32636)
        for stage, milliseconds in measure(shards, folder, crs).items():
            print(f"{stage:6} {statistics.median(milliseconds) / len(files):8.2f} ms a shard")


def write_suburb(folder: Path) -> str:
    """A made-up raster of 4 shards."""
    from geoseg.api import make_sample
    from tests.bright import write_raster

    scene = make_sample(1, size_px=3600, style="suburb")
    return str(write_raster(folder / "suburb.tif", scene.image.transpose(2, 0, 1)))


def run_to_the_shards(raster: str, folder: Path) -> float:
    """Run until the outputs would be written. Returns the seconds it took."""
    from click.testing import CliRunner

    from geoseg.cli.main import cli

    def stop(*_: object, **__: object) -> list[Path]:
        raise KeyboardInterrupt

    publish, JobFolder.publish = JobFolder.publish, stop  # type: ignore[method-assign]
    started = time.perf_counter()
    try:
        output = ["-o", str(folder / "b.gpkg"), "--progress", "none"]
        CliRunner().invoke(cli, ["predict", raster, *output, *sys.argv[2:]])
    finally:
        JobFolder.publish = publish  # type: ignore[method-assign]
    return time.perf_counter() - started


def measure(shards: Path, folder: Path, crs: CRS) -> dict[str, list[float]]:
    """Milliseconds for all shards together, by stage, once for each round."""
    times: dict[str, list[float]] = {"write": [], "check": [], "take": []}
    for number in range(ROUNDS):
        marks = [time.perf_counter()]
        files = ShardFiles(shards, crs)
        marks.append(time.perf_counter())
        results = [files.take(int(path.stem)) for path in list_shard_files(shards)]
        marks.append(time.perf_counter())
        target = ShardFiles(folder / f"round{number}", crs)
        for result in results:
            target.put(result)
        marks.append(time.perf_counter())
        for stage, before, after in zip(("check", "take", "write"), marks, marks[1:], strict=False):
            times[stage].append((after - before) * 1e3)
    return times


if __name__ == "__main__":
    main()
