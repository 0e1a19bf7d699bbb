"""Rendering of roofs: a height field per building, shaded facet by facet."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPoint

from geoseg.scenes.buildings import Building, Part
from geoseg.scenes.canvas import Canvas, FloatArray, Mask, Patch
from geoseg.scenes.light import Light

_SHADOW_TINT = (1.0, 0.97, 0.9)


@dataclass
class _Field:
    """Roof surface on a patch: height (-inf outside), brightness, side looked at (0 level)."""

    height: FloatArray
    light: FloatArray
    side: NDArray[np.int8]
    to_edge: FloatArray


def _local(canvas: Canvas, patch: Patch, building: Building) -> tuple[FloatArray, FloatArray]:
    x, y = canvas.patch_coordinates(patch)
    cos, sin = np.float32(np.cos(building.angle_rad)), np.float32(np.sin(building.angle_rad))
    dx, dy = x - np.float32(building.x), y - np.float32(building.y)
    return dx * cos + dy * sin, dy * cos - dx * sin


def _part_surface(
    part: Part, u: FloatArray, v: FloatArray
) -> tuple[FloatArray, FloatArray, NDArray[np.int8]]:
    """Rise above the eaves, distance to the edge, and side: 1 +u, 2 -u, 3 +v, 4 -v, 0 level."""
    du, dv = u - np.float32(part.u), v - np.float32(part.v)
    if part.roof == "cone":
        distance = np.hypot(du, dv)
        edge = np.float32(part.width_m / 2) - distance
        side = np.where(
            np.abs(du) > np.abs(dv), np.where(du > 0, 1, 2), np.where(dv > 0, 3, 4)
        ).astype(np.int8)
        return edge * np.float32(part.slope), edge, side
    edge_u = np.float32(part.width_m / 2) - np.abs(du)
    edge_v = np.float32(part.depth_m / 2) - np.abs(dv)
    edge = np.minimum(edge_u, edge_v)
    side_u = np.where(du > 0, np.int8(1), np.int8(2))
    side_v = np.where(dv > 0, np.int8(3), np.int8(4))
    if part.roof == "hip":
        return edge * np.float32(part.slope), edge, np.where(edge_u < edge_v, side_u, side_v)
    if part.roof == "gable":
        run, side = (edge_v, side_v) if part.ridge_along_u else (edge_u, side_u)
        return run * np.float32(part.slope), edge, np.broadcast_to(side, edge.shape)
    level = np.zeros(edge.shape, np.int8)
    if part.roof == "shed":
        run, code = (dv + part.depth_m / 2, 4) if part.ridge_along_u else (du + part.width_m / 2, 2)
        rise = np.broadcast_to(run * np.float32(part.slope), edge.shape)
        return rise.astype(np.float32), edge, level + np.int8(code)
    return np.zeros(edge.shape, np.float32), edge, level


def _facing(building: Building, side: int) -> tuple[float, float]:
    cos, sin = float(np.cos(building.angle_rad)), float(np.sin(building.angle_rad))
    return {1: (cos, sin), 2: (-cos, -sin), 3: (-sin, cos), 4: (sin, -cos)}.get(side, (0.0, 0.0))


def _build_field(building: Building, u: FloatArray, v: FloatArray, light: Light) -> _Field:
    """The highest part wins everywhere, which draws ridges and valleys where they belong."""
    shape = np.broadcast_shapes(u.shape, v.shape)
    result = _Field(
        np.full(shape, -np.inf, np.float32),
        np.ones(shape, np.float32),
        np.zeros(shape, np.int8),
        np.full(shape, -np.inf, np.float32),
    )
    for part in building.parts:
        rise, edge, side = _part_surface(part, u, v)
        height = np.where(edge >= 0, rise + np.float32(part.eave_m), -np.inf)
        wins = height > result.height
        slope = 0.0 if part.roof == "flat" else part.slope
        table = np.array([light.shade(slope, _facing(building, k)) for k in range(5)], np.float32)
        result.height = np.where(wins, height, result.height)
        result.light = np.where(wins, table[side], result.light)
        result.side = np.where(wins, side, result.side)
        result.to_edge = np.maximum(result.to_edge, edge)
    return result


def _self_shadow(field: _Field, light: Light, px_per_m: float) -> FloatArray:
    """1 where a higher part of the roof stands between a point and the sun."""
    shaded = np.zeros(field.height.shape, np.float32)
    solid = np.where(np.isfinite(field.height), field.height, -1.0).astype(np.float32)
    rise = float(np.tan(light.elevation_rad))
    for step_m in (0.3, 0.7, 1.2, 1.8, 2.6, 3.6):
        move = np.array(
            [
                [1, 0, -light.towards_xy[0] * step_m * px_per_m],
                [0, 1, -light.towards_xy[1] * step_m * px_per_m],
            ],
            np.float32,
        )
        size = (solid.shape[1], solid.shape[0])
        seen = cv2.warpAffine(solid, move, size, flags=cv2.INTER_NEAREST, borderValue=-1.0)
        shaded[seen > solid + step_m * rise + 0.15] = 1
    return shaded


def _sheets(
    building: Building, along: FloatArray, down: FloatArray, rng: np.random.Generator
) -> FloatArray | None:
    """Colour of every sheet, for roofs put together from several; (h, w, 3)."""
    finish = building.finish
    if not finish.patches or finish.patch_share <= 0:
        return None
    sheet_w, sheet_l = float(rng.uniform(0.8, 1.6)), float(rng.uniform(1.8, 3.6))
    count = 41
    table = np.empty((count, count, 3), np.float32)
    table[:] = finish.colour
    other = rng.random((count, count)) < finish.patch_share
    chosen = np.asarray(finish.patches, np.float32)[
        rng.integers(len(finish.patches), size=(count, count))
    ]
    table[other] = chosen[other]
    table *= rng.uniform(0.86, 1.12, (count, count, 1)).astype(np.float32)
    rows = np.floor(down / np.float32(sheet_l)).astype(np.int32) % count
    cols = np.floor(along / np.float32(sheet_w)).astype(np.int32) % count
    rows, cols = np.broadcast_arrays(rows, cols)
    return table[rows, cols]


def _texture(
    canvas: Canvas,
    patch: Patch,
    building: Building,
    along: FloatArray,
    down: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Brightness texture of the surface, about 1, (h, w)."""
    finish = building.finish
    fine, mid = canvas.fine[patch], canvas.mid[patch]
    wave = np.float32(2 * np.pi)
    if finish.surface == "tile":
        rows = np.sin(down * (wave / np.float32(rng.uniform(0.3, 0.45))))
        return 1 + 0.05 * rows + 0.1 * fine + 0.07 * mid * (0.5 + finish.wear)
    if finish.surface == "metal":
        ribs = np.sin(along * (wave / np.float32(rng.choice([0.25, 0.4, 0.8]))))
        return 1 + 0.06 * ribs + 0.03 * fine + (0.04 + 0.12 * finish.wear) * mid
    if finish.surface == "thatch":
        return 1 + 0.16 * fine + 0.1 * mid
    if finish.surface == "membrane":
        seams = (np.mod(along, np.float32(rng.uniform(1.8, 3.0))) < 0.12).astype(np.float32)
        return 1 - 0.07 * seams + 0.02 * fine + 0.05 * mid * (0.4 + finish.wear)
    return 1 + 0.05 * fine + (0.06 + 0.16 * finish.wear) * mid


def _edges(field: _Field, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Ridges, hips, valleys and steps: where the side or the height jumps."""
    lines = np.zeros(inside.shape, bool)
    for axis in (0, 1):
        differs = np.diff(field.light, axis=axis) != 0
        target = lines[:-1] if axis == 0 else lines[:, :-1]
        target |= differs
    return lines & inside


def draw_roof(canvas: Canvas, building: Building, light: Light, rng: np.random.Generator) -> None:
    """Paint a roof, pixel for pixel inside the footprint."""
    patch = canvas.patch_of(np.asarray(building.footprint.exterior.coords))
    if patch is None:
        return
    u, v = _local(canvas, patch, building)
    field = _build_field(building, u, v, light)
    inside = np.isfinite(field.height)
    steep_u = (field.side == 1) | (field.side == 2)
    along = np.where(steep_u, v, u).astype(np.float32)
    down = np.where(steep_u, u, v).astype(np.float32)
    colour = _sheets(building, along, down, rng)
    if colour is None:
        colour = np.broadcast_to(np.asarray(building.finish.colour, np.float32), (*inside.shape, 3))
    brightness = _texture(canvas, patch, building, along, down, rng) * field.light
    if len({part.eave_m for part in building.parts}) > 1:
        brightness = brightness * (
            1 - (1 - light.ambient) * _self_shadow(field, light, canvas.px_per_m)
        )
    if building.finish.surface in ("tile", "metal"):
        brightness = np.where(
            _edges(field, inside), brightness * rng.choice([0.8, 1.15]), brightness
        )
    shown = colour * brightness[..., None].astype(np.float32)
    shown = _weather(canvas, patch, building, shown)
    shown = _trim(building, field, shown, light, (u, v), rng)
    canvas.blend(patch, inside, shown)
    canvas.blocked[patch] |= inside.astype(np.uint8)


def _weather(canvas: Canvas, patch: Patch, building: Building, shown: FloatArray) -> FloatArray:
    """Rust on metal, dark stains on concrete, where the noise is high."""
    finish = building.finish
    if finish.wear < 0.25 or finish.surface not in ("metal", "concrete"):
        return shown
    amount = np.clip(canvas.mid[patch] * 1.2 + canvas.coarse[patch] - 0.9 + finish.wear, 0, 1)
    target = (0.36, 0.2, 0.12) if finish.surface == "metal" else (0.22, 0.21, 0.19)
    weight = (0.7 * amount)[..., None]
    return shown * (1 - weight) + weight * np.asarray(target, np.float32)


def _trim(
    building: Building,
    field: _Field,
    shown: FloatArray,
    light: Light,
    uv: tuple[FloatArray, FloatArray],
    rng: np.random.Generator,
) -> FloatArray:
    """Parapets on flat roofs with the strip of shade inside them; a fine line along eaves."""
    if building.finish.surface not in ("concrete", "membrane") or "parapet" not in building.extras:
        factor = np.where(field.to_edge < 0.14, np.float32(rng.choice([0.78, 1.1])), 1)
        return shown * factor[..., None].astype(np.float32)
    wall = (field.to_edge < 0.28) & (field.to_edge >= 0)
    inner = np.zeros(wall.shape, bool)
    depth = 0.9 / float(np.tan(light.elevation_rad))
    u, v = uv
    cos, sin = np.cos(building.angle_rad), np.sin(building.angle_rad)
    sun_u = light.towards_xy[0] * cos + light.towards_xy[1] * sin
    sun_v = light.towards_xy[1] * cos - light.towards_xy[0] * sin
    for part in building.parts:
        reach_u = part.width_m / 2 - (u - part.u) * np.sign(sun_u)
        reach_v = part.depth_m / 2 - (v - part.v) * np.sign(sun_v)
        near = (reach_u < depth * abs(sun_u) + 0.28) | (reach_v < depth * abs(sun_v) + 0.28)
        inner |= near & (reach_u > 0) & (reach_v > 0)
    shown = np.where(inner[..., None], shown * np.float32(light.ambient), shown)
    bright = np.asarray(building.finish.wall, np.float32) * np.float32(rng.uniform(0.9, 1.2))
    return np.where(wall[..., None], bright, shown).astype(np.float32)


def _swept(
    building: Building, part: Part, start: tuple[float, float], end: tuple[float, float]
) -> FloatArray:
    """Area covered by a part that is moved from one offset to another, (N, 2)."""
    ring = np.asarray(building.place(part.outline()).exterior.coords)[:-1]
    hull = MultiPoint(np.concatenate([ring + start, ring + end])).convex_hull
    return np.asarray(hull.exterior.coords, np.float32)


def _peak(part: Part) -> float:
    run = min(part.width_m, part.depth_m) / 2 if part.roof in ("hip", "gable", "cone") else 0.0
    return part.eave_m + 0.6 * part.slope * run


def draw_shadows(canvas: Canvas, buildings: list[Building], light: Light) -> None:
    """Darken the ground where buildings keep the sun away; done before any roof is drawn."""
    mask: Mask = np.zeros(canvas.shape_hw, np.uint8)
    for building in buildings:
        for part in building.parts:
            base = (-light.lean_xy[0] * part.eave_m, -light.lean_xy[1] * part.eave_m)
            reach = light.shadow_offset(_peak(part))
            points = _swept(building, part, base, (base[0] + reach[0], base[1] + reach[1]))
            found = canvas.mask_of(points)
            if found is not None:
                mask[found[0]] |= found[1]
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.5, 0.12 * canvas.px_per_m))
    whole = (slice(0, canvas.shape_hw[0]), slice(0, canvas.shape_hw[1]))
    canvas.multiply(whole, 1 - soft * np.float32(1 - light.ambient), _SHADOW_TINT)


def draw_walls(canvas: Canvas, building: Building, light: Light) -> None:
    """Paint the walls that an oblique view shows beside the roof."""
    lean = float(np.hypot(*light.lean_xy))
    if lean * building.height_m * canvas.px_per_m < 0.7:
        return
    facing = (-light.lean_xy[0] / lean, -light.lean_xy[1] / lean)
    lit = facing[0] * light.towards_xy[0] + facing[1] * light.towards_xy[1] > 0
    level = 1.0 if lit else 0.35 + 0.3 * light.ambient
    red, green, blue = building.finish.wall
    for part in building.parts:
        base = (-light.lean_xy[0] * part.eave_m, -light.lean_xy[1] * part.eave_m)
        points = _swept(building, part, base, (0.0, 0.0))
        canvas.fill(points, (red * level, green * level, blue * level), mottle=0.12)
