"""Pixels of plain images of any depth and number of bands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.image_folder import read_image
from geoseg.errors import DatasetError, GeosegError

_GDAL_SUFFIXES = (".tif", ".tiff", ".jp2", ".vrt")
# EXIF orientations that swap the sides.
_TURNED = (5, 6, 7, 8)
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class PixelReader:
    """How images become 8-bit RGB.

    8-bit images with three bands are taken as they are. Values of others go from their 2nd to
    their 98th percentile, image by image, unless `scale` sets limits for all.

    Attributes:
        bands: 1-based bands for red, green, blue, or one; None goes by colour interpretation.
        scale: values that become 0 and 255.
    """

    bands: tuple[int, ...] | None = None
    scale: tuple[float, float] | None = None

    def read(self, path: Path) -> NDArray[np.uint8]:
        """Read an image.

        Returns:
            uint8 (H, W, 3), RGB.

        Raises:
            DatasetError: it is missing or no image, or has no such band.
        """
        if self.bands or self.scale or path.suffix.lower() in _GDAL_SUFFIXES or _is_deep(path):
            return self._read_with_gdal(path)
        return read_image(path)

    def _read_with_gdal(self, path: Path) -> NDArray[np.uint8]:
        from rasterio.windows import Window

        from geoseg.raster.bands import choose_bands, read_bands
        from geoseg.raster.gdal import gdal_env, no_place_warnings, open_dataset, read_errors
        from geoseg.raster.scaling import choose_scaling

        name = str(path)
        try:
            with gdal_env(name), no_place_warnings(), open_dataset(name) as dataset:
                choice = choose_bands(dataset, name, self.bands)
                with read_errors(name, "the image"):
                    scaling = choose_scaling(dataset, choice, self.scale)
                    whole = Window(0, 0, dataset.width, dataset.height)
                    values, valid = read_bands(dataset, choice, whole)
                return scaling.to_rgb(values, valid)
        except GeosegError as error:
            raise DatasetError(str(error)) from error


def _is_deep(path: Path) -> bool:
    """Whether a PNG has 16 bits a band: the byte after its size."""
    if path.suffix.lower() != ".png":
        return False
    try:
        with path.open("rb") as file:
            head = file.read(25)
    except OSError:
        return False
    return len(head) == 25 and head[24] == 16


def read_size(path: Path) -> tuple[int, int]:
    """Width and height of an image, from its header, as `PixelReader` would give it.

    Raises:
        DatasetError: it is missing or no image.
    """
    from PIL import Image, UnidentifiedImageError

    if path.suffix.lower() in _GDAL_SUFFIXES:
        return _read_size_with_gdal(path)
    try:
        with Image.open(path) as image:
            width, height = image.size
            is_turned = image.getexif().get(_ORIENTATION) in _TURNED
    except Image.DecompressionBombError:
        return _read_size_with_gdal(path)
    except UnidentifiedImageError as error:
        raise DatasetError(f"{path} must be an image; it cannot be decoded.") from error
    except (OSError, SyntaxError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{path} must be readable; got {reason}.") from error
    return (height, width) if is_turned else (width, height)


def _read_size_with_gdal(path: Path) -> tuple[int, int]:
    from geoseg.raster.gdal import gdal_env, no_place_warnings, open_dataset

    try:
        with gdal_env(str(path)), no_place_warnings(), open_dataset(str(path)) as dataset:
            return dataset.width, dataset.height
    except GeosegError as error:
        raise DatasetError(str(error)) from error


def read_values(path: Path) -> NDArray[np.generic]:
    """Read the values of a mask as they are; of a palette the numbers, not the colours.

    Returns:
        (H, W), of the type in the file; several bands are made one number.

    Raises:
        DatasetError: it is missing or no image.
    """
    from PIL import Image, UnidentifiedImageError

    if path.suffix.lower() in _GDAL_SUFFIXES:
        return _read_values_with_gdal(path)
    try:
        with Image.open(path) as image:
            values = np.asarray(image)
    except UnidentifiedImageError as error:
        raise DatasetError(f"{path} must be an image; it cannot be decoded.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{path} must be readable; got {reason}.") from error
    if values.ndim == 2:
        return values
    # Alpha says nothing about instances.
    colours = values[..., : 1 if values.shape[-1] == 2 else 3].astype(np.int64)
    return np.asarray((colours << (16 * np.arange(colours.shape[-1]))).sum(axis=-1))


def _read_values_with_gdal(path: Path) -> NDArray[np.generic]:
    from geoseg.raster.gdal import gdal_env, no_place_warnings, open_dataset, read_errors

    name = str(path)
    try:
        with (
            gdal_env(name),
            no_place_warnings(),
            open_dataset(name) as dataset,
            read_errors(name, "the mask"),
        ):
            return np.asarray(dataset.read(1))
    except GeosegError as error:
        raise DatasetError(str(error)) from error
