"""The rules of the layout, and that each of them would be noticed if it were broken."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
HOMELESS_NAMES = {"common", "helpers", "misc", "utils"}

LEAVES = {
    "config", "crs", "errors", "groups", "heap", "interrupts", "json_stream", "masks", "scores",
    "types",
}  # fmt: skip
STAGES = {"raster", "tiles", "detections", "footprints", "export"}
LIBRARY = LEAVES | STAGES | {
    "datasets", "evaluation", "maskrcnn", "runners", "scenes", "training", "views",
}  # fmt: skip
TOP = LIBRARY | {"api", "pipeline"}

# What each part of geoseg may import from the rest of it.
MAY_IMPORT = {
    "errors": set[str](),
    "types": {"errors"},
    "config": {"errors"},
    "crs": {"errors", "types"},
    "masks": {"errors", "types"},
    "groups": set[str](),
    "heap": set[str](),
    "interrupts": {"types"},
    "json_stream": {"errors"},
    "scores": {"errors"},
    "maskrcnn": {"errors", "config"},
    "raster": LEAVES,
    "tiles": LEAVES,
    "detections": LEAVES | {"tiles", "maskrcnn"},
    "footprints": LEAVES,
    "export": LEAVES,
    "runners": LEAVES,
    "scenes": LEAVES,
    "views": LEAVES,
    "datasets": LEAVES | {"raster", "scenes", "tiles"},
    "evaluation": LEAVES | {"export"},
    "training": LEAVES | {"datasets", "evaluation", "maskrcnn", "scenes"},
    "pipeline": LEAVES | STAGES,
    "validation": LIBRARY,
    "reporting": LIBRARY,
    "plain_images": LIBRARY | {"pipeline"},
    "jobs": LEAVES | {"export"},
    "provenance": LEAVES | {"maskrcnn"},
    "prediction": LIBRARY | {"jobs", "pipeline", "provenance"},
    "api": LIBRARY | {"jobs", "plain_images", "prediction", "validation"},
    "conversion": LIBRARY,
    "calibrate": LIBRARY | {"plain_images", "provenance"},
    "submission": LIBRARY | {"plain_images", "provenance"},
    "doctor": LIBRARY,
    "cli": TOP
    | {
        "calibrate",
        "conversion",
        "doctor",
        "jobs",
        "prediction",
        "provenance",
        "reporting",
        "submission",
    },
    "__main__": {"cli"},
    "__init__": {"api", "errors"},
}


def find_breaches(part: str, path: Path, source: str) -> Iterator[str]:
    """All rules that one file breaks, as sentences."""
    tree = ast.parse(source)
    num_lines = source.count("\n")
    if num_lines > MAX_FILE_LINES:
        yield f"{path}: {num_lines} lines, more than {MAX_FILE_LINES}"
    if {path.stem, path.parent.name} & HOMELESS_NAMES:
        yield f"{path}: the name says nothing of what is in it"
    yield from find_import_breaches(part, path, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            num_lines = count_body_lines(node)
            if num_lines > MAX_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {num_lines} lines of body"
        if isinstance(node, ast.Name) and node.id == "print" and part != "cli":
            yield f"{path}:{node.lineno}: print belongs to cli"


def find_import_breaches(part: str, path: Path, tree: ast.AST) -> Iterator[str]:
    """Breaches by imports, wherever in the file they stand."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"{path}:{node.lineno}: relative import"
            if any(alias.name == "*" for alias in node.names):
                yield f"{path}:{node.lineno}: star import"
        for target in imported_parts(node):
            if target != part and target not in MAY_IMPORT[part]:
                yield f"{path}:{node.lineno}: {part} must not import {target}"
        if part in ("maskrcnn", "training") and imports_module(node, "tensorflow"):
            yield f"{path}:{node.lineno}: {part} runs on every backend; no tensorflow"


def imported_parts(node: ast.AST) -> Iterator[str]:
    """Parts of geoseg that an import statement names; "" for geoseg itself."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module == "geoseg":
        # `from geoseg import tiles` names a part; `from geoseg import predict` a public name.
        names = [f"geoseg.{alias.name}" for alias in node.names if alias.name in MAY_IMPORT]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    for name in names:
        if name.startswith("geoseg."):
            yield name.split(".")[1]


def imports_module(node: ast.AST, module: str) -> bool:
    """Whether a statement imports a module of another library, or part of it."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    return any(name.split(".")[0] == module for name in names)


def count_body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its first statement after the docstring to its end."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def part_of(path: Path, package: Path) -> str:
    """`raster` for geoseg/raster/source.py, `errors` for geoseg/errors.py."""
    return path.relative_to(package).parts[0].removesuffix(".py")


def read_package(repository: Path) -> Iterator[tuple[str, Path, str]]:
    """Part, path and text of every file of geoseg."""
    package = repository / "geoseg"
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(repository)
        yield part_of(path, package), relative, path.read_text(encoding="utf-8")


def test_geoseg_keeps_the_rules(repository: Path) -> None:
    breaches = [
        breach
        for part, path, source in read_package(repository)
        for breach in find_breaches(part, path, source)
    ]
    assert breaches == []


def test_every_part_has_a_rule(repository: Path) -> None:
    parts = {part for part, _, _ in read_package(repository)}
    assert parts - set(MAY_IMPORT) == set()


def test_parts_import_each_other_in_one_direction(repository: Path) -> None:
    graph: dict[str, set[str]] = {}
    for part, _, source in read_package(repository):
        for node in ast.walk(ast.parse(source)):
            targets = {target for target in imported_parts(node) if target != part}
            graph.setdefault(part, set()).update(targets)
    assert list(TopologicalSorter(graph).static_order())


def test_the_table_itself_has_no_cycle() -> None:
    assert list(TopologicalSorter(MAY_IMPORT).static_order())
    with pytest.raises(CycleError):
        list(TopologicalSorter({**MAY_IMPORT, "errors": {"cli"}}).static_order())


def test_scripts_keep_within_the_length(repository: Path) -> None:
    long = [
        path
        for folder in ("scripts", "tests")
        for path in (repository / folder).rglob("*.py")
        if path.read_text(encoding="utf-8").count("\n") > MAX_FILE_LINES
    ]
    assert long == []


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * (MAX_FUNCTION_LINES + 1)


@pytest.mark.parametrize(
    ("part", "source", "breach"),
    [
        ("tiles", "from geoseg.raster.source import open_source\n", "must not import raster"),
        ("tiles", "import geoseg.raster\n", "must not import raster"),
        ("tiles", "from geoseg import raster\n", "must not import raster"),
        ("tiles", "def f():\n    from geoseg.export import x\n", "must not import export"),
        ("maskrcnn", "from geoseg.types import Tile\n", "must not import types"),
        ("scenes", "from geoseg.maskrcnn import x\n", "must not import maskrcnn"),
        ("errors", "from geoseg.config import x\n", "must not import config"),
        ("pipeline", "from geoseg.cli.main import main\n", "must not import cli"),
        ("training", "def f():\n    import tensorflow as tf\n", "no tensorflow"),
        ("maskrcnn", "from tensorflow.keras import layers\n", "no tensorflow"),
        ("tiles", "from . import grid\n", "relative import"),
        ("tiles", "from geoseg.types import *\n", "star import"),
        ("tiles", "print('hello')\n", "print belongs to cli"),
        ("tiles", "x = 1\n" * (MAX_FILE_LINES + 1), "lines, more than"),
        ("tiles", LONG_FUNCTION, "f has 41 lines of body"),
    ],
)
def test_a_breach_is_noticed(part: str, source: str, breach: str) -> None:
    found = list(find_breaches(part, Path(f"geoseg/{part}/module.py"), source))
    assert len(found) == 1
    assert breach in found[0]


@pytest.mark.parametrize("name", ["geoseg/tiles/utils.py", "geoseg/helpers/grid.py"])
def test_a_name_that_says_nothing_is_noticed(name: str) -> None:
    assert "says nothing" in next(find_breaches("tiles", Path(name), ""))


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("tiles", "from geoseg.types import Tile\nimport numpy as np\n"),
        ("tiles", "from geoseg.tiles.grid import x\n"),
        ("cli", "print('hello')\n"),
        ("detections", "from geoseg.tiles.grid import x\n"),
        ("export", "from geoseg import __version__\n"),
        ("tiles", 'def f():\n    """Long.\n' + "\n" * 60 + '    """\n    return 1\n'),
        ("tiles", "x = 1\n" * MAX_FILE_LINES),
    ],
)
def test_what_is_allowed_is_not_a_breach(part: str, source: str) -> None:
    assert list(find_breaches(part, Path(f"geoseg/{part}/module.py"), source)) == []


def test_importing_geoseg_and_its_commands_loads_nothing_heavy(repository: Path) -> None:
    heavy = ["cv2", "fiona", "geopandas", "keras", "matplotlib", "pandas", "rasterio", "tensorflow"]
    code = (
        "import sys, geoseg; from geoseg.cli.main import cli, COMMANDS\n"
        "[cli.get_command(None, name) for name in COMMANDS]\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
