from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geoseg.errors import OutputError, OutputExistsError
from geoseg.export import ImageResult, write_predictions
from geoseg.export.journal import Journal
from geoseg.types import Detection

RUN = {"weights": "ab12", "detect.score": 0.02}


class Killed(BaseException):
    """Stands in for a kill: nothing catches it."""


def make_result(image_id: int, *scores: float) -> ImageResult:
    box = np.array([1, 2, 4, 2 + image_id % 5 + 1], np.float32)
    found = [Detection(box, score, np.ones((2, 2), np.float16)) for score in scores]
    return ImageResult(image_id, (9, 9), found)


BATCHES = [
    [make_result(3, 0.91), make_result(4)],
    [make_result(7, 1 / 3, 0.5)],
    [make_result(10**12, 0.123456789), make_result(10**12 + 1, 0.25)],
]


def begin(output: Path, batches: list[list[ImageResult]]) -> Journal:
    """A run that finished some batches and was interrupted."""
    journal = Journal(output, RUN)
    journal.check(resume=False, overwrite=False)
    with journal:
        for batch in batches:
            journal.append(batch)
    return journal


def go_on(output: Path, **options: bool) -> Journal:
    """Resume a run, finish the batches that it lacks, and publish."""
    journal = Journal(output, RUN)
    journal.check(resume=True, overwrite=False)
    last_id = -1 if journal.last_id is None else journal.last_id
    with journal:
        for batch in BATCHES:
            if batch[-1].image_id > last_id:
                journal.append(batch)
        journal.publish(**options)
    return journal


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_submission_is_what_is_written_without_a_journal(tmp_path: Path) -> None:
    output = tmp_path / "p.json"
    with begin(output, BATCHES) as journal:
        journal.publish()
    assert list_names(tmp_path) == ["p.json"]
    assert (journal.num_images, journal.num_entries) == (5, 5)
    write_predictions(tmp_path / "q.json", [one for batch in BATCHES for one in batch])
    assert output.read_bytes() == (tmp_path / "q.json").read_bytes()


def test_nothing_found_is_an_empty_list(tmp_path: Path) -> None:
    output = tmp_path / "result"
    journal = Journal(output, RUN)
    with journal:
        journal.publish()
    assert json.loads(output.read_text()) == []
    assert list_names(tmp_path) == ["result"]


def test_a_run_cut_off_anywhere_ends_with_the_same_bytes(tmp_path: Path) -> None:
    output = tmp_path / "p.json"
    whole = begin(output, BATCHES)
    journal = whole.folder / "journal.jsonl"
    written = journal.read_bytes()
    go_on(output)
    expected = output.read_bytes()
    # Every seventh byte, and all round the ends of lines.
    ends = [place for place, byte in enumerate(written) if byte == ord("\n")]
    near = {place + shift for place in ends for shift in (0, 1, 2)}
    for length in sorted({*range(0, len(written), 7), *near, len(written)}):
        output.unlink()
        whole.folder.mkdir()
        journal.write_bytes(written[:length])
        finished = go_on(output)
        assert output.read_bytes() == expected
        assert (finished.num_images, finished.num_entries) == (5, 5)
        assert list_names(tmp_path) == ["p.json"]


def test_a_tail_of_zeros_after_a_power_failure_does_not_count(tmp_path: Path) -> None:
    output = tmp_path / "p.json"
    journal = begin(output, BATCHES[:2])
    with (journal.folder / "journal.jsonl").open("ab") as file:
        file.write(bytes(5000))
    assert Journal(output, RUN).last_id == 7
    go_on(output)
    assert len(json.loads(output.read_text())) == 5


@pytest.mark.parametrize("is_put_in_place", [False, True])
def test_a_run_killed_while_it_publishes_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_put_in_place: bool
) -> None:
    output = tmp_path / "p.json"
    replace: Callable[..., Path] = Path.replace

    def kill(path: Path, target: Path) -> None:
        if is_put_in_place:
            replace(path, target)
        raise Killed

    monkeypatch.setattr(Path, "replace", kill)
    with pytest.raises(Killed):
        go_on(output)
    monkeypatch.undo()
    assert output.exists() == is_put_in_place
    go_on(output)
    assert len(json.loads(output.read_text())) == 5
    assert list_names(tmp_path) == ["p.json"]


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    output = tmp_path / "p.json"
    begin(output, BATCHES)
    output.write_text("mine")
    with pytest.raises(OutputExistsError):
        go_on(output)
    assert output.read_text() == "mine"
    go_on(output, overwrite=True)
    assert len(json.loads(output.read_text())) == 5


def test_a_run_that_finished_nothing_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "p.json"
    with pytest.raises(KeyboardInterrupt), Journal(output, RUN):
        raise KeyboardInterrupt
    assert list_names(tmp_path) == []


def test_an_interrupted_run_is_neither_lost_nor_taken_up_unasked(tmp_path: Path) -> None:
    output = tmp_path / "p.json"
    begin(output, BATCHES[:2])
    with pytest.raises(OutputExistsError, match=r"after 3 images; --resume .* --overwrite"):
        Journal(output, RUN).check(resume=False, overwrite=False)
    journal = Journal(output, {**RUN, "weights": "cd34"})
    journal.check(resume=False, overwrite=True)
    assert (journal.last_id, journal.num_images, journal.num_entries) == (None, 0, 0)
    with journal:
        journal.append(BATCHES[0])
        journal.publish()
    assert [entry["image_id"] for entry in json.loads(output.read_text())] == [3]


def test_another_run_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    output = tmp_path / "p.json"
    begin(output, BATCHES[:1])
    other = Journal(output, {"weights": "cd34", "detect.score": 0.5, "tiles.overlap_px": 64})
    with pytest.raises(OutputError) as caught:
        other.check(resume=True, overwrite=True)
    assert str(caught.value).endswith(
        "got weights cd34 instead of ab12, detect.score 0.5 instead of 0.02, "
        "tiles.overlap_px 64 instead of None."
    )
    assert Journal(output, RUN).num_images == 2


def test_a_full_disk_is_one_line_that_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, line: bytes) -> None:
            self.file.write(line[: len(line) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            self.file.close()
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    output = tmp_path / "p.json"
    journal = Journal(output, RUN)
    with journal:
        journal.append(BATCHES[0])
        monkeypatch.setattr(journal, "_file", FullDisk(journal._file))
        with pytest.raises(OutputError, match=r"the disk is full; .* --resume goes on\."):
            journal.append(BATCHES[1])
    assert Journal(output, RUN).last_id == 4
    go_on(output)
    assert len(json.loads(output.read_text())) == 5


def test_a_folder_that_vanished_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: No such file or directory"):
        Journal(tmp_path / "gone" / "p.json", RUN).__enter__()
