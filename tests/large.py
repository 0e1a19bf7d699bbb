"""Rasters of any size, put together from one small file, and runs over them.

    python -m tests.large RASTER FOLDER [--real]

runs `geoseg predict` over a raster with all of its machinery but the network, in whose place is
`BrightDetector`, and prints what it took as JSON; `--real` takes the network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bright import PLACE, UTM, load_bright_detector, make_scene, write_raster

OUTPUTS = ("out.gpkg", "out.geojson", "out.parquet")


@dataclass(frozen=True)
class Consumption:
    """What a run took.

    Attributes:
        peak_bytes: most memory that its process has held at a time.
        seconds: from opening the raster to the last output, without starting the process.
        num_buildings: footprints in the outputs.
    """

    peak_bytes: int
    seconds: float
    num_buildings: int


def write_piece(path: Path, side_px: int, step_px: int) -> Path:
    """A GeoTIFF with a roof every `step_px`, 30 to 70 px a side."""
    roofs = [
        (y, x, y + 30 + y % 40, x + 30 + x % 37)
        for y in range(9, side_px - 80, step_px)
        for x in range(9, side_px - 80, step_px)
    ]
    return write_raster(
        path, make_scene((side_px, side_px), roofs), tiled=True, blockxsize=256, blockysize=256
    )


def write_mosaic(
    path: Path, piece: Path, piece_px: int, num_per_side: int, *, every: int = 1
) -> Path:
    """A VRT of square pieces, each under a name of its own: for GDAL, as many files.

    Args:
        path: the VRT, in a folder of its own.
        piece: a GeoTIFF of three bands.
        piece_px: its side.
        num_per_side: pieces along each side of the mosaic.
        every: all but each n-th place, row by row, stay without data.
    """
    side_px = piece_px * num_per_side
    bands: list[str] = []
    places = range(0, num_per_side**2, every)
    for place in places:
        (path.parent / f"piece{place}.tif").symlink_to(piece.resolve())
    for band in (1, 2, 3):
        sources = "".join(_describe_source(place, band, piece_px, num_per_side) for place in places)
        bands.append(
            f'<VRTRasterBand dataType="Byte" band="{band}"><NoDataValue>0</NoDataValue>'
            f"<ColorInterp>{('Red', 'Green', 'Blue')[band - 1]}</ColorInterp>"
            f"{sources}</VRTRasterBand>"
        )
    transform = ", ".join(map(repr, PLACE.to_gdal()))
    path.write_text(
        f'<VRTDataset rasterXSize="{side_px}" rasterYSize="{side_px}"><SRS>{UTM.to_string()}</SRS>'
        f"<GeoTransform>{transform}</GeoTransform>{''.join(bands)}</VRTDataset>"
    )
    return path


def _describe_source(place: int, band: int, side_px: int, num_per_side: int) -> str:
    row, col = divmod(place, num_per_side)
    size = f'xSize="{side_px}" ySize="{side_px}"'
    # With its size and block size GDAL need not open a piece before it is read.
    return (
        f'<SimpleSource><SourceFilename relativeToVRT="1">piece{place}.tif</SourceFilename>'
        f"<SourceBand>{band}</SourceBand>"
        f'<SourceProperties RasterXSize="{side_px}" RasterYSize="{side_px}" DataType="Byte" '
        f'BlockXSize="256" BlockYSize="256"/><SrcRect xOff="0" yOff="0" {size}/>'
        f'<DstRect xOff="{col * side_px}" yOff="{row * side_px}" {size}/></SimpleSource>'
    )


def run_apart(raster: Path, folder: Path, *, is_real: bool = False) -> Consumption:
    """Run over a raster in a process of its own, which writes `OUTPUTS` into a folder."""
    command = [sys.executable, "-m", "tests.large", str(raster), str(folder)]
    repository = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        command + ["--real"] * is_real,
        cwd=repository,
        # What is set for GDAL goes before our own choice.
        env={name: value for name, value in os.environ.items() if not name.startswith("GDAL_")},
        check=True,
        stdout=subprocess.PIPE,
    )
    return Consumption(**json.loads(done.stdout))


def consume(raster: Path, folder: Path, *, is_real: bool) -> Consumption:
    """Run over a raster in this process."""
    import geoseg.detections.detector
    from geoseg.config import PredictConfig, RasterConfig
    from geoseg.heap import return_freed_memory
    from geoseg.prediction import PredictionRequest, Targets, predict_to_files
    from geoseg.runners.in_process import InProcessRunner
    from geoseg.types import NoProgress

    # As the command does.
    return_freed_memory()
    if not is_real:
        geoseg.detections.detector.load_detector = load_bright_detector  # type: ignore[assignment]
    config = PredictConfig(raster=RasterConfig(gsd_m=PLACE.a))
    outputs = tuple(folder / name for name in OUTPUTS)
    started = time.monotonic()
    result = predict_to_files(
        PredictionRequest(str(raster), config),
        Targets(outputs),
        runner=InProcessRunner(),
        progress=NoProgress(),
    )
    seconds = time.monotonic() - started
    return Consumption(read_peak_bytes(), seconds, result.num_buildings)


def read_peak_bytes() -> int:
    """Most memory that this process has held; Linux tells.

    Not `resource.getrusage`: that never says less than the process took that started this one.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status must tell VmHWM.")


if __name__ == "__main__":
    taken = consume(Path(sys.argv[1]), Path(sys.argv[2]), is_real="--real" in sys.argv)
    sys.stdout.write(json.dumps(asdict(taken)))
