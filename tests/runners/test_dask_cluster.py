"""A real scheduler and real workers, some of which are killed."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geoseg.errors import ConfigError, MissingDependencyError, RasterError, RunnerError
from geoseg.runners import dask_checks, dask_cluster, dask_tasks
from geoseg.runners.dask_cluster import DaskRunner
from geoseg.runners.in_process import InProcessRunner
from geoseg.types import Runner
from tests.runners import work
from tests.runners.buildings import find_buildings
from tests.runners.dask_programs import Cluster, start_cluster

pytest.importorskip("distributed", reason="the extra dask is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with start_cluster() as started:
        yield started


@pytest.fixture
def two_workers(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster with two workers of one thread, none of whom has died before."""
    while len(cluster.workers) < 2:
        cluster.add_worker()
    cluster.wait_for_workers(2)
    yield cluster
    cluster.workers = [one for one in cluster.workers if one.poll() is None]


def test_a_scheduler_without_workers_is_named(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.end_workers()
    monkeypatch.setattr(dask_checks, "WAIT_FOR_WORKERS_S", 0.5)
    with pytest.raises(RunnerError, match=f"at {cluster.address} must have workers; it has none"):
        list(DaskRunner(cluster.address).run(str, [1]))


def test_a_worker_killed_in_the_middle_changes_nothing(
    two_workers: Cluster, tmp_path: Path
) -> None:
    runner: Runner = DaskRunner(two_workers.address)
    assert not runner.is_local
    numbers = range(25)
    wanted = list(InProcessRunner().run(work.Loaded(tmp_path), numbers))
    own_load = {path.name for path in tmp_path.iterdir()}
    results = list(runner.run(work.KilledOnce(tmp_path, {7: 1}), numbers))
    assert sorted(results) == wanted
    assert (tmp_path / "killed_7_0").exists()
    loads = [path for path in tmp_path.glob("loaded_*") if path.name not in own_load]
    assert {path.read_text() for path in loads} == {"x"}
    assert len(loads) in (1, 2)
    assert [worker.wait() for worker in two_workers.workers if worker.poll() is not None] == [-9]


def test_a_raster_has_the_same_buildings_on_a_cluster(two_workers: Cluster) -> None:
    assert find_buildings(DaskRunner(two_workers.address)) == find_buildings(InProcessRunner())


def test_items_are_taken_as_the_cluster_needs_them(two_workers: Cluster) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        number = 0
        while True:
            taken.append(number)
            yield number
            number += 1

    results = DaskRunner(two_workers.address).run(str, items())
    assert taken == []
    for num_results in range(1, 6):
        next(results)
        assert len(taken) <= num_results + 2 * dask_cluster.ITEMS_PER_THREAD
    results.close()  # type: ignore[attr-defined]


def test_an_error_of_the_function_keeps_its_type_and_names_the_worker(
    two_workers: Cluster,
) -> None:
    with pytest.raises(RasterError, match=r"^scene.tif: .* cannot be read\. \(worker tcp://127.*"):
        list(DaskRunner(two_workers.address).run(work.fail_at_three, range(100)))


def test_a_worker_that_lacks_the_raster_is_named_before_the_work(two_workers: Cluster) -> None:
    expected = r"Worker tcp://127\S+ cannot do the work \(2 of 2 cannot\): ortho.tif: there must"
    with pytest.raises(RunnerError, match=expected):
        list(DaskRunner(two_workers.address).run(work.Unopenable(), range(3)))


def test_an_item_that_kills_every_worker_is_named(two_workers: Cluster, tmp_path: Path) -> None:
    two_workers.add_worker()
    two_workers.wait_for_workers(3)
    with pytest.raises(RunnerError, match=r"^Part 1 of the work has ended 2 workers"):
        list(DaskRunner(two_workers.address).run(work.KilledOnce(tmp_path, {1: 99}), [1]))


def test_another_version_of_geoseg_is_refused(two_workers: Cluster, tmp_path: Path) -> None:
    package = tmp_path / "geoseg"
    package.mkdir()
    (package / "__init__.py").write_text('__version__ = "0.0.9"\n')
    two_workers.add_worker(path=tmp_path)
    two_workers.wait_for_workers(3)
    expected = r"All workers must have geoseg \S+; tcp://127\S+ has 0.0.9 \(1 of 3 differ\)"
    with pytest.raises(RunnerError, match=expected):
        list(DaskRunner(two_workers.address).run(str, [1]))
    two_workers.end_workers()


def test_work_goes_on_when_all_workers_were_replaced(cluster: Cluster, tmp_path: Path) -> None:
    cluster.end_workers()
    cluster.add_worker(num_threads=2)
    results = DaskRunner(cluster.address).run(work.Loaded(tmp_path), range(10))
    found = [next(results)]
    cluster.end_workers()
    cluster.add_worker()
    found += results
    assert sorted(found) == [number * number for number in range(10)]


def test_a_cluster_that_lost_all_workers_is_an_error(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "_SECONDS_BETWEEN_LOOKS", 0.2)
    monkeypatch.setattr(dask_cluster, "_SECONDS_WITHOUT_WORKERS", 0.5)
    cluster.end_workers()
    cluster.add_worker()
    results = DaskRunner(cluster.address).run(str, range(10))
    next(results)
    cluster.end_workers()
    with pytest.raises(RunnerError, match=r"has had no worker .* go on with --resume"):
        list(results)


def test_a_scheduler_that_goes_away_is_an_error(cluster: Cluster) -> None:
    with start_cluster() as own:
        own.add_worker()
        results = DaskRunner(own.address).run(str, range(1000))
        next(results)
        own.scheduler.kill()
        with pytest.raises(RunnerError, match=f"scheduler at {own.address} has gone; .*--resume"):
            list(results)


def test_no_items_need_no_cluster() -> None:
    assert list(DaskRunner("tcp://127.0.0.1:9").run(str, [])) == []


def test_a_scheduler_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_checks, "CONNECT_S", 0.5)
    with pytest.raises(RunnerError, match="must answer at tcp://127.0.0.1:9; none does"):
        list(DaskRunner("tcp://127.0.0.1:9").run(str, [1]))


@pytest.mark.parametrize("address", ["foo", "ftp://host:21", "tcp://host", "host:port", ":8786"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(ConfigError, match=f"such as tcp://.*; got {address}"):
        DaskRunner(address)


@pytest.mark.parametrize("address", ["host:8786", "tls://[::1]:8786"])
def test_an_address_may_lack_its_protocol(address: str) -> None:
    assert DaskRunner(address).address == address


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r'pip install "geoseg\[dask\]"'):
        DaskRunner("tcp://127.0.0.1:8786")


class Stages:
    """Notes its stages."""

    def __init__(self) -> None:
        self.noted: list[Any] = []

    def __call__(self, item: int) -> int:
        raise AssertionError

    def read(self, item: int) -> int:
        self.noted.append("read")
        return item

    def detect(self, given: int) -> int:
        self.noted.append("detect")
        return given + 1

    def finish(self, found: int) -> int:
        self.noted.append("finish")
        return found * 10

    def stop(self) -> None:
        self.noted.append("stop")


def test_the_stages_of_staged_work_are_taken_one_by_one() -> None:
    stages = Stages()
    assert dask_tasks.Loaded(stages).apply(3) == 40
    assert stages.noted == ["read", "detect", "finish"]
