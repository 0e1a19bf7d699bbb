"""A part of a panel that can be folded away."""

from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget


def make_section(title: str, name: str) -> tuple[QgsCollapsibleGroupBox, QVBoxLayout]:
    """Make a group box, and the layout to fill it by.

    When it is unfolded, the box shows all its children, also those that were hidden: therefore
    it has only one, with the others inside.

    Args:
        title: What is shown.
        name: Under which QGIS remembers whether it is folded.
    """
    box = QgsCollapsibleGroupBox(title)
    box.setObjectName(name)
    inside = QWidget()
    outer = QVBoxLayout(box)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(inside)
    return box, QVBoxLayout(inside)
