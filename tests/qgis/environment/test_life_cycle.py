"""An environment from its plan to its removal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from geoseg_qgis.engine.errors import CommandFailed
from geoseg_qgis.environment import steps
from geoseg_qgis.environment.manager import (
    Environment,
    EnvironmentManager,
    Flavour,
    InstallOptions,
    Package,
)
from geoseg_qgis.environment.pythons import UV_DOWNLOAD, FoundPython
from tests.qgis.environment.reporting import Notes
from tests.qgis.environment.wheels import GOOD_REPORT, VERSION, write_geoseg

Made = tuple[Environment, InstallOptions]


def set_up(manager: EnvironmentManager, options: InstallOptions) -> Environment:
    notes = Notes()
    return manager.install(manager.prepare(options, notes), notes)


def list_folders(manager: EnvironmentManager) -> list[str]:
    assert manager.wait_for_deletion(30)
    return sorted(path.name for path in manager.root.iterdir() if path.is_dir())


def test_plan_tells_packages_and_sizes(
    manager: EnvironmentManager, options: InstallOptions, wheel_folder: Path
) -> None:
    notes = Notes()
    prepared = manager.prepare(options, notes)
    sizes = [path.stat().st_size for path in sorted(wheel_folder.iterdir())]
    assert prepared.plan.packages == (
        Package("fake_engine", "2.5", sizes[0], prepared.plan.packages[0].url),
        Package("geoseg", VERSION, sizes[1], prepared.plan.packages[1].url),
    )
    # They lie here already.
    assert prepared.plan.download_bytes == 0
    assert prepared.plan.num_unknown == 0
    assert prepared.plan.disk_bytes > sum(sizes)
    assert prepared.plan.has_room
    assert notes.steps == [
        steps.MAKING, steps.UPGRADING_PIP, steps.RESOLVING, steps.MEASURING,
    ]  # fmt: skip
    assert manager.find_current() is None
    manager.discard(prepared)
    assert list_folders(manager) == []


def test_installed_environment_is_current_and_runs(
    manager: EnvironmentManager, options: InstallOptions
) -> None:
    notes = Notes()
    environment = manager.install(manager.prepare(options, notes), notes)
    assert environment == Environment(
        manager.root / "env-0001", environment.python, VERSION, Flavour.LIGHT
    )
    assert environment.is_managed
    assert manager.find_current() == environment
    # Another window, or QGIS the next day.
    assert EnvironmentManager(manager.root, VERSION).find_current() == environment
    assert subprocess.run([environment.python, "-c", "import geoseg"], check=False).returncode == 0
    assert notes.steps[-2:] == [steps.INSTALLING, steps.CHECKING]
    shares = [share for share in notes.shares if share is not None]
    assert shares == sorted(shares)
    assert shares[-1] <= 1
    assert not (environment.folder / "tmp").exists()


def test_new_environment_takes_the_place_of_the_old_one(
    manager: EnvironmentManager, made: Made
) -> None:
    first, options = made
    second = set_up(manager, options)
    assert second.folder.name == "env-0002"
    assert manager.find_current() == second
    # A command may still be running in it.
    assert first.folder.exists()
    manager.clean_up()
    assert list_folders(manager) == ["env-0002"]


def test_environment_that_works_is_not_made_anew(manager: EnvironmentManager, made: Made) -> None:
    environment, _ = made
    assert manager.repair(Notes()) == environment


@pytest.mark.parametrize("damage", ["package", "interpreter", "folder"])
def test_damaged_environment_is_made_anew_as_it_was_asked_for(
    manager: EnvironmentManager, made: Made, damage: str
) -> None:
    environment, options = made
    if damage == "package":
        (module,) = environment.folder.glob("lib/*/site-packages/fake_engine.py")
        module.unlink()
    elif damage == "interpreter":
        # What remains when the Python that it was made with is uninstalled.
        environment.python.unlink()
        environment.python.symlink_to(manager.root / "absent")
    else:
        environment.folder.rename(manager.root / "elsewhere")
    repaired = manager.repair(Notes())
    assert manager.find_current() == repaired != environment
    assert manager.find_options() == options


def test_nothing_to_repair_is_said(manager: EnvironmentManager) -> None:
    with pytest.raises(CommandFailed, match="set one up"):
        manager.repair(Notes())


def test_options_are_remembered_without_the_proxies(
    manager: EnvironmentManager, options: InstallOptions
) -> None:
    proxies = {"HTTP_PROXY": "http://joe:secret@proxy:1"}
    set_up(manager, replace(options, proxies=proxies))
    assert manager.find_options() == options
    assert manager.find_options(proxies) == replace(options, proxies=proxies)
    assert "secret" not in (manager.root / "current.json").read_text(encoding="utf-8")


@pytest.mark.usefixtures("made")
def test_removing_leaves_nothing(manager: EnvironmentManager) -> None:
    (manager.root / "env-0002").mkdir()
    notes = Notes()
    assert manager.remove(notes) == []
    assert notes.steps == [steps.REMOVING]
    assert manager.find_current() is None
    assert [path.name for path in manager.root.iterdir()] == [".lock"]
    # Of what is not there.
    assert manager.remove() == []


def test_read_only_files_are_removed(manager: EnvironmentManager, made: Made) -> None:
    environment, _ = made
    folder = environment.folder / "frozen"
    folder.mkdir()
    (folder / "file").touch()
    (folder / "file").chmod(0o400)
    assert manager.remove() == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"folder": 7}', '{"folder": "../elsewhere"}', '{"folder": "env-0001"}']
)
def test_damaged_note_is_no_environment(manager: EnvironmentManager, text: str) -> None:
    manager.root.mkdir()
    (manager.root / "env-0001").mkdir()
    (manager.root / "current.json").write_text(text, encoding="utf-8")
    assert manager.find_current() is None
    assert manager.find_options() is None


def test_what_a_crash_left_is_thrown_away_and_its_number_not_used_again(
    manager: EnvironmentManager, options: InstallOptions
) -> None:
    for name in ("env-0007", "gone-env-0008", "not ours"):
        (manager.root / name / "lib").mkdir(parents=True)
    prepared = manager.prepare(options, Notes())
    assert prepared.folder.name == "env-0009"
    assert list_folders(manager) == ["env-0009", "not ours"]
    manager.discard(prepared)


def test_two_windows_do_not_work_at_once(
    manager: EnvironmentManager, options: InstallOptions
) -> None:
    other = EnvironmentManager(manager.root, VERSION)
    prepared = manager.prepare(options, Notes())
    with pytest.raises(CommandFailed, match="another window"):
        other.prepare(options, Notes())
    with pytest.raises(CommandFailed, match="another window"):
        other.remove()
    other.clean_up()
    # The other one has taken nothing away.
    environment = manager.install(prepared, Notes())
    assert other.find_current() == environment
    other.remove()


def test_window_that_crashes_locks_nobody_out(
    manager: EnvironmentManager, repository: Path
) -> None:
    program = (
        f"import sys, pathlib; sys.path.insert(0, {str(repository / 'qgis_plugin')!r})\n"
        "from geoseg_qgis.environment.lock import FolderLock\n"
        f"lock = FolderLock(pathlib.Path({str(manager.root)!r}))\n"
        "print('held', flush=True)\nsys.stdin.read()\n"
    )
    argv = [sys.executable, "-c", program]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == b"held\n"
        with pytest.raises(CommandFailed, match="another window"):
            manager.remove()
        window.kill()
    assert manager.remove() == []


@pytest.mark.slow
def test_real_python_makes_an_environment(
    manager: EnvironmentManager, options: InstallOptions
) -> None:
    major, minor, micro = sys.version_info[:3]
    python = FoundPython(Path(sys.executable), (major, minor, micro), "chosen")
    environment = set_up(manager, replace(options, python=python))
    assert environment.geoseg_version == GOOD_REPORT["geoseg"]


def test_uv_makes_an_environment(manager: EnvironmentManager, options: InstallOptions) -> None:
    uv = replace(options.python, origin=UV_DOWNLOAD)
    notes = Notes()
    manager.discard(manager.prepare(replace(options, python=uv), notes))
    folder = manager.root / "env-0001"
    assert notes.log[0] == f"{uv.path} venv --seed --offline --python 3.12 {folder}"


def test_constraints_are_kept_to(
    manager: EnvironmentManager, options: InstallOptions, tmp_path: Path
) -> None:
    constraints = tmp_path / "Grenzen ä.txt"
    constraints.write_text("fake-engine==9.9\n", encoding="utf-8")
    with pytest.raises(CommandFailed) as caught:
        manager.prepare(replace(options, constraints=constraints), Notes())
    assert "\n" not in caught.value.message
    assert "fake-engine==9.9" in caught.value.details
    assert list_folders(manager) == []


def test_current_environment_outlives_a_new_one_that_does_not_work(
    manager: EnvironmentManager, made: Made, options: InstallOptions, wheel_folder: Path
) -> None:
    environment, _ = made
    write_geoseg(
        wheel_folder,
        {"ok": False, "broken": ["PROJ"], "geoseg": VERSION, "PROJ": "failed: no proj.db"},
    )
    with pytest.raises(CommandFailed, match=r"PROJ: failed: no proj\.db") as caught:
        set_up(manager, options)
    assert json.dumps(VERSION).strip('"') in caught.value.details
    assert manager.find_current() == environment
    assert list_folders(manager) == [environment.folder.name]
    # And the lock is free.
    assert manager.remove() == []


def test_folder_that_cannot_be_written_is_one_line(tmp_path: Path, options: InstallOptions) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandFailed) as caught:
        EnvironmentManager(tmp_path / "file" / "root", VERSION).prepare(options, Notes())
    assert os.linesep not in str(caught.value)
