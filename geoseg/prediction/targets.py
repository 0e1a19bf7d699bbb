"""Where the results of one raster or several go, and what has come of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geoseg.errors import OutputError
from geoseg.prediction.to_files import Targets

if TYPE_CHECKING:
    from geoseg.prediction.one_raster import ScanSummary
    from geoseg.raster.listing import ListedRaster
    from geoseg.types import Origin


@dataclass(frozen=True)
class SetTargets:
    """Where results go.

    Attributes:
        files: outputs, preview and so on, as of one raster. No outputs with a folder; without
            both, the one raster names its output.
        folder: gets one result for each raster; None for one result of all.
        ending: of the results in the folder.
        skip_existing: results that are complete are left, and their rasters not looked at.
    """

    files: Targets
    folder: Path | None = None
    ending: str = ".geojson"
    skip_existing: bool = False

    def choose_output(self, raster: ListedRaster) -> Path:
        """The result of one raster in the folder, or in the working folder without one."""
        return (self.folder or Path()) / f"{raster.label}_buildings{self.ending}"

    def of_one(self, raster: ListedRaster) -> Targets:
        """The targets of one raster in the folder, each with a job folder of its own."""
        output = self.choose_output(raster)
        job = None if self.files.job is None else self.files.job / raster.label
        return replace(self.files, outputs=(output,), job=job)


@dataclass(frozen=True)
class SetResult:
    """What a run over rasters has written.

    Attributes:
        num_buildings: footprints.
        summaries: what was looked at, of each raster.
        written: files of footprints, then the preview.
        kept: results that were complete before and were left as they are.
        left_out: one line for each raster that could not be read, with its name.
        origin: of the footprints, where there is one result; None for none and for several.
    """

    num_buildings: int
    summaries: tuple[ScanSummary, ...]
    written: tuple[Path, ...]
    kept: tuple[Path, ...] = ()
    left_out: tuple[str, ...] = ()
    origin: Origin | None = None


def parse_outputs(names: Sequence[str]) -> tuple[tuple[Path, ...], Path | None]:
    """Tell output files from a folder for the results of many rasters.

    A folder is a name that ends in a slash, or an existing folder whose name has not the ending
    of a format.

    Returns:
        The files, and the folder or None; no files with a folder.

    Raises:
        OutputError: a folder is given besides other outputs.

    Example:
        >>> parse_outputs(["a.gpkg", "b.osm"])[0][1].name
        'b.osm'
        >>> parse_outputs(["results/"])[1].name
        'results'
    """
    from geoseg.export.outputs import ENDINGS

    folders = [
        name
        for name in names
        if name.endswith(("/", os.sep))
        or (Path(name).is_dir() and Path(name).suffix.lower() not in ENDINGS)
    ]
    if not folders:
        return tuple(map(Path, names)), None
    if len(names) > 1:
        raise OutputError(f"a folder for results must be the only output; got {', '.join(names)}.")
    return (), Path(folders[0])


@contextmanager
def made_folder(folder: Path | None) -> Iterator[None]:
    """Make a folder unless it is there, and remove it if it is empty in the end.

    Args:
        folder: None does nothing. One that was there before and empty is kept.

    Raises:
        OutputError: the folder that it is in is absent, or it cannot be made.
    """
    if folder is None:
        yield
        return
    is_kept = folder.is_dir() and not any(folder.iterdir())
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError:
        raise OutputError(f"{folder}: the folder {folder.parent} must exist.") from None
    except OSError as error:
        raise OutputError(f"{folder}: the folder cannot be made: {error.strerror}.") from error
    try:
        yield
    finally:
        if not is_kept:
            with suppress(OSError):
                folder.rmdir()


def is_complete(targets: Targets) -> bool:
    """Whether all outputs are there and none of them is of a run that was interrupted."""
    from geoseg.jobs import choose_place

    wanted = [*targets.outputs, *([] if targets.preview is None else [targets.preview])]
    return all(_is_there(path) for path in wanted) and not (
        choose_place(targets.outputs[0], targets.job).exists()
    )


def _is_there(path: Path) -> bool:
    from geoseg.export.outputs import find_existing, origin_path

    # Of OSM that was split only the parts are there; the origin alone is no result.
    return path.is_file() or any(
        one.suffix == path.suffix and one != origin_path(path) for one in find_existing(path)
    )
