from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geoseg_qgis.engine.child import Child
from tests.qgis.engine.watching import LifeLine

# What QGIS is to the command.
PARENT = """
import os, sys
sys.path.insert(0, {plugins!r})
from geoseg_qgis.engine.child import Child
child = Child([sys.executable, "-c", {program!r}], os.environ)
print(child.pid, flush=True)
while True:
    child.lines(60)
"""


def make_child(program: str) -> Child:
    return Child([sys.executable, "-c", program], os.environ)


def test_lines_come_with_the_stream_that_they_came_by() -> None:
    with make_child("import sys; print('a', flush=True); print('b', file=sys.stderr)") as child:
        lines = []
        while not child.is_drained:
            lines += child.lines(5.0)
        assert sorted(lines) == [("err", "b"), ("out", "a")]


def test_waiting_for_a_silent_child_ends_in_time() -> None:
    with make_child("import time; time.sleep(60)") as child:
        started = time.monotonic()
        assert child.lines(0.05) == []
        assert time.monotonic() - started < 1
        assert child.poll() is None


def test_stopping_twice_is_stopping_once() -> None:
    child = make_child("input()")
    child.stop()
    # Its input ended.
    assert child.poll() == 1
    child.stop()
    assert child.poll() == 1


def test_stopping_kills_what_it_started(tmp_path: Path) -> None:
    life = LifeLine(tmp_path / "life")
    grandchild = life.hold + "import time; time.sleep(600)"
    child = make_child(
        f"import subprocess, sys; subprocess.call([sys.executable, '-c', {grandchild!r}])"
    )
    assert life.wait_for_start()
    started = time.monotonic()
    child.stop(grace_s=0.1)
    assert time.monotonic() - started < 1.5
    assert child.poll() == -signal.SIGKILL
    assert life.wait_for_end()
    life.close()


def test_child_ends_when_this_process_is_killed(tmp_path: Path, repository: Path) -> None:
    life = LifeLine(tmp_path / "life")
    text = PARENT.format(
        plugins=str(repository / "qgis_plugin"), program=life.hold + "import sys; sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)
    with parent:
        assert life.wait_for_start()
        parent.kill()
    assert life.wait_for_end()
    life.close()


def test_what_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Child([str(tmp_path / "absent")], {})
