"""Large buildings and what is taken for one: car parks, containers, lorries, courts."""

from __future__ import annotations

import numpy as np

from geoseg.scenes.buildings import Building, Finish, Part
from geoseg.scenes.layout import Lot, make_frame, make_streets, split_block
from geoseg.scenes.objects import draw_court, draw_truck
from geoseg.scenes.palettes import (
    ASPHALTS,
    DIRTS,
    GRASSES,
    MEMBRANES,
    PAINTED,
    PAVINGS,
    STUCCO,
    pick,
)
from geoseg.scenes.stage import Plan, Stage, street_shapes
from geoseg.scenes.terrain import paint_ground, paint_patchy, paint_streets
from geoseg.scenes.traffic import paint_parking


def compose_industry(stage: Stage) -> Plan:
    """Paint streets, yards and car parks; plan halls and blocks of flats."""
    rng = stage.rng
    paint_ground(stage.canvas, rng, GRASSES + DIRTS)
    frame = make_frame(rng, stage.size_m, bend=0.3)
    width = stage.between(11, 18)
    streets = make_streets(
        rng, frame, width_m=width, block_depth_m=(60, 120), block_length_m=(80, 170)
    )
    buildings: list[Building] = []
    for block in streets.blocks:
        lot_w = stage.between(28, 70)
        for lot in split_block(rng, streets, block, lot_width_m=(lot_w, lot_w * 1.4), margin_m=2):
            if lot.is_near(stage.size_m) and lot.width_m > 20:
                buildings += _yard(stage, lot)
    paint_streets(stage.canvas, streets, rng, surface=pick(rng, ASPHALTS), walk=pick(rng, PAVINGS))
    return Plan(
        tuple(buildings),
        street_shapes(streets),
        gap_m=1.0,
        trees_per_ha=stage.between(2, 30),
        tree_radius_m=(0.8, 3.5),
        palm_share=0.05,
    )


def _yard(stage: Stage, lot: Lot) -> list[Building]:
    kind = stage.rng.random()
    if kind < 0.08:
        paint_patchy(stage.canvas, lot.corners, pick(stage.rng, GRASSES), stage.rng, 0.7)
        return []
    stage.canvas.fill(
        lot.corners, pick(stage.rng, ASPHALTS + PAVINGS + DIRTS), grain=0.05, mottle=0.1
    )
    if kind < 0.18:
        paint_parking(stage, lot, (2.0, lot.depth_m - 2))
        return []
    if kind < 0.22:
        for k in range(int(lot.width_m // 36)):
            x, y = lot.to_xy(-lot.width_m / 2 + 20 + 36 * k, lot.depth_m / 2).tolist()
            draw_court(stage.canvas, x, y, lot.angle_rad, stage.rng)
        return []
    apron = stage.between(8, 20)
    paint_parking(stage, lot, (2.0, apron))
    hall = _hall(stage, lot, apron)
    for _ in range(int(stage.rng.poisson(3))):
        u = stage.between(-0.5, 0.5) * (lot.width_m - 8)
        x, y = lot.to_xy(u, lot.depth_m - stage.between(3, 10)).tolist()
        turn = float(stage.rng.choice([0, np.pi / 2])) + stage.between(-0.06, 0.06)
        draw_truck(stage.canvas, x, y, lot.angle_rad + turn, stage.light, stage.rng)
    return hall


def _hall(stage: Stage, lot: Lot, apron: float) -> list[Building]:
    width = lot.width_m * stage.between(0.5, 0.88)
    depth = (lot.depth_m - apron) * stage.between(0.5, 0.8)
    if min(width, depth) < 9:
        return []
    x, y = lot.to_xy(stage.between(-2, 2), apron + 1 + depth / 2).tolist()
    eave, rng = stage.between(5, 12), stage.rng
    kind = rng.random()
    if kind < 0.25:
        return [_low_pitch(stage, (x, y), lot.angle_rad, (width, depth), eave)]
    if kind < 0.38:
        bays = max(2, int(width // 8))
        each = width / bays
        parts = [
            Part(-width / 2 + each * (i + 0.5), 0, each, depth, eave, "shed", 0.35, False)
            for i in range(bays)
        ]
        finish = Finish("metal", pick(rng, MEMBRANES + PAINTED), wear=stage.between(0, 0.4))
        return [Building(x, y, lot.angle_rad, tuple(parts), finish)]
    parts = [Part(0, 0, width, depth, eave, "flat")]
    if stage.chance(0.5):
        w, d = width * stage.between(0.2, 0.5), stage.between(4, 10)
        u = stage.between(-1, 1) * (width - w) / 2
        v = float(rng.choice([-1, 1])) * (depth / 2 + d / 2 - 2)
        parts.append(Part(u, v, w, d, max(3.5, eave - 2), "flat"))
    extras = ("parapet",) + ("unit",) * int(rng.poisson(width * depth / 160))
    extras += ("skylight",) * int(rng.poisson(width * depth / 250))
    finish = Finish("membrane", pick(rng, MEMBRANES), pick(rng, STUCCO), wear=stage.between(0, 0.8))
    return [Building(x, y, lot.angle_rad, tuple(parts), finish, extras)]


def _low_pitch(
    stage: Stage, at: tuple[float, float], angle: float, size_m: tuple[float, float], eave: float
) -> Building:
    width, depth = size_m
    part = Part(0, 0, width, depth, eave, "gable", 0.12, width > depth)
    colour = pick(stage.rng, PAINTED + MEMBRANES)
    extras = ("skylight",) * int(stage.rng.poisson(3))
    return Building(
        *at, angle, (part,), Finish("metal", colour, wear=stage.between(0, 0.5)), extras
    )
