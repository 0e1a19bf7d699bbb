from __future__ import annotations

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
