"""The rules of the plugin's layout, and that each of them would be noticed if it were broken.

Which part may import which is read from the table of docs/design/qgis.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PLUGIN = REPOSITORY / "qgis_plugin" / "geoseg_qgis"
DESIGN = (REPOSITORY / "docs" / "design" / "qgis.md").read_text(encoding="utf-8")

MAX_FILE_LINES = 400
MAX_PLUGIN_LINES = 120
MAX_FUNCTION_LINES = 40
OLDEST_PYTHON = (3, 9)
QT_BINDINGS = {"PyQt5", "PyQt6", "PySide2", "PySide6"}
OF_QGIS = {"qgis", "processing", "osgeo", "console", "pyplugin_installer"}
HEAVY = {"geoseg", "numpy", "rasterio", "tensorflow", "keras", "onnxruntime", "geopandas"}
HOMELESS_NAMES = {"common", "helpers", "misc", "utils"}
# What QGIS itself loads: it puts the plugin together.
ENTRY = "__init__"


def read_table(text: str) -> tuple[dict[str, int], set[str]]:
    """The row of each part, from 0, and the parts that must do without QGIS."""
    ranks: dict[str, int] = {}
    without_qgis: set[str] = set()
    rows = re.findall(r"^\| (`[^|]+) \|[^|]+\| (yes|no) \|$", text, flags=re.MULTILINE)
    for rank, (names, uses_qgis) in enumerate(rows):
        for name in re.findall(r"`(\w+)(?:/|\.py)`", names):
            ranks[name] = rank
            if uses_qgis == "no":
                without_qgis.add(name)
    return {**ranks, ENTRY: len(rows)}, without_qgis


RANKS, WITHOUT_QGIS = read_table(DESIGN)


def find_breaches(part: str, path: Path, source: str) -> Iterator[str]:
    """All rules that one file breaks, as sentences."""
    most = MAX_PLUGIN_LINES if part == "plugin" else MAX_FILE_LINES
    if source.count("\n") > most:
        yield f"{path}: {source.count(chr(10))} lines, more than {most}"
    if {path.stem, path.parent.name} & HOMELESS_NAMES:
        yield f"{path}: the name says nothing of what is in it"
    try:
        tree = ast.parse(source, feature_version=OLDEST_PYTHON)
    except SyntaxError as error:
        yield f"{path}:{error.lineno}: not for Python 3.9: {error.msg}"
        return
    annotations = find_annotations(tree)
    for node in ast.walk(tree):
        where = f"{path}:{getattr(node, 'lineno', 0)}"
        for breach in (
            *find_import_breaches(part, node),
            *find_statement_breaches(node),
            *find_call_breaches(node),
        ):
            yield f"{where}: {breach}"
        if node not in annotations and is_union_of_types(node):
            yield f"{where}: not for Python 3.9: a union of types outside an annotation"


def find_import_breaches(part: str, node: ast.AST) -> Iterator[str]:
    """Breaches by imports, wherever in the file they stand."""
    if isinstance(node, ast.ImportFrom):
        if node.level:
            yield "relative import"
        if any(alias.name == "*" for alias in node.names):
            yield "star import"
    for module in imported_modules(node):
        top = module.split(".")[0]
        if top in QT_BINDINGS:
            yield f"Qt is imported through qgis.PyQt, not {top}"
        elif top in OF_QGIS and part in WITHOUT_QGIS:
            yield f"{part} does without QGIS; it must not import {module}"
        elif top in HEAVY:
            yield f"the plugin must not import {top}"
        elif module.startswith("geoseg_qgis."):
            target = module.split(".")[1]
            if target != part and RANKS.get(target, 99) > RANKS[part]:
                yield f"{part} must not import {target}"


def imported_modules(node: ast.AST) -> list[str]:
    """The modules that a statement imports; `geoseg_qgis.x` for `from geoseg_qgis import x`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module == "geoseg_qgis":
        return [f"geoseg_qgis.{alias.name}" for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def find_statement_breaches(node: ast.AST) -> Iterator[str]:
    """Breaches by statements and names."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        num_lines = count_body_lines(node)
        if num_lines > MAX_FUNCTION_LINES:
            yield f"{node.name} has {num_lines} lines of body"
    if isinstance(node, ast.Assert):
        yield "assert is left out by python -O"
    if isinstance(node, ast.ExceptHandler) and drops_everything(node):
        yield "an except that takes everything and tells nothing"
    if (
        isinstance(node, ast.Attribute)
        and node.attr == "executable"
        and isinstance(node.value, ast.Name)
        and node.value.id == "sys"
    ):
        yield "sys.executable may be QGIS itself"


def drops_everything(node: ast.ExceptHandler) -> bool:
    """Whether a handler takes every error and does not even look at it.

    A task has to take every error, for QGIS drops what goes wrong in its threads: it tells it.
    """
    if node.type is None:
        return True
    name = node.type.id if isinstance(node.type, ast.Name) else ""
    return name == "BaseException" or (name == "Exception" and node.name is None)


def find_call_breaches(node: ast.AST) -> Iterator[str]:
    """Breaches by calls."""
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    keywords = {keyword.arg for keyword in node.keywords}
    if name == "tr" and not (
        len(node.args) == 1
        and not keywords
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ):
        yield "tr takes one plain string"
    if name == "print":
        yield "print is seen by nobody in QGIS"
    if name == "zip" and "strict" in keywords:
        yield "not for Python 3.9: zip with strict"
    if name == "dataclass" and keywords & {"slots", "kw_only"}:
        yield "not for Python 3.9: dataclass with slots or kw_only"
    if isinstance(node.func, ast.Attribute) and node.func.attr == "exec_":
        yield "Qt 6 has exec, not exec_"


def find_annotations(tree: ast.AST) -> set[ast.AST]:
    """All nodes inside annotations, which Python does not evaluate here."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            annotation = getattr(node, field, None)
            if isinstance(annotation, ast.AST):
                found.update(ast.walk(annotation))
    return found


def is_union_of_types(node: ast.AST) -> bool:
    """Whether a node is `int | None` or the like, as far as its looks tell."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)):
        return False
    builtin_types = {"bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple"}
    return any(
        (isinstance(side, ast.Constant) and side.value is None)
        or (isinstance(side, ast.Name) and side.id in builtin_types)
        or isinstance(side, ast.Subscript)
        for side in (node.left, node.right)
    )


def count_body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its first statement after the docstring to its end."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def part_of(path: Path) -> str:
    """`engine` for engine/child.py, `area` for area.py."""
    return path.relative_to(PLUGIN).parts[0].removesuffix(".py")


def read_plugin() -> list[tuple[str, Path, str]]:
    """Part, path and text of every file of the plugin."""
    return [
        (part_of(path), path.relative_to(REPOSITORY), path.read_text(encoding="utf-8"))
        for path in sorted(PLUGIN.rglob("*.py"))
    ]


def test_the_plugin_keeps_the_rules() -> None:
    breaches = [
        breach for part, path, text in read_plugin() for breach in find_breaches(part, path, text)
    ]
    assert breaches == []


def test_the_table_of_the_design_has_a_row_for_every_part_and_no_other() -> None:
    assert {part for part, _, _ in read_plugin()} == set(RANKS)
    assert {"engine", "environment"} == WITHOUT_QGIS


def test_every_file_leaves_annotations_unevaluated() -> None:
    line = "from __future__ import annotations\n"
    code = [(path, text) for _, path, text in read_plugin() if ast.parse(text).body[1:]]
    assert [path for path, text in code if line not in text] == []


def test_parts_import_each_other_in_one_direction() -> None:
    graph: dict[str, set[str]] = {}
    for part, _, text in read_plugin():
        for node in ast.walk(ast.parse(text)):
            for module in imported_modules(node):
                if module.startswith("geoseg_qgis.") and module.split(".")[1] != part:
                    graph.setdefault(part, set()).add(module.split(".")[1])
    assert list(TopologicalSorter(graph).static_order())


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * (MAX_FUNCTION_LINES + 1)


@pytest.mark.parametrize(
    ("part", "source", "breach"),
    [
        ("engine", "from qgis.core import QgsTask\n", "engine does without QGIS"),
        ("environment", "def f():\n    import qgis.core\n", "environment does without QGIS"),
        ("environment", "from osgeo import gdal\n", "environment does without QGIS"),
        ("engine", "from geoseg_qgis.translation import tr\n", "engine must not import transl"),
        ("engine", "from geoseg_qgis.environment import x\n", "engine must not import environ"),
        ("extraction", "from geoseg_qgis.gui.dock import x\n", "extraction must not import gui"),
        ("toolbox", "from geoseg_qgis import gui\n", "toolbox must not import gui"),
        ("gui", "import geoseg_qgis.plugin\n", "gui must not import plugin"),
        ("gui", "from geoseg_qgis.unheard import x\n", "gui must not import unheard"),
        ("gui", "from PyQt5.QtCore import Qt\n", "through qgis.PyQt, not PyQt5"),
        ("gui", "import PyQt6.QtWidgets\n", "through qgis.PyQt, not PyQt6"),
        ("toolbox", "import geoseg\n", "must not import geoseg"),
        ("toolbox", "import numpy as np\n", "must not import numpy"),
        ("gui", "from . import dock\n", "relative import"),
        ("gui", "from qgis.core import *\n", "star import"),
        ("engine", "import sys\nx = sys.executable\n", "sys.executable"),
        ("gui", "assert 1\n", "assert"),
        ("gui", "try:\n    x = 1\nexcept:\n    raise\n", "takes everything"),
        ("gui", "try:\n    x = 1\nexcept Exception:\n    raise\n", "takes everything"),
        ("gui", "print('hello')\n", "print is seen by nobody"),
        ("gui", "tr(f'{n} tiles')\n", "tr takes one plain string"),
        ("gui", "tr(text)\n", "tr takes one plain string"),
        ("gui", "tr('a' + b)\n", "tr takes one plain string"),
        ("gui", "tr('a {}'.format(1))\n", "tr takes one plain string"),
        ("gui", "dialog.exec_()\n", "Qt 6 has exec"),
        ("gui", "match x:\n    case 1:\n        y = 1\n", "not for Python 3.9"),
        ("gui", "zip(a, b, strict=True)\n", "not for Python 3.9: zip"),
        (
            "gui",
            "@dataclass(frozen=True, slots=True)\nclass A:\n    x: int\n",
            "not for Python 3.9",
        ),
        ("gui", "isinstance(x, int | str)\n", "not for Python 3.9: a union"),
        ("gui", "Value = dict[str, int] | None\n", "not for Python 3.9: a union"),
        ("gui", "x = 1\n" * (MAX_FILE_LINES + 1), "401 lines, more than 400"),
        ("plugin", "x = 1\n" * (MAX_PLUGIN_LINES + 1), "121 lines, more than 120"),
        ("gui", LONG_FUNCTION, "f has 41 lines of body"),
    ],
)
def test_a_breach_is_noticed(part: str, source: str, breach: str) -> None:
    found = list(find_breaches(part, Path(f"geoseg_qgis/{part}/module.py"), source))
    assert len(found) == 1
    assert breach in found[0]


def test_a_name_that_says_nothing_is_noticed() -> None:
    assert "says nothing" in next(find_breaches("gui", Path("geoseg_qgis/gui/utils.py"), ""))


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("engine", "import subprocess\nfrom geoseg_qgis.engine.child import Child\n"),
        ("environment", "from geoseg_qgis.engine.run import run_lines\n"),
        ("gui", "from qgis.PyQt.QtCore import Qt\nfrom geoseg_qgis.tasks.x import y\n"),
        ("result_layers", "from geoseg_qgis.features import x\n"),
        ("plugin", "from geoseg_qgis.gui.dock import Dock\n"),
        ("gui", "tr('{n} tiles').format(n=1)\ntr('a ' 'b')\n"),
        ("gui", "def f(x: int | None = None) -> str | None:\n    y: int | None = x\n"),
        ("gui", "flags = Qt.A | Qt.B\nnames = first | second\n"),
        ("tasks", "try:\n    x = 1\nexcept Exception as error:\n    tell(error)\n"),
        ("gui", "try:\n    x = 1\nexcept (OSError, ValueError):\n    raise\n"),
        ("gui", "x = 1\n" * MAX_FILE_LINES),
    ],
)
def test_what_is_allowed_is_not_a_breach(part: str, source: str) -> None:
    assert list(find_breaches(part, Path(f"geoseg_qgis/{part}/module.py"), source)) == []
