"""Finding thumbnails that look the same but for a flip or a rotation.

Two thumbnails of zero mean and unit length correlate by 1 - d^2 / 2, d their distance. A DCT keeps
distances; a flip changes signs of its coefficients and a transposition swaps (u, v) with (v, u).
So the absolute values, each pair sorted, are the same for all eight transforms of a picture, and
none of these steps makes a distance longer. Pictures whose values are farther apart than the wanted
distance therefore cannot be alike under any transform: looking only at the others misses none
(lower bounding, Faloutsos et al., SIGMOD 1994).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.audit.transforms import TRANSFORMS, transform_picture

LEAST_CORRELATION = 0.96
"""Of thumbnails; JPEG at quality 10 keeps 0.98, saturated highlights may leave 0.92."""

MIN_CONTRAST = 2.0
"""Standard deviation in grey levels below which a thumbnail shows nothing."""

_NUM_FREQUENCIES = 8
_CHUNK = 8192
_BLOCK_ROWS, _BLOCK_COLUMNS = 1024, 4096
# Of the values: enough to leave few pairs, few enough to be quick.
_NUM_FIRST = 32
_ROUNDING = 1e-5


class LookAlikes(NamedTuple):
    """Pairs of thumbnails, by their numbers.

    Attributes:
        first: int64 (P,).
        second: int64 (P,), above `first`.
        is_alike: bool (P, 8), whether each of `TRANSFORMS` of the first looks like the second.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    is_alike: NDArray[np.bool_]


def find_look_alikes(
    thumbnails: NDArray[np.uint8], rows: NDArray[np.int64], least: float = LEAST_CORRELATION
) -> LookAlikes:
    """Find all pairs of thumbnails that correlate well under some transform.

    Args:
        thumbnails: uint8 (N, S, S); ones below `MIN_CONTRAST` are like nothing.
        rows: int64 (M,), ascending: those to look at.
        least: correlation, above 0.

    Returns:
        The pairs, by first and second number.
    """
    rows = rows[measure_contrast(thumbnails)[rows] >= MIN_CONTRAST]
    parts = [LookAlikes(rows[:0], rows[:0], np.zeros((0, len(TRANSFORMS)), bool))]
    if len(rows) > 1:
        values = measure_invariants(thumbnails, rows)
        for first, second in _find_near(values, float(np.sqrt(2 * (1 - least)))):
            low, high = np.minimum(first, second), np.maximum(first, second)
            parts += _compare(thumbnails, rows[low], rows[high], least)
    first, second, is_alike = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.lexsort((second, first))
    return LookAlikes(first[order], second[order], is_alike[order])


def measure_contrast(thumbnails: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Standard deviations of thumbnails: float64 (N,), grey levels."""
    parts = [
        thumbnails[start : start + _CHUNK].std(axis=(1, 2))
        for start in range(0, len(thumbnails), _CHUNK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def measure_invariants(
    thumbnails: NDArray[np.uint8], rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Values that flips and rotations do not change, see the top of the file.

    Args:
        thumbnails: uint8 (N, S, S).
        rows: int64 (M,), the ones that are wanted.

    Returns:
        float32 (M, 64), by falling spread.
    """
    side = thumbnails.shape[1]
    basis = _dct_basis(side)[:_NUM_FREQUENCIES]
    upper, lower = np.triu_indices(_NUM_FREQUENCIES), np.tril_indices(_NUM_FREQUENCIES, -1)
    values = np.empty((len(rows), _NUM_FREQUENCIES**2), np.float32)
    for start in range(0, len(rows), _CHUNK):
        pictures = _normalize(thumbnails[rows[start : start + _CHUNK]])
        sizes = np.abs(basis @ pictures @ basis.T)
        turned = sizes.swapaxes(1, 2)
        larger, smaller = np.maximum(sizes, turned), np.minimum(sizes, turned)
        values[start : start + _CHUNK] = np.concatenate(
            [larger[:, upper[0], upper[1]], smaller[:, lower[0], lower[1]]], axis=1
        )
    return values[:, np.argsort(-values.var(axis=0), kind="stable")]


def _dct_basis(side: int) -> NDArray[np.float32]:
    """The orthonormal DCT-II: float32 (S, S)."""
    frequencies, places = np.arange(side)[:, None], np.arange(side)[None, :]
    basis = np.sqrt(2 / side) * np.cos(np.pi * frequencies * (2 * places + 1) / (2 * side))
    basis[0] /= np.sqrt(2)
    return basis.astype(np.float32)


def _normalize(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pictures (N, S, S) with zero mean and unit length."""
    values = pictures.astype(np.float32)
    values -= values.mean(axis=(1, 2), keepdims=True)
    values /= np.linalg.norm(values, axis=(1, 2), keepdims=True)
    return values


def _find_near(
    values: NDArray[np.float32], radius: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of rows (N, D) that are within a radius of each other, some at a time."""
    order = np.argsort(values[:, 0], kind="stable")
    ordered = values[order]
    # Distances of the first values alone are no longer than those of all.
    start = ordered[:, :_NUM_FIRST]
    squares, ones = np.einsum("nd,nd->n", start, start)[:, None], np.ones((len(start), 1))
    # The product of a row of each is the squared distance: one pass over memory, not three.
    left_factor = np.concatenate([-2 * start, squares, ones], axis=1, dtype=np.float32)
    right_factor = np.concatenate([start, ones, squares], axis=1, dtype=np.float32)
    # Rows that differ by more than the radius in their first value are not compared at all.
    ends = np.searchsorted(ordered[:, 0], ordered[:, 0] + radius, side="right")
    for top in range(0, len(ordered), _BLOCK_ROWS):
        bottom = min(top + _BLOCK_ROWS, len(ordered))
        for left in range(top, int(ends[bottom - 1]), _BLOCK_COLUMNS):
            right = min(left + _BLOCK_COLUMNS, int(ends[bottom - 1]))
            distances = left_factor[top:bottom] @ right_factor[left:right].T
            near = np.flatnonzero(distances <= radius**2 + _ROUNDING)
            first, second = top + near // (right - left), left + near % (right - left)
            apart = ordered[first] - ordered[second]
            is_near = np.einsum("nd,nd->n", apart, apart) <= radius**2 + _ROUNDING
            is_near &= first < second
            yield order[first[is_near]], order[second[is_near]]


def _compare(
    thumbnails: NDArray[np.uint8],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    least: float,
) -> Iterator[LookAlikes]:
    """The pairs that correlate well, see `find_look_alikes`."""
    for start in range(0, len(first), _CHUNK):
        pairs = first[start : start + _CHUNK], second[start : start + _CHUNK]
        originals, copies = _normalize(thumbnails[pairs[0]]), _normalize(thumbnails[pairs[1]])
        is_alike = np.empty((len(originals), len(TRANSFORMS)), bool)
        for number, name in enumerate(TRANSFORMS):
            # The picture axes come first for the transform.
            turned = np.moveaxis(transform_picture(np.moveaxis(originals, 0, -1), name), -1, 0)
            is_alike[:, number] = np.einsum("nij,nij->n", turned, copies) >= least
        good = is_alike.any(axis=1)
        yield LookAlikes(pairs[0][good], pairs[1][good], is_alike[good])
