"""Things that stand about: cars, pools, solar panels, tanks, walls, litter, painted courts."""

from __future__ import annotations

import numpy as np
from shapely.geometry import Point

from geoseg.scenes.buildings import Building
from geoseg.scenes.canvas import Canvas, Colour
from geoseg.scenes.layout import Points
from geoseg.scenes.light import Light
from geoseg.scenes.palettes import pick

CARS: tuple[Colour, ...] = (
    (0.85, 0.85, 0.85),
    (0.75, 0.75, 0.77),
    (0.5, 0.5, 0.52),
    (0.12, 0.12, 0.13),
    (0.2, 0.22, 0.27),
    (0.5, 0.12, 0.1),
    (0.18, 0.25, 0.45),
    (0.55, 0.5, 0.42),
)
CONTAINERS: tuple[Colour, ...] = (
    (0.55, 0.2, 0.15),
    (0.2, 0.35, 0.5),
    (0.75, 0.75, 0.72),
    (0.25, 0.4, 0.28),
    (0.7, 0.45, 0.15),
)
_POOLS: tuple[Colour, ...] = ((0.3, 0.62, 0.68), (0.22, 0.5, 0.62), (0.35, 0.66, 0.62))


def rectangle(x: float, y: float, length_m: float, width_m: float, angle_rad: float) -> Points:
    """Corners (4, 2) of a rectangle round (x, y) with its length along the angle."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    u = np.array([-1, 1, 1, -1]) * length_m / 2
    v = np.array([-1, -1, 1, 1]) * width_m / 2
    return np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=1)


def draw_box(
    canvas: Canvas,
    corners: Points,
    colour: Colour,
    light: Light,
    height_m: float,
    *,
    mottle: float = 0.04,
    block: bool = False,
) -> None:
    """A block with its shadow; drawn on whatever is below it."""
    shadow = corners + np.asarray(light.shadow_offset(height_m)) * 0.9
    for points in (shadow, (corners + shadow) / 2):
        canvas.fill(points, (0.06, 0.06, 0.07), alpha=0.42 * (1 - light.ambient) + 0.1)
    canvas.fill(corners, colour, mottle=mottle, block=block)


def draw_car(
    canvas: Canvas, x: float, y: float, angle_rad: float, light: Light, rng: np.random.Generator
) -> None:
    """A car: body, darker windows, lighter roof."""
    long, wide = float(rng.uniform(3.9, 5.0)), float(rng.uniform(1.7, 2.0))
    colour = pick(rng, CARS)
    draw_box(canvas, rectangle(x, y, long, wide, angle_rad), colour, light, 1.2, block=True)
    cos, sin = float(np.cos(angle_rad)), float(np.sin(angle_rad))
    glass = rectangle(x - 0.2 * cos, y - 0.2 * sin, long * 0.56, wide * 0.86, angle_rad)
    canvas.fill(glass, (0.1, 0.11, 0.13))
    top = rectangle(x - 0.3 * cos, y - 0.3 * sin, long * 0.34, wide * 0.8, angle_rad)
    canvas.fill(top, colour)


def draw_truck(
    canvas: Canvas, x: float, y: float, angle_rad: float, light: Light, rng: np.random.Generator
) -> None:
    """A container or the trailer of a lorry, with its cab at times."""
    long = float(rng.choice([6.1, 8.0, 12.2]))
    colour = pick(rng, CONTAINERS)
    draw_box(canvas, rectangle(x, y, long, 2.5, angle_rad), colour, light, 2.8, block=True)
    if rng.random() < 0.5:
        ahead = long / 2 + 1.3
        cab = rectangle(
            x + ahead * float(np.cos(angle_rad)),
            y + ahead * float(np.sin(angle_rad)),
            2,
            2.4,
            angle_rad,
        )
        draw_box(canvas, cab, pick(rng, CARS), light, 2.4, block=True)


def draw_pool(
    canvas: Canvas, x: float, y: float, angle_rad: float, rng: np.random.Generator
) -> None:
    """A swimming pool with a light rim, rectangular or rounded."""
    long, wide = float(rng.uniform(6, 11)), float(rng.uniform(3.2, 5))
    if rng.random() < 0.4:
        shape = rectangle(x, y, long, wide, angle_rad)
        rim = rectangle(x, y, long + 2, wide + 2, angle_rad)
    else:
        turn = np.linspace(0, 2 * np.pi, 40)
        waist = 1 + 0.22 * np.cos(2 * turn + rng.uniform(0, 6)) + 0.12 * np.cos(3 * turn)
        u, v = np.cos(turn) * waist, np.sin(turn) * waist
        cos, sin = np.cos(angle_rad), np.sin(angle_rad)

        def ring(extra: float) -> Points:
            a, b = u * (long / 2 + extra), v * (wide / 2 + extra)
            return np.stack([x + a * cos - b * sin, y + a * sin + b * cos], axis=1)

        shape, rim = ring(0.0), ring(0.9)
    canvas.fill(rim, (0.66, 0.63, 0.58), block=True)
    canvas.fill(shape, pick(rng, _POOLS), grain=0.04, mottle=0.07)


def draw_wall(
    canvas: Canvas, line_m: Points, colour: Colour, light: Light, height_m: float
) -> None:
    """A garden wall or fence with its shadow."""
    canvas.stroke(
        [line_m + np.asarray(light.shadow_offset(height_m)) * 0.6],
        0.6 * height_m,
        (0.05, 0.05, 0.06),
        alpha=0.45,
    )
    canvas.stroke([line_m], 0.22, colour)


def draw_litter(
    canvas: Canvas, rng: np.random.Generator, area: Points, count: int, light: Light
) -> None:
    """Small things of all colours (crates, washing, rubble) inside the box round an area."""
    low, high = area.min(axis=0), area.max(axis=0)
    for _ in range(count):
        x, y = rng.uniform(low, high).tolist()
        if not canvas.is_free((x, y)):
            continue
        long, wide = rng.uniform(0.3, 1.6, 2).tolist()
        red, green, blue = (rng.uniform(0.15, 0.85, 3) * 0.4 + rng.uniform(0.1, 0.5)).tolist()
        corners = rectangle(x, y, long, wide, float(rng.uniform(0, np.pi)))
        draw_box(canvas, corners, (red, green, blue), light, 0.6)


def draw_court(
    canvas: Canvas, x: float, y: float, angle_rad: float, rng: np.random.Generator
) -> None:
    """A tennis or basketball court with its lines."""
    base = pick(rng, ((0.2, 0.4, 0.32), (0.5, 0.28, 0.2), (0.25, 0.36, 0.5), (0.48, 0.46, 0.42)))
    outer = pick(rng, ((0.3, 0.38, 0.3), (0.45, 0.3, 0.25), (0.5, 0.49, 0.46)))
    canvas.fill(rectangle(x, y, 34, 17, angle_rad), outer, block=True)
    canvas.fill(rectangle(x, y, 23.8, 11, angle_rad), base)
    for long, wide in ((23.8, 11.0), (23.8, 8.2), (12.8, 8.2), (0.05, 11.0)):
        corners = rectangle(x, y, long, wide, angle_rad)
        canvas.stroke([np.concatenate([corners, corners[:1]])], 0.14, (0.85, 0.85, 0.82))


def draw_roof_things(
    canvas: Canvas, building: Building, light: Light, rng: np.random.Generator
) -> None:
    """Draw the building's extras: panels, vents, skylights, units, tanks, stairs, sheets."""
    for name in building.extras:
        if name == "parapet":
            continue
        part = building.parts[0]
        u = part.u + float(rng.uniform(-0.36, 0.36)) * part.width_m
        v = part.v + float(rng.uniform(-0.36, 0.36)) * part.depth_m
        cos, sin = float(np.cos(building.angle_rad)), float(np.sin(building.angle_rad))
        x, y = building.x + u * cos - v * sin, building.y + u * sin + v * cos
        if building.footprint.contains(Point(x, y)):
            _draw_extra(canvas, name, (x, y), building, light, rng)


def _draw_extra(
    canvas: Canvas,
    name: str,
    at: tuple[float, float],
    building: Building,
    light: Light,
    rng: np.random.Generator,
) -> None:
    (x, y), angle = at, building.angle_rad
    if name == "solar":
        cols, rows = int(rng.integers(2, 6)), int(rng.integers(1, 3))
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        for i in range(cols):
            for j in range(rows):
                du, dv = (i - (cols - 1) / 2) * 1.05, (j - (rows - 1) / 2) * 1.75
                panel = rectangle(
                    x + du * cos - dv * sin, y + du * sin + dv * cos, 0.98, 1.65, angle
                )
                canvas.fill(panel, (0.1, 0.12, 0.2))
    elif name == "vent":
        draw_box(canvas, rectangle(x, y, 0.6, 0.6, angle), (0.75, 0.74, 0.72), light, 0.6)
    elif name == "skylight":
        canvas.fill(rectangle(x, y, 1.3, 0.9, angle), (0.72, 0.76, 0.8))
    elif name == "unit":
        size = float(rng.uniform(1.2, 3.0))
        draw_box(canvas, rectangle(x, y, size, size * 0.8, angle), (0.66, 0.67, 0.68), light, 1.3)
    elif name == "tank":
        ring = np.asarray(Point(x, y).buffer(float(rng.uniform(0.5, 0.9)), 6).exterior.coords)
        colour = pick(
            rng, ((0.1, 0.1, 0.11), (0.75, 0.76, 0.78), (0.2, 0.35, 0.3), (0.2, 0.3, 0.5))
        )
        draw_box(canvas, ring[:-1], colour, light, 1.4)
    elif name == "stairs":
        draw_box(
            canvas,
            rectangle(x, y, float(rng.uniform(2.4, 4)), 2.4, angle),
            pick(rng, (building.finish.colour, building.finish.wall)),
            light,
            2.4,
            mottle=0.1,
        )
    else:
        long, wide = rng.uniform(1.5, 4.5, 2).tolist()
        colour = pick(
            rng, ((0.25, 0.4, 0.6), (0.6, 0.25, 0.22), (0.6, 0.6, 0.6), (0.3, 0.42, 0.25))
        )
        draw_box(canvas, rectangle(x, y, long, wide, angle), colour, light, 0.8)
