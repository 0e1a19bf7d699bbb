"""Makes an empty environment with a Python or with uv: `make_empty`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from geoseg_qgis.engine.errors import CommandFailed
from geoseg_qgis.engine.run import run_lines
from geoseg_qgis.environment.options import InstallOptions
from geoseg_qgis.environment.pip_errors import explain_pip
from geoseg_qgis.environment.places import VERSIONS
from geoseg_qgis.environment.proxies import mask_secrets
from geoseg_qgis.environment.pythons import UV_DOWNLOAD
from geoseg_qgis.environment.reporter import Reporter


def find_interpreter(folder: Path) -> Path:
    """Where the Python of an environment is."""
    if sys.platform == "win32":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


def find_packages_folder(folder: Path) -> Path:
    """Where the packages of an environment are."""
    if sys.platform == "win32":
        return folder / "Lib" / "site-packages"
    found = sorted((folder / "lib").glob("python3.*"))
    return (found[0] if found else folder / "lib") / "site-packages"


def make_empty(folder: Path, options: InstallOptions, reporter: Reporter) -> None:
    """Make an environment that has pip and nothing else.

    Args:
        folder: empty; becomes the environment.
        options: say with which Python. uv downloads one if it was chosen.
        reporter: is told what the program says.

    Raises:
        CommandFailed: it could not be made.
        CommandCancelled: the reporter said so.
        EnvironmentMissing: the Python, or uv, cannot be started.
    """
    python = options.python
    if python.origin == UV_DOWNLOAD:
        version = ".".join(map(str, VERSIONS[0]))
        # uv has its own idea of a folder that is there already.
        folder.rmdir()
        offline = ["--offline"] if options.is_offline else []
        argv = [
            str(python.path), "venv", "--seed", *offline, "--python", version, str(folder),
        ]  # fmt: skip
    else:
        argv = [str(python.path), "-I", "-X", "utf8", "-m", "venv", str(folder)]
    lines: list[str] = []

    def take(line: str) -> None:
        lines.append(mask_secrets(line))
        reporter.on_log(lines[-1])

    reporter.on_log(" ".join(argv))
    exit_code = run_lines(
        argv,
        take,
        is_cancelled=reporter.is_cancelled,
        variables=options.proxies,
        cwd=folder.parent,
    )
    if exit_code != 0 or not find_interpreter(folder).exists():
        reason = _explain_uv(lines) or explain_pip(lines, wheel_folder=None, is_offline=False)
        raise CommandFailed(
            f"No environment could be made with {python.path}: {reason}",
            "\n".join(lines),
            exit_code,
        )


def _explain_uv(lines: Sequence[str]) -> str:
    """What uv says went wrong, and the deepest cause that it gives; "" if it says nothing."""
    told = [line.strip() for line in lines]
    errors = [line[len("error:") :].strip() for line in told if line.startswith("error:")]
    causes = [line[len("cause:") :].strip() for line in told if line.startswith("cause:")]
    return " - ".join([*errors[:1], *causes[-1:]])
