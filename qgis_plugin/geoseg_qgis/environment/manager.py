"""Makes, repairs and removes the environment that geoseg runs in: `EnvironmentManager`."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geoseg_qgis.engine.errors import CommandFailed, EnvironmentMissing
from geoseg_qgis.environment import steps
from geoseg_qgis.environment.check import check_python
from geoseg_qgis.environment.folders import EnvironmentFolders
from geoseg_qgis.environment.lock import FolderLock
from geoseg_qgis.environment.making import find_interpreter, find_packages_folder, make_empty
from geoseg_qgis.environment.options import (
    Flavour,
    InstallOptions,
    read_options,
    read_plugin_version,
    write_options,
)
from geoseg_qgis.environment.pip import Pip
from geoseg_qgis.environment.plan import InstallPlan, Package
from geoseg_qgis.environment.progress import InstallProgress
from geoseg_qgis.environment.reporter import Reporter
from geoseg_qgis.environment.sizes import measure_sizes
from geoseg_qgis.environment.wheels import check_wheel_folder

__all__ = [
    "Environment",
    "EnvironmentManager",
    "Flavour",
    "InstallOptions",
    "InstallPlan",
    "Package",
    "PreparedEnvironment",
    "Reporter",
]

_TEMPORARY = "tmp"
_REMOVE_WAIT_S = 60.0
_POLL_S = 0.05


@dataclass(frozen=True)
class Environment:
    """An environment that geoseg runs in.

    Attributes:
        folder: all of it.
        python: its interpreter.
        geoseg_version: version of geoseg in it.
        flavour: which engine it has.
        is_managed: whether this plugin made it.
    """

    folder: Path
    python: Path
    geoseg_version: str
    flavour: Flavour
    is_managed: bool = True


@dataclass(frozen=True)
class PreparedEnvironment:
    """An empty environment and what would be installed into it.

    Nobody else can prepare one until it was given to `install` or `discard`.

    Attributes:
        folder: all of it.
        options: how it was asked for.
        plan: what will be installed.
        lock: held for it.
    """

    folder: Path
    options: InstallOptions
    plan: InstallPlan
    lock: FolderLock


class EnvironmentManager:
    """Keeps one environment below a folder; a new one is made beside the one in use.

    Whatever fails or is cancelled leaves what there was. What was replaced stays until
    `clean_up` or the next `prepare`, because a command may be running in it.

    Args:
        root: folder that is only for this.
        version: version of geoseg to install; that of the plugin if None.
    """

    def __init__(self, root: Path, version: str | None = None) -> None:
        self._folders = EnvironmentFolders(root)
        self._version = version

    @property
    def root(self) -> Path:
        """Folder of all environments."""
        return self._folders.root

    @property
    def version(self) -> str:
        """Version of geoseg that is installed."""
        return self._version or read_plugin_version()

    def find_current(self) -> Environment | None:
        """The environment in use; None if there is none. Does not try it; takes no time."""
        found = self._folders.read_current()
        if found is None:
            return None
        folder, values = found
        python = find_interpreter(folder)
        try:
            environment = Environment(
                folder, python, str(values["geoseg"]), Flavour(values["flavour"])
            )
        except (KeyError, ValueError):
            return None
        return environment if python.exists() else None

    def find_options(self, proxies: Mapping[str, str] | None = None) -> InstallOptions | None:
        """How the environment in use was asked for; None if there never was one.

        Args:
            proxies: those of now; they are not remembered, because they may hold a password.
        """
        found = self._folders.read_current()
        return None if found is None else read_options(found[1], proxies or {})

    def clean_up(self) -> None:
        """Throw away what is not in use, unless another window works on it; takes no time."""
        with contextlib.suppress(CommandFailed):
            lock = FolderLock(self.root)
            try:
                self._folders.remove_unused()
            finally:
                lock.release()

    def prepare(self, options: InstallOptions, reporter: Reporter) -> PreparedEnvironment:
        """Make an empty environment and find out what would be installed into it.

        Args:
            options: what is wanted.
            reporter: is told how far it is.

        Raises:
            CommandFailed: it cannot be made; nothing of it is left.
            CommandCancelled: the reporter said so; nothing of it is left.
            EnvironmentMissing: the Python cannot be started.
        """
        check_wheel_folder(options)
        with contextlib.ExitStack() as undo, _as_failures():
            lock = FolderLock(self.root)
            undo.callback(lock.release)
            self._folders.remove_unused()
            folder = self._folders.make_new()
            undo.callback(self._folders.discard, folder)
            reporter.on_step(steps.MAKING)
            reporter.on_share(None)
            make_empty(folder, options, reporter)
            plan = self._make_plan(folder, options, reporter)
            undo.pop_all()
        return PreparedEnvironment(folder, options, plan, lock)

    def discard(self, prepared: PreparedEnvironment) -> None:
        """Throw a prepared environment away."""
        self._folders.discard(prepared.folder)
        prepared.lock.release()

    def install(self, prepared: PreparedEnvironment, reporter: Reporter) -> Environment:
        """Install geoseg into a prepared environment, try it, and take it into use.

        Args:
            prepared: is used up, whatever happens.
            reporter: is told how far it is.

        Raises:
            CommandFailed: it failed; nothing of it is left, and what was in use still is.
            CommandCancelled: the reporter said so; likewise.
        """
        folder, options = prepared.folder, prepared.options
        with contextlib.ExitStack() as undo, _as_failures():
            undo.callback(prepared.lock.release)
            undo.callback(self._folders.discard, folder)
            reporter.on_step(steps.INSTALLING)
            reporter.on_share(0.0)
            progress = InstallProgress(
                prepared.plan, find_packages_folder(folder), reporter.on_share
            )
            pip = self._make_pip(folder, options, reporter)
            pip.install(self._name_requirement(options), progress.take, progress.look)
            shutil.rmtree(folder / _TEMPORARY, ignore_errors=True)
            version = self._try(folder, reporter)
            self._folders.write_current(folder, write_options(options, version))
            undo.pop_all()
            prepared.lock.release()
        return Environment(folder, find_interpreter(folder), version, options.flavour)

    def repair(
        self, reporter: Reporter, *, proxies: Mapping[str, str] | None = None
    ) -> Environment:
        """Try the environment in use, and make it anew, as it was asked for, if it is broken.

        Args:
            reporter: is told how far it is.
            proxies: as for `InstallOptions`.

        Raises:
            CommandFailed: there is none, or it could not be made anew.
            CommandCancelled: the reporter said so.
            EnvironmentMissing: the Python that it was made with is gone.
        """
        options = self.find_options(proxies)
        if options is None:
            raise CommandFailed("There is no environment to repair: set one up.")
        current = self.find_current()
        if current is not None:
            try:
                self._try(current.folder, reporter)
            except (CommandFailed, EnvironmentMissing) as error:
                reporter.on_log(f"It has to be made anew: {error}")
            else:
                return current
        return self.install(self.prepare(options, reporter), reporter)

    def remove(self, reporter: Reporter | None = None) -> list[str]:
        """Delete all environments.

        Args:
            reporter: is told that it begins.

        Returns:
            Folders that are not wholly deleted: a program uses them, or the reporter did not
            want to wait. `clean_up` deletes them later.

        Raises:
            CommandFailed: another window works on an environment, or the disk cannot be written.
        """
        if reporter is not None:
            reporter.on_step(steps.REMOVING)
            reporter.on_share(None)
        with contextlib.ExitStack() as undo, _as_failures():
            undo.callback(FolderLock(self.root).release)
            self._folders.forget_current()
            self._folders.remove_unused()
            deadline = time.monotonic() + _REMOVE_WAIT_S
            while not self._folders.wait(_POLL_S) and time.monotonic() < deadline:
                if reporter is not None and reporter.is_cancelled():
                    break
        return self._folders.list_left()

    def wait_for_deletion(self, timeout_s: float) -> bool:
        """Wait for what is being deleted in the background; returns whether it is done."""
        return self._folders.wait(timeout_s)

    def _make_plan(self, folder: Path, options: InstallOptions, reporter: Reporter) -> InstallPlan:
        pip = self._make_pip(folder, options, reporter)
        packages: list[Package] = []
        reporter.on_step(steps.UPGRADING_PIP)
        pip.update()
        if pip.tells_plan:
            reporter.on_step(steps.RESOLVING)
            report = folder / "plan.json"
            packages = pip.resolve(self._name_requirement(options), report)
            report.unlink()
            reporter.on_step(steps.MEASURING)
            packages = measure_sizes(
                packages, variables=options.proxies, is_cancelled=reporter.is_cancelled
            )
        free = shutil.disk_usage(folder).free
        return InstallPlan(tuple(packages), options.flavour, free)

    def _make_pip(self, folder: Path, options: InstallOptions, reporter: Reporter) -> Pip:
        return Pip(find_interpreter(folder), options, reporter, folder / _TEMPORARY)

    def _name_requirement(self, options: InstallOptions) -> str:
        return f"geoseg[{options.flavour.value}]=={self.version}"

    def _try(self, folder: Path, reporter: Reporter) -> str:
        """Version of geoseg in an environment that works."""
        reporter.on_step(steps.CHECKING)
        reporter.on_share(None)
        facts = check_python(find_interpreter(folder), is_cancelled=reporter.is_cancelled)
        for name, text in facts.texts.items():
            reporter.on_log(f"{name}: {text}")
        if not facts.is_good:
            raise CommandFailed(
                f"geoseg does not work in the environment: {facts.explain()}",
                "\n".join(f"{name}: {text}" for name, text in facts.texts.items()),
            )
        return facts.geoseg_version


@contextlib.contextmanager
def _as_failures() -> Iterator[None]:
    """Turn what the disk refuses into one line."""
    try:
        yield
    except OSError as error:
        name = "" if error.filename is None else f"{error.filename}: "
        raise CommandFailed(f"{name}{error.strerror or error}.") from error
