"""The plugin in the languages that it comes with, as a user of QGIS sees it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtWidgets import QAbstractButton

from geoseg_qgis import translation
from geoseg_qgis.gui.dock import GeosegDock
from geoseg_qgis.settings import Settings
from geoseg_qgis.toolbox.provider import GeosegProvider
from geoseg_qgis.translation import install_translator, remove_translator

SOURCES = Path(translation.__file__).parent / "i18n"
EXPECTED = {
    "de": ("Gebäude extrahieren", "Gebäude suchen"),
    "es_MX": ("Extraer edificios", "Buscar edificios"),
    "fr": ("Extraire les bâtiments", "Rechercher les bâtiments"),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the translations as in the zip of the plugin."""
    if shutil.which("lrelease") is None:
        pytest.skip("lrelease is absent")
    folder = tmp_path_factory.mktemp("i18n")
    for source in SOURCES.glob("*.ts"):
        words = ["lrelease", "-silent", str(source), "-qm", str(folder / f"{source.stem}.qm")]
        subprocess.run(words, check=True)
    return folder


@pytest.fixture
def speak(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Has the plugin speak a language until the end of the test."""
    monkeypatch.setattr(translation, "I18N_FOLDER", compiled)
    installed = []

    def install(locale: str) -> None:
        translator = install_translator(locale)
        assert translator is not None
        installed.append(translator)

    yield install
    for translator in installed:
        remove_translator(translator)


@pytest.mark.parametrize("locale", sorted(EXPECTED))
def test_algorithms_have_names_and_help_in_the_language(
    locale: str, speak: Callable[[str], None]
) -> None:
    english = read_texts()
    speak(locale)
    translated = read_texts()
    assert translated["geoseg:extractbuildings"][0] == EXPECTED[locale][0]
    # Names in scripts are the same everywhere.
    assert set(translated) == set(english)
    for name, texts in translated.items():
        for text, in_english in zip(texts, english[name], strict=True):
            assert text != in_english


@pytest.mark.parametrize("locale", sorted(EXPECTED))
def test_the_dock_is_in_the_language(
    locale: str, speak: Callable[[str], None], tmp_path: Path, qgis_canvas: QgsMapCanvas
) -> None:
    speak(locale)
    dock = GeosegDock(qgis_canvas, Settings(tmp_path))
    try:
        texts = [button.text().replace("&", "") for button in dock.findChildren(QAbstractButton)]
        assert EXPECTED[locale][1] in texts
        assert "Find buildings" not in texts
    finally:
        dock.shut_down()
        dock.deleteLater()


def read_texts() -> dict[str, tuple[str, str]]:
    """Name and help of each algorithm by its name in scripts."""
    provider = GeosegProvider()
    provider.refreshAlgorithms()
    return {one.id(): (one.displayName(), one.shortHelpString()) for one in provider.algorithms()}


def test_without_a_translator_all_is_english() -> None:
    assert read_texts()["geoseg:extractbuildings"][0] == "Extract buildings"
