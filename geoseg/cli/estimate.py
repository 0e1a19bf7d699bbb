"""What `geoseg predict --estimate` tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoseg.cli.messages import report_result, warn_user

if TYPE_CHECKING:
    from geoseg.prediction import Estimate


def report_estimate(estimate: Estimate | None) -> None:
    """End the command with how long a run would take; None where there is nothing to do."""
    if estimate is None:
        report_result("nothing to do: all results are there", {"tiles": 0, "seconds": 0})
        return
    for line in estimate.left_out:
        warn_user(f"left out: {line}")
    several = f" of {estimate.num_rasters:,} rasters" if estimate.num_rasters > 1 else ""
    report_result(
        f"{estimate.num_tiles:,} tiles{several}, {estimate.area_km2:.3g} km2 at "
        f"{estimate.gsd_m:.2g} m: about {format_seconds(estimate.seconds)} with {estimate.engine} "
        "on this machine",
        {
            "tiles": estimate.num_tiles,
            "area_km2": round(estimate.area_km2, 6),
            "gsd_m": round(estimate.gsd_m, 6),
            "tiles_per_s": round(estimate.tiles_per_s, 3),
            "seconds": round(estimate.seconds, 1),
            "engine": estimate.engine,
            "rasters": estimate.num_rasters,
            "left_out": list(estimate.left_out),
        },
    )


def format_seconds(seconds: float) -> str:
    """A time as people say it.

    Example:
        >>> format_seconds(34.6), format_seconds(400), format_seconds(9000)
        ('35 s', '7 min', '2.5 h')
    """
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
