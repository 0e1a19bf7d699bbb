"""Files that the original program wrote, or that are like them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.maskrcnn.matterport.golden import find_golden_folder
from tests.maskrcnn.matterport.hollow import write_hollow


@pytest.fixture(scope="session")
def shared_golden() -> Path:
    """Folder of what was measured with the original program; skips where there is none."""
    return find_golden_folder()


@pytest.fixture(scope="session")
def seeded_50(shared_golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 179 MB with a ResNet-50 and seeded values, which stands for a real one."""
    path = tmp_path_factory.mktemp("seeded") / "seeded.h5"
    script = shared_golden / "make_seeded_h5.py"
    command = [sys.executable, str(script), "--backbone", "resnet50", "--out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def hollow_50(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a ResNet-50 and two classes that takes no room; tests do not change it."""
    return write_hollow(tmp_path_factory.mktemp("hollow") / "hollow.h5")
