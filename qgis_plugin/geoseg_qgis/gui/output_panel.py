"""The part of the dock that asks where the buildings go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from geoseg_qgis.gui.choices import FILE_FORMATS, Choices, FileChoice
from geoseg_qgis.gui.note import Note
from geoseg_qgis.gui.section import make_section
from geoseg_qgis.translation import tr


class _FileRow(QWidget):
    """A box that asks for a file, and the file."""

    changed = pyqtSignal()

    def __init__(self, suffix: str, title: str, filter_name: str, explained: str) -> None:
        super().__init__()
        self.suffix = suffix
        self._suggested = ""
        self.box = QCheckBox(title)
        self.box.setToolTip(explained)
        self.file = QgsFileWidget()
        self.file.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        # Asked once, before the start, when it is sure that the file would be written.
        self.file.setConfirmOverwrite(False)
        self.file.setFilter(f"{filter_name} (*.{suffix})")
        self.file.setDialogTitle(tr("Save the buildings"))
        self.file.setToolTip(tr("The file to write. You are asked before a file is replaced."))
        self.file.lineEdit().setAccessibleName(title)
        self.file.setVisible(False)
        self.note = Note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addWidget(self.file)
        layout.addWidget(self.note)
        self.box.toggled.connect(self._on_toggled)
        self.file.fileChanged.connect(self.changed)

    def choice(self) -> FileChoice:
        return FileChoice(self.suffix, self.box.isChecked(), self.file.filePath())

    def show_choice(self, choice: FileChoice) -> None:
        self.file.setFilePath(choice.path)
        self.box.setChecked(choice.is_wanted)

    def suggest(self, path: str) -> None:
        """Put a path in the place of none, or of the one that was suggested before."""
        before, self._suggested = self._suggested, path
        if self.box.isChecked() and self.file.filePath() in ("", before):
            self.file.setFilePath(path)

    def _on_toggled(self, is_wanted: bool) -> None:
        self.file.setVisible(is_wanted)
        if is_wanted and not self.file.filePath():
            self.file.setFilePath(self._suggested)
        self.changed.emit()


class OutputPanel(QWidget):
    """A layer in memory, and files.

    Signals:
        changed: something is chosen otherwise.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.temporary_box = QCheckBox(tr("Temporar&y layer"))
        self.temporary_box.setChecked(True)
        self.temporary_box.setToolTip(
            tr("Keep the buildings in a layer in memory, which is gone when the project is closed.")
        )
        self.rows = tuple(
            _FileRow(suffix, title, name, explained)
            for suffix, (title, name, explained) in zip(FILE_FORMATS, _describe_formats())
        )
        self.note = Note()
        box, inside = make_section(tr("Result"), "geoseg_result")
        for widget in (self.temporary_box, *self.rows, self.note):
            inside.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)
        self.temporary_box.toggled.connect(self.changed)
        for row in self.rows:
            row.changed.connect(self.changed)

    def fill(self, choices: Choices) -> Choices:
        """Return the choices with those of this panel."""
        return replace(
            choices,
            keep_temporary=self.temporary_box.isChecked(),
            files=tuple(row.choice() for row in self.rows),
        )

    def show_choices(self, choices: Choices) -> None:
        """Set the fields."""
        self.temporary_box.setChecked(choices.keep_temporary)
        for row, choice in zip(self.rows, choices.files):
            row.show_choice(choice)

    def show_problems(self, problems: dict[str, str]) -> None:
        """Say beside the fields what is wrong with them."""
        self.note.say(problems.get("outputs", ""))
        for row in self.rows:
            row.note.say(problems.get(row.suffix, ""))

    def suggest_beside(self, raster: Path | None) -> None:
        """Suggest files beside a raster; none for a service."""
        for row in self.rows:
            row.suggest(
                ""
                if raster is None
                else str(raster.with_name(f"{raster.stem}_buildings.{row.suffix}"))
            )


def _describe_formats() -> tuple[tuple[str, str, str], ...]:
    """Title, name in the file dialog and explanation, in the order of FILE_FORMATS."""
    return (
        (
            tr("Geo&Package"),
            tr("GeoPackage"),
            tr("A file with all attributes in the CRS of the raster; the best to go on with."),
        ),
        (
            tr("Geo&JSON"),
            tr("GeoJSON"),
            tr("A text file in longitude and latitude, for the web and other programs."),
        ),
        (
            tr("&OpenStreetMap file for JOSM"),
            tr("OpenStreetMap file"),
            tr(
                "A file that JOSM opens, marked not to be uploaded as it is: look at every "
                "building, and discuss an import first."
            ),
        ),
    )
