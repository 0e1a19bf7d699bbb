"""An opened raster, seen through the model grid."""

from __future__ import annotations

import contextlib
import re
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rasterio.windows import Window as RasterioWindow

from geoseg.crs import scale_transform
from geoseg.errors import RasterError
from geoseg.raster.bands import choose_bands, has_same_mask, read_bands
from geoseg.raster.gdal import (
    choose_cache_bytes,
    gdal_env,
    no_place_warnings,
    open_dataset,
    read_errors,
)
from geoseg.raster.georeference import read_georeference, warp_by_gcps
from geoseg.raster.grid import choose_grid, find_pixel, warn_of_scale
from geoseg.raster.reflection import read_reflected
from geoseg.raster.resample import Axis, read_resampled
from geoseg.raster.scaling import choose_scaling
from geoseg.types import ImageBlock, Window

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from types import TracebackType

    import numpy as np
    from affine import Affine
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from geoseg.config import RasterConfig

# Of the model grid: what is read at once for 8 x 8 tiles.
_LARGE_WINDOW_PX = 1952


@dataclass(frozen=True)
class RasterFacts:
    """What a raster is, for people and for the origin of results.

    Attributes:
        driver: GDAL's name of the format.
        width, height: size in raster pixels.
        dtype: numpy name of the type of the bands.
        num_bands: number of bands, alpha included.
        bands: 1-based bands in use for red, green, blue; one for grey.
        scale: raster values that become 0 and 255; None where 8-bit values are taken as is.
        gsd_m: ground metres per raster pixel at the centre, along columns and rows.
        date: ISO date from the raster's own metadata, or "".
    """

    driver: str
    width: int
    height: int
    dtype: str
    num_bands: int
    bands: tuple[int, ...]
    scale: tuple[float, float] | None
    gsd_m: tuple[float, float]
    date: str


@dataclass(frozen=True)
class Overview:
    """A small picture of a whole raster.

    Attributes:
        image: uint8 (height, width, 3), RGB.
        valid: bool (height, width), True where the raster has data.
        transform: picture pixel (col, row) -> CRS (x, y).
    """

    image: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    transform: Affine


class GdalSource:
    """A raster opened through GDAL; a `geoseg.types.RasterSource`.

    A source is a context manager, reads from one thread at a time, and is pickled as its
    arguments: the other process opens the raster again. Closed while a thread reads, it is
    released when that has ended.

    Attributes:
        name: file name or address as given.
        crs: CRS of `transform`.
        transform: model-grid pixel (col, row) -> CRS (x, y).
        shape_hw: size of the model grid in pixels.
        gsd_m: ground metres per pixel of the model grid.
        facts: what the raster is.
    """

    def __init__(
        self,
        name: str,
        config: RasterConfig,
        model_gsd_m: float | None,
        at_lonlat: tuple[float, float] | None = None,
    ) -> None:
        """Open the raster; `open_raster` says how."""
        self.name = name
        self._arguments = (name, config, model_gsd_m, at_lonlat)
        self._in_use = threading.Lock()
        self._is_closed = False
        with contextlib.ExitStack() as stack, gdal_env(name), no_place_warnings():
            self._dataset: DatasetReader = stack.enter_context(open_dataset(name))
            if self._dataset.count == 0:
                raise RasterError(f"{name}: a raster must have bands; it holds several images.")
            place = read_georeference(self._dataset, name, config.crs)
            if place.gcps:
                self._dataset = stack.enter_context(warp_by_gcps(self._dataset, place.crs))
            self._has_overviews = not place.gcps
            self._bands = choose_bands(self._dataset, name, config.bands)
            with read_errors(name, "a sample of its pixels"):
                self._scaling = choose_scaling(self._dataset, self._bands, config.scale)
            shape_hw = (self._dataset.height, self._dataset.width)
            at_px = None if at_lonlat is None else find_pixel(place, at_lonlat)
            grid = choose_grid(place, shape_hw, config.gsd_m, model_gsd_m, at_px)
            if model_gsd_m is not None and config.gsd_m is None:
                warn_of_scale(grid, name, model_gsd_m)
            self.crs = place.crs
            self.transform = grid.transform
            self.shape_hw = grid.shape_hw
            self.gsd_m = grid.gsd_m
            self.facts = self._collect_facts(grid.raster_gsd_m)
            self._raster_transform = place.transform
            self._level = stack.enter_context(self._open_level(*grid.shape_hw))
            shrink = self._level.height / grid.shape_hw[0]
            self._cache_bytes = choose_cache_bytes(
                self._level, self._bands.dtype, round(_LARGE_WINDOW_PX * shrink)
            )
            self._files = stack.pop_all()

    def read(self, window: Window) -> ImageBlock:
        """Read a window of the model grid.

        Large windows are fast: GDAL reads whole blocks on all cores, once. The pixels do not
        depend on the window that they are read through.

        Args:
            window: of at least 1 x 1 pixels, in pixels of the model grid.

        Returns:
            RGB and where it is valid. Beyond the raster it is mirrored and invalid; pixels
            without data have the raster's mean colour.

        Raises:
            RasterError: the file is damaged there, or the network failed.
        """
        if window.width < 1 or window.height < 1:
            raise ValueError(f"window must be at least 1 x 1 pixels; got {tuple(window)}.")
        with (
            self._kept_open(),
            self._renewed_after_failure(),
            gdal_env(self.name, self._cache_bytes),
            read_errors(self.name, f"window {tuple(window)}"),
        ):
            return read_reflected(
                lambda inside: self._read_grid(self._level, self.shape_hw, inside),
                self.shape_hw,
                window,
            )

    def read_overview(self, max_side_px: int) -> Overview:
        """Read the whole raster at a small size.

        Fast where the file has overviews; else the file is read once, in strips.

        Args:
            max_side_px: longest side of the picture; a smaller raster is not enlarged.

        Raises:
            RasterError: the file is damaged, or the network failed.
        """
        height, width = self._dataset.height, self._dataset.width
        shrink = max(1.0, max(height, width) / max_side_px)
        shape_hw = (max(1, round(height / shrink)), max(1, round(width / shrink)))
        whole = Window(0, 0, shape_hw[1], shape_hw[0])
        with (
            self._kept_open(),
            self._renewed_after_failure(),
            gdal_env(self.name),
            read_errors(self.name, "its overview"),
            self._open_level(*shape_hw) as level,
        ):
            block = self._read_grid(level, shape_hw, whole)
        transform = scale_transform(
            self._raster_transform, width / shape_hw[1], height / shape_hw[0]
        )
        return Overview(block.image, block.valid, transform)

    @contextlib.contextmanager
    def _kept_open(self) -> Iterator[None]:
        """Puts off `close`, which another thread may ask for meanwhile."""
        try:
            with self._in_use:
                yield
        finally:
            if self._is_closed:
                self.close()

    @contextlib.contextmanager
    def _renewed_after_failure(self) -> Iterator[None]:
        """Opens the raster anew where it cannot be read.

        GDAL keeps a block that it failed to read, and gives what is in it the next time without
        a word. Only a dataset that is opened anew fails again.
        """
        try:
            yield
        except RasterError:
            self._files.close()
            with warnings.catch_warnings():
                # They came when the raster was opened first.
                warnings.simplefilter("ignore")
                fresh = GdalSource(*self._arguments)
            self._dataset, self._level, self._files = fresh._dataset, fresh._level, fresh._files
            raise

    def close(self) -> None:
        """Release the file, after a read that is going on; closing twice is allowed."""
        self._is_closed = True
        if self._in_use.acquire(blocking=False):
            try:
                self._files.close()
            finally:
                self._in_use.release()

    def __enter__(self) -> GdalSource:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[object, ...]:
        return GdalSource, self._arguments

    def _open_level(
        self, height: int, width: int
    ) -> contextlib.AbstractContextManager[DatasetReader]:
        """The coarsest overview that is not coarser than a grid of this size."""
        full = self._dataset
        factor = min(full.height / height, full.width / width)
        overviews = full.overviews(self._bands.indexes[0]) if self._has_overviews else []
        fitting = [index for index, shrink in enumerate(overviews) if shrink <= factor * 1.001]
        if not fitting:
            return contextlib.nullcontext(full)
        level = open_dataset(self.name, OVERVIEW_LEVEL=max(fitting, key=lambda i: overviews[i]))
        if has_same_mask(full, level, self._bands):
            return level
        level.close()
        return contextlib.nullcontext(full)

    def _read_grid(
        self, level: DatasetReader, shape_hw: tuple[int, int], window: Window
    ) -> ImageBlock:
        """Read a window that lies inside a grid of the given size over the raster."""

        def read_pixels(part: Window) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
            values, valid = read_bands(level, self._bands, RasterioWindow(*part))
            return self._scaling.to_rgb(values, valid), valid

        if (level.height, level.width) == shape_hw:
            return ImageBlock(window, *read_pixels(window))
        rows, cols = Axis(level.height, shape_hw[0]), Axis(level.width, shape_hw[1])
        return ImageBlock(window, *read_resampled(read_pixels, rows, cols, window))

    def _collect_facts(self, gsd_m: tuple[float, float]) -> RasterFacts:
        dataset = self._dataset
        return RasterFacts(
            driver=dataset.driver,
            width=dataset.width,
            height=dataset.height,
            dtype=self._bands.dtype,
            num_bands=dataset.count,
            bands=self._bands.indexes,
            scale=self._scaling.limits,
            gsd_m=gsd_m,
            date=_read_date(dataset),
        )


def open_raster(
    name: str | os.PathLike[str],
    config: RasterConfig,
    *,
    model_gsd_m: float | None,
    at_lonlat: tuple[float, float] | None = None,
) -> GdalSource:
    """Open whatever GDAL reads as a raster, at the GSD of the model.

    GeoTIFF, COG, VRT, JPEG 2000, MBTiles and GeoPackage rasters; addresses
    (https://, s3://, /vsicurl/); tile and map services through a GDAL description file.

    Args:
        name: path or address.
        config: GSD, bands, scale and CRS where the raster's own or the model's will not do.
        model_gsd_m: ground metres per pixel that the model was trained at; None reads the
            raster at its own.
        at_lonlat: longitude and latitude where ground metres are measured; None for the centre
            of the raster, which will not do for a tile service as wide as the Earth.

    Returns:
        The source, to be closed by the caller or used with `with`.

    Raises:
        RasterError: nothing is there, it cannot be read, or it says nothing about its place.
        MissingCRSError: it names no CRS, and config.crs is None.
        CRSError: the CRS is unknown, or not defined where the raster lies.
        ConfigError: config.bands asks for a band that is not there.

    Warns:
        UserWarning: raster and model are more than a factor of two apart and config.gsd_m is
            None; or config.crs replaces the raster's own.

    Example:
        >>> with open_raster("ortho.tif", RasterConfig(), model_gsd_m=0.3) as source:
        ...     block = source.read(Window(0, 0, 300, 300))  # doctest: +SKIP
    """
    return GdalSource(str(name), config, model_gsd_m, at_lonlat)


def _read_date(dataset: DatasetReader) -> str:
    """ISO date of acquisition, else the one that the TIFF was made, else ""."""
    values = (
        dataset.tags(ns="IMAGERY").get("ACQUISITIONDATETIME", ""),
        dataset.tags().get("ACQUISITIONDATETIME", ""),
        dataset.tags().get("TIFFTAG_DATETIME", ""),
    )
    for value in values:
        match = re.match(r"(\d{4})[:-](\d{2})[:-](\d{2})", value.strip())
        if match:
            return "-".join(match.groups())
    return ""
