"""Cars along streets and in marked bays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geoseg.scenes.layout import Lot, Points
from geoseg.scenes.objects import draw_car
from geoseg.scenes.stage import Stage

_LINE_STEP_M = 4.0


def draw_street_cars(
    stage: Stage, lines: Sequence[Points], *, spacing_m: float, beside_m: tuple[float, float]
) -> None:
    """Put cars along centre lines.

    Args:
        stage: where to draw.
        lines: centre lines (N, 2) with a vertex about every four metres.
        spacing_m: mean distance between two cars.
        beside_m: range of the distance from the centre line.
    """
    for line in lines:
        for _ in range(int(stage.rng.poisson(len(line) * _LINE_STEP_M / spacing_m))):
            index = int(stage.rng.integers(len(line) - 1))
            ahead = line[index + 1] - line[index]
            angle = float(np.arctan2(ahead[1], ahead[0]))
            offset = stage.between(*beside_m) * float(stage.rng.choice([-1, 1]))
            x, y = line[index] + offset * np.array([-np.sin(angle), np.cos(angle)])
            if stage.canvas.patch_of([(x, y)]) is not None:
                draw_car(stage.canvas, float(x), float(y), angle, stage.light, stage.rng)


def paint_parking(stage: Stage, lot: Lot, v_range: tuple[float, float]) -> None:
    """Rows of bays with painted lines, some of them taken, from v to v of a lot."""
    canvas = stage.canvas
    busy, half = stage.between(0.1, 0.8), lot.width_m / 2 - 2
    v = v_range[0]
    while v + 5 < v_range[1]:
        edges = np.arange(-half, half, 2.6)
        bays = [lot.to_xy([u, u], [v, v + 4.8]) for u in edges]
        canvas.stroke(bays, 0.12, (0.75, 0.75, 0.73), alpha=0.8)
        for u in edges[:-1]:
            if not stage.chance(busy):
                continue
            x, y = lot.to_xy(u + 1.3, v + 2.4 + stage.between(-0.3, 0.3)).tolist()
            if canvas.patch_of([(x, y)]) is not None:
                angle = lot.angle_rad + np.pi / 2 + stage.between(-0.04, 0.04)
                draw_car(canvas, x, y, angle, stage.light, stage.rng)
        v += float(stage.rng.choice([5.2, 11.5]))
