"""Peak memory of writes: python -m tests.export.many FILE NUM_HOUSES ... [--kept].

Prints JSON, for each write in turn: seconds, and the MB that the process had at its peak above
what it had before the first.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from geoseg.export import write_footprints
from geoseg.types import FootprintBatches, Footprints
from tests.export.made import METRIC, ORIGIN

HOUSES_PER_BATCH = 2_000
_HOUSES_PER_STREET = 1_000


@dataclass(frozen=True)
class ManyHouses:
    """Houses in streets, made as they are asked for; one in ten shares a wall with the one before.

    Attributes:
        num_houses: in all batches.
        crs: their CRS.
    """

    num_houses: int
    crs: CRS = METRIC

    def __len__(self) -> int:
        return self.num_houses

    def __iter__(self) -> Iterator[Footprints]:
        for start in range(0, self.num_houses, HOUSES_PER_BATCH):
            yield _make_batch(np.arange(start, min(start + HOUSES_PER_BATCH, self.num_houses)))


@dataclass(frozen=True)
class KeptHouses(ManyHouses):
    """The same, but all in memory while any of them is asked for: what a leak would look like."""

    def __iter__(self) -> Iterator[Footprints]:
        yield from list(super().__iter__())


def _make_batch(numbers: np.ndarray) -> Footprints:
    rng = np.random.default_rng(numbers[0])
    x = 20.0 * (numbers % _HOUSES_PER_STREET) - 8.0 * (numbers % 10 == 1)
    y = 25.0 * (numbers // _HOUSES_PER_STREET)
    depths_m = rng.uniform(6, 15, len(numbers))
    polygons = shapely.box(x, y, x + 12, y + depths_m)
    scores = rng.uniform(0.5, 1, len(numbers)).astype(np.float32)
    return Footprints(polygons, scores, shapely.area(polygons), METRIC)


def measure_peaks(path: Path, results: Sequence[FootprintBatches]) -> Iterator[tuple[float, float]]:
    """Seconds that each of several writes takes, and MB at its peak above those at the start."""
    # Libraries that are loaded by the first write are not what it is about.
    write_footprints(path, ManyHouses(2 * HOUSES_PER_BATCH), ORIGIN, overwrite=True)
    before_mb = _reset_peak()
    for footprints in results:
        _reset_peak()
        start = time.perf_counter()
        write_footprints(path, footprints, ORIGIN, overwrite=True)
        yield time.perf_counter() - start, _read_status("VmHWM") - before_mb


def _reset_peak() -> float:
    """Let the kernel count the peak anew, from what is in memory, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _read_status("VmRSS")


def _read_status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Measure one write after the other."""
    path, *sizes = sys.argv[1:]
    kind = ManyHouses
    if sizes[-1] == "--kept":
        kind = KeptHouses
        sizes.pop()
    peaks = measure_peaks(Path(path), [kind(int(size)) for size in sizes])
    rows = [{"seconds": round(seconds, 2), "peak_mb": round(mb, 1)} for seconds, mb in peaks]
    sys.stdout.write(json.dumps(rows))


if __name__ == "__main__":
    main()
