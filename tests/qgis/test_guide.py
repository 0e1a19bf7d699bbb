"""What docs/qgis.md names is there: files, commands, algorithms, and the texts on the buttons."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from scripts.update_translations import PLUGIN, find_texts

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = (REPOSITORY / "docs" / "qgis.md").read_text(encoding="utf-8")
# Of QGIS itself, with the way through its menus.
OF_QGIS = {
    "Plugins > Manage and Install Plugins… > Install from ZIP",
    "Install Plugin",
    "Manage and Install Plugins",
    "Show also experimental plugins",
    "Settings > User Profiles > Open Active Profile Folder",
    "Settings > Options > Network",
    "Options > Network",
    "Use default proxy",
    "Properties > Metadata",
    "Export > Save Features As…",
    "Raster",
}


def find_algorithms() -> set[str]:
    """What `name` returns in each class of the toolbox."""
    names = set()
    for path in (PLUGIN / "toolbox").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "name":
                last = node.body[-1]
                if isinstance(last, ast.Return) and isinstance(last.value, ast.Constant):
                    names.add(str(last.value.value))
    # That of the provider.
    return names - {"geoseg"}


def test_every_link_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", GUIDE) if "://" not in link]
    assert len(links) > 8
    assert [link for link in links if not (REPOSITORY / "docs" / link).is_file()] == []


def test_every_target_of_make_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z-]+)", GUIDE))
    assert {"plugin", "wheels", "setup"} <= targets
    assert [one for one in targets if not re.search(rf"^{one}:", makefile, re.MULTILINE)] == []


def test_all_algorithms_are_explained() -> None:
    table = re.findall(r"^\| ([^|]+) \| `geoseg:(\w+)` \|", GUIDE, flags=re.MULTILINE)
    assert {name for _, name in table} == find_algorithms()
    texts = find_texts(PLUGIN)
    assert [title for title, _ in table if title not in texts] == []


def test_what_stands_on_buttons_is_named_as_it_stands_there() -> None:
    texts = {text.replace("&", "").rstrip(".") for text in find_texts(PLUGIN)}
    named = {
        " ".join(name.split()) for name in re.findall(r"(?<!\*)\*([^*`\n]+\n?[^*`\n]*)\*", GUIDE)
    }
    unknown = {
        name
        for name in named - OF_QGIS
        if not all(part in texts or part.capitalize() in texts for part in name.split(" > "))
    }
    assert len(named) > 20
    assert unknown == set()
