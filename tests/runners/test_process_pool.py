"""Real processes: killed, failing, interrupted, and left behind by their parent."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from geoseg.errors import ConfigError, RasterError, RunnerError
from geoseg.runners import threads
from geoseg.runners.process_pool import ITEMS_PER_WORKER, MAX_LOSSES, ProcessPoolRunner
from geoseg.types import Runner
from tests.runners import work

PATIENCE_S = 60.0


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for another process."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children() -> list[psutil.Process]:
    """Workers of this process; Python's own resource tracker is none."""
    return [
        child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())
    ]


def test_every_item_is_done_once_and_each_worker_loads_once(tmp_path: Path) -> None:
    runner: Runner = ProcessPoolRunner(2)
    assert not runner.is_local
    results = list(runner.run(work.Loaded(tmp_path), range(20)))
    assert sorted(results) == [number * number for number in range(20)]
    assert [path.read_text() for path in tmp_path.iterdir()] == ["x", "x"]
    assert children() == []


def test_no_items_start_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoseg.runners.process_pool.start_worker", None)
    assert list(ProcessPoolRunner(2).run(str, [])) == []


def test_there_is_at_least_one_worker() -> None:
    with pytest.raises(ConfigError, match="num_workers must be at least 1; got 0"):
        ProcessPoolRunner(0)


def test_items_are_taken_as_workers_need_them() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        number = 0
        while True:
            taken.append(number)
            yield number
            number += 1

    results = ProcessPoolRunner(2).run(str, items())
    assert taken == []
    for num_results in range(1, 6):
        next(results)
        assert len(taken) <= num_results + 2 * ITEMS_PER_WORKER
    results.close()  # type: ignore[attr-defined]
    assert children() == []


def test_results_larger_than_a_pipe_pass() -> None:
    results = list(ProcessPoolRunner(2).run(work.give_megabytes, range(6)))
    assert sorted(result[0] for result in results) == list(range(6))
    assert {len(result) for result in results} == {3_000_000}


def test_a_killed_worker_is_replaced_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    function = work.KilledOnce(tmp_path, {2: 1, 5: MAX_LOSSES - 1})
    results = list(ProcessPoolRunner(2).run(function, range(12)))
    assert sorted(results) == [number * number for number in range(12)]
    assert (
        caplog.messages.count("a worker process was ended by SIGKILL; its work is done again")
        == MAX_LOSSES
    )


def test_an_item_that_kills_every_worker_is_named(tmp_path: Path) -> None:
    function = work.KilledOnce(tmp_path, {4: 99})
    results = ProcessPoolRunner(2).run(function, range(12))
    with pytest.raises(RunnerError, match=r"Part 4 of the work has ended 3 .* by SIGKILL"):
        list(results)
    assert children() == []


def test_an_error_of_the_function_keeps_type_text_and_traceback() -> None:
    with pytest.raises(RasterError, match=r"^scene.tif: window .* cannot be read\.$") as caught:
        list(ProcessPoolRunner(2).run(work.fail_at_three, range(100)))
    assert "in fail_at_three" in str(caught.value.__cause__)
    assert children() == []


def test_what_cannot_be_pickled_is_an_error_that_says_so() -> None:
    with pytest.raises(RunnerError, match=r"^OddError: odd 0$"):
        list(ProcessPoolRunner(1).run(work.fail_oddly, [0]))
    with pytest.raises(RunnerError, match=r"^A result cannot be pickled: .*lock"):
        list(ProcessPoolRunner(1).run(work.give_a_lock, [0]))


def test_a_function_that_does_not_load_fails_with_its_own_error() -> None:
    with pytest.raises(RasterError, match=r"ortho.tif: there must be a raster"):
        list(ProcessPoolRunner(2).run(work.Unopenable(), range(3)))


def test_a_warning_is_shown_once_and_records_reach_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        caplog.at_level(logging.INFO, "geoseg"),
        pytest.warns(UserWarning, match="coarse") as shown,
    ):
        assert len(list(ProcessPoolRunner(2).run(work.warn_and_log, range(6)))) == 6
    assert [str(one.message) for one in shown] == ["the pixels are coarse"]
    assert Path(shown[0].filename).name == "work.py"
    assert sorted(caplog.messages) == [f"number {number}" for number in range(6)]


def test_workers_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(("NUM_THREADS", "INTRAOP_THREADS")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(threads, "count_cores", lambda: 7)
    assert list(ProcessPoolRunner(2).run(work.give_threads, [0])) == [(3, 3, "true")]
    assert threads.share_machine(8)["TF_NUM_INTRAOP_THREADS"] == "1"
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert "OMP_NUM_THREADS" not in threads.share_machine(2)


def start_script(path: Path, body: str) -> subprocess.Popen[str]:
    """Run a script that uses the runner, from this repository."""
    path.write_text(
        "from pathlib import Path\n"
        "from geoseg.runners.process_pool import ProcessPoolRunner\n"
        "from tests.runners import work\n" + body
    )
    return subprocess.Popen(
        [sys.executable, str(path)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


STAY = """
if __name__ == "__main__":
    folder = Path({folder!r})
    list(ProcessPoolRunner(2).run(work.stay, [folder] * 4))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "pids"
    folder.mkdir()
    with start_script(tmp_path / "script.py", STAY.format(folder=str(folder))) as script:
        wait_until(lambda: len(list(folder.iterdir())) == 2)
        workers = [psutil.Process(int(path.name)) for path in folder.iterdir()]
        if how == signal.SIGKILL:
            script.kill()
        else:
            # As a terminal does: to the whole group.
            os.killpg(script.pid, how)
        _, errors = script.communicate(timeout=PATIENCE_S)
    psutil.wait_procs(workers, timeout=PATIENCE_S)
    assert not any(worker.is_running() for worker in workers)
    # One traceback, the parent's own; the workers say nothing.
    assert errors.count("Traceback") == (how == signal.SIGINT)


def test_a_script_without_a_guard_is_told(tmp_path: Path) -> None:
    body = "print(list(ProcessPoolRunner(1).run(str, [1])))\n"
    with start_script(tmp_path / "script.py", body) as script:
        _, errors = script.communicate(timeout=PATIENCE_S)
    assert script.returncode == 1
    assert 'work under `if __name__ == "__main__":`' in errors.splitlines()[-1]
