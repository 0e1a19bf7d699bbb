"""Peak memory of a prediction against the size of the raster.

    python -m tests.benchmarks.bench_memory [--real]

Runs `geoseg predict` with three outputs over rasters of 6,000 x 6,000 and 60,000 x 60,000 px, each
in a process of its own, and prints what they took and the ratio of the peaks. The rasters are
mosaics of files of 2,000 x 2,000 px. A stub stands in for the network, because the larger raster
has 64,516 tiles; `--real` takes the network, over made-up suburbs on a few places of the large
raster, the rest without data.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from geoseg.api import make_sample
from geoseg.config import PredictConfig
from geoseg.raster.writer import write_geotiff
from geoseg.tiles import make_grid
from tests.bright import PLACE, UTM
from tests.large import Consumption, run_apart, write_mosaic, write_piece

PIECE_PX = 2000
SIDES_PX = (6000, 60_000)
# Of the large raster with the network, one place in so many holds a suburb: 10 of 900.
SUBURB_EVERY = 97
# 25 roofs in a piece.
ROOFS_STEP_PX = 380


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure peak memory against raster size.")
    parser.add_argument("--real", action="store_true", help="run the network")
    is_real: bool = parser.parse_args().real
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        piece = folder / "piece.tif"
        if is_real:
            write_suburb(piece)
        else:
            write_piece(piece, PIECE_PX, ROOFS_STEP_PX)
        peaks = [bench(folder, piece, side_px, is_real).peak_bytes for side_px in SIDES_PX]
    print(f"ratio of the peaks {peaks[1] / peaks[0]:.3f}")


def write_suburb(path: Path) -> None:
    """A made-up scene at the GSD of the bundled model's training."""
    scene = make_sample(1, size_px=PIECE_PX, gsd_m=PLACE.a, style="suburb")
    write_geotiff(path, scene.image, crs=UTM, transform=PLACE)


def bench(folder: Path, piece: Path, side_px: int, is_real: bool) -> Consumption:
    """Run over one raster and print what it took."""
    place = folder / str(side_px)
    place.mkdir()
    is_sparse = is_real and side_px == max(SIDES_PX)
    every = SUBURB_EVERY if is_sparse else 1
    raster = write_mosaic(place / "mosaic.vrt", piece, PIECE_PX, side_px // PIECE_PX, every=every)
    taken = run_apart(raster, place, is_real=is_real)
    num_tiles = len(make_grid((side_px, side_px), PredictConfig().tiles))
    print(
        f"{side_px:,} x {side_px:,} px: {num_tiles:,} tiles, {taken.num_buildings:,} buildings, "
        f"{taken.seconds:.0f} s, peak {taken.peak_bytes / 1e6:.0f} MB",
        flush=True,
    )
    return taken


if __name__ == "__main__":
    main()
