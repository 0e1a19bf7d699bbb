"""Suburbs of detached houses: bent streets, closes, gardens, tiled roofs."""

from __future__ import annotations

import numpy as np
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import unary_union

from geoseg.scenes.buildings import Building
from geoseg.scenes.canvas import Colour
from geoseg.scenes.gardens import draw_drive, furnish_back, paint_garden
from geoseg.scenes.houses import make_house
from geoseg.scenes.layout import Lot, Streets, make_frame, make_streets, split_block
from geoseg.scenes.palettes import ASPHALTS, GRASSES, GRAVELS, PAVINGS, TILES, pick
from geoseg.scenes.stage import Plan, Stage, street_shapes
from geoseg.scenes.terrain import paint_ground, paint_streets
from geoseg.scenes.traffic import draw_street_cars


def compose_suburb(stage: Stage) -> Plan:
    """Paint streets, lots and gardens; plan the houses."""
    rng = stage.rng
    green = stage.chance(0.4)
    paint_ground(stage.canvas, rng, GRASSES if green else GRAVELS)
    streets = make_streets(
        rng,
        make_frame(rng, stage.size_m, bend=0.6),
        width_m=stage.between(10.5, 15),
        block_depth_m=(44, 66),
        block_length_m=(110, 300),
    )
    palette = tuple(pick(rng, TILES) for _ in range(int(rng.integers(1, 5))))
    lots = _split_into_lots(stage, streets)
    for lot in lots:
        paint_garden(stage, lot, lawn_share=0.75 if green else 0.3)
    walk, surface = pick(rng, PAVINGS), pick(rng, ASPHALTS)
    paint_streets(stage.canvas, streets, rng, surface=surface, walk=walk)
    houses: list[Building] = []
    closes: list[Polygon] = []
    for block in streets.blocks:
        if block[1] - block[0] > 80 and stage.chance(0.3):
            closes += _paint_close(stage, streets, block, (surface, walk), palette, houses)
    paved = unary_union(closes)
    for lot in lots:
        if not paved.intersects(Polygon(lot.corners).buffer(-3)):
            houses += _build_on_lot(stage, lot, palette)
    kerb = streets.width_m / 2 - 3
    draw_street_cars(stage, streets.lines, spacing_m=45, beside_m=(kerb, kerb))
    return Plan(
        tuple(houses),
        street_shapes(streets) + tuple(closes),
        gap_m=0.8,
        trees_per_ha=stage.between(30, 140),
        tree_radius_m=(0.7, stage.between(2.5, 5.5)),
        palm_share=stage.between(0, 0.25),
    )


def _split_into_lots(stage: Stage, streets: Streets) -> list[Lot]:
    width = stage.between(12.5, 22)
    return [
        lot
        for block in streets.blocks
        for lot in split_block(
            stage.rng, streets, block, lot_width_m=(width, width * 1.25), margin_m=0.5
        )
        if lot.is_near(stage.size_m) and lot.width_m > 9
    ]


def _build_on_lot(stage: Stage, lot: Lot, palette: tuple[Colour, ...]) -> list[Building]:
    setback = stage.between(4.0, 7.5)
    width = min(lot.width_m - stage.between(1.6, 3.6), 22.0)
    depth = min(stage.between(11, 18), lot.depth_m - setback - 3)
    if width < 7 or depth < 7 or stage.chance(0.04):
        return []
    side = 1 if stage.chance(0.5) else -1
    x, y = lot.to_xy(stage.between(-0.4, 0.4), setback + depth / 2).tolist()
    turn = lot.angle_rad + stage.between(-0.04, 0.04)
    house = make_house(stage, (x, y), turn, (width, depth), palette, side=side)
    draw_drive(stage, lot, side * (width / 2 - 3.3), setback + 1)
    return [house, *furnish_back(stage, lot, lot.depth_m - setback - depth, palette)]


def _paint_close(
    stage: Stage,
    streets: Streets,
    block: tuple[float, float, float, float],
    colours: tuple[Colour, Colour],
    palette: tuple[Colour, ...],
    houses: list[Building],
) -> list[Polygon]:
    """A cul-de-sac: a stub with a round end, and houses round it that are added to the list."""
    canvas, (surface, walk) = stage.canvas, colours
    s0, s1, t0, t1 = block
    s, radius = stage.between(s0 + 40, s1 - 40), stage.between(10, 13)
    t = t0 + (t1 - t0) * stage.between(0.42, 0.55)
    x, y = streets.frame.to_xy(s, t).tolist()
    stub = streets.frame.line((s, s), (t0 - streets.width_m / 2, t))
    end = Point(x, y)
    canvas.fill(np.asarray(end.buffer(radius + 1.7).exterior.coords), walk)
    canvas.stroke([stub], 11.4, walk)
    canvas.fill(np.asarray(end.buffer(radius).exterior.coords), surface, grain=0.05, block=True)
    canvas.stroke([stub], 8, surface, grain=0.05, block=True)
    towards_stub = streets.frame.angle_at(s) - np.pi / 2
    for turn in np.radians([70, 125, 180, 235, 290]):
        angle = float(towards_stub + turn)
        size = (stage.between(12, 15), stage.between(11, 15))
        reach = radius + 4.5 + size[1] / 2
        out = np.array([np.cos(angle), np.sin(angle)])
        at = (x + reach * float(out[0]), y + reach * float(out[1]))
        houses.append(make_house(stage, at, angle - np.pi / 2, size, palette))
        canvas.stroke([np.array([x, y]) + np.outer([radius - 1, reach], out)], 5.5, walk)
    return [end.buffer(radius + 1.5), LineString(stub).buffer(5.5, cap_style="flat")]
