"""Runs pip inside an environment: `Pip`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

from geoseg_qgis.engine.errors import CommandFailed
from geoseg_qgis.engine.failures import explain_exit_code
from geoseg_qgis.engine.run import run_lines
from geoseg_qgis.environment.options import InstallOptions
from geoseg_qgis.environment.pip_errors import explain_pip
from geoseg_qgis.environment.plan import Package, read_report
from geoseg_qgis.environment.proxies import mask_secrets
from geoseg_qgis.environment.reporter import Reporter

# First versions with `--report` and with `--progress-bar raw`.
_TELLS_PLAN = (22, 2)
_TELLS_PROGRESS = (24, 1)
_NUM_LINES = 200


class Pip:
    """The pip of one environment.

    Args:
        python: interpreter of the environment.
        options: where packages are taken from.
        reporter: is told what pip says.
        temporary: folder for its temporary files, so that none are left if it is killed; made
            when it is needed.
    """

    def __init__(
        self, python: Path, options: InstallOptions, reporter: Reporter, temporary: Path
    ) -> None:
        self._python = python
        self._options = options
        self._reporter = reporter
        self._temporary = temporary
        self._version = (0, 0)

    @property
    def tells_plan(self) -> bool:
        """Whether it can say what it would install."""
        return self._version >= _TELLS_PLAN

    def update(self) -> None:
        """Take a newer pip if this one cannot say what it does, and if one is to be had.

        Raises:
            CommandFailed: pip does not start.
            CommandCancelled: the reporter said so.
        """
        self._version = self._read_version()
        # A folder of wheels seldom has a newer one; it is looked for only where it is needed.
        needed = _TELLS_PLAN if self._options.is_offline else _TELLS_PROGRESS
        if self._version >= needed:
            return
        try:
            self._run(["install", "--upgrade", *self._make_sources(), "pip>=24.1"])
        except CommandFailed as error:
            # The old one installs as well; it only tells less.
            self._reporter.on_log(f"pip stays as it is: {error}")
        else:
            self._version = self._read_version()

    def resolve(self, requirement: str, report: Path) -> list[Package]:
        """Find out what would be installed.

        Args:
            requirement: e.g. "geoseg[onnx]==0.1.0".
            report: file to write.

        Raises:
            CommandFailed: there is no solution, or no way to one.
            CommandCancelled: the reporter said so.
        """
        words = ["--dry-run", "--ignore-installed", "--report", str(report)]
        self._run(["install", *words, *self._make_choice(requirement)])
        try:
            return read_report(report)
        except (OSError, ValueError) as error:
            raise CommandFailed(f"pip's report cannot be read: {error}.") from error

    def install(
        self, requirement: str, on_line: Callable[[str], None], on_wait: Callable[[], None]
    ) -> None:
        """Install a package and what it needs.

        Args:
            requirement: e.g. "geoseg[onnx]==0.1.0".
            on_line: is given what pip writes.
            on_wait: is called many times a second.

        Raises:
            CommandFailed: it could not be installed.
            CommandCancelled: the reporter said so.
        """
        bar = "raw" if self._version >= _TELLS_PROGRESS else "off"
        words = ["install", "--progress-bar", bar, *self._make_choice(requirement)]
        self._run(words, on_line, on_wait)

    def _make_choice(self, requirement: str) -> list[str]:
        constraints = self._options.constraints
        return [
            *([] if constraints is None else ["-c", str(constraints)]),
            *self._make_sources(),
            # What has to be compiled needs tools that few have.
            "--only-binary",
            ":all:",
            requirement,
        ]

    def _make_sources(self) -> list[str]:
        folder = self._options.wheel_folder
        return [
            *(["--no-index"] if self._options.is_offline else []),
            *([] if folder is None else ["--find-links", str(folder)]),
        ]

    def _read_version(self) -> tuple[int, int]:
        lines: list[str] = []
        self._run(["--version"], lines.append)
        found = re.search(r"pip (\d+)\.(\d+)", "\n".join(lines))
        return (int(found.group(1)), int(found.group(2))) if found else (0, 0)

    def _run(
        self,
        words: list[str],
        on_line: Callable[[str], None] = lambda line: None,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        lines: deque[str] = deque(maxlen=_NUM_LINES)

        def take(line: str) -> None:
            on_line(line)
            if not line.startswith("Progress "):
                line = mask_secrets(line)
                lines.append(line)
                self._reporter.on_log(line)

        def is_cancelled() -> bool:
            on_wait()
            return self._reporter.is_cancelled()

        argv = [str(self._python), "-I", "-X", "utf8", "-u", "-m", "pip", *words]
        self._reporter.on_log(mask_secrets(" ".join(argv)))
        exit_code = run_lines(
            argv, take, is_cancelled=is_cancelled, variables=self._make_variables()
        )
        if exit_code != 0:
            options = self._options
            reason = explain_exit_code(exit_code) or explain_pip(
                list(lines), wheel_folder=options.wheel_folder, is_offline=options.is_offline
            )
            raise CommandFailed(reason, "\n".join(lines), exit_code)

    def _make_variables(self) -> dict[str, str]:
        self._temporary.mkdir(parents=True, exist_ok=True)
        place = str(self._temporary)
        return {
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_NO_COLOR": "1",
            "PIP_USER": "0",
            "PIP_RETRIES": "2",
            "TMPDIR": place,
            "TEMP": place,
            "TMP": place,
            **self._options.proxies,
        }
