"""The values that pass between the stages, and the protocols that join them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import CRS

Item = TypeVar("Item")
Result = TypeVar("Result")


class Window(NamedTuple):
    """A rectangle of whole pixels, in the order that rasterio uses.

    Example:
        >>> Window(10, 20, 300, 200).box_yx
        (20, 10, 220, 310)
    """

    col_off: int
    row_off: int
    width: int
    height: int

    @property
    def box_yx(self) -> tuple[int, int, int, int]:
        """The same rectangle as half-open `(y1, x1, y2, x2)`."""
        return (
            self.row_off,
            self.col_off,
            self.row_off + self.height,
            self.col_off + self.width,
        )

    @property
    def area_px(self) -> int:
        """Number of pixels."""
        return self.width * self.height


@dataclass(frozen=True)
class Tile:
    """One square window given to the model.

    Attributes:
        index: position in the grid's order, row by row.
        row, col: position in the grid.
        window: what the model sees, in pixels of the model grid; may reach beyond
            a raster that is smaller than a tile.
        core: the part of the raster that this tile owns; the cores of all tiles cover the
            raster exactly once.
    """

    index: int
    row: int
    col: int
    window: Window
    core: Window


@dataclass(frozen=True)
class ImageBlock:
    """Pixels read from a source.

    Attributes:
        window: where they were read, in pixels of the model grid.
        image: uint8 (height, width, 3), RGB.
        valid: bool (height, width), True where the raster has data.
    """

    window: Window
    image: NDArray[np.uint8]
    valid: NDArray[np.bool_]


@dataclass(frozen=True)
class Detection:
    """One object found by the model.

    Attributes:
        box: float32 (4,), (y1, x1, y2, x2) in pixels of the frame in use (tile or model
            grid), half-open.
        score: 0..1.
        mask: float16 or float32 (h, w), soft mask 0..1; its h x w cells divide the box evenly.
        class_index: 0-based index into the model's class names.
        tile_index: the tile it was seen in, -1 once merged from several.
    """

    box: NDArray[np.float32]
    score: float
    mask: NDArray[np.floating]
    class_index: int = 0
    tile_index: int = -1


@dataclass(frozen=True)
class Footprints:
    """Building polygons of one run, in one CRS.

    Attributes:
        polygons: object (N,) of shapely Polygon, valid, exteriors counter-clockwise.
        scores: float32 (N,), 0..1; nan for those that have none, as people drew them.
        areas_m2: float64 (N,), true ground area.
        crs: CRS of the polygons, axis order x, y.
        rasters: int32 (N,), which of `Origin.rasters` each was found on; None where the result
            is of one raster.
    """

    polygons: NDArray[np.object_]
    scores: NDArray[np.float32]
    areas_m2: NDArray[np.float64]
    crs: CRS
    rasters: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.polygons)


def join_footprints(parts: Sequence[Footprints], crs: CRS) -> Footprints:
    """The footprints of several batches, all in `crs`, in their order; none for no batch."""
    rasters = [part.rasters for part in parts if part.rasters is not None]
    return Footprints(
        polygons=np.concatenate([np.zeros(0, object), *(part.polygons for part in parts)]),
        scores=np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)]),
        areas_m2=np.concatenate([np.zeros(0), *(part.areas_m2 for part in parts)]),
        crs=crs,
        rasters=np.concatenate(rasters) if rasters else None,
    )


class FootprintBatches(Protocol):
    """Footprints of any number, a batch at a time; may be gone through more than once.

    Buildings of different batches do not touch, nor come closer than
    `geoseg.footprints.settle.NEAR_M`.
    """

    @property
    def crs(self) -> CRS:
        """CRS of all batches."""
        ...

    def __len__(self) -> int:
        """Number of footprints in all batches."""
        ...

    def __iter__(self) -> Iterator[Footprints]:
        """The batches, in the same order each time."""
        ...


@dataclass(frozen=True)
class FootprintList:
    """Batches of footprints that are all in memory.

    Attributes:
        batches: as many as there are; none when nothing was found.
        crs: CRS of all batches.
    """

    batches: tuple[Footprints, ...]
    crs: CRS

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    def __iter__(self) -> Iterator[Footprints]:
        return iter(self.batches)


def as_batches(footprints: Footprints | FootprintBatches) -> FootprintBatches:
    """One `Footprints` as the only batch; batches as they are."""
    if isinstance(footprints, Footprints):
        return FootprintList((footprints,), footprints.crs)
    return footprints


@dataclass(frozen=True)
class PendingOutlines:
    """Outlines of whole buildings that may still lose ground to neighbours in other shards.

    Attributes:
        polygons: object (N,) of valid shapely Polygon, in the metric CRS of the run.
        scores: float32 (N,), 0..1.
        boxes: float32 (N, 4), (y1, x1, y2, x2) in pixels of the model grid, round each polygon.
    """

    polygons: NDArray[np.object_]
    scores: NDArray[np.float32]
    boxes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.polygons)


@dataclass(frozen=True)
class ShardResult:
    """What one shard of a raster gave.

    Attributes:
        index: of the shard.
        footprints: buildings that nothing in another shard can change.
        outlines: buildings that other shards have no part of, but perhaps neighbours.
        detections: seen where other shards look too, or part of a building that is; in pixels
            of the model grid, `tile_index` set.
        num_tiles: tiles of the shard.
        num_found: detections in all tiles of the shard.
        num_valid_px: pixels with data in the cores of its tiles.
        unread: windows, in pixels of the model grid, that could not be read and were left out.
    """

    index: int
    footprints: Footprints
    outlines: PendingOutlines
    detections: tuple[Detection, ...]
    num_tiles: int
    num_found: int
    num_valid_px: int
    unread: tuple[Window, ...] = ()


@dataclass(frozen=True)
class RasterOrigin:
    """One raster of a result of several.

    Attributes:
        name: of the raster, without its folder, or the id of its STAC item.
        date: ISO date from its own metadata, else from its STAC item, or "".
    """

    name: str
    date: str


@dataclass(frozen=True)
class Origin:
    """Where a result comes from; written beside and, where the format allows, inside it.

    Attributes:
        geoseg_version: e.g. "0.1.0".
        model: name of the model.
        weights_sha256: hex digest of the weights file.
        raster: name of the raster, without its folder; names of several, joined by commas.
        raster_date: ISO date from the raster's own metadata, or ""; of several rasters the
            earliest and the latest, joined by a slash.
        created: ISO time of the run, UTC.
        config: the settings of the run, flat names to plain values.
        rasters: each raster of a result of several; empty for one.
    """

    geoseg_version: str
    model: str
    weights_sha256: str
    raster: str
    raster_date: str
    created: str
    config: dict[str, object]
    rasters: tuple[RasterOrigin, ...] = ()


class RasterSource(Protocol):
    """An opened raster, seen through the model grid: RGB uint8 at the model's GSD.

    Attributes:
        name: file name or address, for messages and origin.
        crs: CRS of `transform`.
        transform: model-grid pixel (col, row) -> CRS (x, y).
        shape_hw: size of the model grid in pixels.
        gsd_m: ground metres per pixel of the model grid.
    """

    name: str
    crs: CRS
    transform: Affine
    shape_hw: tuple[int, int]
    gsd_m: float

    def read(self, window: Window) -> ImageBlock:
        """Read a window; parts outside the raster come back invalid, filled by reflection."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class Detector(Protocol):
    """A loaded model.

    Attributes:
        tile_size_px: side of the square images it takes.
        class_names: names of the classes, in order of `Detection.class_index`.
    """

    tile_size_px: int
    class_names: tuple[str, ...]

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """Find objects in images (B, S, S, 3); one list each, in tile pixels, best first.

        Windows float32 (B, 4), half-open (y1, x1, y2, x2) in tile pixels, say where in its tile
        each image lies: nothing is found beyond. None is for images that fill their tiles.
        """
        ...


class Runner(Protocol):
    """Something that applies a function to items, here or elsewhere.

    Attributes:
        is_local: the function runs in this process, and may tell of its progress itself.
    """

    is_local: bool

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the result of each item once, in any order.

        Items are taken as they are needed, and the results of no more than a few are held.
        A runner that is not local pickles the function once for each worker.
        """
        ...


@runtime_checkable
class StagedWork(Protocol):
    """Work of three stages that may overlap in time; called, it does them one after the other.

    Each stage is in the hands of one thread at a time, which need not be the main one.
    """

    def __call__(self, item: Any) -> Any:
        """`finish(detect(read(item)))`."""
        ...

    def read(self, item: Any) -> Any:
        """What the item needs of the disk or the network."""
        ...

    def detect(self, given: Any) -> Any:
        """Run the model."""
        ...

    def finish(self, found: Any) -> Any:
        """Everything after the model."""
        ...

    def stop(self) -> None:
        """Let the stages that are going on end soon, with any exception."""
        ...


class Progress(Protocol):
    """Something that is told how far the work has come."""

    def start(self, stage: str, total: int) -> None:
        """A stage of `total` steps begins."""
        ...

    def advance(self, steps: int, found: int = 0) -> None:
        """`steps` more are done, and `found` more objects were seen."""
        ...

    def finish(self) -> None:
        """The stage has ended."""
        ...


class NoProgress:
    """Progress that tells nobody."""

    def start(self, stage: str, total: int) -> None:
        """Do nothing."""

    def advance(self, steps: int, found: int = 0) -> None:
        """Do nothing."""

    def finish(self) -> None:
        """Do nothing."""
