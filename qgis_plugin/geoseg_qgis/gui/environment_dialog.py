"""Sets geoseg up: finds or makes the environment that it runs in, repairs and removes it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from qgis.core import QgsTaskManager
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from geoseg_qgis.environment.check import EnvironmentFacts
from geoseg_qgis.environment.manager import Environment, EnvironmentManager, PreparedEnvironment
from geoseg_qgis.environment.pythons import PythonSearch, explain_no_python
from geoseg_qgis.gui.environment_choice import EnvironmentChoice
from geoseg_qgis.gui.environment_pages import OutcomePage, PlanPage, WorkPage
from geoseg_qgis.gui.environment_wording import say_flavour, say_step
from geoseg_qgis.gui.log_panel import LogPanel
from geoseg_qgis.gui.task_follower import TaskFollower
from geoseg_qgis.settings import Settings
from geoseg_qgis.tasks import environment_task as tasks
from geoseg_qgis.tasks.background_task import BackgroundTask, News
from geoseg_qgis.translation import tr

_REMEMBERED = "environment"


class EnvironmentDialog(QDialog):
    """Goes from the choice over the plan and the work to the outcome.

    Signals:
        environment_changed: another environment is in use, or none.
    """

    environment_changed = pyqtSignal()

    def __init__(
        self,
        settings: Settings,
        parent: QWidget | None = None,
        quiet_tasks: QgsTaskManager | None = None,
    ) -> None:
        """Make the dialog; `open` or `show` it.

        Args:
            settings: Where the environment is, and what is remembered.
            parent: Window that it belongs to.
            quiet_tasks: See `TaskFollower`.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Set up geoseg"))
        self._settings = settings
        self._manager = EnvironmentManager(settings.environments_folder)
        self._prepared: PreparedEnvironment | None = None
        self._follower = TaskFollower(self, quiet_tasks)
        self._follower.news.connect(self._on_news)
        self._make_widgets()
        self._arrange()
        self.choice.recall(settings.load_values(_REMEMBERED))
        self.choice.own_file.setFilePath(settings.python_path)
        self.choice.own_radio.setChecked(bool(settings.python_path))
        self.choice.changed.connect(self._update_buttons)
        self.choice.search_asked.connect(self.search)
        self.choice.python_given.connect(self.search)
        self._show_page(self.choice_page)
        self.search()

    def search(self, chosen: str = "") -> None:
        """Look for Pythons in the background.

        Args:
            chosen: One to try first.
        """
        if self._stack.currentWidget() is not self.choice_page:
            return
        path = chosen or self.choice.other_file.filePath().strip()
        self.choice.show_searching()
        task = tasks.make_search_task(Path(path) if path else None)
        self._follower.follow(task, self._on_searched, self._on_search_failed, self._on_no_search)

    def go_on(self) -> None:
        """Do what the page offers: prepare, install, or take a Python into use."""
        page = self._stack.currentWidget()
        if page is self.plan_page and self._prepared is not None:
            prepared, self._prepared = self._prepared, None
            self._work(tasks.make_install_task(self._manager, prepared), self._on_installed)
            return
        if page is not self.choice_page or self.choice.problem():
            return
        self._settings.keep_values(_REMEMBERED, self.choice.to_remembered())
        if self.choice.is_own_wanted():
            python = Path(self.choice.own_python())
            self._work(tasks.make_check_task(python), partial(self._on_own_checked, python))
            return
        options = self.choice.options(self._settings.make_variables())
        if options is not None:
            self._work(tasks.make_prepare_task(self._manager, options), self._on_prepared)

    def go_back(self) -> None:
        """Return to the choice; what was prepared is thrown away."""
        self._discard()
        self._show_page(self.choice_page)

    def repair(self) -> None:
        """Try the environment in use, and make it anew where it is broken."""
        proxies = self._settings.make_variables()
        self._work(tasks.make_repair_task(self._manager, proxies), self._on_installed)

    def remove(self) -> None:
        """Delete the environment, after asking."""
        question = tr("Remove the environment of geoseg? It can be made again at any time.")
        if QMessageBox.question(self, tr("Remove geoseg"), question) == _YES:
            self._work(tasks.make_remove_task(self._manager), self._on_removed)

    def cancel(self) -> None:
        """Stop what is going on."""
        self._follower.cancel()
        self.cancel_button.setEnabled(False)
        self.work_page.show_step(tr("Cancelling…"), None)

    def reject(self) -> None:
        """Close; work that is going on is cancelled first, and a second call closes."""
        if self._stack.currentWidget() is self.work_page:
            self.cancel()
            return
        super().reject()

    def done(self, result: int) -> None:
        """Close; a search that is going on is not waited for."""
        self._follower.drop()
        self._discard()
        super().done(result)

    def shut_down(self) -> None:
        """End everything, wait for it, and leave nothing half-made."""
        self._follower.shut_down()
        self._discard()

    def _make_widgets(self) -> None:
        self.introduction = QLabel(
            tr(
                "geoseg finds buildings in a Python environment of its own. The Python of QGIS is "
                "not touched."
            )
        )
        self.introduction.setWordWrap(True)
        self.current = QLabel()
        self.current.setWordWrap(True)
        self.current.setTextFormat(Qt.TextFormat.PlainText)
        self.current.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.repair_button = QPushButton(tr("&Repair"))
        self.repair_button.setToolTip(
            tr("Try the environment, and make it anew as it was if something is broken.")
        )
        self.repair_button.clicked.connect(self.repair)
        self.remove_button = QPushButton(tr("Remo&ve…"))
        self.remove_button.setToolTip(tr("Delete the environment and free the disk."))
        self.remove_button.clicked.connect(self.remove)
        self.choice = EnvironmentChoice()
        self.choice_page = QScrollArea()
        self.choice_page.setWidgetResizable(True)
        self.choice_page.setFrameShape(QScrollArea.Shape.NoFrame)
        self.choice_page.setWidget(self.choice)
        self.plan_page = PlanPage()
        self.work_page = WorkPage()
        self.outcome_page = OutcomePage()
        self.log = LogPanel()
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.back_button = self.buttons.addButton(tr("&Back"), role.ActionRole)
        self.back_button.clicked.connect(self.go_back)
        self.next_button = self.buttons.addButton(tr("&Continue"), role.ActionRole)
        self.next_button.clicked.connect(self.go_on)
        self.next_button.setDefault(True)
        self.cancel_button = self.buttons.addButton(tr("Ca&ncel"), role.ActionRole)
        self.cancel_button.setToolTip(tr("Stop; what was in use stays in use."))
        self.cancel_button.clicked.connect(self.cancel)
        self.close_button = self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)

    def _arrange(self) -> None:
        self._current_row = QWidget()
        row = QHBoxLayout(self._current_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.current, 1)
        row.addWidget(self.repair_button)
        row.addWidget(self.remove_button)
        self._stack = QStackedWidget()
        for page in (self.choice_page, self.plan_page, self.work_page, self.outcome_page):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        for widget in (self.introduction, self._current_row):
            layout.addWidget(widget)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.log)
        layout.addWidget(self.buttons)
        letter = self.fontMetrics().averageCharWidth()
        line = self.fontMetrics().lineSpacing()
        self.resize(letter * 85, line * 26)

    def _show_page(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self.log.setVisible(page is not self.choice_page)
        self._show_current()
        self._update_buttons()

    def _show_current(self) -> None:
        environment = self._manager.find_current()
        is_own = bool(self._settings.python_path)
        if is_own:
            text = tr("In use: the Python {path}").format(path=self._settings.python_path)
        elif environment is not None:
            text = tr("In use: geoseg {version}, {kind}, in {folder}").format(
                version=environment.geoseg_version,
                kind=say_flavour(environment.flavour),
                folder=environment.folder,
            )
        else:
            text = ""
        self.current.setText(text)
        is_choosing = self._stack.currentWidget() is self.choice_page
        self._current_row.setVisible(bool(text) and is_choosing)
        for button in (self.repair_button, self.remove_button):
            button.setVisible(environment is not None and not is_own)

    def _update_buttons(self) -> None:
        page = self._stack.currentWidget()
        is_working = page is self.work_page
        self.back_button.setVisible(page in (self.plan_page, self.outcome_page))
        self.cancel_button.setVisible(is_working)
        self.close_button.setVisible(not is_working)
        self.next_button.setVisible(page in (self.choice_page, self.plan_page))
        problem = self.choice.problem() if page is self.choice_page else ""
        self.next_button.setEnabled(not problem)
        if page is self.plan_page:
            self.next_button.setText(tr("&Install"))
            self.next_button.setToolTip(tr("Download and install what is listed."))
        elif self.choice.is_own_wanted():
            self.next_button.setText(tr("&Use this Python"))
            self.next_button.setToolTip(problem or tr("Try it, and use it if geoseg works in it."))
        else:
            self.next_button.setText(tr("&Continue"))
            self.next_button.setToolTip(
                problem or tr("Show what will be downloaded; nothing is installed yet.")
            )

    def _work(self, task: BackgroundTask, on_success: Callable[[Any], None]) -> None:
        self.log.text.clear()
        self.cancel_button.setEnabled(True)
        self.work_page.show_step(task.description(), None)
        self._show_page(self.work_page)
        self._follower.follow(task, on_success, self._on_failed, self.go_back)

    def _on_news(self, news: News) -> None:
        self.log.append(list(news.lines))
        if news.step and self.cancel_button.isEnabled():
            self.work_page.show_step(say_step(news.step), news.share)

    def _on_searched(self, search: PythonSearch) -> None:
        advice = "" if search.fitting else explain_no_python(_platform())
        reasons = [f"{one.path}: {one.reason}" for one in search.passed_over]
        is_given = bool(self.choice.other_file.filePath().strip())
        if not search.fitting or is_given:
            advice = "\n".join(filter(None, [advice, *reasons]))
        self.choice.show_pythons(search.fitting, advice)

    def _on_search_failed(self, message: str, _details: str) -> None:
        self.choice.show_pythons((), message)

    def _on_no_search(self) -> None:
        self.choice.show_pythons((), "")

    def _on_prepared(self, prepared: PreparedEnvironment) -> None:
        self._prepared = prepared
        self.plan_page.show_plan(prepared.plan)
        self._show_page(self.plan_page)

    def _on_installed(self, environment: Environment) -> None:
        self._settings.python_path = ""
        self._tell_outcome(
            [
                tr("geoseg {version} is ready.").format(version=environment.geoseg_version),
                str(environment.folder),
            ]
        )

    def _on_own_checked(self, python: Path, facts: EnvironmentFacts) -> None:
        if not facts.is_good:
            self._on_failed(facts.explain(), "")
            return
        self._settings.python_path = str(python)
        self._tell_outcome(
            [tr("geoseg {version} is ready.").format(version=facts.geoseg_version), str(python)]
        )

    def _on_removed(self, left: list[str]) -> None:
        lines = [tr("The environment was removed.")]
        if left:
            lines.append(tr("Still in use, and removed later:") + "\n" + "\n".join(left))
        self._tell_outcome(lines)

    def _tell_outcome(self, lines: list[str]) -> None:
        self.outcome_page.show_outcome(lines, is_good=True)
        self._show_page(self.outcome_page)
        self.environment_changed.emit()

    def _on_failed(self, message: str, details: str) -> None:
        self.log.append(details.splitlines())
        self.outcome_page.show_outcome([message], is_good=False)
        self._show_page(self.outcome_page)
        self.environment_changed.emit()

    def _discard(self) -> None:
        if self._prepared is not None:
            prepared, self._prepared = self._prepared, None
            self._manager.discard(prepared)


_YES = QMessageBox.StandardButton.Yes


def _platform() -> str:
    return "flatpak" if Path("/.flatpak-info").exists() else sys.platform
