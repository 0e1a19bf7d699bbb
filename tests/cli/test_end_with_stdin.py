"""A command that ends when the program that started it closes its standard input, or dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from geoseg.cli import input_end
from geoseg.cli.main import cli
from geoseg.interrupts import InterruptWatch
from tests.bright import make_scene, write_raster
from tests.cli.endless import NOTE

SECONDS = 60
GO_ON = "the same command with --resume goes on."


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    """A raster of 9 tiles."""
    roofs = [(y, x, y + 50, x + 60) for y in range(20, 620, 110) for x in range(15, 600, 130)]
    return write_raster(tmp_path / "town.tif", make_scene((700, 700), roofs))


def start(module: str, *arguments: object, repository: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", module, "--end-with-stdin", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=repository,
    )


def test_a_run_ends_when_its_input_does_and_can_go_on(
    raster: Path, tmp_path: Path, repository: Path
) -> None:
    output = tmp_path / "b.gpkg"
    arguments = ("predict", raster, "-o", output, "--progress", "json")
    process = start("tests.cli.endless", *arguments, repository=repository)
    with process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"{NOTE}\n"
        stdout, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    last = json.loads(stdout.splitlines()[-1])
    # The network is not waited for; the finishing of the last shards may be.
    assert last["event"] == "error"
    assert last["message"].startswith("interrupted after ")
    assert last["message"].endswith(f"of 9 shards; {GO_ON}")
    assert stderr == f"geoseg: error: {last['message']}\n"
    assert {path.name for path in tmp_path.iterdir()} == {"town.tif", ".b.gpkg.partial"}


def test_workers_end_too(raster: Path, tmp_path: Path, repository: Path) -> None:
    arguments = ("predict", raster, "-o", tmp_path / "b.gpkg", "--progress", "json")
    options = ("--workers", "2", "--overlap", "290")
    with start("geoseg", *arguments, *options, repository=repository) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "start"
        # Workers have its standard error, which ends when the last of them has.
        _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert stderr.startswith("geoseg: error: interrupted")


def test_what_comes_through_the_input_is_dropped(
    raster: Path, tmp_path: Path, repository: Path
) -> None:
    with start("geoseg", "weights", "list", repository=repository) as process:
        assert process.stdin is not None
        process.stdin.write("hello\n" * 100_000)
        process.stdin.flush()
        # Nobody closes it: the command ends by itself, and does not wait for the end.
        assert process.wait(SECONDS) == 0


def test_without_the_option_the_end_of_the_input_means_nothing(
    raster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "geoseg", "weights", "list"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
    )
    assert result.returncode == 0


def test_a_program_without_a_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", None)
        with pytest.raises(Exception, match="needs a standard input"):
            input_end.end_with_input(InterruptWatch())


def test_the_option_is_described() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert "--end-with-stdin" in result.output


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe; whoever closes one of them takes it out."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


def test_an_interrupt_of_another_thread_wakes_the_main_one() -> None:
    with InterruptWatch(raises=True) as watch:
        thread = threading.Thread(target=watch.interrupt)

        def wait() -> None:
            thread.start()
            threading.Event().wait(SECONDS)

        with pytest.raises(KeyboardInterrupt):
            wait()
        thread.join()
        assert watch.is_asked
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append("late"))
    try:
        watch.interrupt()
        assert heard == []
    finally:
        signal.signal(signal.SIGINT, before)


def test_on_windows_a_pipe_is_looked_into_and_not_waited_in(
    monkeypatch: pytest.MonkeyPatch, pipe: tuple[int, int]
) -> None:
    reader, writer = pipe
    os.write(writer, b"hello")
    os.close(writer)
    looks = iter([(5, 0), (0, 0)])

    def peek(handle: int, size: int) -> tuple[int, int]:
        assert (handle, size) == (reader + 100, 0)
        try:
            return next(looks)
        except StopIteration:
            raise BrokenPipeError from None

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "_winapi", SimpleNamespace(PeekNamedPipe=peek))
    windows = SimpleNamespace(get_osfhandle=lambda descriptor: descriptor + 100)
    monkeypatch.setitem(sys.modules, "msvcrt", windows)
    monkeypatch.setattr("time.sleep", lambda _: None)
    read: list[bytes] = []
    take = os.read

    def record(descriptor: int, size: int) -> bytes:
        read.append(take(descriptor, size))
        return read[-1]

    monkeypatch.setattr("os.read", record)
    input_end._wait_for_end(reader)
    assert read == [b"hello", b""]
    assert list(looks) == []
