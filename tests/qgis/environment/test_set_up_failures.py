"""Set-ups that cannot succeed or are cancelled: one line each, and nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from geoseg_qgis.engine.errors import CommandCancelled, CommandFailed, EnvironmentMissing
from geoseg_qgis.environment.manager import EnvironmentManager, InstallOptions
from geoseg_qgis.environment.proxies import ProxySettings
from geoseg_qgis.environment.pythons import UV_DOWNLOAD, FoundPython
from tests.qgis.environment.reporting import Notes
from tests.qgis.environment.servers import Index, keep_silent, serve
from tests.qgis.environment.wheels import VERSION, write_geoseg, write_wheel

Change = Callable[[Path], object]


def check_nothing_is_left(manager: EnvironmentManager) -> None:
    assert manager.wait_for_deletion(30)
    assert [path.name for path in manager.root.iterdir()] == [".lock"]
    # The lock is free.
    assert manager.remove() == []


def fail(manager: EnvironmentManager, options: InstallOptions) -> CommandFailed:
    notes = Notes()
    with pytest.raises(CommandFailed) as caught:
        manager.install(manager.prepare(options, notes), notes)
    check_nothing_is_left(manager)
    assert "\n" not in str(caught.value)
    assert set(caught.value.details.splitlines()) <= set(notes.log)
    return caught.value


def write_for_another_python(folder: Path) -> None:
    write_geoseg(folder, metadata="Requires-Python: >=3.99\n")


def damage_geoseg(folder: Path) -> None:
    (folder / f"geoseg-{VERSION}-py3-none-any.whl").write_bytes(b"no wheel")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / f"geoseg-{VERSION}-py3-none-any.whl").unlink(), "make wheels"),
        (lambda folder: (folder / "fake_engine-2.5-py3-none-any.whl").unlink(),
         "no wheel of fake-engine"),
        (write_for_another_python, "different Python"),
        (damage_geoseg, "damaged"),
    ],
)  # fmt: skip
def test_folder_of_wheels_that_lacks_something(
    manager: EnvironmentManager,
    options: InstallOptions,
    wheel_folder: Path,
    change: Change,
    words: str,
) -> None:
    change(wheel_folder)
    assert words in str(fail(manager, options))


def test_choice_without_any_wheels_is_refused_before_anything_is_made(
    manager: EnvironmentManager, options: InstallOptions, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandFailed, match=r"must hold wheels.*empty"):
        manager.prepare(replace(options, wheel_folder=tmp_path / "empty"), Notes())
    with pytest.raises(CommandFailed, match="must be chosen"):
        manager.prepare(replace(options, wheel_folder=None), Notes())
    assert not manager.root.exists()


def test_wheels_for_another_python_are_told_by_their_names(
    manager: EnvironmentManager, options: InstallOptions, wheel_folder: Path
) -> None:
    (wheel_folder / "numpy-2.1.0-cp310-cp310-manylinux_2_28_x86_64.whl").touch()
    (wheel_folder / "onnx-1.2-cp312-abi3-manylinux_2_28_x86_64.whl").touch()
    with pytest.raises(CommandFailed, match=r"for Python 3\.10; the chosen Python is 3\."):
        manager.prepare(
            replace(options, python=replace(options.python, version=(3, 12, 1))), Notes()
        )


def test_index_that_is_not_there(
    manager: EnvironmentManager, options: InstallOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody listens on the port of a server that has ended.
    with keep_silent() as (url, _):
        pass
    monkeypatch.setenv("PIP_INDEX_URL", f"{url}/simple")
    error = fail(manager, replace(options, wheel_folder=None, is_offline=False))
    assert "cannot be reached" in str(error)


def test_index_without_geoseg(
    manager: EnvironmentManager,
    options: InstallOptions,
    wheel_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (wheel_folder / f"geoseg-{VERSION}-py3-none-any.whl").unlink()
    with serve(Index(wheel_folder)) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        error = fail(manager, replace(options, wheel_folder=None, is_offline=False))
    assert "on the package index" in str(error)
    assert "make wheels" in str(error)


def test_package_that_is_not_what_the_index_promises(
    manager: EnvironmentManager,
    options: InstallOptions,
    wheel_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = Index(wheel_folder)
    index.is_damaged = True
    with serve(index):
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        error = fail(manager, replace(options, wheel_folder=None, is_offline=False))
    assert "hash differs" in str(error)


def test_proxy_that_refuses(
    manager: EnvironmentManager,
    options: InstallOptions,
    wheel_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve(Index(wheel_folder)) as index:
        monkeypatch.setenv("PIP_INDEX_URL", "https://packages.invalid/simple")
        proxies = ProxySettings("127.0.0.1", index.port, "joe", "secret").make_variables()
        error = fail(
            manager, replace(options, wheel_folder=None, is_offline=False, proxies=proxies)
        )
    assert "proxy refused" in str(error)
    assert "secret" not in error.details


def test_python_that_cannot_be_started(
    manager: EnvironmentManager, options: InstallOptions
) -> None:
    python = FoundPython(manager.root / "absent", (3, 12, 0), "PATH")
    with pytest.raises(EnvironmentMissing, match="cannot be started"):
        manager.prepare(replace(options, python=python), Notes())
    check_nothing_is_left(manager)


def test_python_that_makes_no_environment(
    manager: EnvironmentManager, options: InstallOptions, tmp_path: Path
) -> None:
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\necho 'Error: ensurepip is not available' >&2\nexit 1\n")
    python.chmod(0o755)
    error = fail(manager, replace(options, python=FoundPython(python, (3, 12, 0), "PATH")))
    assert str(error).endswith("Error: ensurepip is not available")


def test_uv_that_cannot_download_a_python(
    manager: EnvironmentManager, options: InstallOptions, tmp_path: Path
) -> None:
    uv = tmp_path / "uv"
    uv.write_text(
        "#!/bin/sh\n(echo 'error: Request failed after 3 retries'; echo '  cause: dns error'\n"
        "echo '  cause: Name or service not known') >&2\nexit 2\n"
    )
    uv.chmod(0o755)
    error = fail(manager, replace(options, python=FoundPython(uv, (3, 12, 0), UV_DOWNLOAD)))
    assert str(error).endswith("Request failed after 3 retries - Name or service not known")


def test_package_that_breaks_the_command(
    manager: EnvironmentManager, options: InstallOptions, wheel_folder: Path
) -> None:
    write_wheel(wheel_folder, "fake_engine", "2.5", {"fake_engine.py": "import absent_library\n"})
    notes = Notes()
    with pytest.raises(EnvironmentMissing, match="absent_library"):
        manager.install(manager.prepare(options, notes), notes)
    check_nothing_is_left(manager)


def test_preparing_is_cancelled_amid_a_silent_download(
    manager: EnvironmentManager, options: InstallOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled_at: list[float] = []
    with keep_silent() as (url, asked):

        def is_cancelled() -> bool:
            if asked.is_set() and not cancelled_at:
                cancelled_at.append(time.monotonic())
            return bool(cancelled_at)

        monkeypatch.setenv("PIP_INDEX_URL", f"{url}/simple")
        with pytest.raises(CommandCancelled):
            manager.prepare(
                replace(options, wheel_folder=None, is_offline=False), Notes(is_cancelled)
            )
        assert time.monotonic() - cancelled_at[0] < 2
    check_nothing_is_left(manager)


def test_installing_is_cancelled_while_it_tries_the_environment(
    manager: EnvironmentManager, options: InstallOptions, wheel_folder: Path
) -> None:
    # A geoseg that hangs for ever and cannot be asked to end.
    engine = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(600)\n"
    write_wheel(wheel_folder, "fake_engine", "2.5", {"fake_engine.py": engine})
    prepared = manager.prepare(options, Notes())
    cancelled_at: list[float] = []

    def is_cancelled() -> bool:
        if len(notes.steps) == 2 and not cancelled_at:
            cancelled_at.append(time.monotonic())
        return bool(cancelled_at)

    notes = Notes(is_cancelled)
    with pytest.raises(CommandCancelled):
        manager.install(prepared, notes)
    assert time.monotonic() - cancelled_at[0] < 2
    check_nothing_is_left(manager)


def test_cancelling_before_the_start_makes_nothing(
    manager: EnvironmentManager, options: InstallOptions
) -> None:
    with pytest.raises(CommandCancelled):
        manager.prepare(options, Notes(lambda: True))
    check_nothing_is_left(manager)


def test_full_disk_is_said(
    manager: EnvironmentManager, options: InstallOptions, tmp_path: Path
) -> None:
    python = tmp_path / "python3"
    python.write_text(
        "#!/bin/sh\necho \"OSError: [Errno 28] No space left on device: 'x'\" >&2\nexit 1\n"
    )
    python.chmod(0o755)
    error = fail(manager, replace(options, python=FoundPython(python, (3, 12, 0), "PATH")))
    assert "disk is full" in str(error)
