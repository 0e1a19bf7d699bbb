"""The default runner: everything in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from geoseg.types import StagedWork

Item = TypeVar("Item")
Result = TypeVar("Result")


class InProcessRunner:
    """Applies a function to items one by one, and only when the result is asked for.

    While the model looks at one item, the next one is read and the one before is finished, if the
    function is a `StagedWork`. Memory holds these three, however many items there are.

    Attributes:
        is_local: True.

    Example:
        >>> list(InProcessRunner().run(len, ["a", "bcd"]))
        [1, 3]
    """

    is_local = True

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results in the order of the items; nothing for no items.

        Closing the iterator waits for the stages that are going on.
        """
        if isinstance(function, StagedWork):
            return _overlap(function, iter(items))
        return map(function, items)


def _overlap(work: StagedWork, items: Iterator[Any]) -> Iterator[Any]:
    """Run the three stages side by side, each in a thread of its own.

    None is in this thread: an interrupt, which comes to the main one, must not arise within a
    library in C++, which makes of it what it likes.
    """
    # The executors wait for their threads when they are left, also by an exception.
    with (
        ThreadPoolExecutor(1) as reader,
        ThreadPoolExecutor(1) as model,
        ThreadPoolExecutor(1) as finisher,
    ):
        try:
            given = _submit_next(reader, work, items)
            finishing: Future[Any] | None = None
            while given is not None:
                pixels = given.result()
                given = _submit_next(reader, work, items)
                detecting = model.submit(work.detect, pixels)
                del pixels
                found = detecting.result()
                if finishing is not None:
                    yield finishing.result()
                finishing = finisher.submit(work.finish, found)
            if finishing is not None:
                yield finishing.result()
        except BaseException:
            work.stop()
            raise


def _submit_next(
    reader: ThreadPoolExecutor, work: StagedWork, items: Iterator[Any]
) -> Future[Any] | None:
    for item in items:
        return reader.submit(work.read, item)
    return None
