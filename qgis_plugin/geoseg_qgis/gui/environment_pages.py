"""The other pages of the set-up: what will be downloaded, how far it is, how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QStyle,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geoseg_qgis.environment.plan import InstallPlan
from geoseg_qgis.gui.note import Note
from geoseg_qgis.gui.wording import say_bytes, say_count
from geoseg_qgis.translation import tr

_PARTS = 1000


class PlanPage(QWidget):
    """What would be installed, before anything is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.note = Note()
        self.packages = QTreeWidget()
        self.packages.setRootIsDecorated(False)
        self.packages.setUniformRowHeights(True)
        self.packages.setHeaderLabels([tr("Package"), tr("Version"), tr("Size")])
        header = self.packages.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.packages.setToolTip(tr("What will be installed into the environment."))
        self.packages.setAccessibleName(tr("Packages"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.summary)
        layout.addWidget(self.note)
        layout.addWidget(self.packages, 1)

    def show_plan(self, plan: InstallPlan) -> None:
        """List the packages, the largest first."""
        self.summary.setText(_describe(plan))
        self.note.say("" if plan.has_room else tr("There is not enough room on the disk."))
        self.packages.setVisible(bool(plan.packages))
        self.packages.clear()
        for package in sorted(plan.packages, key=lambda one: (-(one.size_bytes or 0), one.name)):
            size = "" if package.size_bytes is None else say_bytes(package.size_bytes)
            item = QTreeWidgetItem([package.name, package.version, size])
            item.setTextAlignment(2, int(Qt.AlignmentFlag.AlignRight))
            self.packages.addTopLevelItem(item)


class WorkPage(QWidget):
    """A step and a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = QLabel()
        self.step.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setToolTip(tr("How far this step is."))
        self.bar.setAccessibleName(tr("Progress"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.step)
        layout.addWidget(self.bar)
        layout.addStretch(1)

    def show_step(self, step: str, share: float | None) -> None:
        """Say what is being done, and how far it is (0 to 1; None where that is not known)."""
        self.step.setText(step)
        if share is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, _PARTS)
            self.bar.setValue(round(min(max(share, 0.0), 1.0) * _PARTS))


class OutcomePage(QWidget):
    """An icon and what came of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addStretch(1)

    def show_outcome(self, lines: Sequence[str], *, is_good: bool) -> None:
        """Say how it ended."""
        size_px = self.style().pixelMetric(QStyle.PixelMetric.PM_LargeIconSize)
        critical = QStyle.StandardPixmap.SP_MessageBoxCritical
        good = QgsApplication.getThemeIcon("/mIconSuccess.svg")
        icon = good if is_good else self.style().standardIcon(critical)
        self._icon.setPixmap(icon.pixmap(size_px, size_px))
        self.text.setText("\n\n".join(line for line in lines if line))


def _describe(plan: InstallPlan) -> str:
    lines = []
    if plan.packages:
        lines.append(
            tr("{n} packages will be installed.").format(n=say_count(len(plan.packages)))
            + " "
            + _describe_download(plan)
        )
    else:
        lines.append(tr("This Python cannot tell beforehand what will be downloaded."))
    lines.append(
        tr("The environment will take about {size}; {free} are free.").format(
            size=say_bytes(plan.disk_bytes), free=say_bytes(plan.free_bytes)
        )
    )
    return "\n".join(lines)


def _describe_download(plan: InstallPlan) -> str:
    if plan.download_bytes == 0 and plan.num_unknown == 0:
        return tr("Nothing has to be downloaded.")
    if plan.num_unknown:
        return tr("At least {size} will be downloaded; the size of {n} is not known.").format(
            size=say_bytes(plan.download_bytes), n=say_count(plan.num_unknown)
        )
    return tr("{size} will be downloaded.").format(size=say_bytes(plan.download_bytes))
