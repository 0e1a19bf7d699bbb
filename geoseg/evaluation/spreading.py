"""The same function on many items, in this process or spread over several."""

from __future__ import annotations

import collections
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items that wait for each process: enough that none is idle, few enough to fit into memory.
_WAITING = 4


def spread(
    function: Callable[[Item], Result], items: Iterable[Item], num_processes: int = 1
) -> Iterator[Result]:
    """Yield the results in the order of the items.

    Items are taken as they are needed, so that a file may be read meanwhile.

    Args:
        function: of a module, not a closure.
        items: what can be sent to another process.
        num_processes: 1 works in this process. More start new ones; a program that asks for them
            must keep what it does at its start behind `if __name__ == "__main__":`.
    """
    if num_processes <= 1:
        yield from map(function, items)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(num_processes, mp_context=context) as pool:
        waiting: collections.deque[Future[Result]] = collections.deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > _WAITING * num_processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
