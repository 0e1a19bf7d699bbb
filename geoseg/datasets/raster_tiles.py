"""A raster, with or without building polygons, as a folder of labelled tiles."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.crs import pixel_to_xy
from geoseg.datasets.coco_writer import CocoWriter
from geoseg.datasets.labels import LabelSet, read_labels
from geoseg.errors import DatasetError, GeosegError, OutputError, OutputExistsError
from geoseg.raster.writer import write_geotiff
from geoseg.tiles import ShardPlan, make_grid
from geoseg.types import ImageBlock, NoProgress, Progress, Tile, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from affine import Affine

    from geoseg.config import TileConfig
    from geoseg.tiles import Shard
    from geoseg.types import RasterSource

IMAGES_FOLDER = "images"
ANNOTATION_FILE = "annotation.json"
INDEX_FILE = "tiles.gpkg"

_SHARD_SIDE_PX = 2048


@dataclass(frozen=True)
class TileOptions:
    """What is cut, and what is written of it.

    Attributes:
        tiles: size and overlap of the tiles, and the least share of valid pixels.
        labels: vector file of buildings; None for tiles without labels.
        min_visible_share: buildings of which less lies in a tile are left out of it.
        overwrite: whether the results of an earlier run are replaced.
    """

    tiles: TileConfig
    labels: Path | None = None
    min_visible_share: float = 0.1
    overwrite: bool = False


@dataclass(frozen=True)
class TilesWritten:
    """What was written.

    Attributes:
        num_tiles: images.
        num_skipped: tiles with too few valid pixels.
        num_labels: annotations; a building counts once in each tile that shows it.
    """

    num_tiles: int
    num_skipped: int
    num_labels: int


def write_tiles(
    source: RasterSource,
    folder: Path,
    options: TileOptions,
    *,
    area_px: shapely.Geometry | None = None,
    progress: Progress | None = None,
) -> TilesWritten:
    """Cut a raster into tiles.

    Writes `images/<raster>_<row>_<col>.tif` (georeferenced RGB, lossless), `annotation.json`
    (COCO, category 100, every image with its `gsd_m`) and `tiles.gpkg` (outlines with name,
    row, col and share of valid pixels). A tile that reaches beyond a smaller raster is cut to
    it. The folder appears when everything is written.

    Args:
        source: opened raster.
        folder: must be new or empty, or hold an earlier run's results and options.overwrite.
        options: what to cut and write.
        area_px: polygons in pixels of the model grid; tiles that do not touch them are left
            out. With labels: the area in which they are complete.
        progress: told of every tile.

    Raises:
        OutputExistsError: the folder holds something and options.overwrite is False.
        OutputError: the folder holds more than an earlier run's results, or cannot be written.
        DatasetError: no tile has enough valid pixels, or no label touches the raster.
        VectorError: the labels cannot be read.
        RasterError: the raster cannot be read.
    """
    check_folder(folder, overwrite=options.overwrite)
    labels = None if options.labels is None else read_labels(options.labels, source)
    grid = make_grid(source.shape_hw, options.tiles)
    plan = ShardPlan(grid, area_px, max(1, _SHARD_SIDE_PX // options.tiles.stride_px))
    progress = progress or NoProgress()
    progress.start("tiles", plan.num_tiles)
    with replace_folder(folder) as temporary:
        writer = _TileWriter(source, temporary, labels, options)
        for shard in plan:
            writer.write_shard(shard)
            progress.advance(len(shard.tiles))
        if not writer.index:
            raise DatasetError(
                f"{source.name}: tiles must have at least "
                f"{options.tiles.min_valid_share:.0%} valid pixels; none of {plan.num_tiles} has."
            )
        writer.coco.write(temporary / ANNOTATION_FILE)
        write_index(temporary / INDEX_FILE, writer.index, source)
    progress.finish()
    num_tiles = len(writer.index)
    return TilesWritten(num_tiles, plan.num_tiles - num_tiles, len(writer.coco.annotations))


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Check that a folder may be written, before any work is done.

    Raises:
        OutputExistsError: it holds something and `overwrite` is False.
        OutputError: it is a file, or holds what `write_tiles` has not written.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: the output must be a folder; got a file.")
    found = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if found and not overwrite:
        raise OutputExistsError(
            f"{folder}: the folder must be new or empty; it holds {len(found)} entries "
            "(--overwrite replaces the tiles of an earlier run)."
        )
    foreign = sorted(found - {IMAGES_FOLDER, ANNOTATION_FILE, INDEX_FILE})
    if foreign:
        raise OutputError(
            f"{folder}: only the tiles of an earlier run are replaced; the folder holds "
            f"{foreign[0]} too."
        )


@contextlib.contextmanager
def replace_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place on success, and goes away on failure.

    Raises:
        OutputError: it cannot be made or moved.
    """
    target = folder.absolute()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        (temporary / IMAGES_FOLDER).mkdir(parents=True)
        yield temporary
        _swap(temporary, target, old)
    except GeosegError:
        raise
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _swap(new: Path, target: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


@dataclass(frozen=True)
class IndexEntry:
    """One line of the tile index."""

    name: str
    tile: Tile
    window: Window
    valid_share: float


def write_index(path: Path, entries: list[IndexEntry], source: RasterSource) -> None:
    """Write the outlines of tiles as a GeoPackage, in the CRS of the raster."""
    import pyogrio

    boxes = np.array([entry.window.box_yx for entry in entries], dtype=np.float64)
    outlines = shapely.transform(
        shapely.box(boxes[:, 1], boxes[:, 0], boxes[:, 3], boxes[:, 2]),
        lambda xy: np.column_stack(pixel_to_xy(source.transform, xy[:, 0], xy[:, 1])),
    )
    columns: dict[str, list[object]] = {
        "name": [entry.name for entry in entries],
        "row": [entry.tile.row for entry in entries],
        "col": [entry.tile.col for entry in entries],
        "valid_share": [entry.valid_share for entry in entries],
    }
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(outlines),
        field_data=[
            np.array(values, dtype=object if name == "name" else None)
            for name, values in columns.items()
        ],
        fields=list(columns),
        layer="tiles",
        driver="GPKG",
        geometry_type="Polygon",
        crs=source.crs.to_wkt(),
    )


class _TileWriter:
    """Writes tile images and collects their labels and index entries."""

    def __init__(
        self,
        source: RasterSource,
        folder: Path,
        labels: LabelSet | None,
        options: TileOptions,
    ) -> None:
        self._source = source
        self._images = folder / IMAGES_FOLDER
        self._labels = labels
        self._options = options
        self._stem = make_stem(source.name)
        self.coco = CocoWriter()
        self.index: list[IndexEntry] = []

    def write_shard(self, shard: Shard) -> None:
        """Write the tiles of one shard, read at once."""
        inside = _crop(shard.window, self._source.shape_hw)
        block = self._source.read(inside)
        for tile in shard.tiles:
            self._write_tile(tile, _slice(block, _crop(tile.window, self._source.shape_hw)))

    def _write_tile(self, tile: Tile, block: ImageBlock) -> None:
        valid_share = float(block.valid.mean())
        if valid_share < self._options.tiles.min_valid_share:
            return
        name = f"{self._stem}_{tile.row:04d}_{tile.col:04d}.tif"
        window = block.window
        write_geotiff(
            self._images / name,
            block.image,
            crs=self._source.crs,
            transform=_shift(self._source.transform, window),
        )
        self.index.append(IndexEntry(name, tile, window, round(valid_share, 4)))
        self.coco.add_image(name, (window.height, window.width), self._source.gsd_m)
        if self._labels is not None:
            for polygons in self._labels.cut(window, self._options.min_visible_share):
                self.coco.add_building(polygons)


def make_stem(name: str) -> str:
    """A file stem from the name or address of a raster.

    Example:
        >>> make_stem("https://example.org/a/my ortho.tif?key=1")
        'my_ortho'
    """
    last = name.split("?", 1)[0].replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"[^\w-]+", "_", Path(last).stem) or "raster"


def _crop(window: Window, shape_hw: tuple[int, int]) -> Window:
    top, left, bottom, right = window.box_yx
    height, width = shape_hw
    return Window(left, top, min(right, width) - left, min(bottom, height) - top)


def _slice(block: ImageBlock, window: Window) -> ImageBlock:
    row, col = window.row_off - block.window.row_off, window.col_off - block.window.col_off
    part = np.s_[row : row + window.height, col : col + window.width]
    return ImageBlock(window, block.image[part], block.valid[part])


def _shift(transform: Affine, window: Window) -> Affine:
    x, y = pixel_to_xy(transform, np.array([window.col_off]), np.array([window.row_off]))
    a, b, _, d, e, _ = transform[:6]
    return type(transform)(a, b, float(x[0]), d, e, float(y[0]))
