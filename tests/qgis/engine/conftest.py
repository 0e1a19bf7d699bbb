"""A Python with a fake geoseg that runs whatever program a test gives it."""

from __future__ import annotations

import venv
from collections.abc import Callable
from pathlib import Path

import pytest

# The first word names the program.
_FAKE = """
import runpy, sys
sys.argv.remove("--end-with-stdin")
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python without geoseg, in a folder with blanks and letters that are not ASCII."""
    folder = tmp_path_factory.mktemp("Program Files") / "Gebäude 建物"
    venv.create(folder, with_pip=False, symlinks=True)
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def fake_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python whose `geoseg` runs the program that the first word names."""
    folder = tmp_path_factory.mktemp("Program Files") / "Gebäude 建物"
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "geoseg").mkdir()
    (packages / "geoseg" / "__init__.py").touch()
    (packages / "geoseg" / "__main__.py").write_text(_FAKE, encoding="utf-8")
    return folder / "bin" / "python"


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Writes a program; returns the word that names it."""

    def write(text: str) -> str:
        path = tmp_path / "fake program é.py"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
