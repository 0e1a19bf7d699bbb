"""The work on a raster gives the same bytes in this process and in several."""

from __future__ import annotations

from geoseg.runners.in_process import InProcessRunner
from geoseg.runners.process_pool import ProcessPoolRunner
from tests.runners.buildings import ROOFS_PX, find_buildings


def test_workers_change_nothing() -> None:
    here = find_buildings(InProcessRunner())
    assert len(here[0]) == len(ROOFS_PX)
    assert find_buildings(ProcessPoolRunner(2)) == here
