"""Whole scenes: an image and the true outlines of the roofs in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Polygon, box

from geoseg.errors import ConfigError
from geoseg.scenes.buildings import Building, keep_apart
from geoseg.scenes.camera import capture, make_camera
from geoseg.scenes.canvas import Canvas
from geoseg.scenes.estate import compose_estate
from geoseg.scenes.industry import compose_industry
from geoseg.scenes.light import Light, make_light
from geoseg.scenes.objects import draw_roof_things
from geoseg.scenes.roofs import draw_roof, draw_shadows, draw_walls
from geoseg.scenes.rural import compose_empty, compose_rural
from geoseg.scenes.stage import Plan, Stage
from geoseg.scenes.suburb import compose_suburb
from geoseg.scenes.town import compose_town
from geoseg.scenes.urban import compose_urban
from geoseg.scenes.vegetation import draw_trees, scatter_trees

_COMPOSERS: dict[str, Callable[[Stage], Plan]] = {
    "suburb": compose_suburb,
    "town": compose_town,
    "urban": compose_urban,
    "estate": compose_estate,
    "industry": compose_industry,
    "rural": compose_rural,
    "empty": compose_empty,
}
STYLES: tuple[str, ...] = tuple(_COMPOSERS)
_SUPERSAMPLING = 2
_MIN_VISIBLE_PX2 = 1.0


@dataclass(frozen=True)
class Scene:
    """An invented aerial image with its truth.

    Attributes:
        image: uint8 (h, w, 3), RGB.
        footprints: outlines of the roofs as seen, cut at the image's edge; shapely polygons
            in pixels (x right, y down, (0, 0) the outer corner of the first pixel), valid,
            sharing no area.
        gsd_m: metres per pixel.
        style: one of `STYLES`.
    """

    image: NDArray[np.uint8]
    footprints: tuple[Polygon, ...]
    gsd_m: float
    style: str


def make_scene(
    seed: int, *, size_px: int | tuple[int, int], gsd_m: float, style: str | None = None
) -> Scene:
    """Invent a scene.

    Args:
        seed: 0 or above; the same seed and arguments give the same bytes, as long as NumPy
            and OpenCV stay the same.
        size_px: side, or (height, width).
        gsd_m: metres per pixel, 0.05 to 2.
        style: one of `STYLES`; None lets the seed choose.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> scene = make_scene(1, size_px=(40, 60), gsd_m=0.5, style="suburb")
        >>> scene.image.shape
        (40, 60, 3)
    """
    shape_hw = (size_px, size_px) if isinstance(size_px, int) else size_px
    if seed < 0:
        raise ConfigError(f"seed must be at least 0; got {seed}.")
    if min(shape_hw) < 1:
        raise ConfigError(f"size_px must be at least 1; got {shape_hw}.")
    if not 0.05 <= gsd_m <= 2:
        raise ConfigError(f"gsd_m must be in 0.05..2; got {gsd_m}.")
    if style is not None and style not in STYLES:
        raise ConfigError(f"style must be one of {', '.join(STYLES)}; got {style}.")
    rng = np.random.default_rng(seed)
    chosen = STYLES[int(rng.integers(len(STYLES)))] if style is None else style
    canvas_hw = (shape_hw[0] * _SUPERSAMPLING, shape_hw[1] * _SUPERSAMPLING)
    canvas = Canvas(canvas_hw, _SUPERSAMPLING / gsd_m, rng)
    stage = Stage(canvas, make_light(rng), rng)
    plan = _COMPOSERS[chosen](stage)
    buildings = keep_apart(plan.buildings, plan.obstacles, gap_m=plan.gap_m)
    _build(canvas, buildings, plan, stage.light, rng)
    camera = make_camera(
        rng, satellite=chosen in ("suburb", "estate", "industry") or rng.random() < 0.3
    )
    image = capture(canvas.rgb, shape_hw, camera, rng)
    return Scene(image, _footprints_px(buildings, shape_hw, gsd_m), gsd_m, chosen)


def _build(
    canvas: Canvas, buildings: list[Building], plan: Plan, light: Light, rng: np.random.Generator
) -> None:
    draw_shadows(canvas, buildings, light)
    for building in buildings:
        draw_walls(canvas, building, light)
    for building in buildings:
        draw_roof(canvas, building, light, rng)
        draw_roof_things(canvas, building, light, rng)
    width, height = canvas.size_m
    trees = scatter_trees(
        rng,
        canvas,
        int(plan.trees_per_ha * width * height / 10_000),
        radius_m=plan.tree_radius_m,
        palm_share=plan.palm_share,
    )
    draw_trees(canvas, trees, light, rng)


def _footprints_px(
    buildings: list[Building], shape_hw: tuple[int, int], gsd_m: float
) -> tuple[Polygon, ...]:
    frame = box(0, 0, shape_hw[1], shape_hw[0])
    pieces: list[Polygon] = []
    for building in buildings:
        outline = affinity.scale(building.footprint, 1 / gsd_m, 1 / gsd_m, origin=(0, 0))
        if not outline.intersects(frame):
            continue
        cut = outline if frame.contains(outline) else outline.intersection(frame)
        for piece in getattr(cut, "geoms", [cut]):
            if piece.geom_type == "Polygon" and piece.area >= _MIN_VISIBLE_PX2:
                pieces.append(piece)
    return tuple(pieces)
