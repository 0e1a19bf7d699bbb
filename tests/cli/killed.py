"""Kills `geoseg predict` at random moments, and looks at what the runs that go on end with.

    python -m tests.cli.killed RASTER NUM_KILLS

Works in the current folder. A run that is never disturbed writes into `whole`; those in `killed`
have to end with the same files. A stub is in the place of the network. The processes are forked,
so that geoseg is imported only once.
"""

from __future__ import annotations

import functools
import importlib
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

OUTPUTS = ("b.gpkg", "b.geojson", "b.parquet", "b.fgb")


# What a run imports when it needs it.
MODULES = (
    "filelock",
    "geoseg.detections.views",
    "geoseg.export",
    "geoseg.jobs",
    "geoseg.prediction.to_files",
    "geoseg.pipeline",
    "geoseg.raster.aoi",
    "geoseg.raster.fingerprint",
    "geoseg.runners.in_process",
    "geoseg.views.preview",
    "pyarrow.parquet",
    "pyogrio",
)


def prepare() -> None:
    """Import what a run needs, with a stub for the network and shards of one tile."""
    import geoseg.cli.predict
    import geoseg.detections.detector
    import geoseg.tiles
    from tests.bright import load_bright_detector

    for module in MODULES:
        importlib.import_module(module)
    geoseg.detections.detector.load_detector = load_bright_detector  # type: ignore[assignment]
    plan = functools.partial(geoseg.tiles.ShardPlan, tiles_per_side=1)
    geoseg.tiles.ShardPlan = plan  # type: ignore[misc, assignment]


def start_run(raster: str, folder: Path) -> int:
    """Begin a run, or go on with the one in the folder. Returns its process id."""
    process = os.fork()
    if process:
        return process
    from geoseg.cli.main import cli

    os.chdir(folder)
    outputs = [word for name in OUTPUTS for word in ("-o", name)]
    try:
        cli(["predict", raster, *outputs, "--resume", "-q"])
    except SystemExit as end:
        # At once: most of the time would go into taking the interpreter down.
        os._exit(int(end.code or 0))
    os._exit(70)


def wait(process: int, seconds: float | None = None) -> int:
    """The exit code of a run, which is killed after a time."""
    watch = os.pidfd_open(process)
    try:
        if not select.select([watch], [], [], seconds)[0]:
            os.kill(process, signal.SIGKILL)
    finally:
        os.close(watch)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def read_folder(folder: Path) -> dict[str, bytes]:
    """What the files in a folder hold, by name; an absent folder has none."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def main() -> None:
    """Kill so often; tell how often a run went on, and how many ended."""
    raster, num_kills = sys.argv[1], int(sys.argv[2])
    prepare()
    whole, killed = Path("whole"), Path("killed")
    whole.mkdir()
    killed.mkdir()
    started = time.monotonic()
    if wait(start_run(raster, whole)) != 0:
        raise SystemExit("The run that was left alone failed.")
    seconds = time.monotonic() - started
    expected = read_folder(whole)
    chance = random.Random(7)
    num_killed = num_resumed = num_ended = 0
    while num_killed < num_kills or any(killed.iterdir()):
        num_resumed += any(killed.glob(".b.gpkg.partial/shards/*/*"))
        patience = chance.random() * seconds if num_killed < num_kills else None
        exit_code = wait(start_run(raster, killed), patience)
        if exit_code == -signal.SIGKILL:
            num_killed += 1
            continue
        found = read_folder(killed)
        # 1: killed when all was done, and told now that its outputs exist.
        if exit_code not in (0, 1) or found != expected:
            differing = [
                one for one in {**found, **expected} if found.get(one) != expected.get(one)
            ]
            raise SystemExit(f"Exit code {exit_code}; not as of a run left alone: {differing}.")
        num_ended += 1
        for name in found:
            (killed / name).unlink()
    sys.stdout.write(f"{num_killed} killed, {num_resumed} went on, {num_ended} ended\n")


if __name__ == "__main__":
    main()
