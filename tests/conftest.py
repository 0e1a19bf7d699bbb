"""Settings and fixtures of all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pyogrio  # noqa: F401  # Before TensorFlow, see geoseg.detections.engines.
import pytest
from hypothesis import settings

_NUM_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_NUM_THREADS = str(max(1, (os.cpu_count() or 1) // _NUM_WORKERS))

# Keras and TensorFlow read these when they are first imported, so they are set here.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", _NUM_THREADS)
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", _NUM_THREADS)

# No deadline: the first call of an operation compiles it. Fixed examples in CI, so that a
# failure there is a failure everywhere.
settings.register_profile("geoseg", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "geoseg")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """Folder that holds setup.cfg."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real imagery; the test is skipped where there is none."""
    shared = Path(os.environ.get("GEOSEG_SHARED") or REPOSITORY.parent / "shared")
    data = shared / "data"
    if not data.is_dir():
        pytest.skip("real imagery is absent: set GEOSEG_SHARED to the folder that holds data/")
    return data


@pytest.fixture(scope="session")
def matterport_golden() -> Path:
    """Folder of values computed by matterport's program; the test is skipped without it."""
    shared = Path(os.environ.get("GEOSEG_SHARED") or REPOSITORY.parent / "shared")
    golden = shared / "golden" / "matterport"
    if not golden.is_dir():
        pytest.skip("golden values are absent: set GEOSEG_SHARED to the folder that holds golden/")
    return golden
