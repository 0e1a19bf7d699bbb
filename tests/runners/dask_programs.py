"""A scheduler and workers of Dask, started from the command line."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 60.0


class Cluster:
    """A scheduler on this machine, and its workers.

    Attributes:
        scheduler: its process.
        address: of the scheduler.
        workers: their processes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(file))
        self.workers: list[subprocess.Popen[bytes]] = []
        deadline = time.monotonic() + PATIENCE_S
        while not file.exists():
            assert self.scheduler.poll() is None, (folder / "scheduler.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.address: str = json.loads(file.read_text())["address"]

    def add_worker(self, *, num_threads: int = 1, path: Path = REPOSITORY) -> None:
        """Start a worker that finds geoseg in a folder."""
        self.workers.append(
            self._start("worker", self.address, "--nthreads", str(num_threads), "--no-nanny",
                        path=path)
        )  # fmt: skip

    def wait_for_workers(self, num_workers: int) -> None:
        """Wait until so many are connected, no more and no fewer."""
        from distributed import Client

        deadline = time.monotonic() + PATIENCE_S
        with Client(self.address, set_as_default=False, timeout=PATIENCE_S) as client:
            while len(client.nthreads()) != num_workers:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def end_workers(self) -> None:
        """Kill all workers, and wait until the scheduler knows."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers = []
        self.wait_for_workers(0)

    def end(self) -> None:
        """Kill everything."""
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.wait()

    def _start(
        self, program: str, *arguments: str, path: Path = REPOSITORY
    ) -> subprocess.Popen[bytes]:
        settings = {
            "PYTHONPATH": str(path),
            "DASK_TEMPORARY_DIRECTORY": str(self._folder),
            # Workers that may die of a task before it is given up: fewer to start.
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        }
        with (self._folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments),
                    *("--host", "127.0.0.1", "--no-dashboard"),
                ],
                cwd=self._folder,
                env=os.environ | settings,
                stdout=log,
                stderr=log,
            )


@contextlib.contextmanager
def start_cluster() -> Iterator[Cluster]:
    """A scheduler without workers."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder))
        try:
            yield cluster
        finally:
            cluster.end()
