"""Which bands of a raster are red, green and blue, and which pixels hold data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.windows import Window as RasterioWindow

from geoseg.errors import ConfigError, RasterError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

_RGB = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
_SAMPLE_SIDE_PX = 1024
_NUM_WINDOWS_PER_SIDE = 6
_CLEARLY_MASKED = 0.95


@dataclass(frozen=True)
class BandChoice:
    """What is read of a raster.

    Attributes:
        indexes: 1-based bands for red, green and blue; one band where all three are the same.
        palette: uint8 (256, 4), RGBA by pixel value, for a palette raster; else None.
        dtype: name of the numpy dtype of the bands.
        nodata: value of pixels without data, where the raster marks them so; else None.
        has_mask: whether a mask band or alpha band says which pixels hold data.
    """

    indexes: tuple[int, ...]
    palette: NDArray[np.uint8] | None
    dtype: str
    nodata: float | None
    has_mask: bool


def choose_bands(
    dataset: DatasetReader, name: str, wanted: tuple[int, ...] | None = None
) -> BandChoice:
    """Pick the bands to show to the model.

    By colour interpretation where red, green and blue are marked; else the first three bands
    that are not alpha; else the first one, as grey.

    Args:
        dataset: opened raster.
        name: for messages.
        wanted: 1-based bands given by the user, one or three.

    Raises:
        ConfigError: the raster has no such band.
        RasterError: the bands hold complex numbers or one-bit masks.
    """
    indexes = _default_bands(dataset) if wanted is None else wanted
    if max(indexes) > dataset.count:
        raise ConfigError(
            f"{name}: bands must be within the raster's {dataset.count}; got {max(indexes)}."
        )
    if len(set(indexes)) == 1:
        indexes = indexes[:1]
    dtypes = {dataset.dtypes[index - 1] for index in indexes}
    if len(dtypes) > 1 or any(not _is_real(dtype) for dtype in dtypes):
        raise RasterError(
            f"{name}: bands must be integers or real numbers of one type; got "
            f"{', '.join(sorted(dtypes))}."
        )
    palette = _read_palette(dataset, indexes)
    if dataset.tags(indexes[0], ns="IMAGE_STRUCTURE").get("NBITS") == "1":
        raise RasterError(f"{name}: the raster must be an image; got a mask of one bit a pixel.")
    flags = {flag for index in indexes for flag in dataset.mask_flag_enums[index - 1]}
    has_mask = bool(flags & {MaskFlags.per_dataset, MaskFlags.alpha})
    nodata = dataset.nodatavals[indexes[0] - 1] if MaskFlags.nodata in flags else None
    return BandChoice(indexes, palette, dtypes.pop(), nodata, has_mask)


def read_bands(
    dataset: DatasetReader, choice: BandChoice, window: RasterioWindow
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Read the chosen bands of whole raster pixels.

    Args:
        dataset: the raster that the choice was made for, or an overview of it.
        choice: from `choose_bands`.
        window: inside the raster.

    Returns:
        Pixels (height, width, B) with B 1 or 3 in the raster's dtype (palette colours: uint8,
        B 3), and bool (height, width), True where there is data: the mask or alpha is above
        half, some band differs from nodata, and all bands are finite.
    """
    bands = dataset.read(list(choice.indexes), window=window)
    valid = np.ones(bands.shape[1:], dtype=bool)
    if choice.has_mask:
        valid = dataset.dataset_mask(window=window) > 127
    if choice.nodata is not None and not np.isnan(choice.nodata):
        # As the raster's own type, or a float32 raster would not meet its nodata of 1e-3.
        valid &= (bands != np.asarray(choice.nodata).astype(bands.dtype)).any(axis=0)
    if np.issubdtype(bands.dtype, np.floating):
        valid &= np.isfinite(bands).all(axis=0)
    if choice.palette is not None:
        colours = choice.palette[bands[0]]
        return colours[..., :3], valid & (colours[..., 3] > 0)
    # Band by band: eight times as fast as a contiguous copy of the moved axis.
    pixels = np.empty((*valid.shape, len(bands)), dtype=bands.dtype)
    for index, band in enumerate(bands):
        pixels[..., index] = band
    return pixels, valid


def has_same_mask(full: DatasetReader, overview: DatasetReader, choice: BandChoice) -> bool:
    """Whether an overview knows which pixels hold data.

    GDAL takes all of an overview for valid where the mask was added later and has no overviews
    of its own, so the two are compared at places spread over the raster.

    Args:
        full: the raster.
        overview: one of its overviews, opened by itself.
        choice: bands in use.
    """
    if overview.count != full.count or overview.mask_flag_enums != full.mask_flag_enums:
        return False
    if not choice.has_mask:
        return True
    scale_x, scale_y = overview.width / full.width, overview.height / full.height
    for window in spread_windows(full.height, full.width):
        if (full.dataset_mask(window=window) > 127).mean() > _CLEARLY_MASKED:
            continue
        col, row = int(window.col_off * scale_x), int(window.row_off * scale_y)
        width = max(1, min(int(window.width * scale_x), overview.width - col))
        height = max(1, min(int(window.height * scale_y), overview.height - row))
        small = RasterioWindow(col, row, width, height)
        return not (overview.dataset_mask(window=small) > 127).all()
    return True


def spread_windows(height: int, width: int) -> list[RasterioWindow]:
    """Windows that together are a small sample of a raster, its corners included.

    Returns:
        The whole raster when it is small; else up to 36 windows.
    """
    if max(height, width) <= _SAMPLE_SIDE_PX:
        return [RasterioWindow(0, 0, width, height)]
    side = _SAMPLE_SIDE_PX // _NUM_WINDOWS_PER_SIDE
    tall, wide = min(side, height), min(side, width)
    rows = np.linspace(0, height - tall, _NUM_WINDOWS_PER_SIDE).astype(int)
    cols = np.linspace(0, width - wide, _NUM_WINDOWS_PER_SIDE).astype(int)
    return [
        RasterioWindow(int(col), int(row), wide, tall)
        for row in np.unique(rows)
        for col in np.unique(cols)
    ]


def _default_bands(dataset: DatasetReader) -> tuple[int, ...]:
    kinds = list(dataset.colorinterp)
    if all(kind in kinds for kind in _RGB):
        return tuple(kinds.index(kind) + 1 for kind in _RGB)
    data = [index for index, kind in enumerate(kinds, start=1) if kind is not ColorInterp.alpha]
    # A raster of alpha alone has no other band to show.
    return tuple(data[:3]) if len(data) >= 3 else tuple(data[:1] or [1])


def _is_real(dtype: str) -> bool:
    kind = np.dtype(dtype).kind if not dtype.startswith("complex_") else "c"
    return kind in "iuf"


def _read_palette(dataset: DatasetReader, indexes: tuple[int, ...]) -> NDArray[np.uint8] | None:
    if len(indexes) > 1 or dataset.colorinterp[indexes[0] - 1] is not ColorInterp.palette:
        return None
    if dataset.dtypes[indexes[0] - 1] != "uint8":
        return None
    palette = np.zeros((256, 4), dtype=np.uint8)
    for value, rgba in dataset.colormap(indexes[0]).items():
        palette[value] = rgba
    return palette
