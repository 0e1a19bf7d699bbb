"""The country: fields, woods, water, scattered farms and huts, or nothing built at all."""

from __future__ import annotations

import numpy as np

from geoseg.scenes.buildings import Building, Finish, Part, RoofKind
from geoseg.scenes.houses import make_house
from geoseg.scenes.layout import Lot, make_frame, make_streets, split_block
from geoseg.scenes.objects import draw_car, draw_court, draw_truck
from geoseg.scenes.palettes import (
    ASPHALTS,
    DIRTS,
    GRASSES,
    GRAVELS,
    METALS,
    PAVINGS,
    THATCHES,
    TILES,
    pick,
    pick_metal,
)
from geoseg.scenes.stage import Plan, Stage, street_shapes
from geoseg.scenes.terrain import paint_ground, paint_patchy, paint_rows, paint_streets, paint_water
from geoseg.scenes.traffic import paint_parking
from geoseg.scenes.vegetation import draw_bushes


def compose_rural(stage: Stage) -> Plan:
    """Fields along tracks with a few farms, huts or houses."""
    lots = _paint_country(stage)
    rng = stage.rng
    metals = tuple(METALS[i] for i in rng.permutation(len(METALS))[:4])
    huts = stage.chance(0.4)
    buildings: list[Building] = []
    share = stage.between(0.3, 0.9)
    for lot in lots:
        x, y = lot.to_xy(0.0, 10.0).tolist()
        if not stage.chance(share) or not stage.canvas.is_free((x, y)):
            continue
        yard = [lot.to_xy(u, v) for u, v in ((-9, 1), (9, 1), (9, 19), (-9, 19))]
        paint_patchy(stage.canvas, np.asarray(yard), pick(rng, DIRTS), rng, 0.7)
        for _ in range(int(rng.integers(1, 5))):
            at = lot.to_xy(stage.between(-12, 12), stage.between(6, 24))
            if stage.canvas.is_free((float(at[0]), float(at[1]))):
                buildings.append(_farm(stage, (float(at[0]), float(at[1])), lot, metals, huts))
    return Plan(
        tuple(buildings),
        gap_m=1.0,
        trees_per_ha=stage.between(3, 90),
        tree_radius_m=(0.8, stage.between(2.5, 5.5)),
        palm_share=stage.between(0, 0.4),
    )


def _farm(
    stage: Stage,
    at: tuple[float, float],
    lot: Lot,
    metals: tuple[tuple[float, float, float], ...],
    huts: bool,
) -> Building:
    rng, angle = stage.rng, lot.angle_rad + stage.between(-0.3, 0.3)
    if huts and stage.chance(0.6):
        size = stage.between(3.2, 7.5)
        part = Part(0, 0, size, size, 1.8, "cone", stage.between(0.5, 0.9))
        return Building(*at, angle, (part,), Finish("thatch", pick(rng, THATCHES)))
    if stage.chance(0.25):
        size_m = (stage.between(9, 16), stage.between(8, 13))
        return make_house(stage, at, angle, size_m, [pick(rng, TILES)])
    width, depth = stage.between(5, 16), stage.between(4, 8)
    roof: RoofKind = "gable" if stage.chance(0.7) else "hip"
    part = Part(0, 0, width, depth, 2.8, roof, stage.between(0.2, 0.45))
    return Building(*at, angle, (part,), pick_metal(rng, metals, 0.25))


def _paint_country(stage: Stage) -> list[Lot]:
    """Ground, fields, tracks and at times water; the fields' lots."""
    rng, canvas = stage.rng, stage.canvas
    paint_ground(canvas, rng, GRASSES + DIRTS, contrast=0.22)
    frame = make_frame(rng, stage.size_m, bend=0.5)
    streets = make_streets(
        rng, frame, width_m=stage.between(3, 7), block_depth_m=(45, 110), block_length_m=(70, 200)
    )
    lots: list[Lot] = []
    for block in streets.blocks:
        width = stage.between(16, 50)
        for lot in split_block(rng, streets, block, lot_width_m=(width, width * 1.6)):
            if lot.is_near(stage.size_m):
                lots.append(lot)
                _paint_field(stage, lot)
    road = pick(rng, DIRTS if stage.chance(0.75) else ASPHALTS)
    keep = [line for line in streets.lines if stage.chance(0.45)]
    paint_streets(canvas, streets, rng, surface=road, lines=keep)
    if stage.chance(0.2):
        paint_water(canvas, rng)
    return lots


def _paint_field(stage: Stage, lot: Lot) -> None:
    canvas, rng = stage.canvas, stage.rng
    kind = rng.random()
    colour = pick(rng, GRASSES + DIRTS)
    if kind < 0.55:
        canvas.fill(lot.corners, colour, grain=0.07, mottle=0.12)
        paint_rows(
            canvas,
            lot.corners,
            pick(rng, GRASSES + DIRTS),
            angle_rad=lot.angle_rad + (np.pi / 2 if stage.chance(0.7) else 0.0),
            period_m=stage.between(0.8, 3.5),
            strength=stage.between(0.1, 0.7),
        )
    if kind > 0.3:
        paint_patchy(canvas, lot.corners, pick(rng, GRASSES + DIRTS), rng, stage.between(0.2, 0.8))
    if stage.chance(0.5):
        draw_bushes(canvas, rng, lot.corners, stage.between(0.05, 0.7))


def compose_empty(stage: Stage) -> Plan:
    """No building at all: country, woods, car parks, courts, bare building land."""
    kind = int(stage.rng.integers(5))
    if kind == 0:
        _paint_country(stage)
        return Plan(trees_per_ha=stage.between(0, 40))
    if kind == 1:
        _paint_country(stage)
        return Plan(trees_per_ha=stage.between(150, 500), tree_radius_m=(1.2, stage.between(3, 5)))
    if kind == 2:
        return _bare_land(stage)
    return _paved_land(stage)


def _bare_land(stage: Stage) -> Plan:
    """Soil or gravel with tracks, scrub and some lorries."""
    paint_ground(stage.canvas, stage.rng, DIRTS + GRAVELS, contrast=0.25)
    width, height = stage.size_m
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    draw_bushes(stage.canvas, stage.rng, whole, stage.between(0, 0.4))
    frame = make_frame(stage.rng, stage.size_m)
    streets = make_streets(
        stage.rng, frame, width_m=5, block_depth_m=(30, 90), block_length_m=(60, 160)
    )
    paint_streets(stage.canvas, streets, stage.rng, surface=pick(stage.rng, DIRTS))
    for _ in range(int(stage.rng.integers(0, 9))):
        x, y = stage.between(0, width), stage.between(0, height)
        draw = draw_truck if stage.chance(0.5) else draw_car
        draw(stage.canvas, x, y, stage.between(0, 6.3), stage.light, stage.rng)
    return Plan(trees_per_ha=stage.between(0, 15), tree_radius_m=(0.5, 2.0))


def _paved_land(stage: Stage) -> Plan:
    """Streets with car parks, courts and lawns between them."""
    rng = stage.rng
    paint_ground(stage.canvas, rng, GRASSES + GRAVELS)
    streets = make_streets(
        rng,
        make_frame(rng, stage.size_m),
        width_m=12,
        block_depth_m=(50, 90),
        block_length_m=(60, 150),
    )
    for block in streets.blocks:
        for lot in split_block(rng, streets, block, lot_width_m=(40, 70), rows=1, margin_m=2):
            if not lot.is_near(stage.size_m):
                continue
            kind = rng.random()
            if kind < 0.5:
                stage.canvas.fill(lot.corners, pick(rng, ASPHALTS), grain=0.05, mottle=0.08)
                paint_parking(stage, lot, (2.0, lot.depth_m - 2))
            elif kind < 0.7:
                x, y = lot.centre_xy
                draw_court(stage.canvas, x, y, lot.angle_rad, rng)
    paint_streets(stage.canvas, streets, rng, surface=pick(rng, ASPHALTS), walk=pick(rng, PAVINGS))
    return Plan(obstacles=street_shapes(streets), trees_per_ha=stage.between(5, 40))
