"""The folder in which a run keeps what is finished."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from geoseg.errors import OutputError, OutputExistsError
from geoseg.jobs.disk_errors import explain_disk_errors, explain_lost_output
from geoseg.jobs.manifest import Manifest, find_run_time
from geoseg.jobs.publishing import choose_workshop, publish_again
from geoseg.jobs.shard_files import ShardFiles, list_shard_files
from geoseg.jobs.spool import FootprintSpool

if TYPE_CHECKING:
    from filelock import BaseFileLock
    from pyproj import CRS

# All that a job folder may hold.
_FOLDERS = ("shards", "spool", "output")
_LOCK = "lock"
_PUBLISHING = "publishing"
_NAMES = {"manifest.json", ".manifest.json", _PUBLISHING, f".{_PUBLISHING}", _LOCK, *_FOLDERS}


def choose_place(output: Path, job: Path | None = None) -> Path:
    """The job folder of a run: the one asked for, else one beside the first output.

    Example:
        >>> choose_place(Path("out/houses.gpkg")).name
        '.houses.gpkg.partial'
    """
    return job or output.with_name(f".{output.name}.partial")


class JobFolder:
    """What one run has finished; locked and written to inside of a `with` block.

    Attributes:
        path: the folder; absent when no run was interrupted.
        output: the first output, for messages.
        created: ISO time at which the run began first.
        num_shards: shards of the whole run.
        is_publishing: an interrupted run had begun to put outputs in their places, so that one
            that exists may be its own.
    """

    def __init__(self, path: Path, output: Path, run: Mapping[str, object]) -> None:
        """Nothing is read or written yet.

        Args:
            path: see `choose_place`; a folder that is absent, empty, or of an interrupted run.
            output: the first output, for messages.
            run: what decides the result, see `describe_run`.

        Raises:
            ConfigError: SOURCE_DATE_EPOCH is wrong.
        """
        self.path = path
        self.output = output
        self.is_publishing = False
        self.num_shards = int(str(run["shards"]))
        self._manifest = Manifest(run, find_run_time())
        self._shards: ShardFiles | None = None
        self._is_checked = False
        self._lock: BaseFileLock | None = None

    @property
    def created(self) -> str:
        """ISO time at which the run began first, UTC."""
        return self._manifest.created

    @property
    def num_done(self) -> int:
        """Shards that are finished."""
        if self._shards is not None:
            return len(self._shards)
        return len(list_shard_files(self.path / "shards")) if self._is_checked else 0

    def __enter__(self) -> JobFolder:
        """Make and lock the folder.

        Raises:
            OutputError: another process is at work in it, or it holds other things.
        """
        from filelock import FileLock, Timeout

        with explain_disk_errors(self.path):
            self.path.mkdir(exist_ok=True)
            self._check_content()
            lock = FileLock(self.path / _LOCK, timeout=0)
            try:
                lock.acquire()
            except Timeout:
                raise OutputError(
                    f"{self.output}: another process is at work in {self.path}; wait for it, or "
                    "choose another output."
                ) from None
        self._lock = lock
        return self

    def check(self, *, resume: bool, overwrite: bool) -> None:
        """Make sure that the interrupted run is the one to go on, or that none is in the way.

        Args:
            resume: it is to go on; without one a run begins. Otherwise what is in the folder
                counts no more.
            overwrite: without `resume`, it may be lost.

        Raises:
            OutputExistsError: it is neither to go on nor to be lost.
            OutputError: it was another run, or the folder cannot be written to.
        """
        with explain_disk_errors(self.path):
            has_begun = Manifest.is_in(self.path)
            num_done = len(list_shard_files(self.path / "shards")) if has_begun else 0
            if num_done and resume:
                self._go_on(Manifest.read(self.path))
                return
        if num_done and not overwrite:
            raise OutputExistsError(
                f"{self.output}: a run was interrupted after {num_done:,} of {self.num_shards:,} "
                "shards; --resume goes on with it, --overwrite begins anew."
            )
        with explain_disk_errors(self.path):
            self._empty()
            self._manifest.write(self.path)
        self._is_checked = True

    def _go_on(self, begun: Manifest) -> None:
        differences = self._manifest.describe_differences(begun)
        if differences:
            raise OutputError(
                f"{self.output}: --resume goes on with what a run began with; got {differences}."
            )
        self._manifest = begun
        self.is_publishing = (self.path / _PUBLISHING).exists()
        self._is_checked = True

    def open_shards(self, crs: CRS) -> ShardFiles:
        """The finished shards; every file is read once to see that it is whole.

        Args:
            crs: of the footprints.

        Raises:
            OutputError: the folder cannot be read.

        Warns:
            UserWarning: a file was damaged; its shard is done again.
        """
        self._shards = ShardFiles(self.path / "shards", crs)
        return self._shards

    def open_spool(self, crs: CRS) -> FootprintSpool:
        """An empty place for the final footprints.

        Raises:
            OutputError: it cannot be made.
        """
        return FootprintSpool(self.path / "spool", crs)

    def publish(
        self, output: Path, write: Callable[[Path], list[Path]], *, overwrite: bool
    ) -> list[Path]:
        """Write a result and put it in place; a kill at any moment does no harm.

        Args:
            output: the result, in any folder.
            write: writes it under the path that it is given, and returns the files of it.
            overwrite: a file of somebody else may be replaced. This run's own, left by a run
                that was killed here, always may.

        Returns:
            The files of the result.

        Raises:
            OutputError: it cannot be written.
            OutputExistsError: another file is there and `overwrite` is False.
        """
        with explain_lost_output(output):
            (self.path / _PUBLISHING).touch()
            workshop = choose_workshop(output, self.path)
            return publish_again(output, workshop, write, overwrite=overwrite)

    def finish(self) -> None:
        """Remove the folder: all outputs are in their places.

        Raises:
            OutputError: the folder cannot be removed.
        """
        with explain_disk_errors(self.path):
            self._empty()

    def describe_interruption(self) -> str:
        """How far the run has come and how it goes on; "" where nothing is finished."""
        if not self.num_done:
            return ""
        return (
            f"interrupted after {self.num_done:,} of {self.num_shards:,} shards; the same command "
            "with --resume goes on."
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # What went wrong before was told of; a folder that is gone or full has nothing to add.
        with suppress(OSError):
            if self._is_checked and not self.num_done:
                self._empty()
        with suppress(OSError):
            # Removed while it is held: nobody else can take a lock that is about to vanish.
            if not any(path.name != _LOCK for path in self.path.iterdir()):
                (self.path / _LOCK).unlink(missing_ok=True)
                self.path.rmdir()
        if self._lock is not None:
            self._lock.release()

    def _empty(self) -> None:
        """Remove all but the lock; without a manifest, what a kill leaves here counts no more."""
        Manifest.remove(self.path)
        (self.path / _PUBLISHING).unlink(missing_ok=True)
        for name in _FOLDERS:
            if (self.path / name).exists():
                shutil.rmtree(self.path / name)
        self._shards = None

    def _check_content(self) -> None:
        other = min({path.name for path in self.path.iterdir()} - _NAMES, default=None)
        if other is not None:
            raise OutputError(
                f"{self.path}: a job folder must be empty, or left by an interrupted run; got one "
                f"with {other}."
            )
