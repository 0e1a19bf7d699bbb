"""The checks for GPUs themselves, on the CPU: they must not be broken on their first GPU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.gpu import checks
from tests.maskrcnn.samples import SMALL


def test_the_checks_run_on_a_cpu() -> None:
    found = checks.detect(SMALL, checks.CPU)
    checks.compare_detections(found, checks.detect(SMALL, checks.CPU))
    losses = checks.train(SMALL, checks.CPU)
    assert losses.shape == (3, 5)
    assert np.isfinite(losses).all()
    assert losses[-1].sum() < losses[0].sum()
    for measured in (
        checks.measure_tiles(SMALL, checks.CPU, batch_size=2, rounds=1),
        checks.measure_samples(SMALL, checks.CPU, rounds=1),
    ):
        assert measured.per_s > 0
        assert measured.peak_bytes is None
    moved = [[replace(one, box=one.box + 1) for one in some] for some in found]
    with pytest.raises(AssertionError):
        checks.compare_detections(moved, found)
