"""Memory that a prediction takes, whatever the size of the raster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.large import OUTPUTS, run_apart, write_mosaic, write_piece

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory of a process is read from /proc"
)


def test_peak_memory_does_not_grow_with_the_raster(tmp_path: Path) -> None:
    # The smaller raster fills the cache of GDAL and the batches of footprints too; for GDAL each
    # place is another file.
    side_px = 1432
    piece = write_piece(tmp_path / "piece.tif", side_px, step_px=120)
    peaks, counts = [], []
    for num_per_side in (4, 8):
        folder = tmp_path / str(num_per_side)
        folder.mkdir()
        raster = write_mosaic(folder / "mosaic.vrt", piece, side_px, num_per_side)
        taken = run_apart(raster, folder)
        assert all((folder / name).stat().st_size for name in OUTPUTS)
        peaks.append(taken.peak_bytes)
        counts.append(taken.num_buildings)
    assert counts == [16 * 144, 64 * 144]
    assert peaks[1] < 1.1 * peaks[0], f"{peaks[0]:,} bytes became {peaks[1]:,}"
