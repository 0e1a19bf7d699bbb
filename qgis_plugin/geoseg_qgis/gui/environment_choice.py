"""The first page of the set-up: what to make an environment with, or what to use in its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from geoseg_qgis.environment.options import Flavour, InstallOptions, find_constraints
from geoseg_qgis.environment.pythons import UV_DOWNLOAD, FoundPython
from geoseg_qgis.gui.environment_wording import explain_flavour, say_flavour, say_origin
from geoseg_qgis.gui.note import Note
from geoseg_qgis.gui.section import make_section
from geoseg_qgis.translation import tr


class EnvironmentChoice(QWidget):
    """Asks for a Python, the kind of installation and where packages come from.

    Signals:
        changed: something is chosen otherwise.
        search_asked: Pythons are to be looked for again.
        python_given: a file that may be a Python, to be tried.
    """

    changed = pyqtSignal()
    search_asked = pyqtSignal()
    python_given = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_radios()
        self._make_python()
        self._make_flavours()
        self._make_source()
        self._arrange()
        self.make_radio.toggled.connect(self._on_kind)
        self._on_kind()

    def is_own_wanted(self) -> bool:
        """Whether a Python that has geoseg already is to be used."""
        return self.own_radio.isChecked()

    def own_python(self) -> str:
        """That Python, as it was typed."""
        return self.own_file.filePath().strip()

    def flavour(self) -> Flavour:
        """The kind of installation."""
        return Flavour.LIGHT if self.light_radio.isChecked() else Flavour.FULL

    def options(self, proxies: Mapping[str, str]) -> InstallOptions | None:
        """What an environment is to be made with; None while there is no Python for it.

        Args:
            proxies: Variables that tell of QGIS's proxy.
        """
        python = self.python_combo.currentData()
        if not isinstance(python, FoundPython):
            return None
        folder = self.wheel_file.filePath().strip()
        return InstallOptions(
            flavour=self.flavour(),
            python=python,
            wheel_folder=Path(folder) if folder else None,
            is_offline=self.offline_box.isChecked(),
            proxies=proxies,
            constraints=find_constraints(),
        )

    def problem(self) -> str:
        """What keeps the choice from being carried out; empty where nothing does."""
        if self.is_own_wanted():
            if not self.own_python():
                return tr("Choose a Python that has geoseg.")
            return "" if Path(self.own_python()).is_file() else tr("There is no such file.")
        folder = self.wheel_file.filePath().strip()
        if folder and not Path(folder).is_dir():
            return tr("The folder of wheels is not there.")
        if self.offline_box.isChecked() and not folder:
            return tr("Without the internet, a folder of wheels is needed.")
        if self.python_combo.currentData() is None:
            return tr("There is no Python to make the environment with.")
        return ""

    def show_searching(self) -> None:
        """Say that Pythons are being looked for."""
        self.python_combo.clear()
        self.python_combo.addItem(tr("Looking for Pythons…"), None)
        self.python_combo.setEnabled(False)
        self.search_button.setEnabled(False)
        self.python_note.say("")
        self.changed.emit()

    def show_pythons(self, pythons: tuple[FoundPython, ...], advice: str) -> None:
        """Offer what was found.

        Args:
            pythons: Best first.
            advice: What to do where there is none, and why some do not do.
        """
        self.python_combo.clear()
        for python in pythons:
            self.python_combo.addItem(_describe(python), python)
        self.python_combo.setEnabled(bool(pythons))
        self.search_button.setEnabled(True)
        if not pythons:
            self.python_combo.addItem(tr("None found"), None)
        self.python_note.say(advice)
        self.changed.emit()

    def to_remembered(self) -> dict[str, object]:
        """What to remember."""
        return {
            "flavour": self.flavour().value,
            "wheel_folder": self.wheel_file.filePath(),
            "is_offline": self.offline_box.isChecked(),
        }

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Set the fields as they were; what is not understood stays."""
        self.full_radio.setChecked(remembered.get("flavour") == Flavour.FULL.value)
        folder = remembered.get("wheel_folder")
        if isinstance(folder, str):
            self.wheel_file.setFilePath(folder)
        self.offline_box.setChecked(remembered.get("is_offline") is True)
        self.source_box.setCollapsed(not self.wheel_file.filePath())

    def _make_radios(self) -> None:
        self.make_radio = QRadioButton(tr("&Make an environment (recommended)"))
        self.make_radio.setChecked(True)
        self.make_radio.setToolTip(
            tr("Install geoseg into a folder of its own, beside the settings of QGIS.")
        )
        self.own_radio = QRadioButton(tr("&Use a Python that has geoseg already"))
        self.own_radio.setToolTip(tr("For those who have installed geoseg themselves."))
        self.own_file = QgsFileWidget()
        self.own_file.setDialogTitle(tr("Choose a Python"))
        self.own_file.setToolTip(tr("The Python program of an environment that has geoseg in it."))
        self.own_file.lineEdit().setAccessibleName(self.own_radio.text().replace("&", ""))
        self.own_file.fileChanged.connect(self.changed)

    def _make_python(self) -> None:
        self.python_combo = QComboBox()
        self.python_combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.python_combo.setToolTip(
            tr("The Python that the environment is made with: 3.10, 3.11 or 3.12, 64 bit.")
        )
        self.python_combo.currentIndexChanged.connect(self.changed)
        self.search_button = QToolButton()
        self.search_button.setIcon(QgsApplication.getThemeIcon("/mActionRefresh.svg"))
        self.search_button.setAutoRaise(True)
        self.search_button.setToolTip(tr("Look for Pythons again"))
        self.search_button.setAccessibleName(self.search_button.toolTip())
        self.search_button.clicked.connect(self.search_asked)
        self.other_file = QgsFileWidget()
        self.other_file.setDialogTitle(tr("Choose a Python"))
        self.other_file.setToolTip(tr("A Python that was not found by itself; it is tried first."))
        self.other_file.lineEdit().setPlaceholderText(tr("As found"))
        self.other_file.fileChanged.connect(self.python_given)
        self.python_note = Note("/mIconInfo.svg")

    def _make_flavours(self) -> None:
        self.light_radio = QRadioButton("&" + say_flavour(Flavour.LIGHT))
        self.full_radio = QRadioButton("&" + say_flavour(Flavour.FULL))
        self.light_radio.setChecked(True)
        self.light_radio.setToolTip(explain_flavour(Flavour.LIGHT))
        self.full_radio.setToolTip(explain_flavour(Flavour.FULL))
        self.flavours = QWidget()
        layout = QVBoxLayout(self.flavours)
        layout.setContentsMargins(0, 0, 0, 0)
        for radio, flavour in ((self.light_radio, Flavour.LIGHT), (self.full_radio, Flavour.FULL)):
            radio.toggled.connect(self.changed)
            explained = QLabel(explain_flavour(flavour))
            explained.setWordWrap(True)
            # As far in as the text of the button above it.
            explained.setIndent(_measure_indent(radio))
            layout.addWidget(radio)
            layout.addWidget(explained)

    def _make_source(self) -> None:
        self.source_box, layout = make_section(tr("Packages from a folder"), "geoseg_wheels")
        self.source_box.setSaveCollapsedState(False)
        self.source_box.setCollapsed(True)
        self.wheel_file = QgsFileWidget()
        self.wheel_file.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheel_file.setDialogTitle(tr("Choose the folder of wheels"))
        self.wheel_file.setToolTip(
            tr("A folder of .whl files, taken before what a package index has.")
        )
        self.wheel_file.fileChanged.connect(self.changed)
        self.offline_box = QCheckBox(tr("Do without the &internet"))
        self.offline_box.setToolTip(tr("Take packages from this folder and from nowhere else."))
        self.offline_box.toggled.connect(self.changed)
        label = QLabel(tr("F&older of wheels"))
        label.setBuddy(self.wheel_file.lineEdit())
        for widget in (label, self.wheel_file, self.offline_box):
            layout.addWidget(widget)

    def _arrange(self) -> None:
        python_row = QHBoxLayout()
        python_row.addWidget(self.python_combo, 1)
        python_row.addWidget(self.search_button)
        python_form = _make_form()
        python_form.addRow(tr("&Python"), python_row)
        python_form.labelForField(python_row).setBuddy(self.python_combo)
        python_form.addRow(tr("An&other Python"), self.other_file)
        python_form.labelForField(self.other_file).setBuddy(self.other_file.lineEdit())
        self.made = QWidget()
        made = QVBoxLayout(self.made)
        made.addLayout(python_form)
        made.addWidget(self.python_note)
        made.addWidget(QLabel(tr("Kind of installation")))
        made.addWidget(self.flavours)
        made.addWidget(self.source_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.make_radio, self.made, self.own_radio, self.own_file):
            layout.addWidget(widget)
        layout.addStretch(1)

    def _on_kind(self) -> None:
        self.made.setVisible(self.make_radio.isChecked())
        self.own_file.setVisible(self.own_radio.isChecked())
        self.changed.emit()


def _describe(python: FoundPython) -> str:
    version = ".".join(map(str, python.version[:2]))
    if python.origin == UV_DOWNLOAD:
        return tr("Python {version}, downloaded by uv").format(version=version)
    return tr("Python {version}, {origin}: {path}").format(
        version=".".join(map(str, python.version)),
        origin=say_origin(python.origin),
        path=python.path,
    )


def _measure_indent(radio: QRadioButton) -> int:
    """How far the text of a button is from its left end, pixels."""
    style = radio.style()
    return style.pixelMetric(QStyle.PixelMetric.PM_ExclusiveIndicatorWidth) + style.pixelMetric(
        QStyle.PixelMetric.PM_RadioButtonLabelSpacing
    )


def _make_form() -> QFormLayout:
    form = QFormLayout()
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form
