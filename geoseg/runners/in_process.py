"""The default runner: one item after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class InProcessRunner:
    """Applies a function to items one by one, and only when the result is asked for.

    Memory therefore holds one item and one result, however many items there are.

    Example:
        >>> list(InProcessRunner().run(len, ["a", "bcd"]))
        [1, 3]
    """

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results in the order of the items; nothing for no items."""
        return map(function, items)
