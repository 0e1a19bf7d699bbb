"""What an extraction is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from geoseg_qgis.area import Area
from geoseg_qgis.raster_input import RasterInput


@dataclass(frozen=True)
class ExtractionOptions:
    """Settings of `geoseg predict`; None leaves the choice to the command.

    Attributes:
        score: least score, 0 to 1, of what is kept.
        views: how often each tile is looked at: 1, 2, 4 or 8.
        min_area_m2: smaller buildings are dropped.
        tolerance_m: farthest that a simplified outline may be from the detected one, metres.
        overlap_px: pixels that two neighbouring tiles share.
        gsd_m: ground metres per pixel to read the raster at.
        bands: 1-based bands to read, three or one.
        weights: file or name of the model.
        engine: "auto", "keras" or "onnx".
        device: "auto", "cpu", "gpu" or "gpu:N".
    """

    score: float | None = None
    views: int = 1
    min_area_m2: float = 4.0
    tolerance_m: float = 0.5
    overlap_px: int = 64
    gsd_m: float | None = None
    bands: tuple[int, ...] | None = None
    weights: str | None = None
    engine: str = "auto"
    device: str = "auto"

    def words(self) -> list[str]:
        """The same as options of the command."""
        words = ["--views", str(self.views), "--min-area", str(self.min_area_m2)]
        words += ["--tolerance", str(self.tolerance_m), "--overlap", str(self.overlap_px)]
        words += ["--engine", self.engine, "--device", self.device]
        if self.score is not None:
            words += ["--score", str(self.score)]
        if self.gsd_m is not None:
            words += ["--gsd", str(self.gsd_m)]
        if self.bands is not None:
            words += ["--bands", ",".join(map(str, self.bands))]
        if self.weights is not None:
            words += ["--weights", self.weights]
        return words


@dataclass(frozen=True)
class ExtractionRequest:
    """One extraction.

    Attributes:
        raster: where to look.
        area: where on it; None for all of it.
        options: settings of the command.
        outputs: files to write; none if the footprints that are told of while it runs are all that
            is wanted.
        overwrite: whether outputs that exist may be replaced.
        is_live: whether footprints are told of while it runs.
        jobs_folder: where an interrupted run for files is kept, so that the same request goes on
            with it; None keeps nothing.
    """

    raster: RasterInput
    area: Area | None = None
    options: ExtractionOptions = field(default_factory=ExtractionOptions)
    outputs: tuple[Path, ...] = ()
    overwrite: bool = False
    is_live: bool = False
    jobs_folder: Path | None = None
