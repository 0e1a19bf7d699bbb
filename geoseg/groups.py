"""Groups of things that are connected by pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def group_connected(
    one: NDArray[np.integer], other: NDArray[np.integer], size: int
) -> NDArray[np.int64]:
    """Number the groups that pairs connect, directly or over others.

    Args:
        one: int (P,), one end of each pair, 0 to `size` - 1; pairs may come twice, or join a thing
            with itself.
        other: int (P,), the other ends.
        size: number of things.

    Returns:
        int64 (size,), groups numbered from 0 in the order of their first members.

    Example:
        >>> group_connected(np.array([0, 4]), np.array([3, 3]), 5).tolist()
        [0, 1, 2, 0, 0]
    """
    smallest = np.arange(size)
    while True:
        before = smallest
        smallest = before.copy()
        # Each end takes over the smaller number; a number leads on to the one that it has taken.
        np.minimum.at(smallest, one, before[other])
        np.minimum.at(smallest, other, before[one])
        smallest = smallest[smallest]
        if np.array_equal(smallest, before):
            return np.unique(smallest, return_inverse=True)[1].astype(np.int64)
