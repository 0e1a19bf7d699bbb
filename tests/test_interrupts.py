from __future__ import annotations

import os
import signal
import threading

import pytest

from geoseg.interrupts import InterruptibleProgress, InterruptWatch
from geoseg.types import NoProgress


class Counter(NoProgress):
    """Counts the steps that it is told."""

    def __init__(self) -> None:
        self.num_steps = 0
        self.num_finished = 0

    def advance(self, steps: int, found: int = 0) -> None:
        self.num_steps += steps

    def finish(self) -> None:
        self.num_finished += 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_interrupt_is_a_request_and_the_second_gets_through(
    number: signal.Signals,
) -> None:
    heard = []
    before = signal.signal(number, lambda *_: heard.append("through"))
    try:
        with InterruptWatch() as watch:
            watch.check()
            os.kill(os.getpid(), number)
            assert watch.is_asked
            with pytest.raises(KeyboardInterrupt):
                watch.check()
            assert heard == []
            os.kill(os.getpid(), number)
            assert heard == ["through"]
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_a_callback_swallows_ends_the_run_at_its_next_step(
    number: signal.Signals,
) -> None:
    class Deleted:
        def __del__(self) -> None:
            os.kill(os.getpid(), number)

    counter = Counter()
    with InterruptWatch(raises=True) as watch, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.unraisablehook", lambda _: None)
        progress = InterruptibleProgress(counter, watch)
        progress.start("tiles", 3)
        progress.advance(1)
        # What a finaliser raises goes nowhere.
        del (doomed := [Deleted()])[0]
        assert doomed == []
        with pytest.raises(KeyboardInterrupt):
            progress.advance(1)
        with pytest.raises(KeyboardInterrupt):
            progress.start("files", 1)
        progress.finish()
    assert (counter.num_steps, counter.num_finished) == (1, 1)


def test_handlers_are_given_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with InterruptWatch(raises=True):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_other_threads_have_no_signals_to_watch() -> None:
    failures: list[BaseException] = []

    def watch() -> None:
        try:
            with InterruptWatch() as watch:
                assert not watch.is_asked
        except BaseException as error:  # The thread would end silently.
            failures.append(error)

    thread = threading.Thread(target=watch)
    thread.start()
    thread.join()
    assert failures == []
