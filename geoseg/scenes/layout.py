"""Where streets and lots lie: a gently bent grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
Range = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """Street coordinates: `s` along the streets, `t` across them, bent to circles.

    Attributes:
        centre_xy: where (0, 0) lies, metres.
        angle_rad: direction of the streets there.
        curvature: 1 / radius of the street through (0, 0), 1/m; 0 is straight.
        reach_m: the frame is used for |t| up to this.
    """

    centre_xy: tuple[float, float]
    angle_rad: float
    curvature: float
    reach_m: float

    def to_xy(self, s: ArrayLike, t: ArrayLike) -> Points:
        """Scene metres (..., 2) of street coordinates."""
        s_m, t_m = np.broadcast_arrays(np.asarray(s, float), np.asarray(t, float))
        if abs(self.curvature) < 1e-8:
            x, y = s_m, t_m
        else:
            radius = 1 / self.curvature
            x = (radius - t_m) * np.sin(s_m * self.curvature)
            y = radius - (radius - t_m) * np.cos(s_m * self.curvature)
        cos, sin = np.cos(self.angle_rad), np.sin(self.angle_rad)
        return np.stack(
            [self.centre_xy[0] + x * cos - y * sin, self.centre_xy[1] + x * sin + y * cos], axis=-1
        )

    def angle_at(self, s: float) -> float:
        """Direction of the street at `s`."""
        return self.angle_rad + s * self.curvature

    def line(self, s: Range, t: Range, step_m: float = 4.0) -> Points:
        """Polyline from (s0, t0) to (s1, t1)."""
        count = max(2, int(max(abs(s[1] - s[0]), abs(t[1] - t[0])) / step_m) + 1)
        return self.to_xy(np.linspace(*s, count), np.linspace(*t, count))


def make_frame(
    rng: np.random.Generator, size_m: tuple[float, float], *, bend: float = 0.5
) -> Frame:
    """A frame that covers a scene; `bend` is the chance of curved streets."""
    half = float(np.hypot(*size_m)) / 2 + 15
    curvature = rng.uniform(-0.55, 0.55) / half if rng.random() < bend else 0.0
    centre = (size_m[0] * rng.uniform(0.3, 0.7), size_m[1] * rng.uniform(0.3, 0.7))
    return Frame(centre, float(rng.uniform(0, 2 * np.pi)), curvature, half * 1.25)


@dataclass(frozen=True)
class Lot:
    """A parcel between `s0..s1` and `t0..t1`; `front` is +1 if its street is at t0, else -1.

    Its own coordinates: u along the street from the middle, v from the front to the back.
    """

    frame: Frame
    s0: float
    s1: float
    t0: float
    t1: float
    front: int

    @property
    def depth_m(self) -> float:
        """Distance from front to back."""
        return self.t1 - self.t0

    @property
    def width_m(self) -> float:
        """Length of the middle line, as it lies on the bent ground."""
        middle = (self.t0 + self.t1) / 2
        return (self.s1 - self.s0) * (1 - middle * self.frame.curvature)

    @property
    def corners(self) -> Points:
        """Outline (4, 2) in scene metres."""
        s = [self.s0, self.s1, self.s1, self.s0]
        return self.frame.to_xy(s, [self.t0, self.t0, self.t1, self.t1])

    @property
    def centre_xy(self) -> tuple[float, float]:
        """Middle in scene metres."""
        x, y = self.frame.to_xy((self.s0 + self.s1) / 2, (self.t0 + self.t1) / 2)
        return float(x), float(y)

    @property
    def angle_rad(self) -> float:
        """Direction of u; v is a quarter turn further."""
        angle = self.frame.angle_at((self.s0 + self.s1) / 2)
        return angle if self.front > 0 else angle + np.pi

    def to_xy(self, u: ArrayLike, v: ArrayLike) -> Points:
        """Scene metres (..., 2) of lot coordinates."""
        u_m = np.asarray(u, float)
        v_m = np.asarray(v, float) - self.depth_m / 2
        cos, sin = np.cos(self.angle_rad), np.sin(self.angle_rad)
        x, y = self.centre_xy
        return np.stack([x + u_m * cos - v_m * sin, y + u_m * sin + v_m * cos], axis=-1)

    def is_near(self, size_m: tuple[float, float], margin_m: float = 25.0) -> bool:
        """Whether the lot can matter for a scene of this size."""
        low, high = self.corners.min(axis=0), self.corners.max(axis=0)
        return bool((high > -margin_m).all() and (low < np.asarray(size_m) + margin_m).all())


@dataclass(frozen=True)
class Streets:
    """Centre lines of the streets and the blocks (s0, s1, t0, t1) between them."""

    frame: Frame
    width_m: float
    lines: tuple[Points, ...]
    blocks: tuple[tuple[float, float, float, float], ...]


def make_streets(
    rng: np.random.Generator,
    frame: Frame,
    *,
    width_m: float,
    block_depth_m: Range,
    block_length_m: Range,
) -> Streets:
    """Cover a frame with streets along `s` and shorter ones across."""
    lines: list[Points] = []
    blocks: list[tuple[float, float, float, float]] = []
    reach, gap = frame.reach_m, width_m / 2
    s_reach = reach * 2.2 if frame.curvature else reach
    t = -reach - float(rng.uniform(0, block_depth_m[1]))
    while t < reach:
        depth = float(rng.uniform(*block_depth_m))
        lines.append(frame.line((-s_reach, s_reach), (t, t)))
        s = -s_reach - float(rng.uniform(0, block_length_m[1]))
        while s < s_reach:
            length = float(rng.uniform(*block_length_m))
            lines.append(frame.line((s, s), (t, t + width_m + depth)))
            blocks.append((s + gap, s + gap + length, t + gap, t + gap + depth))
            s += length + width_m
        t += depth + width_m
    return Streets(frame, width_m, tuple(lines), tuple(blocks))


def split_block(
    rng: np.random.Generator,
    streets: Streets,
    block: tuple[float, float, float, float],
    *,
    lot_width_m: Range,
    rows: int = 2,
    margin_m: float = 0.0,
) -> Iterator[Lot]:
    """Lots of a block: `rows` rows, each cut into widths from the range."""
    s0, s1, t0, t1 = block
    edges = np.linspace(t0 + margin_m, t1 - margin_m, rows + 1)
    for row in range(rows):
        s = s0 + margin_m
        while s < s1 - margin_m:
            width = float(rng.uniform(*lot_width_m))
            end = s + width
            if s1 - margin_m - end < lot_width_m[0] * 0.8:
                end = s1 - margin_m
            front = 1 if row < rows / 2 else -1
            yield Lot(streets.frame, s, end, float(edges[row]), float(edges[row + 1]), front)
            s = end
