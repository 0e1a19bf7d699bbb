"""Estates of flats: long compound blocks, covered parking, lawns."""

from __future__ import annotations

import numpy as np

from geoseg.scenes.buildings import Building, Finish, Part, RoofKind
from geoseg.scenes.canvas import Colour
from geoseg.scenes.layout import Lot, make_frame, make_streets, split_block
from geoseg.scenes.palettes import (
    ASPHALTS,
    GRASSES,
    GRAVELS,
    MEMBRANES,
    PAVINGS,
    STUCCO,
    TILES,
    pick,
)
from geoseg.scenes.stage import Plan, Stage, street_shapes
from geoseg.scenes.terrain import paint_ground, paint_patchy, paint_streets
from geoseg.scenes.traffic import draw_street_cars, paint_parking
from geoseg.scenes.vegetation import draw_bushes


def compose_estate(stage: Stage) -> Plan:
    """Paint drives, lawns and car parks; plan blocks of flats and carports."""
    rng = stage.rng
    grounds = GRASSES if stage.chance(0.5) else GRAVELS
    paint_ground(stage.canvas, rng, grounds)
    streets = make_streets(
        rng,
        make_frame(rng, stage.size_m, bend=0.3),
        width_m=stage.between(8, 13),
        block_depth_m=(56, 84),
        block_length_m=(60, 150),
    )
    roof, asphalt = pick(rng, TILES), pick(rng, ASPHALTS)
    flat = stage.chance(0.3)
    buildings: list[Building] = []
    for block in streets.blocks:
        lot_w = stage.between(26, 42)
        for lot in split_block(rng, streets, block, lot_width_m=(lot_w, lot_w * 1.4), margin_m=2):
            if not lot.is_near(stage.size_m) or lot.width_m < 16:
                continue
            paint_patchy(stage.canvas, lot.corners, pick(rng, GRASSES), rng, stage.between(0.3, 1))
            draw_bushes(stage.canvas, rng, lot.corners, stage.between(0.1, 0.4))
            if stage.chance(0.45):
                buildings += _carports(stage, lot, asphalt)
            else:
                buildings.append(_block(stage, lot, roof, flat=flat))
    paint_streets(stage.canvas, streets, rng, surface=asphalt, walk=pick(rng, PAVINGS))
    draw_street_cars(stage, streets.lines, spacing_m=70, beside_m=(2.0, 4.0))
    return Plan(
        tuple(buildings),
        street_shapes(streets),
        gap_m=1.0,
        trees_per_ha=stage.between(30, 120),
        tree_radius_m=(0.8, stage.between(2.5, 5)),
        palm_share=0.1,
    )


def _block(stage: Stage, lot: Lot, colour: Colour, *, flat: bool) -> Building:
    """A compound of two or three wings and some bays that stand out."""
    width, depth = lot.width_m * stage.between(0.6, 0.85), stage.between(12, 19)
    roof: RoofKind = "flat" if flat else ("hip" if stage.chance(0.6) else "gable")
    slope, eave = (0.0 if flat else stage.between(0.25, 0.45)), stage.between(5.5, 9)
    parts = [Part(0, 0, width, depth * 0.7, eave, roof, slope)]
    for u in np.linspace(-0.5, 0.5, int(stage.rng.integers(2, 5))):
        bay = stage.between(4, 8)
        reach = depth * stage.between(0.85, 1.15)
        middle = u * (width - bay)
        parts.append(Part(middle, stage.between(-1, 1), bay, reach, eave, roof, slope, False))
    x, y = lot.to_xy(0.0, lot.depth_m * stage.between(0.42, 0.58)).tolist()
    turn = lot.angle_rad + (stage.between(-0.5, 0.5) if stage.chance(0.3) else 0.0)
    surface = pick(stage.rng, MEMBRANES) if flat else pick(stage.rng, (colour,))
    finish = Finish(
        "membrane" if flat else "tile", surface, pick(stage.rng, STUCCO), wear=stage.between(0, 0.5)
    )
    things = ("vent",) * int(stage.rng.integers(0, 8)) + (("parapet",) if flat else ())
    return Building(x, y, turn, tuple(parts), finish, things)


def _carports(stage: Stage, lot: Lot, asphalt: Colour) -> list[Building]:
    """A car park with rows of flat metal covers over some of its bays."""
    stage.canvas.fill(lot.corners, asphalt, grain=0.05, mottle=0.08)
    paint_parking(stage, lot, (1.5, lot.depth_m - 1.5))
    colour = pick(stage.rng, MEMBRANES)
    covers = []
    v = 4.0
    while v < lot.depth_m - 4:
        if stage.chance(0.7):
            length = lot.width_m * stage.between(0.45, 0.9)
            x, y = lot.to_xy(stage.between(-1.5, 1.5), v).tolist()
            part = Part(0, 0, length, 5.6, 2.6, "shed", 0.03)
            finish = Finish("metal", pick(stage.rng, (colour,), 0.02), wear=0.1)
            covers.append(Building(x, y, lot.angle_rad, (part,), finish))
        v += float(stage.rng.choice([11.5, 16.5]))
    return covers
