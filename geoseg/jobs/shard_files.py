"""Results of shards on disk, a file each, whole or not at all."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import OutputError
from geoseg.jobs.disk_errors import HOW_TO_GO_ON, explain_disk_errors, write_atomically
from geoseg.jobs.shard_arrays import pack_result, unpack_result
from geoseg.types import ShardResult

if TYPE_CHECKING:
    from pyproj import CRS

# A folder of a country's half million files is slow to list on many a file system.
_FILES_PER_FOLDER = 1000

_DAMAGES = (KeyError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


class ShardFiles:
    """Results of shards in a folder, `<thousands>/<index>.npz`, put and taken in any order.

    The same result makes the same bytes. A file holds arrays alone: nothing in it can run code.
    """

    def __init__(self, folder: Path, crs: CRS) -> None:
        """Find what is finished; files that a failing disk has damaged are removed.

        Args:
            folder: made if absent; the one that it lies in must exist.
            crs: of the footprints of all shards.

        Raises:
            OutputError: the folder cannot be made or read.

        Warns:
            UserWarning: a file was damaged.
        """
        self.folder = folder
        self._crs = crs
        with explain_disk_errors(folder):
            folder.mkdir(exist_ok=True)
            self._indices = set(self._check_files())

    def __contains__(self, index: object) -> bool:
        return index in self._indices

    def __len__(self) -> int:
        return len(self._indices)

    def put(self, result: ShardResult) -> None:
        """Keep a result; a kill does not touch it any more.

        Raises:
            OutputError: it cannot be written.
        """
        path = self._find_path(result.index)
        content = io.BytesIO()
        np.savez_compressed(content, **pack_result(result))  # type: ignore[arg-type]
        with explain_disk_errors(path):
            # Not its parents: where they have vanished, so has all that was finished.
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, content.getvalue())
        self._indices.add(result.index)

    def take(self, index: int) -> ShardResult:
        """The result of a shard; its file stays.

        Raises:
            KeyError: it is not there.
            OutputError: its file cannot be read any more; it is removed, and the shard done again
                by a run that goes on.
        """
        if index not in self._indices:
            raise KeyError(index)
        path = self._find_path(index)
        try:
            return unpack_result(_read_arrays(path), self._crs)
        except (OSError, *_DAMAGES):
            self._indices.discard(index)
            with explain_disk_errors(path):
                path.unlink(missing_ok=True)
            raise OutputError(f"{path}: was damaged after it was written; {HOW_TO_GO_ON}") from None

    def _find_path(self, index: int) -> Path:
        return self.folder / f"{index // _FILES_PER_FOLDER:05d}" / f"{index:08d}.npz"

    def _check_files(self) -> Iterator[int]:
        """Indices of the files whose bytes are those that were written."""
        for path in list_shard_files(self.folder):
            try:
                index = int(_read_arrays(path)["counts"][0])
                if path != self._find_path(index):
                    raise ValueError("another shard's")
            except _DAMAGES:
                warnings.warn(f"{path} is damaged; its shard is done again.", stacklevel=1)
                path.unlink()
                continue
            yield index


def list_shard_files(folder: Path) -> list[Path]:
    """Files of the finished shards in a folder, by index; none where there is no folder.

    Raises:
        OSError: the folder cannot be read.
    """
    return sorted(path for path in folder.glob("*/*.npz") if not path.name.startswith("."))


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of a file; each is read to its end, where its checksum is compared."""
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        return {
            name.removesuffix(".npy"): np.lib.format.read_array(
                io.BytesIO(archive.read(name)), allow_pickle=False
            )
            for name in archive.namelist()
        }
