"""Work on many items, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

_ITEMS_AT_A_TIME = 1024


def map_in_parts(
    executor: Executor, function: Callable[[ItemT], ResultT], items: Sequence[ItemT]
) -> Iterator[ResultT]:
    """Results in order; `Executor.map` alone would hold a kilobyte for each waiting item."""
    for start in range(0, len(items), _ITEMS_AT_A_TIME):
        yield from executor.map(function, items[start : start + _ITEMS_AT_A_TIME])
