"""The model grid: a raster seen at the ground sample distance that the model wants."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoseg.crs import WGS84, ground_gsd, pixel_to_xy, scale_transform, transform_xy
from geoseg.raster.resample import Axis

if TYPE_CHECKING:
    from affine import Affine

    from geoseg.raster.georeference import Georeference

_NATIVE_WITHIN = 0.1
_MAX_FACTOR = 2.0


@dataclass(frozen=True)
class ModelGrid:
    """The grid that the model sees, parallel to the raster's own.

    Attributes:
        rows: vertical axis, from raster pixels.
        cols: horizontal axis, from raster pixels.
        transform: grid pixel (col, row) -> CRS (x, y).
        gsd_m: ground metres per grid pixel at the centre, mean of both directions.
        raster_gsd_m: ground metres per raster pixel at the centre, along columns and rows.
    """

    rows: Axis
    cols: Axis
    transform: Affine
    gsd_m: float
    raster_gsd_m: tuple[float, float]

    @property
    def shape_hw(self) -> tuple[int, int]:
        """Size in pixels."""
        return self.rows.grid_px, self.cols.grid_px


def fit_gsd(raster_gsd_m: float, model_gsd_m: float) -> float:
    """The GSD to read a raster at, for a model.

    A finer raster is shrunk to the model's GSD. A coarser one is read as it is, up to twice the
    model's GSD: enlarging adds nothing to see, and the model has seen such pixels in training
    (docs/design/gsd.md). Beyond that it is enlarged to twice the model's GSD.

    Example:
        >>> [fit_gsd(raster_gsd_m, 0.2) for raster_gsd_m in (0.05, 0.3, 1.0)]
        [0.2, 0.3, 0.4]
    """
    return min(max(raster_gsd_m, model_gsd_m), _MAX_FACTOR * model_gsd_m)


def choose_grid(
    place: Georeference,
    shape_hw: tuple[int, int],
    wanted_gsd_m: float | None,
    model_gsd_m: float | None = None,
    at_px: tuple[float, float] | None = None,
) -> ModelGrid:
    """Lay the model grid over a raster.

    Where the raster's pixels are within 10 % of the wanted size both ways, they are used as
    they are. Else grid pixels are square on the ground at the centre of the raster, as near to
    the wanted size as a whole number of them across the raster allows.

    Args:
        place: CRS and transform of the raster.
        shape_hw: size of the raster in pixels.
        wanted_gsd_m: ground metres per pixel; None goes by the model.
        model_gsd_m: ground metres per pixel that the model was trained at, see `fit_gsd`; None
            for the raster's own.
        at_px: raster pixel (col, row) where ground metres are measured, moved into the raster
            if need be; None for its centre. On a raster as wide as the Earth it matters.

    Raises:
        CRSError: the centre of the raster lies where its CRS is not defined.
    """
    height, width = shape_hw
    col, row = (width / 2, height / 2) if at_px is None else at_px
    col, row = min(max(col, 0.0), float(width)), min(max(row, 0.0), float(height))
    gsd_x_m, gsd_y_m = ground_gsd(place.crs, place.transform, col, row)
    own = math.sqrt(gsd_x_m * gsd_y_m)
    wanted = wanted_gsd_m or (own if model_gsd_m is None else fit_gsd(own, model_gsd_m))
    cols, rows = Axis(width, width), Axis(height, height)
    if max(abs(gsd_x_m / wanted - 1), abs(gsd_y_m / wanted - 1)) > _NATIVE_WITHIN:
        cols = Axis(width, max(1, round(width * gsd_x_m / wanted)))
        rows = Axis(height, max(1, round(height * gsd_y_m / wanted)))
    return ModelGrid(
        rows=rows,
        cols=cols,
        transform=scale_transform(place.transform, cols.factor, rows.factor),
        gsd_m=math.sqrt(gsd_x_m * cols.factor * gsd_y_m * rows.factor),
        raster_gsd_m=(gsd_x_m, gsd_y_m),
    )


def find_pixel(place: Georeference, lonlat: tuple[float, float]) -> tuple[float, float]:
    """Raster pixel (col, row) of a longitude and latitude; may lie outside the raster.

    Raises:
        CRSError: the raster's CRS is not defined there.
    """
    lon, lat = (np.array([value]) for value in lonlat)
    x, y = transform_xy(lon, lat, WGS84, place.crs)
    cols, rows = pixel_to_xy(~place.transform, x, y)
    return float(cols[0]), float(rows[0])


def warn_of_scale(grid: ModelGrid, name: str, model_gsd_m: float) -> None:
    """Warn where raster and model are more than a factor of two apart.

    Args:
        grid: of the raster.
        name: of the raster.
        model_gsd_m: ground metres per pixel that the model was trained at.
    """
    raster_gsd_m = math.sqrt(grid.raster_gsd_m[0] * grid.raster_gsd_m[1])
    if max(raster_gsd_m / model_gsd_m, model_gsd_m / raster_gsd_m) > _MAX_FACTOR:
        warnings.warn(
            f"{name}: pixels of {raster_gsd_m:.3g} m are far from the model's {model_gsd_m:.3g} m; "
            f"read at {grid.gsd_m:.3g} m (--gsd sets another).",
            stacklevel=3,
        )


def warn_of_gsd_range(gsd_m: float, name: str, gsd_range_m: tuple[float, float] | None) -> None:
    """Warn where pixels are finer or coarser than what the weights were trained or measured at.

    Args:
        gsd_m: ground metres per pixel of what the model sees.
        name: of the raster or the folder.
        gsd_range_m: finest and coarsest of the weights; None for unknown, which warns of nothing.
    """
    if gsd_range_m is None:
        return
    finest, coarsest = gsd_range_m
    if finest / (1 + _NATIVE_WITHIN) <= gsd_m <= coarsest * (1 + _NATIVE_WITHIN):
        return
    effect = "small" if gsd_m > coarsest else "large"
    warnings.warn(
        f"{name}: read at {gsd_m:.3g} m per pixel, where buildings are too {effect} for the "
        f"model, which works from {finest:.3g} to {coarsest:.3g} m.",
        stacklevel=2,
    )
