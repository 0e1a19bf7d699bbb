"""What a style works with, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Polygon

from geoseg.scenes.buildings import Building
from geoseg.scenes.canvas import Canvas
from geoseg.scenes.layout import Streets
from geoseg.scenes.light import Light


@dataclass(frozen=True)
class Stage:
    """The place where a style builds: canvas, light and chance."""

    canvas: Canvas
    light: Light
    rng: np.random.Generator

    @property
    def size_m(self) -> tuple[float, float]:
        """Width and height of the scene."""
        return self.canvas.size_m

    @property
    def area_ha(self) -> float:
        """Area of the scene in hectares."""
        return self.size_m[0] * self.size_m[1] / 10_000

    def chance(self, share: float) -> bool:
        """True with a probability of `share`."""
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> float:
        """A number from a range."""
        return float(self.rng.uniform(low, high))


@dataclass(frozen=True)
class Plan:
    """What stands on the ground that a style has painted.

    Attributes:
        buildings: candidates in order of preference; overlapping ones are dropped.
        obstacles: shapes that no building may touch.
        gap_m: least distance between buildings.
        trees_per_ha: number of trees before those on roofs and roads are left out.
        tree_radius_m: range of crown radii.
        palm_share: share of palms.
    """

    buildings: tuple[Building, ...] = ()
    obstacles: tuple[Polygon, ...] = ()
    gap_m: float = 0.0
    trees_per_ha: float = 20.0
    tree_radius_m: tuple[float, float] = (0.8, 4.0)
    palm_share: float = 0.1


def street_shapes(streets: Streets, width_m: float | None = None) -> tuple[Polygon, ...]:
    """The streets as polygons that keep buildings away."""
    half = (streets.width_m if width_m is None else width_m) / 2
    return tuple(
        LineString(line).buffer(half, cap_style="flat", join_style="mitre")
        for line in streets.lines
    )
