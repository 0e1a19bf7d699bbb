"""The drawing surface of a scene: colours in metres, on a supersampled pixel grid."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float32]
Mask = NDArray[np.uint8]
Colour = tuple[float, float, float]
Patch = tuple[slice, slice]

_SUBPIXEL_BITS = 4


def smooth_noise(rng: np.random.Generator, shape_hw: tuple[int, int], cell_px: float) -> FloatArray:
    """Noise whose blobs are about `cell_px` wide.

    Args:
        rng: where the numbers come from.
        shape_hw: size in pixels.
        cell_px: size of a blob.

    Returns:
        float32 (h, w), mean about 0 and standard deviation about 0.5.
    """
    height, width = shape_hw
    # Three nodes to a blob, then blurred: interpolated nodes alone show their lattice.
    step = max(1.0, cell_px / 3)
    nodes = (int(height / step) + 3, int(width / step) + 3)
    grid = rng.standard_normal(nodes, dtype=np.float32)
    grid = cv2.GaussianBlur(grid, (0, 0), 1.3) * np.float32(0.5 * 2 * 1.3 * np.sqrt(np.pi))
    size = (max(width, round(nodes[1] * step)), max(height, round(nodes[0] * step)))
    smooth = cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth[:height, :width], np.float32)


class Canvas:
    """Colours of the scene while it is being drawn.

    Points are metres from the upper left corner, x to the right and y down.

    Attributes:
        rgb: float32 (h, w, 3), 0..1, without gamma or haze.
        blocked: uint8 (h, w), 1 where trees and loose objects may not stand.
        px_per_m: canvas pixels in a metre.
        fine, mid, coarse: float32 (h, w) noise with blobs of 0.3 m, 0.9 m and 14 m.
    """

    def __init__(
        self, shape_hw: tuple[int, int], px_per_m: float, rng: np.random.Generator
    ) -> None:
        self.px_per_m = px_per_m
        self.shape_hw = shape_hw
        self.rgb: FloatArray = np.full((*shape_hw, 3), 0.5, np.float32)
        self.blocked: Mask = np.zeros(shape_hw, np.uint8)
        grains = rng.standard_normal(shape_hw, dtype=np.float32)
        self.fine = np.asarray(cv2.GaussianBlur(grains, (3, 3), 0.6), np.float32)
        # Grains of one canvas pixel average out; these stay visible at any resolution.
        self.fine += 0.9 * smooth_noise(rng, shape_hw, max(3.0, 0.3 * px_per_m))
        self.mid = smooth_noise(rng, shape_hw, max(2.0, 0.9 * px_per_m))
        self.mid = 0.75 * self.mid + 0.6 * smooth_noise(rng, shape_hw, max(2.0, 2.8 * px_per_m))
        self.coarse = smooth_noise(rng, shape_hw, max(4.0, 14.0 * px_per_m))
        self.coarse += 0.5 * smooth_noise(rng, shape_hw, max(3.0, 5.0 * px_per_m))

    @property
    def size_m(self) -> tuple[float, float]:
        """Width and height in metres."""
        return self.shape_hw[1] / self.px_per_m, self.shape_hw[0] / self.px_per_m

    def patch_of(self, points_m: ArrayLike, margin_px: int = 1) -> Patch | None:
        """Rows and columns touched by the points; None where all lie outside."""
        points = np.asarray(points_m, np.float64) * self.px_per_m
        low = np.floor(points.min(axis=0)).astype(int) - margin_px
        high = np.ceil(points.max(axis=0)).astype(int) + margin_px
        x1, y1 = max(low[0], 0), max(low[1], 0)
        x2, y2 = min(high[0], self.shape_hw[1]), min(high[1], self.shape_hw[0])
        if x1 >= x2 or y1 >= y2:
            return None
        return slice(y1, y2), slice(x1, x2)

    def patch_coordinates(self, patch: Patch) -> tuple[FloatArray, FloatArray]:
        """Metres of the pixel centres: x as (1, w), y as (h, 1)."""
        rows, cols = patch
        x = (np.arange(cols.start, cols.stop, dtype=np.float32) + 0.5) / self.px_per_m
        y = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5) / self.px_per_m
        return x[None, :], y[:, None]

    def mask_of(self, points_m: ArrayLike) -> tuple[Patch, Mask] | None:
        """Filled polygon as its patch and a uint8 mask of 0 and 1; None outside."""
        patch = self.patch_of(points_m)
        if patch is None:
            return None
        mask = np.zeros((patch[0].stop - patch[0].start, patch[1].stop - patch[1].start), np.uint8)
        cv2.fillPoly(mask, [self._fixed_point(points_m, patch)], 1, shift=_SUBPIXEL_BITS)
        return patch, mask

    def _fixed_point(self, points_m: ArrayLike, patch: Patch) -> NDArray[np.int32]:
        points = np.asarray(points_m, np.float64) * self.px_per_m - 0.5
        points -= (patch[1].start, patch[0].start)
        fixed: NDArray[np.int32] = np.round(points * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        return fixed

    def blend(
        self,
        patch: Patch,
        weight: NDArray[np.generic],
        colour: Colour | FloatArray,
        *,
        grain: float = 0.0,
        mottle: float = 0.0,
    ) -> None:
        """Mix a colour into a patch by a weight (h, w) of 0..1, with fine and coarser texture."""
        value = np.asarray(colour, np.float32)
        if grain or mottle:
            texture = 1 + grain * self.fine[patch] + mottle * self.mid[patch]
            value = value * texture[..., None]
        target = self.rgb[patch]
        target += weight.astype(np.float32)[..., None] * (value - target)

    def _paint(
        self, patch: Patch, mask: Mask, colour: Colour, alpha: float, grain: float, mottle: float
    ) -> None:
        """`blend` for a mask of 0 and 1: touches only the pixels inside."""
        inside = mask.view(np.bool_)
        value: FloatArray = np.asarray(colour, np.float32)
        texture = 1 + grain * self.fine[patch][inside] + mottle * self.mid[patch][inside]
        value = value * texture[:, None]
        target = self.rgb[patch]
        if alpha < 1:
            value = target[inside] * np.float32(1 - alpha) + value * np.float32(alpha)
        target[inside] = value

    def fill(
        self,
        points_m: ArrayLike,
        colour: Colour,
        *,
        grain: float = 0.03,
        mottle: float = 0.05,
        alpha: float = 1.0,
        block: bool = False,
    ) -> None:
        """Fill a polygon (N, 2)."""
        found = self.mask_of(points_m)
        if found is None:
            return
        patch, mask = found
        self._paint(patch, mask, colour, alpha, grain, mottle)
        if block:
            self.blocked[patch] |= mask

    def stroke(
        self,
        lines_m: Sequence[ArrayLike],
        width_m: float,
        colour: Colour,
        *,
        grain: float = 0.03,
        mottle: float = 0.05,
        alpha: float = 1.0,
        block: bool = False,
    ) -> None:
        """Draw polylines (N, 2) of one width; crossings are painted once."""
        lines = [np.asarray(line, np.float64) for line in lines_m if len(np.asarray(line)) > 1]
        if not lines:
            return
        patch = self.patch_of(np.concatenate(lines), int(width_m * self.px_per_m) + 2)
        if patch is None:
            return
        mask = np.zeros((patch[0].stop - patch[0].start, patch[1].stop - patch[1].start), np.uint8)
        fixed = [self._fixed_point(line, patch) for line in lines]
        thickness = max(1, round(width_m * self.px_per_m))
        cv2.polylines(mask, fixed, False, 1, thickness, shift=_SUBPIXEL_BITS)
        self._paint(patch, mask, colour, alpha, grain, mottle)
        if block:
            self.blocked[patch] |= mask

    def multiply(self, patch: Patch, factor: FloatArray, tint: Colour = (1.0, 1.0, 1.0)) -> None:
        """Darken a patch: `factor` (h, w) is the share of light left, `tint` what shade keeps."""
        shade = (1 - factor)[..., None] * np.asarray(tint, np.float32)
        self.rgb[patch] *= 1 - shade

    def is_free(self, point_m: tuple[float, float]) -> bool:
        """Whether a point lies inside the canvas and on nothing that blocks it."""
        col, row = int(point_m[0] * self.px_per_m), int(point_m[1] * self.px_per_m)
        inside = 0 <= row < self.shape_hw[0] and 0 <= col < self.shape_hw[1]
        return inside and not self.blocked[row, col]
