"""The values that pass between the stages, and the protocols that join them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

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
        scores: float32 (N,), 0..1.
        areas_m2: float64 (N,), true ground area.
        crs: CRS of the polygons, axis order x, y.
    """

    polygons: NDArray[np.object_]
    scores: NDArray[np.float32]
    areas_m2: NDArray[np.float64]
    crs: CRS

    def __len__(self) -> int:
        return len(self.polygons)


@dataclass(frozen=True)
class Origin:
    """Where a result comes from; written beside and, where the format allows, inside it.

    Attributes:
        geoseg_version: e.g. "0.1.0".
        model: name of the model.
        weights_sha256: hex digest of the weights file.
        raster: name of the raster, without its folder.
        raster_date: ISO date from the raster's own metadata, or "".
        created: ISO time of the run, UTC.
        config: the settings of the run, flat names to plain values.
    """

    geoseg_version: str
    model: str
    weights_sha256: str
    raster: str
    raster_date: str
    created: str
    config: dict[str, object]


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

    def detect(self, images: NDArray[np.uint8]) -> list[list[Detection]]:
        """Find objects in images (B, S, S, 3); one list each, in tile pixels, best first."""
        ...


class WindowDetector(Detector, Protocol):
    """A model that can be told where in each tile its image lies; beyond, nothing is found."""

    def detect(
        self, images: NDArray[np.uint8], windows: NDArray[np.float32] | None = None
    ) -> list[list[Detection]]:
        """As of `Detector`; windows (B, 4) are half-open (y1, x1, y2, x2) in tile pixels."""
        ...


class Runner(Protocol):
    """Something that applies a function to items, here or elsewhere."""

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results in the order of the items."""
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


def as_detections(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    masks: NDArray[np.floating],
    class_indices: Sequence[int] | None = None,
) -> list[Detection]:
    """Turn aligned arrays into detections.

    Args:
        boxes: float32 (N, 4), (y1, x1, y2, x2).
        scores: float32 (N,).
        masks: (N, h, w), 0..1.
        class_indices: N ints; all 0 when None.

    Returns:
        N detections; an empty list for empty arrays.
    """
    indices = [0] * len(boxes) if class_indices is None else class_indices
    return [
        Detection(box, float(score), mask, int(index))
        for box, score, mask, index in zip(boxes, scores, masks, indices, strict=True)
    ]
