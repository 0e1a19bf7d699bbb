"""Private gardens: lawns and gravel, patios, walls, pools, sheds and what lies about."""

from __future__ import annotations

import numpy as np

from geoseg.scenes.buildings import Building, Finish, Part, RoofKind
from geoseg.scenes.canvas import Colour
from geoseg.scenes.layout import Lot
from geoseg.scenes.objects import draw_box, draw_car, draw_litter, draw_pool, draw_wall, rectangle
from geoseg.scenes.palettes import GRASSES, GRAVELS, PAVINGS, pick
from geoseg.scenes.stage import Stage
from geoseg.scenes.terrain import paint_patchy
from geoseg.scenes.vegetation import draw_bushes

_WALLS: tuple[Colour, ...] = ((0.68, 0.62, 0.56), (0.5, 0.43, 0.37), (0.75, 0.73, 0.7))


def paint_garden(stage: Stage, lot: Lot, *, lawn_share: float) -> None:
    """Ground cover, scrub, patio and boundary wall of a lot."""
    canvas, rng = stage.canvas, stage.rng
    corners = lot.corners
    ground = GRASSES if stage.chance(lawn_share) else GRAVELS
    canvas.fill(corners, pick(rng, ground), grain=0.07, mottle=0.12)
    if stage.chance(0.6):
        paint_patchy(canvas, corners, pick(rng, GRASSES + GRAVELS), rng, stage.between(0.1, 0.5))
    if stage.chance(0.7):
        draw_bushes(canvas, rng, corners, stage.between(0.1, 0.45))
    half, depth = lot.width_m / 2, lot.depth_m
    if stage.chance(0.5):
        u, v = stage.between(-half, max(-half, half - 6)), stage.between(depth * 0.5, depth - 5)
        long, wide = stage.between(3, 9), stage.between(2.5, 5)
        patio = lot.to_xy([u, u + long, u + long, u], [v, v, v + wide, v + wide])
        canvas.fill(patio, pick(rng, PAVINGS))
    if stage.chance(0.8):
        start = depth * 0.35
        line = lot.to_xy([-half, -half, half, half], [start, depth, depth, start])
        draw_wall(canvas, line, pick(rng, _WALLS), stage.light, 1.7)
    if stage.chance(0.35):
        back = lot.to_xy([-half, half, half, -half], [depth * 0.6, depth * 0.6, depth, depth])
        draw_litter(canvas, rng, back, int(rng.integers(2, 14)), stage.light)


def draw_drive(stage: Stage, lot: Lot, u: float, setback_m: float) -> None:
    """A paved way from the street to the garage at `u`, at times with a car on it."""
    half = stage.between(2.5, 3.5)
    corners = lot.to_xy([u - half, u + half, u + half, u - half], [-2, -2, setback_m, setback_m])
    stage.canvas.fill(corners, pick(stage.rng, PAVINGS), mottle=0.08)
    if stage.chance(0.45):
        x, y = lot.to_xy(u + stage.between(-1.3, 1.3), setback_m - 3.4).tolist()
        draw_car(stage.canvas, x, y, lot.angle_rad + np.pi / 2, stage.light, stage.rng)


def furnish_back(
    stage: Stage, lot: Lot, back_m: float, palette: tuple[Colour, ...]
) -> list[Building]:
    """Pool, trampoline, caravan or shed in the last `back_m` of a lot; sheds are returned."""
    canvas, light, rng = stage.canvas, stage.light, stage.rng
    middle = lot.depth_m - back_m / 2
    if back_m > 7 and stage.chance(0.3):
        x, y = lot.to_xy(stage.between(-3, 3), middle).tolist()
        draw_pool(canvas, x, y, lot.angle_rad + stage.between(-0.2, 0.2), rng)
    elif stage.chance(0.12):
        x, y = lot.to_xy(stage.between(-5, 5), middle).tolist()
        turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        ring = np.stack([x + 1.9 * np.cos(turn), y + 1.9 * np.sin(turn)], axis=1)
        draw_box(canvas, ring, (0.1, 0.11, 0.13), light, 0.8)
    if stage.chance(0.08):
        side = (lot.width_m / 2 - 1.8) * float(rng.choice([-1, 1]))
        x, y = lot.to_xy(side, lot.depth_m * 0.55).tolist()
        van = rectangle(x, y, stage.between(6, 9), 2.4, lot.angle_rad + np.pi / 2)
        draw_box(canvas, van, (0.84, 0.84, 0.83), light, 2.6, block=True)
    return [_make_shed(stage, lot, palette)] if back_m > 6 and stage.chance(0.2) else []


def _make_shed(stage: Stage, lot: Lot, palette: tuple[Colour, ...]) -> Building:
    width, depth = stage.between(2.5, 6), stage.between(2.5, 4.5)
    u = stage.between(-1, 1) * (lot.width_m / 2 - width / 2 - 1)
    x, y = lot.to_xy(u, lot.depth_m - depth / 2 - 0.9).tolist()
    colour = pick(stage.rng, (*palette, (0.8, 0.8, 0.78), (0.6, 0.6, 0.6)))
    roof: RoofKind = "gable" if stage.chance(0.6) else "flat"
    part = Part(0, 0, width, depth, 2.3, roof, 0.3)
    return Building(x, y, lot.angle_rad, (part,), Finish("metal", colour, wear=0.1))
