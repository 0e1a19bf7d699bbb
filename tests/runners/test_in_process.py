from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import CancelledError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg.runners.in_process import InProcessRunner
from geoseg.types import Runner


def test_it_is_a_runner() -> None:
    runner: Runner = InProcessRunner()
    assert list(runner.run(str, [3, 1])) == ["3", "1"]


def test_no_items_give_no_results() -> None:
    assert list(InProcessRunner().run(str, [])) == []


@given(st.lists(st.integers()))
def test_results_keep_the_order_of_the_items(items: list[int]) -> None:
    assert list(InProcessRunner().run(lambda item: item * 2, items)) == [i * 2 for i in items]


def test_an_item_is_taken_only_when_its_result_is_asked_for() -> None:
    taken = []

    def items() -> object:
        for item in range(3):
            taken.append(item)
            yield item

    results = InProcessRunner().run(str, items())  # type: ignore[arg-type]
    assert taken == []
    assert next(results) == "0"
    assert taken == [0]


def test_an_error_of_the_function_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        list(InProcessRunner().run(lambda item: 1 // item, [0]))


class RecordedWork:
    """Three stages that write down when they begin and end."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.finish_began = threading.Event()
        self.read_began = {n: threading.Event() for n in range(9)}

    def __call__(self, item: int) -> str:
        return self.finish(self.detect(self.read(item)))

    def read(self, item: int) -> int:
        self.told.append(f"read {item}")
        self.read_began[item].set()
        return item

    def detect(self, given: int) -> int:
        self.told.append(f"detect {given}")
        return given * 10

    def finish(self, found: int) -> str:
        self.told.append(f"finish {found}")
        return str(found)

    def stop(self) -> None:
        self.told.append("stop")


class MeetingWork(RecordedWork):
    """The model does not go on before the next item is being read, nor the one before finished."""

    def detect(self, given: int) -> int:
        if given < 2:
            assert self.read_began[given + 1].wait(30)
        if given == 2:
            assert self.finish_began.wait(30)
        return super().detect(given)

    def finish(self, found: int) -> str:
        if found == 10:
            self.finish_began.set()
        return super().finish(found)


def test_stages_overlap_and_results_keep_their_order() -> None:
    assert list(InProcessRunner().run(MeetingWork(), range(3))) == ["0", "10", "20"]
    assert list(InProcessRunner().run(MeetingWork(), [])) == []


def test_no_more_than_three_items_are_at_hand() -> None:
    work = RecordedWork()
    results = InProcessRunner().run(work, range(9))
    assert next(results) == "0"
    # The first is finished, the second is in the model's hands, the third has been read.
    assert work.read_began[2].wait(30)
    assert not work.read_began[3].is_set()
    assert list(results) == [str(10 * n) for n in range(1, 9)]


class FailingWork(RecordedWork):
    """Fails at one stage of the second item."""

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.stage = stage

    def read(self, item: int) -> int:
        return self._fail("read", item == 1) or super().read(item)

    def detect(self, given: int) -> int:
        return self._fail("detect", given == 1) or super().detect(given)

    def finish(self, found: int) -> str:
        self._fail("finish", found == 10)
        return super().finish(found)

    def _fail(self, stage: str, is_second: bool) -> int:
        if stage == self.stage and is_second:
            raise OSError(f"{stage} failed")
        return 0


@pytest.mark.parametrize("stage", ["read", "detect", "finish"])
def test_an_error_of_any_stage_reaches_the_caller(stage: str) -> None:
    with pytest.raises(OSError, match=f"{stage} failed"):
        list(InProcessRunner().run(FailingWork(stage), range(9)))


class SlowReader(RecordedWork):
    """The third item is not read before the reader is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_let_go = threading.Event()

    def read(self, item: int) -> int:
        if item == 2:
            assert self.is_let_go.wait(30)
        return super().read(item)


def test_closing_stops_the_stages_that_are_going_on_and_waits_for_none() -> None:
    work = SlowReader()
    before = set(threading.enumerate())
    results = InProcessRunner().run(work, range(9))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert work.told[-1] == "stop"
    work.is_let_go.set()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert work.told[-2:] == ["stop", "read 2"]


class EndlessWork(RecordedWork):
    """The model does not end before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_let_go = threading.Event()
        self.threads: list[threading.Thread] = []

    def detect(self, given: int) -> int:
        self.threads.append(threading.current_thread())
        os.kill(os.getpid(), signal.SIGINT)
        assert self.is_let_go.wait(30)
        raise CancelledError


def test_an_interrupt_leaves_the_model_which_is_in_another_thread() -> None:
    work = EndlessWork()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(InProcessRunner().run(work, range(9)))
    finally:
        signal.signal(signal.SIGINT, before)
    assert work.threads != [threading.main_thread()]
    assert work.told[-1] == "stop"
    assert work.threads[0].is_alive()
    work.is_let_go.set()
    work.threads[0].join()
