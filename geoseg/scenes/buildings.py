"""Buildings as compounds of rectangles with a roof each, and their footprints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Point, Polygon, box

from geoseg.scenes.canvas import Colour

RoofKind = Literal["flat", "gable", "hip", "shed", "cone"]
Surface = Literal["tile", "metal", "concrete", "thatch", "membrane"]


@dataclass(frozen=True)
class Part:
    """One rectangle of a building, or a circle for a cone.

    Attributes:
        u, v: middle in the building's own frame, metres.
        width_m, depth_m: extent along u and along v.
        eave_m: height of the eaves above ground.
        roof: shape of the roof.
        slope: rise over run of its planes.
        ridge_along_u: direction of the ridge of a gable; a shed falls across it.
    """

    u: float
    v: float
    width_m: float
    depth_m: float
    eave_m: float
    roof: RoofKind
    slope: float = 0.0
    ridge_along_u: bool = True

    def outline(self) -> Polygon:
        """Outline in the building's own frame."""
        if self.roof == "cone":
            return Point(self.u, self.v).buffer(self.width_m / 2, quad_segs=6)
        half_w, half_d = self.width_m / 2, self.depth_m / 2
        return box(self.u - half_w, self.v - half_d, self.u + half_w, self.v + half_d)


@dataclass(frozen=True)
class Finish:
    """What a roof is made of.

    Attributes:
        surface: kind of texture.
        colour: RGB 0..1.
        wall: RGB 0..1 of the walls.
        patches: other colours that single sheets or parts of a roof may have.
        patch_share: share of sheets that differ.
        wear: 0..1, strength of stains and rust.
    """

    surface: Surface
    colour: Colour
    wall: Colour = (0.72, 0.68, 0.6)
    patches: tuple[Colour, ...] = ()
    patch_share: float = 0.0
    wear: float = 0.3


@dataclass(frozen=True)
class Building:
    """A building in scene metres.

    Attributes:
        x, y: where its own frame has (0, 0).
        angle_rad: direction of u; v is a quarter turn further.
        parts: its rectangles.
        finish: its materials.
        extras: names of things on its roof, see `roof_objects`.
        footprint: outline of the roof as seen from above, derived from the parts.
    """

    x: float
    y: float
    angle_rad: float
    parts: tuple[Part, ...]
    finish: Finish
    extras: tuple[str, ...] = ()
    footprint: Polygon = field(init=False)

    def __post_init__(self) -> None:
        union = shapely.union_all([part.outline() for part in self.parts], grid_size=0.01)
        if union.geom_type != "Polygon":
            union = max(union.geoms, key=lambda piece: piece.area)
        solid = Polygon(union.exterior).simplify(0.005)
        object.__setattr__(self, "footprint", self.place(solid))

    def place(self, shape: Polygon) -> Polygon:
        """Move a shape from the building's frame into the scene."""
        cos, sin = float(np.cos(self.angle_rad)), float(np.sin(self.angle_rad))
        return affinity.affine_transform(shape, [cos, -sin, sin, cos, self.x, self.y])

    @property
    def height_m(self) -> float:
        """Height of the highest eaves."""
        return max(part.eave_m for part in self.parts)


def keep_apart(
    buildings: Iterable[Building], obstacles: Sequence[Polygon] = (), *, gap_m: float = 0.0
) -> list[Building]:
    """Drop buildings that overlap an earlier one or an obstacle.

    Args:
        buildings: in order of preference.
        obstacles: shapes that no building may touch.
        gap_m: least distance between two buildings; 0 lets them share a wall.

    Returns:
        The buildings kept, in order; their footprints share no area.
    """
    wanted = list(buildings)
    shapes = [one.footprint.buffer(gap_m / 2) if gap_m else one.footprint for one in wanted]
    if not shapes:
        return []
    dropped: set[int] = set()
    if len(obstacles):
        dropped.update(shapely.STRtree(shapes).query(list(obstacles), "intersects")[1].tolist())
    first, second = shapely.STRtree(shapes).query(shapes, "intersects")
    order = np.lexsort((second, first))
    for one, other in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if one >= other or one in dropped or other in dropped:
            continue
        if shapes[one].intersection(shapes[other]).area > 1e-6:
            dropped.add(other)
    return [building for index, building in enumerate(wanted) if index not in dropped]
