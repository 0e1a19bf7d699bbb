"""Places on a raster with building polygons, cut when they are asked for."""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.config import DatasetConfig, RasterConfig
from geoseg.datasets.faults import Faults
from geoseg.datasets.labels import LabelSet, read_labels
from geoseg.datasets.rings import rings_of_polygons
from geoseg.datasets.sources import DEFAULT_CLASS, LabelledImage, LabelledObject
from geoseg.errors import DatasetError, GeosegError
from geoseg.raster.aoi import read_area_px
from geoseg.raster.source import GdalSource, open_raster
from geoseg.types import Window

MAX_SIDE_PX = 4096
"""Largest place; one of this size takes 50 MB."""

# A finer raster is read at the finest GSD that samples need, where it is finer by this factor.
_FINER = 1.25
# Each part of the area is on about so many places.
_PLACES_PER_PART = 16
_MIN_PLACES, _MAX_PLACES = 64, 20_000
_OVERVIEW_SIDE_PX = 2048
_MAX_TRIES = 1000


class RasterScene:
    """Square places on one raster; a `geoseg.datasets.sources.LabelledImages`.

    Places lie at random, the same for the same seed, so that a sample at any scale and angle
    fits in; their middles are in the area in which the labels are complete. Outside of it, and
    where the raster has no data, is an ignored region, as are buildings that lie mostly there.

    Attributes:
        name: the raster.
        class_names: one.
        faults: none.
        area_px: where labels are complete, in pixels of the model grid.
    """

    def __init__(self, config: DatasetConfig, faults: Faults, *, tile_size_px: int) -> None:
        """Open the raster, read labels and area.

        Args:
            config: `scene`, `labels`, `aoi`, GSD range, bands, scale, seed.
            faults: is told nothing: polygons are repaired, and a raster is wanted whole.
            tile_size_px: side of the samples.

        Raises:
            DatasetError: no label touches the raster, or it holds no data in the area.
            RasterError, VectorError, AoiError, CRSError: a file cannot be read or used.
        """
        self.name = str(config.scene)
        self.class_names: tuple[str, ...] = (DEFAULT_CLASS,)
        self.faults = faults
        self._config = config
        self._lock = threading.Lock()
        self._source = _open(config)
        self._labels = read_labels(Path(str(config.labels)), self._source)
        self.area_px = find_labelled_area(
            self._source, None if config.aoi is None else Path(config.aoi)
        )
        # Enough for a tile at any angle, and for what bilinear sampling reaches beyond it.
        widest_px = math.sqrt(2) * tile_size_px * config.gsd_range_m[1] / self._source.gsd_m
        self._side_px = min(MAX_SIDE_PX, math.ceil(widest_px) + 2)
        shapely.prepare(self.area_px)

    def __len__(self) -> int:
        if self._config.num_images is not None:
            return self._config.num_images
        parts = self.area_px.area / self._side_px**2
        return int(min(_MAX_PLACES, max(_MIN_PLACES, _PLACES_PER_PART * parts)))

    def read(self, index: int) -> LabelledImage:
        """Size and labels of a place."""
        window = self.window_of(index)
        name = f"{self.name} at {window.col_off},{window.row_off}"
        objects = tuple(_objects_in(window, self._labels, self.area_px))
        return LabelledImage(name, index, window.width, window.height, self._source.gsd_m, objects)

    def load_pixels(self, index: int) -> NDArray[np.uint8]:
        """Pixels of a place.

        Raises:
            DatasetError: the raster is damaged there, or the network failed.
        """
        try:
            # GDAL reads from one thread at a time.
            with self._lock:
                return self._source.read(self.window_of(index)).image
        except GeosegError as error:
            raise DatasetError(str(error)) from error

    def window_of(self, index: int) -> Window:
        """Where a place lies, in pixels of the model grid; inside the raster."""
        random = np.random.default_rng((self._config.seed, index))
        bounds = self.area_px.bounds
        middle = _draw_point(self.area_px, random)
        height, width = self._source.shape_hw
        col, cols = _place(middle[0], self._side_px, bounds[0], bounds[2], width)
        row, rows = _place(middle[1], self._side_px, bounds[1], bounds[3], height)
        return Window(col, row, cols, rows)

    def fingerprint(self) -> str:
        """Hex digest of the raster's name and size and of labels and area on it."""
        path = Path(self.name)
        size = path.stat().st_size if path.is_file() else 0
        digest = hashlib.sha256(f"{path.name} {size} {self._source.shape_hw}".encode())
        for wkb in shapely.to_wkb(np.append(self._labels.polygons, self.area_px)):
            digest.update(wkb)
        return digest.hexdigest()

    def close(self) -> None:
        """Release the raster."""
        self._source.close()


def _open(config: DatasetConfig) -> GdalSource:
    """The raster at its own GSD, or at the finest that samples need where it is much finer."""
    settings = RasterConfig(bands=config.bands, scale=config.scale)
    source = open_raster(str(config.scene), settings, model_gsd_m=None)
    finest_m = config.gsd_range_m[0]
    if source.gsd_m * _FINER >= finest_m:
        return source
    source.close()
    settings = RasterConfig(gsd_m=finest_m, bands=config.bands, scale=config.scale)
    return open_raster(str(config.scene), settings, model_gsd_m=None)


def find_labelled_area(source: GdalSource, aoi: Path | None) -> shapely.Geometry:
    """Where a raster has data and its labels are complete.

    Data is looked for in a small picture of the raster, and its border moved in by a pixel of
    that: nothing outside is taken for ground, and holes smaller than such a pixel may be.

    Args:
        source: opened raster.
        aoi: vector file of the area of interest; None for the whole raster.

    Returns:
        Polygons in pixels of the model grid.

    Raises:
        DatasetError: there is no such place.
    """
    import cv2
    from rasterio.features import shapes

    overview = source.read_overview(_OVERVIEW_SIDE_PX)
    height, width = source.shape_hw
    area = shapely.box(0, 0, width, height)
    if not overview.valid.all():
        rows, cols = overview.valid.shape
        # OpenCV takes what lies beyond the picture for valid: its edge is no border of data.
        inner = cv2.erode(overview.valid.astype(np.uint8), np.ones((3, 3), np.uint8))
        found = shapes(np.asarray(inner, np.uint8), mask=inner > 0)
        parts = [shapely.geometry.shape(polygon) for polygon, _ in found]
        step = np.array([width / cols, height / rows])
        area = shapely.transform(shapely.union_all(parts), lambda xy: xy * step)
    inside = read_area_px(source, aoi, None)
    if inside is not None:
        area = shapely.intersection(area, inside)
    if not area.area > 0:
        raise DatasetError(f"{source.name} must hold data where it is labelled; found none.")
    return area


def _objects_in(
    window: Window, labels: LabelSet, area_px: shapely.Geometry
) -> Iterator[LabelledObject]:
    """Buildings that show in a window, whole, and what of it is not labelled."""
    top, left, bottom, right = window.box_yx
    box, origin = shapely.box(left, top, right, bottom), np.array([left, top])
    hits = np.sort(labels.tree.query(box, predicate="intersects"))
    polygons = labels.polygons[hits]
    known = shapely.area(shapely.intersection(polygons, area_px))
    is_unknown = known < 0.5 * shapely.area(polygons)
    moved = shapely.transform(polygons, lambda xy: xy - origin)
    for polygon, is_ignored in zip(moved, is_unknown.tolist(), strict=True):
        yield LabelledObject(rings_of_polygons(polygon), is_ignored=is_ignored)
    unlabelled = shapely.transform(shapely.difference(box, area_px), lambda xy: xy - origin)
    for part in shapely.get_parts(unlabelled):
        rings = rings_of_polygons(part)
        if rings:
            yield LabelledObject(rings, is_ignored=True, is_region=True)


def _draw_point(area: shapely.Geometry, random: np.random.Generator) -> tuple[float, float]:
    """A point of an area, all places alike."""
    low_x, low_y, high_x, high_y = area.bounds
    for _ in range(_MAX_TRIES):
        x, y = random.uniform(low_x, high_x), random.uniform(low_y, high_y)
        if shapely.contains_xy(area, x, y):
            return float(x), float(y)
    # A sliver of its bounds: any of its points has to do.
    point = area.representative_point()
    return point.x, point.y


def _place(
    middle: float, side_px: int, area_low: float, area_high: float, raster_px: int
) -> tuple[int, int]:
    """Start and length of a span round a point, moved into area and raster where it fits."""
    length = min(side_px, raster_px)
    start = middle - length / 2
    if area_high - area_low >= length:
        start = min(max(start, area_low), area_high - length)
    return round(min(max(start, 0), raster_px - length)), length
