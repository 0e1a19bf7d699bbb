"""Footprints as JSON lines, while a run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from geoseg.cli.messages import emit_event

if TYPE_CHECKING:
    from geoseg.types import Footprints

MAX_PER_LINE = 500
"""Footprints of one event: a line of some 150 kB."""


def tell_of_footprints(first_id: int, footprints: Footprints) -> None:
    """Emit `footprints` events.

    Args:
        first_id: `id` of the first of them in the files of the result.
        footprints: none gives no event.
    """
    from geoseg.crs import describe_crs

    told = list(_describe(first_id, footprints))
    for start in range(0, len(told), MAX_PER_LINE):
        some = told[start : start + MAX_PER_LINE]
        emit_event("footprints", {"crs": describe_crs(footprints.crs), "footprints": some})


def _describe(first_id: int, footprints: Footprints) -> Iterator[dict[str, object]]:
    """Plain values of each footprint, rounded as in the files."""
    import shapely

    from geoseg.export.table import round_values

    shapes = shapely.to_wkb(footprints.polygons, hex=True, byte_order=1)
    scores, areas_m2 = round_values(footprints)
    for index, shape in enumerate(shapes):
        yield {
            "id": first_id + index,
            "wkb": shape,
            "score": float(scores[index]),
            "area_m2": float(areas_m2[index]),
        }
