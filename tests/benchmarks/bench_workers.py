"""What more processes bring: `python tests/benchmarks/bench_workers.py [raster] [engine]`.

Prints the seconds of a raster in this process and with 1 and 2 workers, in turns within one run,
their ratios, what starting workers costs, and the load of the machine before each. The bundled
model runs on the CPU, in ONNX Runtime unless another engine is named.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from geoseg.api import make_sample
from geoseg.config import PredictConfig
from geoseg.crs import parse_crs
from geoseg.jobs import ShardMemory
from geoseg.prediction import PredictionRequest, PredictionRun
from geoseg.raster.writer import write_geotiff
from geoseg.runners.in_process import InProcessRunner
from geoseg.runners.process_pool import ProcessPoolRunner
from geoseg.runners.threads import count_cores
from geoseg.scenes.placement import place_scene
from geoseg.types import NoProgress, Runner

ROUNDS = 3
SIDE_PX = 4000
NUM_STARTS = 5


def main() -> None:
    """Measure and print."""
    runners: dict[str, Runner] = {
        "in this process": InProcessRunner(),
        "1 worker": ProcessPoolRunner(1),
        "2 workers": ProcessPoolRunner(2),
    }
    print(f"{count_cores()} cores")
    report_starts()
    with tempfile.TemporaryDirectory() as folder:
        raster = Path(sys.argv[1]) if len(sys.argv) > 1 else make_raster(Path(folder))
        engine = sys.argv[2] if len(sys.argv) > 2 else "onnx"
        seconds: dict[str, list[float]] = {name: [] for name in runners}
        for number in range(ROUNDS):
            for name, runner in runners.items():
                load = os.getloadavg()[0]
                spent, num_buildings = predict(raster, engine, runner)
                seconds[name].append(spent)
                print(
                    f"round {number + 1}  {name:15} {spent:7.1f} s  {num_buildings} buildings  "
                    f"load before {load:.1f}",
                    flush=True,
                )
    report(seconds)


def make_raster(folder: Path) -> Path:
    """A made-up scene of 4000 x 4000 px at 0.3 m: nine shards."""
    scene = make_sample(1, size_px=SIDE_PX, gsd_m=0.3, style="suburb")
    crs = parse_crs("EPSG:32636")
    path = folder / "scene.tif"
    write_geotiff(path, scene.image, crs=crs, transform=place_scene(crs, (SIDE_PX, SIDE_PX), 0.3))
    return path


def predict(raster: Path, engine: str, runner: Runner) -> tuple[float, int]:
    """Seconds from nothing to the last footprint, the start of workers and models included."""
    started = time.perf_counter()
    request = PredictionRequest(str(raster), PredictConfig(), engine=engine, device="cpu")
    with PredictionRun(request) as run:
        batches = run.scan(runner=runner, store=ShardMemory(), progress=NoProgress())
        num_buildings = sum(len(batch) for batch in batches)
    return time.perf_counter() - started, num_buildings


def report_starts() -> None:
    """Print what a pool costs that does nothing."""
    for num_workers in (1, 2):
        spent = []
        for _ in range(NUM_STARTS):
            started = time.perf_counter()
            list(ProcessPoolRunner(num_workers).run(str, range(num_workers)))
            spent.append(time.perf_counter() - started)
        print(f"starting and ending {num_workers} idle workers: {statistics.median(spent):.2f} s")


def report(seconds: dict[str, list[float]]) -> None:
    """Print medians, and ratios within each round."""
    reference = seconds["in this process"]
    for name, spent in seconds.items():
        ratios = [base / one for base, one in zip(reference, spent, strict=True)]
        print(
            f"{name:15} median {statistics.median(spent):7.1f} s  speed against in this process "
            f"{statistics.median(ratios):.2f} (rounds {', '.join(f'{r:.2f}' for r in ratios)})"
        )


if __name__ == "__main__":
    main()
