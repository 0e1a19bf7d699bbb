from __future__ import annotations

import pytest

from geoseg.jobs import ShardMemory
from tests.jobs.made import make_result


def test_what_is_put_can_be_taken_once() -> None:
    memory = ShardMemory()
    results = [make_result(index) for index in (2, 0, 1)]
    for result in results:
        memory.put(result)
    assert (len(memory), 1 in memory, 3 in memory) == (3, True, False)
    assert memory.take(0) is results[1]
    assert (len(memory), 0 in memory) == (2, False)
    with pytest.raises(KeyError):
        memory.take(0)
