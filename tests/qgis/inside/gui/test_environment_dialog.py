"""The set-up of the environment, page by page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QMessageBox

from geoseg_qgis.engine.errors import CommandCancelled, CommandFailed
from geoseg_qgis.environment import steps
from geoseg_qgis.environment.manager import Environment
from geoseg_qgis.environment.options import Flavour, InstallOptions
from geoseg_qgis.environment.plan import InstallPlan, Package
from geoseg_qgis.environment.pythons import FoundPython, PassedOver, PythonSearch
from geoseg_qgis.environment.reporter import Reporter
from geoseg_qgis.gui.environment_dialog import EnvironmentDialog
from geoseg_qgis.settings import Settings

FOUND = FoundPython(Path("/usr/bin/python3.12"), (3, 12, 4), "PATH")
PLAN = InstallPlan(
    (Package("numpy", "2.1.0", 16_000_000), Package("rasterio", "1.4.3", 22_000_000)),
    Flavour.LIGHT,
    free_bytes=50_000_000_000,
)


class FakeManager:
    """Does at once, or when it is let, what the real one takes minutes for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.current: Environment | None = None
        self.asked: list[InstallOptions] = []
        self.discarded = 0
        self.may_end = threading.Event()
        self.may_end.set()
        self.error: Exception | None = None

    def find_current(self) -> Environment | None:
        return self.current

    def prepare(self, options: InstallOptions, reporter: Reporter) -> SimpleNamespace:
        self.asked.append(options)
        self._work(reporter, steps.RESOLVING)
        return SimpleNamespace(plan=PLAN, options=options)

    def install(self, prepared: SimpleNamespace, reporter: Reporter) -> Environment:
        self._work(reporter, steps.INSTALLING)
        flavour = prepared.options.flavour
        self.current = Environment(self.root, self.root / "python", "0.1.0", flavour)
        return self.current

    def repair(self, reporter: Reporter, *, proxies: object) -> Environment | None:
        self._work(reporter, steps.CHECKING)
        return self.current

    def remove(self, reporter: Reporter) -> list[str]:
        reporter.on_step(steps.REMOVING)
        self.current = None
        return []

    def discard(self, _prepared: object) -> None:
        self.discarded += 1

    def _work(self, reporter: Reporter, step: str) -> None:
        reporter.on_step(step)
        reporter.on_share(0.25)
        reporter.on_log("Collecting numpy")
        while not self.may_end.wait(0.01):
            if reporter.is_cancelled():
                raise CommandCancelled("Cancelled.")
        if self.error is not None:
            raise self.error


@pytest.fixture
def search() -> dict[str, object]:
    """What a search for Pythons finds."""
    return {"result": PythonSearch((FOUND,), ())}


@pytest.fixture
def dialog(
    desktop: Any,
    settings: Settings,
    search: dict[str, object],
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[EnvironmentDialog]:
    monkeypatch.setattr("geoseg_qgis.gui.environment_dialog.EnvironmentManager", FakeManager)
    monkeypatch.setattr(
        "geoseg_qgis.tasks.environment_task.search_pythons", lambda *_: search["result"]
    )
    made = EnvironmentDialog(settings, desktop.window)
    made.show()
    wait_until(lambda: made.choice.search_button.isEnabled())
    yield made
    made.shut_down()
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def manager_of(dialog: EnvironmentDialog) -> FakeManager:
    manager: Any = dialog._manager
    assert isinstance(manager, FakeManager)
    return manager


def go_to_plan(dialog: EnvironmentDialog, wait_until: Callable[..., None]) -> None:
    dialog.next_button.click()
    wait_until(lambda: dialog.plan_page.isVisible())


def test_what_is_downloaded_is_shown_before_anything_is_installed(
    dialog: EnvironmentDialog, wait_until: Callable[..., None]
) -> None:
    go_to_plan(dialog, wait_until)
    assert manager_of(dialog).current is None
    assert "38 MB" in dialog.plan_page.summary.text()
    packages = dialog.plan_page.packages
    names = [packages.topLevelItem(row).text(0) for row in range(packages.topLevelItemCount())]
    assert names == ["rasterio", "numpy"]


def test_installing_ends_with_the_environment_in_use(
    dialog: EnvironmentDialog, wait_until: Callable[..., None], settings: Settings
) -> None:
    changes: list[bool] = []
    dialog.environment_changed.connect(lambda: changes.append(True))
    go_to_plan(dialog, wait_until)
    dialog.next_button.click()
    wait_until(lambda: dialog.outcome_page.isVisible())
    assert "0.1.0" in dialog.outcome_page.text.text()
    assert changes == [True]
    assert dialog.log.last_lines(1) == ["Collecting numpy"]
    dialog.back_button.click()
    assert "0.1.0" in dialog.current.text()
    assert dialog.repair_button.isVisible()
    assert settings.load_values("environment")["flavour"] == "onnx"


def test_the_choice_reaches_the_manager(
    dialog: EnvironmentDialog, wait_until: Callable[..., None], tmp_path: Path
) -> None:
    dialog.choice.full_radio.setChecked(True)
    dialog.choice.wheel_file.setFilePath(str(tmp_path))
    dialog.choice.offline_box.setChecked(True)
    go_to_plan(dialog, wait_until)
    (options,) = manager_of(dialog).asked
    assert options.flavour is Flavour.FULL
    assert options.python == FOUND
    assert options.wheel_folder == tmp_path
    assert options.is_offline


def test_offline_without_a_folder_is_explained(dialog: EnvironmentDialog) -> None:
    assert dialog.next_button.isEnabled()
    dialog.choice.offline_box.setChecked(True)
    assert not dialog.next_button.isEnabled()
    assert dialog.next_button.toolTip() == dialog.choice.problem() != ""


def test_cancelling_returns_to_the_choice(
    dialog: EnvironmentDialog, wait_until: Callable[..., None]
) -> None:
    manager_of(dialog).may_end.clear()
    dialog.next_button.click()
    wait_until(lambda: dialog.work_page.bar.value() == 250)
    assert dialog.work_page.step.text() == steps.RESOLVING
    dialog.cancel_button.click()
    wait_until(lambda: dialog.choice_page.isVisible())
    assert QgsApplication.taskManager().countActiveTasks() == 0


def test_closing_while_it_works_cancels_first(
    dialog: EnvironmentDialog, wait_until: Callable[..., None]
) -> None:
    manager_of(dialog).may_end.clear()
    dialog.next_button.click()
    wait_until(lambda: dialog.work_page.bar.value() == 250)
    dialog.reject()
    assert dialog.isVisible()
    wait_until(lambda: dialog.choice_page.isVisible())
    dialog.reject()
    assert not dialog.isVisible()


def test_a_failure_shows_message_and_log(
    dialog: EnvironmentDialog, wait_until: Callable[..., None]
) -> None:
    manager_of(dialog).error = CommandFailed("The disk is full.", "pip: No space left")
    dialog.next_button.click()
    wait_until(lambda: dialog.outcome_page.isVisible())
    assert dialog.outcome_page.text.text() == "The disk is full."
    assert dialog.log.last_lines(1) == ["pip: No space left"]
    assert manager_of(dialog).current is None


@pytest.mark.parametrize("leave", ["go_back", "reject", "shut_down"])
def test_what_was_prepared_and_is_not_wanted_is_thrown_away(
    dialog: EnvironmentDialog, wait_until: Callable[..., None], leave: str
) -> None:
    go_to_plan(dialog, wait_until)
    getattr(dialog, leave)()
    assert manager_of(dialog).discarded == 1


def test_without_a_python_it_says_what_to_do(
    dialog: EnvironmentDialog, search: dict[str, object], wait_until: Callable[..., None]
) -> None:
    old = PassedOver(Path("/opt/py/python3"), "Python 3.8.1: must be 3.10, 3.11 or 3.12.")
    search["result"] = PythonSearch((), (old,))
    dialog.choice.search_button.click()
    wait_until(lambda: dialog.choice.python_note.text())
    assert "3.12" in dialog.choice.python_note.text()
    assert "3.8.1" in dialog.choice.python_note.text()
    assert not dialog.next_button.isEnabled()


def test_a_python_of_ones_own_is_tried_before_it_is_used(
    dialog: EnvironmentDialog,
    settings: Settings,
    wait_until: Callable[..., None],
    make_python: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    dialog.choice.own_radio.setChecked(True)
    dialog.choice.own_file.setFilePath(str(tmp_path / "none"))
    assert not dialog.next_button.isEnabled()
    broken = make_python("")
    broken.write_text("#!/bin/sh\necho no module named geoseg >&2\nexit 1\n")
    dialog.choice.own_file.setFilePath(str(broken))
    dialog.next_button.click()
    wait_until(lambda: dialog.outcome_page.isVisible())
    assert not settings.python_path
    dialog.go_back()
    python = make_python("")
    dialog.next_button.click()
    wait_until(lambda: dialog.outcome_page.isVisible())
    assert settings.python_path == str(python)
    assert "0.1.0" in dialog.outcome_page.text.text()


def test_repair_and_remove_work_on_the_environment_in_use(
    dialog: EnvironmentDialog,
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    manager = manager_of(dialog)
    manager.current = Environment(tmp_path, tmp_path / "python", "0.1.0", Flavour.LIGHT)
    dialog.go_back()
    dialog.repair_button.click()
    wait_until(lambda: dialog.outcome_page.isVisible())
    dialog.go_back()
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    dialog.remove_button.click()
    assert manager.current is not None
    dialog.remove_button.click()
    wait_until(lambda: dialog.outcome_page.isVisible())
    assert manager.current is None
    dialog.go_back()
    assert not dialog.remove_button.isVisible()
