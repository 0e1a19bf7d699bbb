"""From raster values to 8 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoseg.raster.bands import BandChoice, read_bands, spread_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

_MID_GREY = (128, 128, 128)


@dataclass(frozen=True)
class Scaling:
    """How values become uint8 RGB.

    One pair of limits serves all bands, so that the balance of colours is kept: a forest stays
    green, where limits for each band would pull it to grey.

    Attributes:
        limits: values that become 0 and 255; None where the raster is 8-bit already.
        neutral_rgb: mean colour of the valid pixels, given to invalid ones, so that the model
            sees no black shapes there.
    """

    limits: tuple[float, float] | None
    neutral_rgb: tuple[int, int, int]

    def to_rgb(self, values: NDArray[np.generic], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Turn values into RGB.

        Args:
            values: (height, width, 1 or 3), any real dtype.
            valid: bool (height, width).

        Returns:
            uint8 (height, width, 3); invalid pixels have the neutral colour.
        """
        rgb = _stretch(values, self.limits)
        if rgb.shape[-1] == 1:
            rgb = np.repeat(rgb, 3, axis=-1)
        if not valid.all():
            rgb = np.where(valid[..., np.newaxis], rgb, np.array(self.neutral_rgb, np.uint8))
        return rgb


def choose_scaling(
    dataset: DatasetReader, choice: BandChoice, wanted: tuple[float, float] | None
) -> Scaling:
    """Look at a sample of a raster and decide how it becomes 8-bit.

    Args:
        dataset: opened raster.
        choice: bands in use.
        wanted: limits given by the user; else 8-bit values stay as they are, and anything else
            goes from the 2nd to the 98th percentile of the valid pixels of all bands.

    Returns:
        The scaling; with no valid pixel in the sample, limits 0 and 1 and mid grey.
    """
    is_8bit = choice.dtype == "uint8"
    has_holes = choice.has_mask or choice.nodata is not None or choice.palette is not None
    if is_8bit and not has_holes:
        # Nothing to find out: a raster on a far server is opened without reading it.
        return Scaling(wanted, _MID_GREY)
    pixels = _sample_valid_pixels(dataset, choice)
    limits = wanted
    if limits is None and not is_8bit:
        limits = (0.0, 1.0)
        if pixels.size:
            low, high = np.percentile(pixels.astype(np.float64), [2, 98])
            limits = (float(low), float(high) if high > low else float(low) + 1.0)
    if not pixels.size:
        return Scaling(limits, _MID_GREY)
    mean = _stretch(pixels, limits).mean(axis=0).round().astype(int).tolist()
    red, green, blue = mean * 3 if len(mean) == 1 else mean
    return Scaling(limits, (red, green, blue))


def _stretch(values: NDArray[np.generic], limits: tuple[float, float] | None) -> NDArray[np.uint8]:
    if limits is None:
        return values.astype(np.uint8, copy=False)
    low, high = limits
    # float32 keeps 24 bits: more than 8-bit output needs, at half the memory.
    scaled = values.astype(np.float32)
    scaled -= np.float32(low)
    scaled *= np.float32(255.0 / (high - low))
    # NaN compares false with everything: only nan_to_num makes it a defined pixel.
    np.nan_to_num(scaled, copy=False, nan=0.0, posinf=255.0, neginf=0.0)
    np.clip(scaled, 0, 255, out=scaled)
    return (scaled + np.float32(0.5)).astype(np.uint8)


def _sample_valid_pixels(dataset: DatasetReader, choice: BandChoice) -> NDArray[np.generic]:
    """Valid pixels (N, B) from windows spread evenly, so that a large file is not read whole."""
    samples = []
    for window in spread_windows(dataset.height, dataset.width):
        values, valid = read_bands(dataset, choice, window)
        samples.append(values[valid])
    return np.concatenate(samples)
