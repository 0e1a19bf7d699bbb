from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geoseg.groups import group_connected


def test_things_without_pairs_are_groups_of_their_own() -> None:
    none = np.zeros(0, int)
    assert group_connected(none, none, 3).tolist() == [0, 1, 2]
    assert group_connected(none, none, 0).tolist() == []


def test_a_long_chain_is_one_group_whatever_its_order() -> None:
    order = np.random.default_rng(1).permutation(500)
    groups = group_connected(order[:-1], order[1:], 501)
    assert groups[:500].max() == 0
    assert groups[500] == 1


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14))
def test_groups_are_those_of_walking_from_one_to_the_next(pairs: list[tuple[int, int]]) -> None:
    one, other = np.array(pairs, int).reshape(-1, 2).T
    expected: list[set[int]] = []
    for start in range(12):
        if any(start in group for group in expected):
            continue
        group, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            near = {b for a, b in pairs if a == here} | {a for a, b in pairs if b == here}
            waiting.extend(near - group)
            group |= near
        expected.append(group)
    groups = group_connected(one, other, 12)
    assert [{*np.flatnonzero(groups == n).tolist()} for n in range(len(expected))] == expected
