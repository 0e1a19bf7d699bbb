"""Detached houses: plain ones, and compounds of wings with hip and gable roofs."""

from __future__ import annotations

from collections.abc import Sequence

from geoseg.scenes.buildings import Building, Finish, Part, RoofKind
from geoseg.scenes.canvas import Colour
from geoseg.scenes.palettes import MEMBRANES, STUCCO, pick
from geoseg.scenes.stage import Stage


def make_house(
    stage: Stage,
    at: tuple[float, float],
    angle_rad: float,
    size_m: tuple[float, float],
    palette: Sequence[Colour],
    *,
    side: int = 1,
) -> Building:
    """A house that fills a width and depth.

    Args:
        stage: source of chance.
        at: middle, scene metres.
        angle_rad: direction of its front.
        size_m: width along the front, and depth.
        palette: colours of roofs in the neighbourhood.
        side: on which side of the front the garage is, 1 or -1.
    """
    kind = stage.rng.random()
    if kind < 0.12:
        return _plain_house(stage, at, angle_rad, size_m, palette)
    parts = _wings(stage, size_m, side)
    finish = Finish(
        "tile", pick(stage.rng, palette, 0.05), pick(stage.rng, STUCCO), wear=stage.between(0, 0.6)
    )
    return Building(*at, angle_rad, tuple(parts), finish, _things(stage))


def _plain_house(
    stage: Stage,
    at: tuple[float, float],
    angle_rad: float,
    size_m: tuple[float, float],
    palette: Sequence[Colour],
) -> Building:
    """One or two rectangles under a shallow gable or a flat roof."""
    width, depth = size_m[0], min(size_m[1], stage.between(8, 12))
    flat = stage.chance(0.3)
    roof: RoofKind = "flat" if flat else "gable"
    slope = 0.0 if flat else stage.between(0.12, 0.3)
    parts = [Part(0, 0, width, depth, 3.0, roof, slope)]
    if stage.chance(0.6):
        wing = stage.between(0.3, 0.5) * width
        u = (width - wing) / 2 * float(stage.rng.choice([-1, 1]))
        parts.append(Part(u, -depth / 2, wing, depth * 0.7, 2.8, roof, slope, ridge_along_u=False))
    if flat:
        colour = pick(stage.rng, MEMBRANES)
        finish = Finish("membrane", colour, pick(stage.rng, STUCCO), wear=stage.between(0.1, 0.8))
    else:
        finish = Finish("tile", pick(stage.rng, palette, 0.05), pick(stage.rng, STUCCO))
    return Building(*at, angle_rad, tuple(parts), finish, _things(stage))


def _wings(stage: Stage, size_m: tuple[float, float], side: int) -> list[Part]:
    width, depth = size_m
    roof: RoofKind = "hip" if stage.chance(0.65) else "gable"
    slope = stage.between(0.3, 0.55)
    eave = stage.between(2.8, 3.4) if stage.chance(0.6) else stage.between(4.8, 6)
    low = eave if stage.chance(0.6) else min(eave, 3.0)
    body_w, body_d = width * stage.between(0.8, 1.0), depth * stage.between(0.55, 0.75)
    body_v = (depth - body_d) / 2 if stage.chance(0.6) else stage.between(-1, 1)
    parts = [Part(0, body_v, body_w, body_d, eave, roof, slope)]
    front, back = body_v - body_d / 2, body_v + body_d / 2
    garage_w, garage_d = width * stage.between(0.36, 0.55), max(3.0, front + depth / 2 + 2.5)
    garage_u = side * (body_w - garage_w) / 2
    parts.append(
        Part(garage_u, front + 2.5 - garage_d / 2, garage_w, garage_d, low, roof, slope, False)
    )
    if stage.chance(0.5):
        porch = min(stage.between(3, 5), width * 0.4)
        u = -side * stage.between(0.0, width / 2 - porch)
        parts.append(Part(u, front - 0.2, porch, stage.between(2.5, 5), low, roof, slope, False))
    if stage.chance(0.5):
        rear_w, rear_d = width * stage.between(0.25, 0.55), stage.between(3, 6)
        u = stage.between(-1, 1) * (body_w - rear_w) / 2
        v = back + rear_d / 2 - 1.5
        parts.append(Part(u, v, rear_w, rear_d, low, roof, slope, False))
    if stage.chance(0.3):
        cover = stage.between(3, 6)
        parts.append(Part(stage.between(-3, 3), back + 1.3, cover, 3.4, 2.5, "flat"))
    return parts


def _things(stage: Stage) -> tuple[str, ...]:
    things = ["vent"] * int(stage.rng.integers(0, 5))
    things += ["solar"] * int(stage.chance(0.2)) + ["skylight"] * int(stage.chance(0.15))
    return tuple(things + ["unit"] * int(stage.chance(0.2)))
