"""Bring the plugin's translations up to date with the texts in its code.

Usage: update_translations.py [--check]

Every text that the code hands to `tr` is in i18n/geoseg_LANGUAGE.ts afterwards: what was translated
stays, new texts are marked unfinished, texts that are gone are dropped. The files are what
Qt's Linguist opens; make_plugin.py compiles them. With --check nothing is written, and whatever is
missing, unfinished or left over is told, with exit code 1.
"""

from __future__ import annotations

import argparse
import ast
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

REPOSITORY = Path(__file__).resolve().parents[1]
PLUGIN = REPOSITORY / "qgis_plugin" / "geoseg_qgis"
LANGUAGES = ("de", "es", "fr")


@dataclass(frozen=True)
class Translation:
    """What stands for a text in a language.

    Attributes:
        text: The translation; empty while there is none.
        is_unfinished: Whether somebody has still to look at it.
    """

    text: str
    is_unfinished: bool


def find_texts(plugin: Path) -> set[str]:
    """All texts that the code of a folder hands to `tr`."""
    return {
        text
        for path in plugin.rglob("*.py")
        for text in find_texts_in(path.read_text(encoding="utf-8"))
    }


def find_texts_in(source: str) -> Iterator[str]:
    """The texts that one file hands to `tr`; neighbouring literals are one text."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "tr"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.args[0].value


def read_context(plugin: Path) -> str:
    """The name under which `tr` looks texts up: CONTEXT of translation.py.

    Raises:
        ValueError: If it is not there.
    """
    path = plugin / "translation.py"
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if names == ["CONTEXT"]:
                return str(node.value.value)
    raise ValueError(f"{path} must set CONTEXT to a literal.")


def read_translations(path: Path) -> dict[str, Translation]:
    """Translations of a .ts file by their English texts; none where it is missing."""
    if not path.is_file():
        return {}
    found = {}
    for message in ElementTree.parse(path).iter("message"):
        source = message.findtext("source") or ""
        element = message.find("translation")
        text = (element.text or "") if element is not None else ""
        is_unfinished = element is None or element.get("type") == "unfinished" or not text
        found[source] = Translation(text, is_unfinished)
    return found


def format_translations(
    translations: Mapping[str, Translation], language: str, context: str
) -> str:
    """The content of a .ts file, in the order of the texts."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
        "<context>",
        f"    <name>{escape(context)}</name>",
    ]
    for source in sorted(translations):
        translation = translations[source]
        mark = ' type="unfinished"' if translation.is_unfinished else ""
        lines += [
            "    <message>",
            f"        <source>{escape(source)}</source>",
            f"        <translation{mark}>{escape(translation.text)}</translation>",
            "    </message>",
        ]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def update(texts: set[str], old: Mapping[str, Translation]) -> dict[str, Translation]:
    """Translations of exactly the given texts, as far as there are any."""
    return {text: old.get(text, Translation("", is_unfinished=True)) for text in texts}


def find_problems(texts: set[str], translations: Mapping[str, Translation]) -> Iterator[str]:
    """What keeps a language from being complete, as sentences."""
    for text in sorted(texts - set(translations)):
        yield f"missing: {text}"
    for text in sorted(set(translations) - texts):
        yield f"left over: {text}"
    for text, translation in sorted(translations.items()):
        if text in texts and translation.is_unfinished:
            yield f"unfinished: {text}"


def main() -> int:
    """Run the program; its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    is_check = parser.parse_args().check
    texts = find_texts(PLUGIN)
    context = read_context(PLUGIN)
    problems = []
    for language in LANGUAGES:
        path = PLUGIN / "i18n" / f"geoseg_{language}.ts"
        translations = read_translations(path)
        if not is_check:
            translations = update(texts, translations)
            path.parent.mkdir(exist_ok=True)
            path.write_text(
                format_translations(translations, language, context), encoding="utf-8", newline="\n"
            )
        problems += [f"{language}: {line}" for line in find_problems(texts, translations)]
    for problem in problems:
        print(problem)
    print(f"{len(texts)} texts, {len(problems)} problems")
    return 1 if is_check and problems else 0


if __name__ == "__main__":
    sys.exit(main())
