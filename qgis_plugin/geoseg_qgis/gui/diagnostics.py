"""A report of a fault that can be pasted into a bug tracker: what helps, and nobody's names."""

from __future__ import annotations

import getpass
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.core import Qgis
from qgis.PyQt.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QLocale

from geoseg_qgis.environment.options import read_plugin_version
from geoseg_qgis.environment.proxies import mask_secrets

_MAX_LINES = 100


@dataclass(frozen=True)
class Names:
    """What must not be in a report.

    Attributes:
        home: The user's folder.
        user: The user.
        host: The machine.
    """

    home: str
    user: str
    host: str

    @classmethod
    def of_this_machine(cls) -> Names:
        """The names that the operating system tells."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError, ImportError):
            user = ""
        return cls(str(Path.home()), user, platform.node())

    def take_out(self, text: str) -> str:
        """Replace the names, and passwords in addresses, by what they stand for."""
        text = mask_secrets(text)
        text = _replace_path(text, self.home)
        # Whole words only, or "max" would vanish from "maximum".
        for name, stands_for in (
            (self.host, "<host>"),
            (self.host.split(".")[0], "<host>"),
            (self.user, "<user>"),
        ):
            if name:
                pattern = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
                text = re.sub(pattern, stands_for, text, flags=re.IGNORECASE)
        return text


def make_report(
    *,
    message: str,
    command: str,
    log: Sequence[str],
    doctor: Mapping[str, str] | str,
    names: Names,
) -> str:
    """Put a report together; it is in English, for those who read bug reports.

    Args:
        message: What went wrong.
        command: The last command; empty for none.
        log: Its lines; the last ones are taken.
        doctor: What `geoseg doctor` found, by name; or why it could not be asked.
        names: What to take out.
    """
    facts = doctor if isinstance(doctor, str) else _list(doctor)
    parts = [
        ("Problem", message),
        ("QGIS", _list(_describe_qgis())),
        ("geoseg doctor", facts),
        ("Command", command or "none"),
        ("End of the log", "\n".join(log[-_MAX_LINES:]) or "empty"),
    ]
    return names.take_out("\n\n".join(f"### {title}\n{text}" for title, text in parts)) + "\n"


def _describe_qgis() -> dict[str, str]:
    try:
        plugin = read_plugin_version()
    except (OSError, KeyError):
        plugin = "unknown"
    return {
        "plugin": plugin,
        "QGIS": Qgis.QGIS_VERSION,
        "Qt": f"{QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}",
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "locale": QLocale().name(),
    }


def _list(facts: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {text}" for name, text in facts.items())


def _replace_path(text: str, folder: str) -> str:
    if len(folder.rstrip("/\\")) < 2:
        return text
    pattern = re.escape(folder.rstrip("/\\")) + r"(?![\w-])"
    # Inside JSON and Python's texts, backslashes are doubled.
    doubled = re.escape(folder.rstrip("/\\").replace("\\", "\\\\")) + r"(?![\w-])"
    for one in (doubled, pattern):
        text = re.sub(one, "~", text, flags=re.IGNORECASE)
    return text
