"""The default runner: everything in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from geoseg.types import StagedWork

Item = TypeVar("Item")
Result = TypeVar("Result")

# On Windows an interrupt does not end a wait: it is heard between two.
_SECONDS_TO_WAIT = 0.1


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

        Closing the iterator, as an interrupt does, tells the stages that are going on to stop, and
        leaves them to it: to compile a network takes seconds, and so does a slow tile server.
        """
        if isinstance(function, StagedWork):
            return _overlap(function, iter(items))
        return map(function, items)


def _overlap(work: StagedWork, items: Iterator[Any]) -> Iterator[Any]:
    """Run the three stages side by side, each in a thread of its own.

    None is in this thread: an interrupt, which comes to the main one, must not arise within a
    library in C++, which makes of it what it likes.
    """
    reader, model, finisher = executors = [ThreadPoolExecutor(1) for _ in range(3)]
    is_given_up = False
    try:
        given = _submit_next(reader, work, items)
        finishing: Future[Any] | None = None
        while given is not None:
            pixels = _await(given)
            given = _submit_next(reader, work, items)
            detecting = model.submit(work.detect, pixels)
            del pixels
            found = _await(detecting)
            if finishing is not None:
                yield _await(finishing)
            finishing = finisher.submit(work.finish, found)
        if finishing is not None:
            yield _await(finishing)
    except BaseException as error:
        is_given_up = isinstance(error, (KeyboardInterrupt, GeneratorExit))
        work.stop()
        raise
    finally:
        for executor in executors:
            executor.shutdown(wait=not is_given_up)


def _await(future: Future[Any]) -> Any:
    """The result of a stage."""
    while not wait([future], _SECONDS_TO_WAIT).done:
        pass
    return future.result()


def _submit_next(
    reader: ThreadPoolExecutor, work: StagedWork, items: Iterator[Any]
) -> Future[Any] | None:
    for item in items:
        return reader.submit(work.read, item)
    return None
