"""How fast training is, and how long it waits: python tests/benchmarks/bench_training.py [N].

Prints samples made per second by 1, 2, ... threads, and of N steps of the bundled model the
seconds of a step and the share of them that it waits for its batch.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import cv2

from geoseg.config import DatasetConfig, TrainConfig
from geoseg.training.batches import Batches
from geoseg.training.learner import Learner
from geoseg.training.loader import Loader, choose_workers
from geoseg.training.starts import read_start_config
from geoseg.training.train import make_model, open_source
from tests.benchmarks.bench_samples import write_scenes

NUM_SAMPLES = 120


def measure_threads(batches: Batches, num_workers: int) -> None:
    """Time single samples with their targets."""
    loader = Loader(batches.__getitem__, range(NUM_SAMPLES), workers=num_workers)
    wall_s, core_s = time.perf_counter(), time.process_time()
    for _ in loader:
        pass
    wall_s, core_s = time.perf_counter() - wall_s, time.process_time() - core_s
    loader.close()
    print(
        f"{num_workers} threads: {NUM_SAMPLES / wall_s:.0f} samples/s, "
        f"{NUM_SAMPLES / core_s:.0f} per second of a core"
    )


def measure_steps(config: TrainConfig) -> None:
    """Time steps, and what of them is waiting."""
    learner = Learner(make_model(config), config)
    loader = Loader(Batches(open_source(config), config).__getitem__, range(config.steps))
    started = waited_s = 0.0
    for step, batch in enumerate(loader):
        learner.take_step(batch)
        if step == 0:
            # The first step compiles.
            started, waited_s = time.perf_counter(), loader.waited_s
    seconds = time.perf_counter() - started
    loader.close()
    num_steps = config.steps - 1
    print(
        f"steps of {config.batch_size}: {seconds / num_steps:.2f} s, "
        f"{num_steps * config.batch_size / seconds:.1f} samples/s, "
        f"{100 * (loader.waited_s - waited_s) / seconds:.1f} % waiting "
        f"({choose_workers()} threads)"
    )


def main() -> None:
    """Measure."""
    cv2.setNumThreads(1)
    num_steps = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    model = read_start_config("bundled")
    assert model is not None
    with tempfile.TemporaryDirectory() as folder:
        datasets = (DatasetConfig(str(write_scenes(Path(folder)))),)
        config = TrainConfig(datasets=datasets, model=model, start="bundled", steps=num_steps)
        single = Batches(open_source(config), replace(config, batch_size=1))
        # Images are decoded once in a long run: not what is measured here.
        for number in range(NUM_SAMPLES):
            single.source.draw(number)
        for num_workers in range(1, (os.cpu_count() or 1) + 1):
            measure_threads(single, num_workers)
        measure_steps(config)


if __name__ == "__main__":
    main()
