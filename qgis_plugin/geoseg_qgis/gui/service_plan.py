"""What has to be fetched of a service, by arithmetic: nothing is asked of it."""

from __future__ import annotations

import math

from qgis.core import QgsRectangle

from geoseg_qgis.engine.errors import EngineError
from geoseg_qgis.gui.wording import say_area, say_count, say_duration
from geoseg_qgis.raster_export import ExportPlan, plan_export
from geoseg_qgis.raster_input import RasterInput
from geoseg_qgis.translation import tr

# That of the bundled model. What others want is only known once they are asked.
_GSD_M = 0.2
_TILE_PX = 300
_STRIDE_PX = 236


def plan_service(raster: RasterInput, extent: QgsRectangle | None) -> tuple[ExportPlan | None, str]:
    """Plan what would be fetched for the bundled model.

    Args:
        raster: One that must be copied.
        extent: What is wanted, in the CRS of the raster; None for all of it.

    Returns:
        The plan, or None and why there can be none.
    """
    try:
        return plan_export(raster, extent, _GSD_M), ""
    except EngineError as error:
        return None, str(error)


def say_plan(plan: ExportPlan, tiles_per_s: float) -> str:
    """A plan in two lines.

    Args:
        plan: What would be fetched.
        tiles_per_s: As measured the last time; 0 where nothing was measured yet.
    """
    shrink = plan.gsd_m / _GSD_M
    tiles = math.prod(
        max(1, math.ceil((side * shrink - _TILE_PX) / _STRIDE_PX) + 1) for side in plan.size_wh
    )
    text = tr("{tiles} tiles, {area}, {n} megapixels to fetch").format(
        tiles=say_count(tiles),
        area=say_area(plan.num_px * plan.gsd_m**2 / 1e6),
        n=say_count(max(1, round(plan.num_px / 1e6))),
    )
    if tiles_per_s > 0:
        text = tr("{what}: about {duration} and the time to fetch").format(
            what=text, duration=say_duration(tiles / tiles_per_s)
        )
    hint = tr("Press the arrow to measure; a small part is fetched for that.")
    return "\n".join(filter(None, [text, hint, plan.warning]))
