"""Seconds and peak memory of each format: python tests/benchmarks/bench_exports.py [N|SUFFIX ...].

Each write runs in a process of its own. The memory is what it took at its peak above what the
process had before; the last column is the peak of the largest write over that of the smallest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
SUFFIXES = (".parquet", ".fgb", ".gpkg", ".shp", ".geojson", ".osm")
NUM_HOUSES = (200_000, 1_000_000)


def measure(suffix: str, num_houses: int) -> tuple[float, float, float]:
    """Seconds, MB of memory, and MB of files of one write."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.export.many", f"{folder}/b{suffix}"]
        done = subprocess.run(
            [*command, str(num_houses)], cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
        written = sum(file.stat().st_size for file in Path(folder).iterdir())
    (result,) = json.loads(done.stdout)
    return result["seconds"], result["peak_mb"], written / 1e6


def main() -> None:
    """Measure every format and print a table."""
    sizes = [int(text) for text in sys.argv[1:] if text.isdigit()] or list(NUM_HOUSES)
    suffixes = [text for text in sys.argv[1:] if text.startswith(".")] or SUFFIXES
    print("format     " + "".join(f"{size:>12,}: s   MB  file MB" for size in sizes) + "   peaks")
    for suffix in suffixes:
        row, peaks_mb = f"{suffix:<10} ", []
        for size in sizes:
            seconds, peak_mb, file_mb = measure(suffix, size)
            row += f"{seconds:>15.1f}{peak_mb:>6.0f}{file_mb:>8.0f} "
            peaks_mb.append(peak_mb)
        print(f"{row}{max(1.0, peaks_mb[-1]) / max(1.0, peaks_mb[0]):>8.2f}", flush=True)


if __name__ == "__main__":
    main()
