"""A scale bar of a round length."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geoseg.errors import ConfigError


@dataclass(frozen=True)
class ScaleBar:
    """A length on the ground and in the picture.

    Attributes:
        length_m: ground metres.
        width_px: the same in pixels of the picture.
        label: e.g. "50 m" or "2 km".
    """

    length_m: float
    width_px: float
    label: str


def choose_scale_bar(gsd_m: float, max_width_px: float) -> ScaleBar:
    """The longest bar of 1, 2 or 5 times a power of ten that fits.

    Args:
        gsd_m: ground metres per pixel of the picture.
        max_width_px: room for the bar.

    Raises:
        ConfigError: an argument is not above 0.

    Example:
        >>> choose_scale_bar(0.3, 200)
        ScaleBar(length_m=50.0, width_px=166.66666666666669, label='50 m')
    """
    if not (0 < gsd_m < math.inf and 0 < max_width_px < math.inf):
        raise ConfigError(
            f"gsd_m and max_width_px must be above 0; got {gsd_m} and {max_width_px}."
        )
    room_m = gsd_m * max_width_px
    power = 10.0 ** math.floor(math.log10(room_m))
    # The quotient of a room that is itself round may fall just short of 2 or 5.
    steps = [step for step in (1, 2, 5) if step * power <= room_m * (1 + 1e-9)]
    length = (steps[-1] if steps else 1) * power
    return ScaleBar(length, length / gsd_m, _label(length))


def _label(length_m: float) -> str:
    if length_m >= 1000:
        return f"{length_m / 1000:g} km"
    if length_m >= 1:
        return f"{length_m:g} m"
    return f"{length_m * 100:g} cm"
