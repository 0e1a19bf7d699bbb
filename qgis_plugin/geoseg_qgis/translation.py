"""The language of the plugin: what is shown goes through `tr`."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

# Under which the strings stand in the files of i18n/.
CONTEXT = "geoseg"
I18N_FOLDER = Path(__file__).parent / "i18n"


def tr(text: str) -> str:
    """A text in the user's language; English where there is no translation.

    The argument has to be a literal, or the programs that collect the texts do not find it.
    Values are filled in afterwards: `tr("{n} tiles").format(n=12)`.
    """
    return QCoreApplication.translate(CONTEXT, text)


def install_translator(locale: str = "") -> QTranslator | None:
    """Have texts translated from here on.

    Args:
        locale: such as "de" or "pt_BR"; by default the one that QGIS runs in.

    Returns:
        What `remove_translator` takes; None where the plugin does not speak the language.
    """
    locale = locale or QgsApplication.locale()
    for name in (locale, locale.replace("-", "_").split("_")[0]):
        translator = QTranslator()
        if translator.load(str(I18N_FOLDER / f"geoseg_{name}.qm")):
            QCoreApplication.installTranslator(translator)
            return translator
    return None


def remove_translator(translator: QTranslator | None) -> None:
    """Undo `install_translator`; None is passed over."""
    if translator is not None:
        QCoreApplication.removeTranslator(translator)
