"""Dense towns of metal roofs: narrow lanes, bare ground, patched and rusty sheets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geoseg.scenes.buildings import Building, Part, RoofKind
from geoseg.scenes.canvas import Colour
from geoseg.scenes.layout import Lot, make_frame, make_streets, split_block
from geoseg.scenes.objects import draw_litter, draw_wall
from geoseg.scenes.palettes import DIRTS, GRASSES, METALS, pick, pick_metal
from geoseg.scenes.stage import Plan, Stage, street_shapes
from geoseg.scenes.terrain import paint_ground, paint_patchy, paint_streets
from geoseg.scenes.traffic import draw_street_cars
from geoseg.scenes.vegetation import draw_bushes

_WALLS: tuple[Colour, ...] = ((0.6, 0.56, 0.5), (0.5, 0.42, 0.34))


def compose_town(stage: Stage) -> Plan:
    """Paint lanes and yards; plan small houses, one to four in a yard."""
    rng = stage.rng
    ground = tuple(pick(rng, DIRTS) for _ in range(2))
    paint_ground(stage.canvas, rng, ground, contrast=0.2)
    frame = make_frame(rng, stage.size_m, bend=0.4)
    lane = stage.between(3, 7)
    streets = make_streets(
        rng, frame, width_m=lane, block_depth_m=(18, 42), block_length_m=(35, 110)
    )
    whole = _whole(stage)
    if stage.chance(0.6):
        paint_patchy(stage.canvas, whole, pick(rng, GRASSES), rng, stage.between(0.05, 0.35))
        draw_bushes(stage.canvas, rng, whole, stage.between(0.0, 0.3))
    surface = pick(rng, ground if stage.chance(0.7) else ((0.42, 0.41, 0.4),))
    paint_streets(stage.canvas, streets, rng, surface=surface)
    habit = _choose_habit(stage)
    buildings: list[Building] = []
    for block in streets.blocks:
        width = stage.between(8, 15)
        rows = 2 if block[3] - block[2] < 30 else int(rng.integers(2, 5))
        for lot in split_block(rng, streets, block, lot_width_m=(width, width * 1.5), rows=rows):
            if lot.is_near(stage.size_m, 15) and lot.width_m > 4:
                buildings += _fill_lot(stage, lot, habit)
    draw_litter(stage.canvas, rng, whole, int(stage.area_ha * stage.between(20, 160)), stage.light)
    draw_street_cars(stage, streets.lines, spacing_m=400, beside_m=(0.0, 1.0))
    return Plan(
        tuple(buildings),
        street_shapes(streets, lane * 0.8),
        gap_m=0.0 if habit.least_fill > 0.8 else stage.between(0.0, 0.8),
        trees_per_ha=stage.between(2, 40),
        tree_radius_m=(0.8, stage.between(2, 6)),
        palm_share=stage.between(0, 0.5),
    )


def _whole(stage: Stage) -> np.ndarray:
    width, height = stage.size_m
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], float)


@dataclass(frozen=True)
class _Habit:
    """How a town builds: its metals, and how full lots are.

    Attributes:
        metals: kinds of bare metal roofs.
        painted: share of painted roofs.
        fullness: share of the cells of a lot that are built on.
        least_fill: smallest share of a cell's side that its house takes.
    """

    metals: tuple[Colour, ...]
    painted: float
    fullness: float
    least_fill: float


def _choose_habit(stage: Stage) -> _Habit:
    kinds = stage.rng.permutation(len(METALS))[: int(stage.rng.integers(3, 8))]
    metals = tuple(METALS[kind] for kind in kinds)
    painted = stage.between(0.0, 0.45)
    if stage.chance(0.35):
        return _Habit(metals, painted, stage.between(0.93, 1.0), stage.between(0.9, 0.97))
    return _Habit(metals, painted, stage.between(0.6, 0.98), 0.75)


def _fill_lot(stage: Stage, lot: Lot, habit: _Habit) -> list[Building]:
    rng = stage.rng
    turn = 0.0 if habit.least_fill > 0.8 else stage.between(-0.06, 0.06)
    if stage.chance(0.25):
        line = np.vstack([lot.corners, lot.corners[:1]])
        draw_wall(stage.canvas, line, pick(rng, _WALLS), stage.light, 1.6)
    if stage.chance(0.08):
        paint_patchy(stage.canvas, lot.corners, pick(rng, GRASSES), rng, 0.8)
        return []
    buildings = []
    for u, v, width, depth in _cells(stage, lot, habit):
        x, y = lot.to_xy(u, v).tolist()
        finish = pick_metal(rng, habit.metals, habit.painted)
        parts = _small_house(stage, width, depth)
        buildings.append(Building(x, y, lot.angle_rad + turn, parts, finish))
    return buildings


def _small_house(stage: Stage, width: float, depth: float) -> tuple[Part, ...]:
    """One roof, at times with a lower one over the entrance."""
    eave = stage.between(2.3, 3.4) if stage.chance(0.85) else stage.between(5, 7)
    if min(width, depth) > 5 and stage.chance(0.65):
        roof: RoofKind = "gable" if stage.chance(0.75) else "hip"
        main = Part(0, 0, width, depth, eave, roof, stage.between(0.2, 0.45), width > depth)
    else:
        fall = stage.between(0.06, 0.2)
        main = Part(0, 0, width, depth, eave, "shed", fall, stage.chance(0.5))
    if min(width, depth) <= 4 or not stage.chance(0.3):
        return (main,)
    size, out = stage.between(2.5, 0.7 * width), stage.between(1.2, 2.6)
    shift = stage.between(-1, 1) * (width - size) / 2
    return main, Part(shift, -depth / 2 - out / 2 + 0.2, size, out, 2.2, "shed", 0.1)


def _cells(stage: Stage, lot: Lot, habit: _Habit) -> list[tuple[float, float, float, float]]:
    """Boxes (u, v, width, depth) in a lot: one house, or several round a yard."""
    width, depth = lot.width_m - 0.4, lot.depth_m - 0.4
    cells = [(-width / 2, 0.2, width, depth)]
    for _ in range(3):
        split = []
        for u, v, w, d in cells:
            if max(w, d) < 9 or (max(w, d) < 13 and stage.chance(0.6)):
                split.append((u, v, w, d))
            elif w > d:
                cut = w * stage.between(0.35, 0.65)
                split += [(u, v, cut, d), (u + cut, v, w - cut, d)]
            else:
                cut = d * stage.between(0.35, 0.65)
                split += [(u, v, w, cut), (u, v + cut, w, d - cut)]
        cells = split
    result = []
    for u, v, w, d in cells:
        if not stage.chance(habit.fullness) or min(w, d) < 2.2:
            continue
        used_w = w * stage.between(habit.least_fill, 0.99)
        used_d = d * stage.between(habit.least_fill, 0.99)
        slack_u, slack_v = (w - used_w) / 2, (d - used_d) / 2
        middle_u = u + w / 2 + stage.between(-slack_u, slack_u)
        middle_v = v + d / 2 + stage.between(-slack_v, slack_v)
        result.append((middle_u, middle_v, used_w, used_d))
    return result
