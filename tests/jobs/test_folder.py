from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geoseg.errors import ConfigError, OutputError, OutputExistsError
from geoseg.jobs import JobFolder, choose_place
from tests.jobs.made import METRIC, RUN, list_names, make_footprints, make_result


def open_job(output: Path, **run: object) -> JobFolder:
    return JobFolder(choose_place(output), output, {**RUN, **run})


def begin(output: Path, count: int = 2) -> JobFolder:
    """A run that finished some shards and was interrupted."""
    with open_job(output) as job:
        job.check(resume=False, overwrite=False)
        shards = job.open_shards(METRIC)
        for index in range(count):
            shards.put(make_result(index))
    return job


def write_text(text: str) -> Callable[[Path], list[Path]]:
    def write(path: Path) -> list[Path]:
        path.write_text(text)
        path.with_name(f"{path.name}.origin.json").write_text(f"{text} origin")
        return [path]

    return write


def test_a_run_that_ends_leaves_its_results_alone(tmp_path: Path) -> None:
    output = tmp_path / "b.gpkg"
    with open_job(output) as job:
        job.check(resume=False, overwrite=False)
        assert list_names(tmp_path) == [".b.gpkg.partial"]
        job.open_shards(METRIC).put(make_result(3))
        job.open_spool(METRIC).append(make_footprints(3))
        assert job.publish(output, write_text("all"), overwrite=False) == [output]
        job.finish()
    assert list_names(tmp_path) == ["b.gpkg", "b.gpkg.origin.json"]
    assert output.read_text() == "all"


def test_the_folder_may_lie_elsewhere(tmp_path: Path) -> None:
    output, place = tmp_path / "b.gpkg", tmp_path / "scratch"
    assert choose_place(output, place) == place
    place.mkdir()
    with JobFolder(place, output, RUN) as job:
        job.check(resume=False, overwrite=False)
        job.open_shards(METRIC).put(make_result(3))
    assert list_names(place) == ["lock", "manifest.json", "shards"]
    assert list_names(tmp_path) == ["scratch"]


def test_an_interrupted_run_goes_on_with_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "b.gpkg"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert begin(output).created == "2023-11-14T22:13:20+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000001")
    with open_job(output) as job:
        job.check(resume=True, overwrite=False)
        assert job.created == "2023-11-14T22:13:20+00:00"
        assert job.num_done == 2
        shards = job.open_shards(METRIC)
        assert [index in shards for index in range(4)] == [True, True, False, False]
        shards.put(make_result(2))
        assert job.describe_interruption() == (
            "interrupted after 3 of 4 shards; the same command with --resume goes on."
        )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(ConfigError):
        open_job(output)


def test_a_run_that_finished_nothing_leaves_nothing(tmp_path: Path) -> None:
    with open_job(tmp_path / "b.gpkg") as job:
        job.check(resume=False, overwrite=False)
        job.open_spool(METRIC)
        assert job.describe_interruption() == ""
    assert list_names(tmp_path) == []
    with open_job(tmp_path / "b.gpkg"):
        assert list_names(tmp_path) == [".b.gpkg.partial"]
    assert list_names(tmp_path) == []


def test_an_interrupted_run_is_neither_lost_nor_taken_up_unasked(tmp_path: Path) -> None:
    output = tmp_path / "b.gpkg"
    begin(output)
    with (
        pytest.raises(OutputExistsError, match=r"after 2 of 4 shards; --resume .* --overwrite"),
        open_job(output) as job,
    ):
        job.check(resume=False, overwrite=False)
    with open_job(output, **{"detect.score": 0.5}) as job:
        job.check(resume=False, overwrite=True)
        assert job.num_done == 0
        job.open_shards(METRIC).put(make_result(3))
    with open_job(output, **{"detect.score": 0.5}) as job:
        job.check(resume=True, overwrite=False)
        assert 3 in job.open_shards(METRIC)


def test_another_run_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    output = tmp_path / "b.gpkg"
    begin(output)
    with (
        pytest.raises(OutputError) as caught,
        open_job(output, **{"detect.score": 0.5, "weights": "cd34"}) as job,
    ):
        job.check(resume=True, overwrite=True)
    assert str(caught.value) == (
        f"{output}: --resume goes on with what a run began with; got weights cd34 instead of "
        "ab12, detect.score 0.5 instead of 0.44."
    )
    with open_job(output) as job:
        job.check(resume=True, overwrite=False)
        assert job.num_done == 2


def test_shards_without_a_manifest_do_not_count(tmp_path: Path) -> None:
    output = tmp_path / "b.gpkg"
    job = begin(output)
    # What a run leaves that is killed while it removes its folder.
    (job.path / "manifest.json").unlink()
    with open_job(output) as job:
        job.check(resume=True, overwrite=False)
        assert job.num_done == 0
        assert len(job.open_shards(METRIC)) == 0
    assert list_names(tmp_path) == []


def test_overwrite_gets_rid_of_a_damaged_manifest(tmp_path: Path) -> None:
    output = tmp_path / "b.gpkg"
    job = begin(output)
    (job.path / "manifest.json").write_text("{")
    with pytest.raises(OutputError, match="--overwrite begins anew"), open_job(output) as job:
        job.check(resume=True, overwrite=False)
    with open_job(output) as job:
        job.check(resume=False, overwrite=True)
    assert list_names(tmp_path) == []


def test_a_folder_of_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    place = tmp_path / "photos"
    place.mkdir()
    (place / "me.jpg").write_text("")
    with (
        pytest.raises(OutputError, match=r"photos: a job folder must be empty, .* with me\.jpg"),
        JobFolder(place, tmp_path / "b.gpkg", RUN),
    ):
        pass
    assert list_names(place) == ["me.jpg"]
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match="file: cannot be written: File exists"),
        JobFolder(tmp_path / "file", tmp_path / "b.gpkg", RUN),
    ):
        pass
    with (
        pytest.raises(OutputError, match="cannot be written: No such file or directory"),
        open_job(tmp_path / "gone/b.gpkg"),
    ):
        pass


def hold(output: Path, is_held: multiprocessing.synchronize.Event) -> None:  # type: ignore[name-defined]
    """Sit in a job folder until killed."""
    with open_job(output) as job:
        job.check(resume=True, overwrite=False)
        is_held.set()
        signal.pause()


@pytest.mark.skipif(os.name != "posix", reason="a process is killed as POSIX does it")
def test_a_second_process_is_refused_but_a_dead_one_is_not_in_the_way(tmp_path: Path) -> None:
    output = tmp_path / "b.gpkg"
    begin(output)
    context = multiprocessing.get_context("spawn")
    is_held = context.Event()
    holder = context.Process(target=hold, args=(output, is_held))
    holder.start()
    try:
        assert is_held.wait(120)
        with pytest.raises(OutputError) as caught, open_job(output):
            pass
        place = choose_place(output)
        assert str(caught.value) == (
            f"{output}: another process is at work in {place}; wait for it, or choose another "
            "output."
        )
        assert "manifest.json" in list_names(place)
    finally:
        holder.kill()
        holder.join()
    with open_job(output) as job:
        job.check(resume=True, overwrite=False)
        assert job.num_done == 2


def test_a_lock_does_not_pass_to_a_child(tmp_path: Path) -> None:
    output = tmp_path / "b.gpkg"
    with open_job(output):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with open_job(output) as job:
            job.check(resume=False, overwrite=False)
    finally:
        child.communicate(b"\n")


class KilledError(BaseException):
    """Stands in for a kill: nothing catches it."""


def publish_all(first: Path, output: Path, *, overwrite: bool = False) -> None:
    """Go on with a run whose shards are all finished."""
    with open_job(first) as job:
        job.check(resume=True, overwrite=overwrite)
        assert job.publish(output, write_text("all"), overwrite=overwrite) == [output]
        job.finish()


@pytest.mark.parametrize("num_moved", [0, 1, 2])
@pytest.mark.parametrize("folder", ["", "elsewhere"])
def test_a_run_killed_while_it_publishes_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, num_moved: int, folder: str
) -> None:
    moved: list[Path] = []
    replace: Callable[..., Path] = Path.replace

    def kill(path: Path, target: Path) -> None:
        if len(moved) == num_moved:
            raise KilledError
        moved.append(replace(path, target))

    first, output = tmp_path / "a.gpkg", tmp_path / folder / "b.gpkg"
    output.parent.mkdir(exist_ok=True)
    begin(first, 4)
    monkeypatch.setattr(Path, "replace", kill)
    # A process that is killed cleans nothing up.
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    if num_moved < 2:
        with pytest.raises(KilledError):
            publish_all(first, output)
    else:
        monkeypatch.setattr(JobFolder, "finish", lambda _: None)
        publish_all(first, output)
    monkeypatch.undo()
    assert len(moved) == num_moved
    with open_job(first) as job:
        job.check(resume=True, overwrite=False)
        assert job.is_publishing
    publish_all(first, output)
    found = list_names(output.parent)
    assert found == ["b.gpkg", "b.gpkg.origin.json"]


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    output, origin = tmp_path / "b.gpkg", tmp_path / "b.gpkg.origin.json"
    begin(output, 4)
    origin.write_text("mine")
    with pytest.raises(OutputExistsError, match=r"b\.gpkg\.origin\.json exists"):
        publish_all(output, output)
    assert list_names(tmp_path) == [".b.gpkg.partial", "b.gpkg.origin.json"]
    assert origin.read_text() == "mine"
    publish_all(output, output, overwrite=True)
    assert origin.read_text() == "all origin"


def test_the_rest_of_a_longer_result_is_removed_only_if_asked_for(tmp_path: Path) -> None:
    output = tmp_path / "b.osm"
    for name in ("b_001.osm", "b_002.osm"):
        (tmp_path / name).write_text("old")
    begin(output, 4)
    with pytest.raises(OutputExistsError, match=r"b_001\.osm exists"):
        publish_all(output, output)
    publish_all(output, output, overwrite=True)
    assert list_names(tmp_path) == ["b.osm", "b.osm.origin.json"]
