from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from geoseg_qgis.engine.errors import CommandCancelled, CommandFailed, EnvironmentMissing
from geoseg_qgis.engine.events import Event, ResultGiven, StageStarted
from geoseg_qgis.engine.run import run_command, run_lines
from tests.qgis.engine.watching import LifeLine, Recorder, never

RESULT = """print('{"v": 1, "event": "result", "buildings": 3}', flush=True)\n"""
# Ends neither with its standard input nor with a request to end.
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    time.sleep(60)
"""
Program = Callable[[str], str]


def test_result_is_returned_and_everything_is_told(fake_python: Path, program: Program) -> None:
    word = program(
        "import sys\n"
        """print('{"v": 1, "event": "start", "stage": "tiles", "total": 9}', flush=True)\n"""
        "print('for people: ä', file=sys.stderr, flush=True)\n" + RESULT
    )
    listener = Recorder()
    assert run_command(fake_python, [word], listener, is_cancelled=never) == {"buildings": 3}
    assert listener.events == [StageStarted("tiles", 9), ResultGiven({"buildings": 3})]
    assert listener.log == ["for people: ä"]


def test_failure_tells_the_commands_own_line_and_its_log(
    fake_python: Path, program: Program
) -> None:
    word = program(
        "import sys\n"
        "for number in range(1000): print('line', number, file=sys.stderr)\n"
        """print('{"v": 1, "event": "error", "message": "The raster has no CRS."}')\n"""
        "sys.exit(1)\n"
    )
    with pytest.raises(CommandFailed) as caught:
        run_command(fake_python, [word], Recorder(), is_cancelled=never)
    assert str(caught.value) == "The raster has no CRS."
    assert caught.value.exit_code == 1
    assert caught.value.details.splitlines() == [f"line {number}" for number in range(800, 1000)]


def test_result_and_failure_together_are_a_failure(fake_python: Path, program: Program) -> None:
    word = program(RESULT + "raise SystemExit(3)\n")
    with pytest.raises(CommandFailed, match="code 3"):
        run_command(fake_python, [word], Recorder(), is_cancelled=never)


def test_command_that_kills_itself_is_explained(fake_python: Path, program: Program) -> None:
    word = program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n")
    with pytest.raises(CommandFailed, match="lack of memory") as caught:
        run_command(fake_python, [word], Recorder(), is_cancelled=never)
    assert caught.value.exit_code == -9


def test_python_without_geoseg_is_no_environment(bare_python: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="no geoseg"):
        run_command(bare_python, ["predict"], Recorder(), is_cancelled=never)


@pytest.mark.parametrize("kind", ["absent", "folder", "text"])
def test_python_that_cannot_be_started_is_no_environment(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "python"
    if kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("no program")
    with pytest.raises(EnvironmentMissing, match="cannot be started"):
        run_command(path, ["predict"], Recorder(), is_cancelled=never)


def test_rubbish_goes_into_the_log_and_harms_nothing(fake_python: Path, program: Program) -> None:
    word = program(
        "import os, random, sys\n"
        "out = sys.stdout.buffer\n"
        "out.write(random.Random(1).randbytes(300_000) + b'\\n')\n"
        'out.write(b\'{"v": 1, "event": "progress", "sta\\n\')\n'
        'out.write(b\'{"v": 1, "event": "confetti"}\\n\')\n'
        'out.write(b\'{"v": 2, "event": "result", "buildings": 9}\\n\')\n'
        "out.write(b'x' * 100_000 + b'\\n')\n"
        "out.write(b'\\xff\\xfe half a letter \\xc3\\n\\r\\n\\0\\n')\n"
        "out.flush()\n" + RESULT + "out.write(b'no end of line')\n"
    )
    listener = Recorder()
    assert run_command(fake_python, [word], listener, is_cancelled=never) == {"buildings": 3}
    assert listener.events == [ResultGiven({"buildings": 3})]
    assert '{"v": 1, "event": "confetti"}' in listener.log
    assert '{"v": 2, "event": "result", "buildings": 9}' in listener.log
    assert listener.log[-1] == "no end of line"
    assert max(map(len, listener.log)) < 2100


def test_endless_line_takes_no_memory(fake_python: Path, program: Program) -> None:
    word = program(
        "import sys\n"
        "for _ in range(1600): sys.stdout.buffer.write(b'x' * 65536)\n"
        "sys.stdout.buffer.write(b'\\n')\n" + RESULT
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    listener = Recorder()
    assert run_command(fake_python, [word], listener, is_cancelled=never) == {"buildings": 3}
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    # Of 100 MiB.
    assert grown_kib < 60 * 1024
    assert listener.log[0].startswith("xxx")


@pytest.mark.parametrize(("flooded", "silent"), [("stderr", "stdout"), ("stdout", "stderr")])
def test_flood_of_one_stream_does_not_stop_the_other(
    fake_python: Path, program: Program, flooded: str, silent: str
) -> None:
    word = program(
        "import sys\n"
        f"print('first', file=sys.{silent}, flush=True)\n"
        f"for number in range(50_000): print('flood', number, file=sys.{flooded})\n"
        f"sys.{flooded}.flush()\n" + RESULT
    )
    listener = Recorder()
    assert run_command(fake_python, [word], listener, is_cancelled=never) == {"buildings": 3}
    assert len(listener.log) == 50_001
    floods = [line for line in listener.log if line.startswith("flood")]
    assert floods == [f"flood {number}" for number in range(50_000)]


def test_slow_listener_makes_the_command_wait(fake_python: Path, program: Program) -> None:
    """50 MB are not kept for somebody who has not read the first line."""
    word = program("import sys\nfor _ in range(50_000): print('x' * 1000)\n" + RESULT)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    class Slow(Recorder):
        def on_log(self, line: str) -> None:
            if not self.log:
                # The queue and the pipe are full long before.
                time.sleep(0.5)
            self.log = [line]

    assert run_command(fake_python, [word], Slow(), is_cancelled=never) == {"buildings": 3}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


def test_cancelling_ends_a_command_that_ignores_everything(
    fake_python: Path, program: Program, tmp_path: Path
) -> None:
    life = LifeLine(tmp_path / "life")
    word = program(life.hold + STUBBORN)
    cancelled_at: list[float] = []

    def is_cancelled() -> bool:
        if not cancelled_at and life.has_started():
            cancelled_at.append(time.monotonic())
        return bool(cancelled_at)

    with pytest.raises(CommandCancelled):
        run_command(fake_python, [word], Recorder(), is_cancelled=is_cancelled)
    assert time.monotonic() - cancelled_at[0] < 2
    assert life.wait_for_end()
    life.close()


def test_cancelling_lets_a_command_tidy_up(
    fake_python: Path, program: Program, tmp_path: Path
) -> None:
    tidied = tmp_path / "tidied"
    life = LifeLine(tmp_path / "life")
    word = program(
        f"import sys, pathlib\n{life.hold}sys.stdin.read()\n"
        # More than a pipe holds: nobody listens any more, and it must not wait for that.
        f"print('x' * 1_000_000)\npathlib.Path({str(tidied)!r}).touch()\n"
    )
    started: list[bool] = []

    def is_cancelled() -> bool:
        if not started and life.has_started():
            started.append(True)
        return bool(started)

    with pytest.raises(CommandCancelled):
        run_command(fake_python, [word], Recorder(), is_cancelled=is_cancelled)
    assert tidied.exists()
    life.close()


def test_cancelling_before_the_start_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandCancelled):
        run_command(tmp_path / "absent", [], Recorder(), is_cancelled=lambda: True)


def test_cancelling_works_amid_a_flood(fake_python: Path, program: Program) -> None:
    word = program("while True: print('flood')\n")
    listener = Recorder()
    with pytest.raises(CommandCancelled):
        run_command(fake_python, [word], listener, is_cancelled=lambda: len(listener.log) >= 1000)
    assert len(listener.log) == 1000


def test_listener_that_raises_leaves_no_command_alive(
    fake_python: Path, program: Program, tmp_path: Path
) -> None:
    life = LifeLine(tmp_path / "life")
    word = program(life.hold + RESULT + STUBBORN)

    class Broken(Recorder):
        def on_event(self, event: Event) -> None:
            raise RuntimeError("the window is gone")

    with pytest.raises(RuntimeError, match="the window is gone"):
        run_command(fake_python, [word], Broken(), is_cancelled=never)
    assert life.wait_for_start()
    assert life.wait_for_end()
    life.close()


def test_end_is_that_of_the_command_not_of_what_it_left_behind(
    fake_python: Path, program: Program, tmp_path: Path
) -> None:
    life = LifeLine(tmp_path / "life")
    grandchild = life.hold + STUBBORN
    word = program(
        f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {grandchild!r}])\n"
        + RESULT
    )
    started = time.monotonic()
    assert run_command(fake_python, [word], Recorder(), is_cancelled=never) == {"buildings": 3}
    assert time.monotonic() - started < 10
    # It holds the pipe open, and is in the same group.
    assert not life.wait_for_start(0.0) or life.wait_for_end()
    life.close()


def test_grandchild_that_floods_from_its_own_session_holds_up_nobody(
    fake_python: Path, program: Program
) -> None:
    # It dies of the pipe that nobody reads any more.
    flood = "while True: print('flood', flush=True)"
    word = program(
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', {flood!r}], stderr=subprocess.DEVNULL,"
        " start_new_session=True)\n" + RESULT
    )
    started = time.monotonic()
    assert run_command(fake_python, [word], Recorder(), is_cancelled=never) == {"buildings": 3}
    assert time.monotonic() - started < 20


def test_command_that_closes_its_output_is_waited_for(fake_python: Path, program: Program) -> None:
    word = program(
        RESULT + "import os, time\nos.close(1)\nos.close(2)\ntime.sleep(0.3)\nos._exit(5)\n"
    )
    with pytest.raises(CommandFailed) as caught:
        run_command(fake_python, [word], Recorder(), is_cancelled=never)
    assert caught.value.exit_code == 5


def test_any_program_is_run_by_its_lines() -> None:
    lines: list[str] = []
    text = "import sys; print('out ä'); print('err', file=sys.stderr); sys.exit(4)"
    argv = [sys.executable, "-X", "utf8", "-c", text]
    assert run_lines(argv, lines.append, is_cancelled=never) == 4
    assert sorted(lines) == ["err", "out ä"]


def test_no_child_and_no_file_is_left_open(fake_python: Path, program: Program) -> None:
    word = program(RESULT)
    run_command(fake_python, [word], Recorder(), is_cancelled=never)
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    # Other tests may have left a pool or a tracker of shared memory running.
    children = psutil.Process().children()
    for _ in range(5):
        run_command(fake_python, [word], Recorder(), is_cancelled=never)
    assert len(os.listdir("/proc/self/fd")) == files  # noqa: PTH208
    assert [one for one in psutil.Process().children() if one not in children] == []
