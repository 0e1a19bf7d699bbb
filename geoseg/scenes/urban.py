"""City blocks: flat concrete roofs with parapets and tanks, rows of touching houses."""

from __future__ import annotations

import numpy as np

from geoseg.scenes.buildings import Building, Finish, Part
from geoseg.scenes.layout import Lot, make_frame, make_streets, split_block
from geoseg.scenes.objects import draw_litter, draw_wall
from geoseg.scenes.palettes import (
    ASPHALTS,
    CONCRETES,
    DIRTS,
    GRASSES,
    METALS,
    PARAPETS,
    PAVINGS,
    STUCCO,
    TILES,
    pick,
    pick_metal,
)
from geoseg.scenes.stage import Plan, Stage, street_shapes
from geoseg.scenes.terrain import paint_ground, paint_patchy, paint_streets
from geoseg.scenes.traffic import draw_street_cars


def compose_urban(stage: Stage) -> Plan:
    """Paint streets and plots; plan rows (terraces) or single blocks of flats."""
    rng = stage.rng
    terraces = stage.chance(0.45)
    paint_ground(stage.canvas, rng, DIRTS + PAVINGS if stage.chance(0.7) else GRASSES)
    frame = make_frame(rng, stage.size_m, bend=0.4)
    paved = stage.chance(0.7)
    width = stage.between(9, 14) if paved else stage.between(5, 9)
    streets = make_streets(
        rng, frame, width_m=width, block_depth_m=(24, 48), block_length_m=(40, 130)
    )
    surface = pick(rng, ASPHALTS if paved else DIRTS)
    walk = pick(rng, PAVINGS) if paved else None
    tiled = terraces and stage.chance(0.4)
    buildings: list[Building] = []
    for block in streets.blocks:
        lot_w = stage.between(5, 9) if terraces else stage.between(9, 17)
        lots = split_block(rng, streets, block, lot_width_m=(lot_w, lot_w * 1.3))
        near = [lot for lot in lots if lot.is_near(stage.size_m, 15) and lot.width_m > 4]
        for lot in near:
            _paint_plot(stage, lot)
        depth = stage.between(8, 14)
        for lot in near:
            buildings += _row_house(stage, lot, depth, tiled) if terraces else _flats(stage, lot)
    paint_streets(stage.canvas, streets, rng, surface=surface, walk=walk)
    corners = np.array([(0.0, 0.0), stage.size_m])
    draw_litter(stage.canvas, rng, corners, int(stage.area_ha * stage.between(5, 60)), stage.light)
    draw_street_cars(stage, streets.lines, spacing_m=60, beside_m=(1.5, 3.5))
    return Plan(
        tuple(buildings),
        street_shapes(streets),
        gap_m=0.0,
        trees_per_ha=stage.between(3, 30),
        tree_radius_m=(0.8, stage.between(2, 5)),
        palm_share=0.1,
    )


def _paint_plot(stage: Stage, lot: Lot) -> None:
    if stage.chance(0.35):
        paint_patchy(
            stage.canvas, lot.corners, pick(stage.rng, GRASSES), stage.rng, stage.between(0.2, 0.9)
        )
    elif stage.chance(0.4):
        stage.canvas.fill(lot.corners, pick(stage.rng, PAVINGS), mottle=0.12)
    if stage.chance(0.3):
        line = np.vstack([lot.corners, lot.corners[:1]])
        draw_wall(stage.canvas, line, pick(stage.rng, PARAPETS), stage.light, 1.7)


def _flat_finish(stage: Stage) -> Finish:
    return Finish(
        "concrete",
        pick(stage.rng, CONCRETES),
        pick(stage.rng, PARAPETS),
        wear=stage.between(0.05, 0.7),
    )


def _roof_extras(stage: Stage, area_m2: float) -> tuple[str, ...]:
    extras = ["parapet"] if stage.chance(0.8) else []
    extras += ["stairs"] * int(area_m2 > 50 and stage.chance(0.55))
    extras += ["tank"] * int(stage.rng.poisson(0.9))
    extras += ["sheet"] * int(stage.rng.poisson(0.35)) + ["unit"] * int(stage.rng.poisson(0.2))
    return tuple(extras)


def _row_house(stage: Stage, lot: Lot, depth: float, tiled: bool) -> list[Building]:
    """One house of a terrace: as wide as its lot, so that neighbours share a wall."""
    if stage.chance(0.07):
        return []
    own = depth * (1.0 if tiled else stage.between(0.85, 1.15))
    if own > lot.depth_m - 1:
        return []
    x, y = lot.to_xy(0.0, 1.0 + own / 2).tolist()
    width = lot.width_m
    if tiled:
        part = Part(0, 0, width, own, 6.0, "gable", 0.45)
        finish = Finish("tile", pick(stage.rng, TILES), pick(stage.rng, STUCCO), wear=0.4)
        return [
            Building(x, y, lot.angle_rad, (part,), finish, ("skylight",) * int(stage.chance(0.3)))
        ]
    if stage.chance(0.25):
        part = Part(0, 0, width, own, 3.5, "shed", 0.08)
        return [Building(x, y, lot.angle_rad, (part,), pick_metal(stage.rng, METALS, 0.35))]
    parts = [Part(0, 0, width, own, stage.between(3, 11), "flat")]
    extras = _roof_extras(stage, width * own)
    return [Building(x, y, lot.angle_rad, tuple(parts), _flat_finish(stage), extras)]


def _flats(stage: Stage, lot: Lot) -> list[Building]:
    """A free-standing house or block with a flat roof, of one to three rectangles."""
    if stage.chance(0.12):
        return []
    width = lot.width_m * stage.between(0.6, 0.95)
    depth = min(lot.depth_m - 2, stage.between(8, 20))
    if min(width, depth) < 4:
        return []
    slack = (lot.depth_m - depth) / 2
    x, y = lot.to_xy(
        stage.between(-0.5, 0.5), lot.depth_m / 2 + stage.between(-slack, slack) * 0.8
    ).tolist()
    eave = stage.between(3, 14)
    main_d = depth * stage.between(0.6, 1.0)
    parts = [Part(0, 0, width, main_d, eave, "flat")]
    if stage.chance(0.5):
        wing = width * stage.between(0.3, 0.7)
        side = 1 if stage.chance(0.5) else -1
        wing_d = stage.between(2.5, 6)
        v = (main_d / 2 + wing_d / 2 - 1) * (1 if stage.chance(0.5) else -1)
        parts.append(
            Part(
                side * (width - wing) / 2,
                v,
                wing,
                wing_d,
                eave if stage.chance(0.4) else max(2.8, eave - 3),
                "flat",
            )
        )
    if stage.chance(0.25):
        return [Building(x, y, lot.angle_rad, tuple(parts[:1]), pick_metal(stage.rng, METALS, 0.4))]
    extras = _roof_extras(stage, width * depth)
    return [Building(x, y, lot.angle_rad, tuple(parts), _flat_finish(stage), extras)]
