"""Trees, shrubs and palms with their shadows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike

from geoseg.scenes.canvas import Canvas, Colour, FloatArray, Patch
from geoseg.scenes.light import Light

LEAVES: tuple[Colour, ...] = (
    (0.16, 0.22, 0.12),
    (0.2, 0.28, 0.14),
    (0.27, 0.34, 0.16),
    (0.13, 0.18, 0.13),
    (0.3, 0.33, 0.2),
)


@dataclass(frozen=True)
class Tree:
    """A crown seen from above.

    Attributes:
        x, y: middle of the crown, scene metres.
        radius_m: of the crown.
        height_m: of the crown's middle above ground; sets where the shadow falls.
        colour: RGB 0..1.
        palm: fronds instead of a closed crown.
    """

    x: float
    y: float
    radius_m: float
    height_m: float
    colour: Colour
    palm: bool = False


def scatter_trees(
    rng: np.random.Generator,
    canvas: Canvas,
    count: int,
    *,
    radius_m: tuple[float, float],
    palm_share: float = 0.1,
    keep_free: bool = True,
) -> list[Tree]:
    """Place trees at random; those on blocked ground are left out when `keep_free`."""
    width, height = canvas.size_m
    trees = []
    tone = float(rng.uniform(0.75, 1.25))
    for _ in range(count):
        x, y = float(rng.uniform(-2, width + 2)), float(rng.uniform(-2, height + 2))
        radius = float(rng.uniform(*radius_m) * rng.uniform(0.6, 1.0))
        leaf = np.asarray(LEAVES[int(rng.integers(len(LEAVES)))]) * tone * rng.uniform(0.85, 1.2)
        palm = bool(rng.random() < palm_share) and radius > 1.2
        if keep_free and not canvas.is_free((x, y)):
            continue
        colour = (float(leaf[0]), float(leaf[1]), float(leaf[2]))
        trees.append(Tree(x, y, radius, radius * float(rng.uniform(0.9, 1.8)), colour, palm))
    return trees


def _crown(
    canvas: Canvas, tree: Tree, offset: tuple[float, float], rng: np.random.Generator
) -> tuple[Patch, FloatArray, FloatArray, FloatArray] | None:
    """Soft mask (h, w) of a crown and unit coordinates in it; None outside the canvas."""
    x, y = tree.x + offset[0], tree.y + offset[1]
    reach = tree.radius_m * 1.3
    patch = canvas.patch_of([(x - reach, y - reach), (x + reach, y + reach)])
    if patch is None:
        return None
    px, py = canvas.patch_coordinates(patch)
    dx, dy = (px - np.float32(x)) / tree.radius_m, (py - np.float32(y)) / tree.radius_m
    distance = np.sqrt(dx * dx + dy * dy)
    if tree.palm:
        fronds = np.float32(rng.integers(7, 12))
        turn = np.arctan2(dy, dx) * fronds + np.float32(rng.uniform(0, 6.3))
        edge = 0.35 + 0.65 * np.abs(np.cos(turn / 2)) ** 1.5
    else:
        phase = rng.uniform(0, 6.3, 2).astype(np.float32)
        turn = np.arctan2(dy, dx)
        edge = 0.88 + 0.09 * np.sin(3 * turn + phase[0]) + 0.06 * np.sin(7 * turn + phase[1])
        edge = edge + 0.16 * canvas.mid[patch] + 0.05 * canvas.fine[patch]
    softness = max(0.06, 0.7 / (tree.radius_m * canvas.px_per_m))
    mask = np.clip((edge - distance) / softness, 0, 1).astype(np.float32)
    return patch, mask, dx.astype(np.float32), dy.astype(np.float32)


def draw_trees(canvas: Canvas, trees: list[Tree], light: Light, rng: np.random.Generator) -> None:
    """Draw the shadows of all trees, then their crowns."""
    shade = np.zeros(canvas.shape_hw, np.float32)
    for tree in trees:
        found = _crown(canvas, tree, light.shadow_offset(tree.height_m), rng)
        if found is not None:
            np.maximum(shade[found[0]], found[1], out=shade[found[0]])
    if trees:
        whole = (slice(0, canvas.shape_hw[0]), slice(0, canvas.shape_hw[1]))
        canvas.multiply(whole, 1 - shade * np.float32(0.92 - light.ambient), (1.0, 0.97, 0.9))
    for tree in sorted(trees, key=lambda one: one.height_m):
        found = _crown(canvas, tree, (0.0, 0.0), rng)
        if found is None:
            continue
        patch, mask, dx, dy = found
        lit = dx * light.towards_xy[0] + dy * light.towards_xy[1]
        clumps = 0.22 * canvas.mid[patch] + 0.2 * canvas.fine[patch]
        brightness = np.clip(0.92 + 0.42 * lit + clumps, 0.25, 1.8)[..., None]
        canvas.blend(
            patch, mask, np.asarray(tree.colour, np.float32) * brightness.astype(np.float32)
        )


def draw_bushes(
    canvas: Canvas, rng: np.random.Generator, points_m: ArrayLike, cover: float
) -> None:
    """Low scrub inside a polygon: many small dark spots that fill about `cover` of it."""
    found = canvas.mask_of(points_m)
    if found is None:
        return
    patch, mask = found
    field = canvas.mid[patch] + 0.3 * canvas.fine[patch] + 0.5 * canvas.coarse[patch]
    spots = np.clip((field - 1.1 + 1.6 * cover) * 3, 0, 1) * mask
    colour = LEAVES[int(rng.integers(len(LEAVES)))]
    shadow = cv2.GaussianBlur(spots.astype(np.float32), (0, 0), 0.15 * canvas.px_per_m + 0.5)
    canvas.multiply(patch, 1 - 0.35 * shadow)
    canvas.blend(patch, spots * 0.9, colour, grain=0.25, mottle=0.15)
