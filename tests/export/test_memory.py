"""What a write takes in memory, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak of a write"
)


def measure_growth(path: Path, num_few: int, num_many: int, *options: str) -> float:
    """MB by which the peak of a large write is above that of a small one before it."""
    sizes = (str(num_few), str(num_many))
    command = [sys.executable, "-m", "tests.export.many", str(path), *sizes, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    few, many = json.loads(done.stdout)
    return float(many["peak_mb"] - few["peak_mb"])


# The small writes are several of what each format keeps at once: row groups, or batches. Kept in
# memory, what the large ones have more would take 40 MB, or 5 as GeoJSON. The index of a GeoPackage
# does take 40 bytes a footprint. FlatGeobuf, whose index takes more, gets its rows as GeoPackage.
@pytest.mark.parametrize(
    ("suffix", "num_few", "num_many", "limit_mb"),
    [
        (".parquet", 40_000, 160_000, 20),
        (".gpkg", 40_000, 160_000, 20 + 5),
        (".geojson", 4_000, 16_000, 3),
    ],
)
def test_memory_does_not_grow_with_the_number_of_footprints(
    tmp_path: Path, suffix: str, num_few: int, num_many: int, limit_mb: float
) -> None:
    assert measure_growth(tmp_path / f"b{suffix}", num_few, num_many) < limit_mb


def test_footprints_that_were_kept_would_be_noticed(tmp_path: Path) -> None:
    assert measure_growth(tmp_path / "b.parquet", 40_000, 160_000, "--kept") > 30
