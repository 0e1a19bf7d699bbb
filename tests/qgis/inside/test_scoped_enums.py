"""Written for Qt 6 as well: enums are named in full, and nothing is used that Qt 6 lacks.

The test runs where Qt 5 is, which knows both ways of naming an enum: it looks up what each name in
the code is.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Path(__file__).resolve().parents[3] / "qgis_plugin" / "geoseg_qgis"
# What Qt 6 or its binding has no more.
GONE = {
    "QRegExp", "QDesktopWidget", "QApplication.desktop", "QFontMetrics.width", "QTextCodec",
    "QSignalMapper", "QLinkedList", "QStringRef",
}  # fmt: skip


def find_short_enums(source: str) -> Iterator[str]:
    """Names such as `Qt.Checked`, where Qt 6 has only `Qt.CheckState.Checked`."""
    tree = ast.parse(source)
    classes = find_imported_classes(tree)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in classes
        ):
            owner = classes[node.value.id]
            if f"{node.value.id}.{node.attr}" in GONE:
                yield f"{node.lineno}: {node.value.id}.{node.attr} is gone in Qt 6"
            value = getattr(owner, node.attr, None)
            if is_enum_value(value):
                yield f"{node.lineno}: {node.value.id}.{node.attr} must be named in full"


def find_imported_classes(tree: ast.AST) -> dict[str, Any]:
    """The classes that a file imports from QGIS and Qt, by their names in it."""
    classes = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis."):
            module = importlib.import_module(node.module or "")
            for alias in node.names:
                if alias.name in GONE:
                    raise AssertionError(f"{node.lineno}: {alias.name} is gone in Qt 6")
                classes[alias.asname or alias.name] = getattr(module, alias.name)
    return {name: owner for name, owner in classes.items() if isinstance(owner, type)}


def is_enum_value(value: object) -> bool:
    """Whether something is a value of an enum, of Qt 5's binding or of Python's."""
    kind = type(value)
    return isinstance(value, int) and kind not in (int, bool)


def test_enums_are_named_in_full() -> None:
    found = [
        f"{path.relative_to(PLUGIN)}:{line}"
        for path in sorted(PLUGIN.rglob("*.py"))
        for line in find_short_enums(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "from qgis.PyQt.QtCore import Qt\nx = Qt.Checked\n",
        "from qgis.PyQt.QtWidgets import QSizePolicy\nx = QSizePolicy.Expanding\n",
        "from qgis.core import QgsTask as Task\nx = Task.CanCancel\n",
        "from qgis.core import QgsProcessing\nx = QgsProcessing.TypeVectorPolygon\n",
        "def f():\n    from qgis.PyQt.QtWidgets import QMessageBox\n    return QMessageBox.Yes\n",
    ],
)
def test_a_short_name_is_noticed(code: str) -> None:
    assert len(list(find_short_enums(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from qgis.PyQt.QtCore import Qt\nx = Qt.CheckState.Checked\n",
        "from qgis.core import QgsTask\nx = QgsTask.Flag.CanCancel\n",
        "from qgis.core import QgsProcessing\nx = QgsProcessing.SourceType.TypeVectorPolygon\n",
        "from qgis.core import QgsProject\nx = QgsProject.instance\n",
    ],
)
def test_a_full_name_is_not_a_breach(code: str) -> None:
    assert list(find_short_enums(code)) == []
