"""Batches made ahead of the step that wants them."""

from __future__ import annotations

import threading

import pytest

from geoseg.training.loader import AHEAD_PER_WORKER, Loader


@pytest.mark.parametrize("workers", [1, 4])
def test_batches_come_in_order_from_any_number_of_workers(workers: int) -> None:
    loader = Loader(lambda step: step * step, range(3, 20), workers=workers)
    assert list(loader) == [step * step for step in range(3, 20)]
    loader.close()


def test_no_steps_give_no_batches() -> None:
    loader = Loader(lambda step: step, range(0), workers=2)
    assert list(loader) == []
    assert loader.waited_s == 0
    loader.close()


def test_it_works_ahead_but_not_without_end() -> None:
    made = threading.Semaphore(0)
    steps: list[int] = []

    def make(step: int) -> int:
        steps.append(step)
        made.release()
        return step

    loader = Loader(make, range(1000), workers=2)
    for _ in range(2 * AHEAD_PER_WORKER):
        assert made.acquire(timeout=60)
    assert sorted(steps) == list(range(2 * AHEAD_PER_WORKER))
    next(iter(loader))
    assert made.acquire(timeout=60)
    loader.close()
    assert len(steps) == 2 * AHEAD_PER_WORKER + 1


def test_what_goes_wrong_is_raised_at_its_step() -> None:
    def make(step: int) -> int:
        if step == 2:
            raise ValueError("step 2")
        return step

    got: list[int] = []
    loader = Loader(make, range(9), workers=3)
    with pytest.raises(ValueError, match="step 2"):
        got.extend(loader)
    loader.close()
    assert got == [0, 1]


def test_the_wait_for_a_late_batch_is_counted() -> None:
    is_asked, may_end = threading.Event(), threading.Event()

    def make(step: int) -> int:
        if step == 1:
            is_asked.set()
            assert may_end.wait(60)
        return step

    loader = Loader(make, range(2), workers=1)
    batches = iter(loader)
    next(batches)
    assert is_asked.wait(60)
    before_s = loader.waited_s
    timer = threading.Timer(0.2, may_end.set)
    timer.start()
    assert next(batches) == 1
    timer.join()
    loader.close()
    assert loader.waited_s - before_s > 0.1
