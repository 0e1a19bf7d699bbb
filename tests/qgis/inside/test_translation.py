"""Texts in the user's language."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from geoseg_qgis import translation
from geoseg_qgis.translation import install_translator, remove_translator, tr

_TS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS><TS version="2.1" language="xx"><context><name>geoseg</name><message>
<source>a text of this test</source><translation>ein Text dieser Prüfung</translation>
</message></context></TS>"""


@pytest.fixture
def language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("lrelease") is None:
        pytest.skip("lrelease is absent")
    source = tmp_path / "geoseg_xx.ts"
    source.write_text(_TS, encoding="utf-8")
    subprocess.run(["lrelease", "-silent", source], check=True)
    monkeypatch.setattr(translation, "I18N_FOLDER", tmp_path)


@pytest.mark.usefixtures("language")
def test_texts_are_translated_until_the_translator_is_removed() -> None:
    translator = install_translator("xx_YY")
    assert tr("a text of this test") == "ein Text dieser Prüfung"
    remove_translator(translator)
    assert tr("a text of this test") == "a text of this test"


@pytest.mark.usefixtures("language")
def test_a_language_that_is_not_spoken_leaves_english() -> None:
    assert install_translator("yy") is None
    remove_translator(None)
    assert tr("a text of this test") == "a text of this test"
