"""The task: signals in portions, one end, and a quick cancel."""

from __future__ import annotations

import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsApplication, QgsRasterLayer, QgsTask
from qgis.PyQt.QtCore import QCoreApplication, QEventLoop, QThread

from geoseg_qgis.extraction_request import ExtractionRequest
from geoseg_qgis.raster_input import read_layer
from geoseg_qgis.tasks.extraction_task import ExtractionTask

HEAD = """\
import json, os, signal, struct, sys, time
words = sys.argv[sys.argv.index("--end-with-stdin") + 1:]
def tell(event, **values):
    print(json.dumps({"v": 1, "event": event, **values}), flush=True)
def found(first, count):
    square = struct.pack("<BIII10d", 1, 3, 1, 5, 0, 0, 4, 0, 4, 4, 0, 4, 0, 0).hex()
    one = {"wkb": square, "score": 0.5, "area_m2": 16.0}
    numbers = range(first, first + count)
    tell("footprints", crs="EPSG:32636", footprints=[{"id": n, **one} for n in numbers])
def end():
    tell("result", buildings=7, area_km2=0.25, seconds=2.5, tiles=2, outputs=["x"],
         origin={"model": "m"})
"""


class Heard:
    """All signals of a task, in their order, and the threads that they came in."""

    def __init__(self, task: ExtractionTask) -> None:
        self.signals: list[tuple[str, tuple[Any, ...]]] = []
        self.threads: set[QThread] = set()
        self.ends = 0
        for name in ("progressed", "logged", "found"):
            getattr(task, name).connect(self._make(name))
        for name in ("finished_well", "failed", "cancelled"):
            getattr(task, name).connect(self._make(name))

    def _make(self, name: str) -> Callable[..., None]:
        def hear(*values: Any) -> None:
            self.signals.append((name, values))
            self.threads.add(threading.get_ident())

        return hear

    def values(self, name: str) -> list[tuple[Any, ...]]:
        return [values for one, values in self.signals if one == name]


@pytest.fixture
def run(tmp_path: Path, sample_raster: Path) -> Callable[..., Heard]:
    """Runs a task whose command is a program, until it has ended."""

    def start(program: str, on_task: Callable[[ExtractionTask], None] | None = None) -> Heard:
        (tmp_path / "fake.py").write_text(HEAD + program, encoding="utf-8")
        python = tmp_path / "python é"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/fake.py" "$@"\n')
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        raster = read_layer(QgsRasterLayer(str(sample_raster), "Bild"))
        task = ExtractionTask(ExtractionRequest(raster, is_live=True), python)
        heard = Heard(task)
        if on_task is not None:
            on_task(task)
        QgsApplication.taskManager().addTask(task)
        deadline = time.monotonic() + 20
        ends = ("finished_well", "failed", "cancelled")
        while not any(name in ends for name, _ in heard.signals):
            assert time.monotonic() < deadline, heard.signals[-3:]
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
        return heard

    return start


def test_a_run_is_told_from_its_beginning_to_its_result(run: Callable[..., Heard]) -> None:
    heard = run(
        'tell("start", stage="tiles", total=4)\n'
        'tell("progress", stage="tiles", done=1, total=4, per_s=1.0, eta_s=3.5, found=2)\n'
        'time.sleep(0.3)\ntell("warning", message="coarse")\nend()'
    )
    assert heard.signals[-1][0] == "finished_well"
    ((result,),) = heard.values("finished_well")
    assert (result.buildings, result.origin, result.outputs) == (7, {"model": "m"}, ())
    assert result.warnings == ("coarse",)
    assert ("Looking at the imagery", 0.25, 3.5, 2) in heard.values("progressed")
    lines = [line for (lines,) in heard.values("logged") for line in lines]
    assert lines[0].startswith("geoseg predict")
    assert "--live" in lines[0]
    assert "Warning: coarse" in lines


def test_the_window_hears_everything_in_its_own_thread(run: Callable[..., Heard]) -> None:
    heard = run("found(1, 3)\nend()")
    assert heard.threads == {threading.get_ident()}


def test_5000_events_are_joined_to_a_few_signals_and_none_is_lost(
    run: Callable[..., Heard],
) -> None:
    started = time.monotonic()
    heard = run(
        "for n in range(5000):\n"
        '    tell("progress", stage="tiles", done=n, total=5000, per_s=1.0, eta_s=1.0, found=n)\n'
        "    print(n, file=sys.stderr)\n"
        "    if n % 10 == 0: found(n, 10)\n"
        "end()"
    )
    seconds = time.monotonic() - started
    features = [one for (batch,) in heard.values("found") for one in batch]
    assert [one["id"] for one in features] == list(range(5000))
    for name in ("progressed", "logged", "found"):
        assert 0 < len(heard.values(name)) <= 10 * seconds + 2
    assert max(len(lines) for (lines,) in heard.values("logged")) <= 500


def test_what_waits_is_told_while_the_command_is_silent(run: Callable[..., Heard]) -> None:
    times: dict[str, float] = {}

    def watch(task: ExtractionTask) -> None:
        task.found.connect(lambda batch: times.update(found=time.monotonic()))
        task.finished_well.connect(lambda result: times.update(end=time.monotonic()))

    # The second comes too soon after the first to be told with it.
    run("found(1, 1)\nfound(2, 1)\ntime.sleep(1)\nend()", watch)
    assert times["end"] - times["found"] > 0.5


def test_a_failure_has_its_message_and_the_log_as_details(run: Callable[..., Heard]) -> None:
    heard = run(
        'print("half way", file=sys.stderr)\n'
        'tell("error", message="the disk is full.")\nsys.exit(1)'
    )
    assert heard.signals[-1][0] == "failed"
    message, details = heard.values("failed")[0]
    assert message == "the disk is full."
    assert "half way" in details
    assert heard.values("finished_well") == []


def test_a_child_that_is_killed_is_a_failure(run: Callable[..., Heard]) -> None:
    heard = run("os.kill(os.getpid(), signal.SIGSEGV)")
    assert heard.signals[-1][0] == "failed"


def test_cancel_ends_the_task_within_a_second(run: Callable[..., Heard]) -> None:
    cancelled_at: list[float] = []

    def watch(task: ExtractionTask) -> None:
        def cancel(lines: list[str]) -> None:
            if "ready" in lines:
                cancelled_at.append(time.monotonic())
                task.cancel()

        task.logged.connect(cancel)

    heard = run(
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        'print("ready", file=sys.stderr, flush=True)\ntime.sleep(60)',
        watch,
    )
    assert time.monotonic() - cancelled_at[0] < 1.0
    assert [name for name, _ in heard.signals if name in ("cancelled", "failed")] == ["cancelled"]


def test_what_nobody_foresaw_is_a_failure_with_its_traceback(
    run: Callable[..., Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr("geoseg_qgis.extraction.Extraction.run", break_down)
    message, details = run("end()").values("failed")[0]
    assert "nothing to divide by" in message
    assert "break_down" in details


def test_the_task_can_be_cancelled(sample_raster: Path) -> None:
    raster = read_layer(QgsRasterLayer(str(sample_raster), "Bild"))
    task = ExtractionTask(ExtractionRequest(raster), Path("python"))
    assert task.flags() & QgsTask.Flag.CanCancel
    assert "Bild" in task.description()
