"""The plugin speaks German, Spanish and French, without a gap."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from scripts.update_translations import (
    LANGUAGES,
    PLUGIN,
    Translation,
    find_problems,
    find_texts,
    find_texts_in,
    format_translations,
    read_context,
    read_translations,
    update,
)

TEXTS = find_texts(PLUGIN)


def find_faults(source: str, translation: str) -> list[str]:
    """What a translation lost or brought in, as words."""
    faults = []
    for name, pattern in {
        "placeholders": r"\{[^{}]*\}",
        "tags": r"</?\w+[^<>]*>",
        "patterns of files": r"\*\.\w+",
        "line breaks": r"\n",
        "places to press": r"&(?=\w)",
    }.items():
        if Counter(re.findall(pattern, source)) != Counter(re.findall(pattern, translation)):
            faults.append(name)
    if [source[:1].isspace(), source[-1:].isspace()] != [
        translation[:1].isspace(),
        translation[-1:].isspace(),
    ]:
        faults.append("spaces round it")
    for sign in (":", "…", "...", ".", "?", "!"):
        if source.rstrip().endswith(sign) != translation.rstrip().endswith(sign):
            faults.append(f"{sign} at the end")
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_nothing_else(language: str) -> None:
    translations = read_translations(PLUGIN / "i18n" / f"geoseg_{language}.ts")
    assert list(find_problems(TEXTS, translations)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_what_the_script_writes(language: str) -> None:
    path = PLUGIN / "i18n" / f"geoseg_{language}.ts"
    translations = read_translations(path)
    written = format_translations(translations, language, read_context(PLUGIN))
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_what_the_program_needs(language: str) -> None:
    translations = read_translations(PLUGIN / "i18n" / f"geoseg_{language}.ts")
    faults = {
        source: find_faults(source, translation.text)
        for source, translation in translations.items()
        if not translation.is_unfinished
    }
    assert {source: names for source, names in faults.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "translation", "fault"),
    [
        ("{n} tiles", "{m} Kacheln", "placeholders"),
        ("{n} tiles", "Kacheln", "placeholders"),
        ("&Area", "Gebiet", "places to press"),
        ("<b>Area</b>", "Gebiet", "tags"),
        ("Area:", "Gebiet", ": at the end"),
        ("Choose…", "Wählen", "… at the end"),
        (" m", "m", "spaces round it"),
        ("Files (*.osm)", "Dateien", "patterns of files"),
        ("a\nb", "a b", "line breaks"),
    ],
)
def test_a_fault_is_noticed(source: str, translation: str, fault: str) -> None:
    assert fault in find_faults(source, translation)


def test_a_doubled_ampersand_is_no_place_to_press() -> None:
    assert find_faults("Salt && pepper", "Salz && Pfeffer") == []


def test_texts_are_found_wherever_they_stand() -> None:
    source = 'x = tr("one")\ndef f():\n    return [tr("two " "three").format(n=1), other("four")]\n'
    assert list(find_texts_in(source)) == ["one", "two three"]


def test_an_update_keeps_marks_and_drops() -> None:
    old = {
        "kept": Translation("behalten", is_unfinished=False),
        "gone": Translation("fort", is_unfinished=False),
    }
    new = update({"kept", "new"}, old)
    assert new == {"kept": old["kept"], "new": Translation("", is_unfinished=True)}
    assert list(find_problems({"kept", "new"}, new)) == ["unfinished: new"]
    assert list(find_problems({"kept", "new"}, old)) == ["missing: new", "left over: gone"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    translations = {
        'a < b & "c"': Translation("ä > ö & 'ü'", is_unfinished=False),
        "two\nlines ": Translation("zwei\nZeilen ", is_unfinished=False),
        "later": Translation("", is_unfinished=True),
    }
    path = tmp_path / "geoseg_de.ts"
    path.write_text(format_translations(translations, "de", "geoseg"), encoding="utf-8")
    assert read_translations(path) == translations
    assert read_translations(tmp_path / "none.ts") == {}
