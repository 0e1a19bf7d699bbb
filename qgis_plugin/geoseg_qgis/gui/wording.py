"""Numbers and times as people say them."""

from __future__ import annotations

from qgis.PyQt.QtCore import QLocale

from geoseg_qgis.translation import tr


def say_count(count: int) -> str:
    """A whole number with the separators of the user's language."""
    return QLocale().toString(count)


def say_duration(seconds: float) -> str:
    """A time that is only roughly known, such as "about 3 min".

    Args:
        seconds: Not negative; what is below a second is told as one.
    """
    if seconds < 90:
        return tr("{n} s").format(n=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return tr("{n} min").format(n=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 10 and minutes:
        return tr("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return tr("{n} h").format(n=say_count(hours))


def say_area(area_km2: float) -> str:
    """An area on the ground, in square metres where square kilometres would be nothing."""
    if area_km2 < 0.01:
        return tr("{n} m²").format(n=say_count(round(area_km2 * 1e6)))
    digits = 2 if area_km2 < 10 else 0
    return tr("{n} km²").format(n=QLocale().toString(area_km2, "f", digits))


def say_bytes(num_bytes: float) -> str:
    """A size as downloads are told: 34 MB, 1.2 GB."""
    if num_bytes < 1e9:
        return tr("{n} MB").format(n=say_count(max(1, round(num_bytes / 1e6))))
    return tr("{n} GB").format(n=QLocale().toString(num_bytes / 1e9, "f", 1))
