"""Ground: soil and grass, fields, water, roads, paved areas."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike

from geoseg.scenes.canvas import Canvas, Colour, smooth_noise
from geoseg.scenes.layout import Points, Streets
from geoseg.scenes.palettes import DIRTS, WATERS, pick


def paint_ground(
    canvas: Canvas, rng: np.random.Generator, colours: Sequence[Colour], *, contrast: float = 0.14
) -> None:
    """Cover everything with patches of the colours that run into one another."""
    first, second = pick(rng, colours), pick(rng, colours)
    mix = np.clip(0.5 + canvas.coarse * 0.8 + canvas.mid * 0.35, 0, 1)[..., None]
    canvas.rgb[:] = mix * np.asarray(first, np.float32) + (1 - mix) * np.asarray(second, np.float32)
    texture = 1 + 0.06 * canvas.fine + contrast * (0.6 * canvas.mid + 0.3 * canvas.coarse)
    canvas.rgb *= texture[..., None]


def paint_patchy(
    canvas: Canvas, points_m: ArrayLike, colour: Colour, rng: np.random.Generator, cover: float
) -> None:
    """Let a colour (grass, litter) show in irregular spots that fill about `cover` of an area."""
    found = canvas.mask_of(points_m)
    if found is None:
        return
    patch, mask = found
    field = canvas.coarse[patch] * rng.choice([-1, 1]) + 0.8 * canvas.mid[patch]
    steep = rng.uniform(0.7, 1.8)
    amount = np.clip((field + 2.2 * (cover - 0.5)) * steep + 0.5, 0, 1) * mask
    canvas.blend(patch, amount, colour, grain=0.1, mottle=0.15)


def paint_rows(
    canvas: Canvas,
    points_m: ArrayLike,
    colour: Colour,
    *,
    angle_rad: float,
    period_m: float,
    strength: float,
) -> None:
    """Furrows or crop rows over an area."""
    found = canvas.mask_of(points_m)
    if found is None:
        return
    patch, mask = found
    x, y = canvas.patch_coordinates(patch)
    across = x * np.float32(np.cos(angle_rad)) + y * np.float32(np.sin(angle_rad))
    wobble = across + 0.25 * canvas.mid[patch]
    wave = np.sin(wobble * np.float32(2 * np.pi / period_m)) * (0.6 + canvas.mid[patch])
    canvas.blend(patch, np.clip(0.5 + wave, 0, 1) * mask * strength, colour, grain=0.08, mottle=0.1)


def paint_streets(
    canvas: Canvas,
    streets: Streets,
    rng: np.random.Generator,
    *,
    surface: Colour,
    walk: Colour | None = None,
    width_m: float | None = None,
    lines: Sequence[Points] | None = None,
) -> None:
    """Roads with pavements and kerbs when `walk` is given, tracks with soft edges when not."""
    lines = list(streets.lines if lines is None else lines)
    road_m = (streets.width_m if width_m is None else width_m) - (3.6 if walk else 0.5)
    if walk:
        canvas.stroke(lines, road_m + 3.4, walk, mottle=0.08)
        canvas.stroke(lines, road_m + 0.5, (walk[0] * 1.12, walk[1] * 1.12, walk[2] * 1.12))
    canvas.stroke(lines, road_m, surface, grain=0.05, mottle=0.06, block=True)
    worn = (surface[0] * 0.93, surface[1] * 0.93, surface[2] * 0.93)
    canvas.stroke(lines, road_m * 0.45, worn, grain=0.05, mottle=0.09, alpha=0.6)
    if walk and rng.random() < 0.35:
        paint = (0.75, 0.7, 0.5) if rng.random() < 0.5 else (0.8, 0.8, 0.8)
        canvas.stroke(lines, 0.15, paint, alpha=0.6)


def paint_water(canvas: Canvas, rng: np.random.Generator) -> None:
    """A lake or a river bank across part of the scene; blocks what stands on land."""
    height, width = canvas.shape_hw
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height:1, 0:width:1].astype(np.float32)
    ramp = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)
    shore = ramp * 3 + 0.5 * smooth_noise(rng, canvas.shape_hw, max(height, width) / 3)
    shore += 0.04 * canvas.mid + float(rng.uniform(-0.4, 0.4))
    wet = cv2.GaussianBlur((shore > 0).astype(np.float32), (5, 5), 1.0)
    whole = (slice(0, height), slice(0, width))
    sand = np.clip(1 - np.abs(shore) * 12, 0, 1) * 0.6
    canvas.blend(whole, sand, pick(rng, DIRTS), grain=0.05, mottle=0.1)
    canvas.blend(whole, wet, pick(rng, WATERS), grain=0.05, mottle=0.06)
    canvas.blocked |= (shore > -0.05).astype(np.uint8)
