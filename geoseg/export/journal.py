"""Finished images of a submission, kept on disk until all are there.

A run that is killed at any moment goes on from its journal, and its submission has the same bytes
as that of a run left alone. The journal is a file of JSON lines: what decides the result, then for
each batch a list of `[image_id, entries]`. A line that was cut off does not count.
"""

from __future__ import annotations

import errno
import filecmp
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from geoseg.errors import OutputError, OutputExistsError
from geoseg.export.coco_results import ImageResult, make_entries
from geoseg.export.outputs import check_target

_FORMAT = 1

_Batch = Sequence[tuple[int, list[dict[str, Any]]]]


class Journal:
    """The finished images of one run; written to inside of a `with` block.

    Attributes:
        output: the submission to be.
        folder: where the journal lies, beside the submission; absent when no run was interrupted.
        num_images: images that are finished.
        num_entries: their entries.
        last_id: id of the last of them; None when there are none.
    """

    def __init__(self, output: Path, run: Mapping[str, object]) -> None:
        """Look for the journal of an interrupted run; nothing is written yet.

        Args:
            output: the submission to be.
            run: what decides the result, plain values by name.

        Raises:
            OutputError: the journal cannot be read.
        """
        self.output = output
        self.folder = output.with_name(f".{output.name}.partial")
        self.num_images = 0
        self.num_entries = 0
        self.last_id: int | None = None
        self._path = self.folder / "journal.jsonl"
        self._run: dict[str, object] = {"format": _FORMAT, **run}
        self._begun = self._run
        self._num_bytes = 0
        self._file: IO[bytes] | None = None
        with self._explaining():
            for value, num_bytes in self._read_lines():
                if self._num_bytes == 0:
                    self._begun = value
                else:
                    self._count(value)
                self._num_bytes += num_bytes

    def _read_lines(self) -> Iterator[tuple[Any, int]]:
        """Values and bytes of the lines, up to the first that is not whole."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for line in file:
                try:
                    value = json.loads(line)
                except ValueError:
                    return
                if not line.endswith(b"\n"):
                    return
                yield value, len(line)

    def _count(self, batch: _Batch) -> None:
        self.num_images += len(batch)
        self.num_entries += sum(len(entries) for _, entries in batch)
        self.last_id = batch[-1][0]

    def check(self, *, resume: bool, overwrite: bool) -> None:
        """Make sure that the interrupted run is the one to go on, or that none is in the way.

        Args:
            resume: it is to go on. Otherwise what is in the journal counts no more.
            overwrite: without `resume`, it may be lost.

        Raises:
            OutputExistsError: it is neither to go on nor to be lost.
            OutputError: it was another run.
        """
        if resume and self.last_id is not None:
            self._check_run()
            return
        if self.last_id is not None and not overwrite:
            raise OutputExistsError(
                f"{self.output}: a run was interrupted after {self.num_images:,} images; "
                "--resume goes on with it, --overwrite begins anew."
            )
        self.num_images = self.num_entries = 0
        self.last_id = None

    def _check_run(self) -> None:
        names = {**self._run, **self._begun}
        differing = [
            f"{name} {self._run.get(name)} instead of {self._begun.get(name)}"
            for name in names
            if self._run.get(name) != self._begun.get(name)
        ]
        if differing:
            raise OutputError(
                f"{self.output}: --resume goes on with what a run began with; got "
                f"{', '.join(differing)}."
            )

    def __enter__(self) -> Journal:
        with self._explaining():
            self.folder.mkdir(exist_ok=True)
            if self.last_id is None:
                self._num_bytes = 0
                self._file = self._path.open("wb")
                self._write(self._run)
            else:
                self._file = self._path.open("r+b")
                self._file.truncate(self._num_bytes)
                self._file.seek(self._num_bytes)
        return self

    def append(self, results: Sequence[ImageResult]) -> None:
        """Keep the results of one batch, at least one; a kill does not touch them any more.

        Raises:
            OutputError: they cannot be written.
        """
        batch = [(one.image_id, list(make_entries(one))) for one in results]
        with self._explaining():
            self._write(batch)
        self._count(batch)

    def _write(self, value: object) -> None:
        if self._file is None:
            raise RuntimeError("A journal is written to inside of its with block.")
        line = json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"
        self._file.write(line)
        self._file.flush()
        self._num_bytes += len(line)

    def publish(self, *, overwrite: bool = False) -> None:
        """Write the submission, put it in place, and remove the journal.

        Args:
            overwrite: an existing file may be replaced.

        Raises:
            OutputError: it cannot be written.
            OutputExistsError: another file is there and `overwrite` is False.
        """
        finished = self.folder / "finished.json"
        with self._explaining():
            with finished.open("w", encoding="utf-8") as file:
                self._write_entries(file)
                file.flush()
                os.fsync(file.fileno())
            # A run that was killed before it removed its journal has put the same file there.
            is_there = self.output.is_file() and filecmp.cmp(finished, self.output, shallow=False)
            check_target(self.output, overwrite or is_there)
            finished.replace(self.output)
            self._remove()

    def _write_entries(self, file: IO[str]) -> None:
        lines = self._read_lines()
        next(lines)
        separator = "\n"
        file.write("[")
        for batch, _ in lines:
            for _, entries in batch:
                for entry in entries:
                    file.write(separator + json.dumps(entry))
                    separator = ",\n"
        file.write("\n]\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            # On a full disk closing fails like the writing before, which was told of.
            with suppress(OSError):
                self._file.close()
        if self.num_images == 0:
            self._remove()

    def _remove(self) -> None:
        if self._file is not None:
            self._file.close()
        for path in (self._path, self.folder / "finished.json"):
            path.unlink(missing_ok=True)
        if self.folder.is_dir():
            self.folder.rmdir()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Turns what the disk says into one line."""
        try:
            yield
        except OutputError:
            raise
        except OSError as error:
            reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror
            # The cause is told; with it, the command line would say only that the disk is full.
            raise OutputError(
                f"{self.output}: cannot be written: {reason}; once that is mended, the same "
                "command with --resume goes on."
            ) from None
