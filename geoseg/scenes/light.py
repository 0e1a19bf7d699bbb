"""The sun of a scene: how bright a slope is and where shadows fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Light:
    """One light for a whole scene.

    Attributes:
        towards_xy: unit vector on the ground towards the sun, y down.
        elevation_rad: height of the sun above the horizon.
        ambient: share of light that reaches a surface in shade.
        lean_xy: shift of a point in the image per metre of height (oblique view).
    """

    towards_xy: tuple[float, float]
    elevation_rad: float
    ambient: float
    lean_xy: tuple[float, float]

    def shade(self, slope: float, facing_xy: tuple[float, float]) -> float:
        """Brightness of a plane against level ground.

        Args:
            slope: rise over run.
            facing_xy: unit vector in which the plane looks down.

        Returns:
            1.0 for level ground, more towards the sun, `ambient` at least.
        """
        cos = 1 / np.sqrt(1 + slope * slope)
        along = facing_xy[0] * self.towards_xy[0] + facing_xy[1] * self.towards_xy[1]
        direct = cos + cos * slope * along / np.tan(self.elevation_rad)
        return float(self.ambient + (1 - self.ambient) * np.clip(direct, 0.0, 1.55))

    def shadow_offset(self, height_m: float) -> tuple[float, float]:
        """Shift on the ground of the shadow of a point `height_m` up, metres."""
        length = height_m / float(np.tan(self.elevation_rad))
        return -self.towards_xy[0] * length, -self.towards_xy[1] * length


def make_light(rng: np.random.Generator, *, max_lean: float = 0.25) -> Light:
    """A sun in any direction, 28 to 68 degrees high, and a slightly oblique view."""
    azimuth = float(rng.uniform(0, 2 * np.pi))
    lean_angle = float(rng.uniform(0, 2 * np.pi))
    lean = max_lean * float(rng.random()) ** 1.5
    return Light(
        (float(np.cos(azimuth)), float(np.sin(azimuth))),
        float(np.radians(rng.uniform(28, 68))),
        float(rng.uniform(0.3, 0.55)),
        (lean * float(np.cos(lean_angle)), lean * float(np.sin(lean_angle))),
    )
