"""Wheels made in code: of a fake geoseg, and of what it needs."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

VERSION = "0.1.0"
GOOD_REPORT = {"ok": True, "broken": [], "geoseg": VERSION, "self-test": "4 buildings"}
# Takes the words that the real one is given.
_MAIN = """
import json, sys
from fake_engine import SPEED
assert sys.argv[1:] == ["--end-with-stdin", "doctor", "--json"], sys.argv
report = json.loads({report!r})
print(json.dumps(report, indent=2))
sys.exit(0 if report["ok"] else 1)
"""


def write_wheel(
    folder: Path, name: str, version: str, files: dict[str, str], metadata: str = ""
) -> Path:
    """Write a wheel.

    Args:
        folder: exists.
        name: of the package.
        version: of the package.
        files: their texts by name.
        metadata: further lines.
    """
    info = f"{name}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    contents = {
        **files,
        f"{info}/METADATA": head + metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*contents, f"{info}/RECORD"])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in {**contents, f"{info}/RECORD": record}.items():
            archive.writestr(inside, text)
    return path


def write_geoseg(folder: Path, report: dict[str, object] | None = None, metadata: str = "") -> Path:
    """Write a geoseg whose `doctor` answers as told, with an engine as its extra `onnx`."""
    main = _MAIN.format(report=json.dumps(report or GOOD_REPORT))
    needs = 'Provides-Extra: onnx\nRequires-Dist: fake-engine==2.5; extra == "onnx"\n'
    return write_wheel(
        folder,
        "geoseg",
        VERSION,
        {"geoseg/__init__.py": "", "geoseg/__main__.py": main},
        metadata + needs,
    )


def write_engine(folder: Path) -> Path:
    """Write what the fake geoseg needs."""
    return write_wheel(folder, "fake_engine", "2.5", {"fake_engine.py": "SPEED = 1\n"})
