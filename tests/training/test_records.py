"""Tables, TensorBoard events and curves of a run."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from geoseg.errors import MissingDependencyError
from geoseg.maskrcnn.model import LOSS_NAMES
from geoseg.training.board import EventWriter
from geoseg.training.curves import draw_curves
from geoseg.training.records import LOG_COLUMNS, Records, read_table
from geoseg.training.run_folder import RunFolder
from geoseg.training.scoring import Score


def make_losses(loss: float) -> dict[str, float]:
    """The loss, and single losses that tell which they are."""
    return {"loss": loss, **{name: index + 0.5 for index, name in enumerate(LOSS_NAMES)}}


def make_records(folder: Path, *, has_board: bool = False) -> Records:
    run = RunFolder(folder)
    folder.mkdir(exist_ok=True)
    records = Records(run, every_steps=3, board=EventWriter(run.board) if has_board else None)
    records.rewind(0)
    return records


def add_steps(records: Records, losses: list[float], first: int = 1) -> None:
    for step, loss in enumerate(losses, first):
        records.add_step(make_losses(loss), busy_s=0.3, waited_s=0.1)
        if records.is_due(step):
            records.write_row(step, seconds=step / 2, learning_rate=0.01)


def test_rows_are_means_of_their_steps(tmp_path: Path) -> None:
    records = make_records(tmp_path / "run")
    assert read_table(records.folder.log) == []
    add_steps(records, [9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0])
    records.write_row(7, seconds=3.5, learning_rate=0.01)
    records.write_row(7, seconds=3.5, learning_rate=0.01)
    rows = read_table(records.folder.log)
    assert [(row["step"], row["seconds"], row["loss"]) for row in rows] == [
        ("3", "1.5", "8"), ("6", "3.0", "5"), ("7", "3.5", "3"),
    ]  # fmt: skip
    assert tuple(rows[0]) == LOG_COLUMNS
    assert [rows[0][name] for name in LOSS_NAMES] == ["0.5", "1.5", "2.5", "3.5", "4.5"]
    assert rows[0]["wait_share"] == "0.250"


def test_going_back_takes_out_what_came_later(tmp_path: Path) -> None:
    records = make_records(tmp_path / "run")
    add_steps(records, [9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0])
    records.write_score(3, Score(0.5, 0.6, 2), seconds=1.0)
    records.write_score(6, Score(0.7, 0.6, 2), seconds=2.0)
    with records.folder.log.open("a") as file:
        file.write("9,4.5,2.0,0.")  # killed while writing
    records.rewind(4)
    assert [row["step"] for row in read_table(records.folder.log)] == ["3"]
    assert [row["ap50"] for row in read_table(records.folder.scores)] == ["0.5000"]
    add_steps(records, [1.0, 2.0], first=5)
    assert [row["loss"] for row in read_table(records.folder.log)] == ["8", "1.5"]


def test_tensorboard_reads_what_is_written(tmp_path: Path) -> None:
    records = make_records(tmp_path / "run", has_board=True)
    add_steps(records, [9.0, 8.0, 7.0])
    picture = np.zeros((5, 7, 3), np.uint8)
    picture[..., 0] = 200
    records.write_score(3, Score(0.5, 0.6, 2, {"image_1": picture}), seconds=1.0)
    records.close()
    board = EventAccumulator(str(records.folder.board))
    board.Reload()
    assert set(board.Tags()["scalars"]) == {
        "loss", "learning_rate", "wait_share", "validation/ap50", "validation/ar50",
        *(f"losses/{name}" for name in LOSS_NAMES),
    }  # fmt: skip
    (loss,) = board.Scalars("loss")
    assert (loss.step, loss.value) == (3, 8.0)
    (image,) = board.Images("validation/image_1")
    decoded = cv2.imdecode(np.frombuffer(image.encoded_image_string, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    np.testing.assert_array_equal(decoded[..., ::-1], picture)


def test_tensorboard_forgets_what_an_interrupted_run_told_of_later_steps(tmp_path: Path) -> None:
    records = make_records(tmp_path / "run", has_board=True)
    add_steps(records, [9.0] * 6)
    records.close()
    again = Records(records.folder, every_steps=3, board=EventWriter(records.folder.board))
    again.rewind(4)
    add_steps(again, [1.0, 1.0], first=5)
    again.close()
    board = EventAccumulator(str(records.folder.board))
    board.Reload()
    assert [(one.step, one.value) for one in board.Scalars("loss")] == [(3, 9.0), (6, 1.0)]


def test_without_tensorboard_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'geoseg\[tensorboard\]'\.$"):
        EventWriter(tmp_path / "board")
    assert not (tmp_path / "board").exists()


def test_curves_are_a_picture_of_all_rows(tmp_path: Path) -> None:
    records = make_records(tmp_path / "run")
    run = records.folder
    assert not draw_curves(run.log, run.scores, run.curves)
    assert not run.curves.exists()
    add_steps(records, [9.0, 8.0, 7.0, 6.0, 5.0, 4.0])
    assert draw_curves(run.log, run.scores, run.curves)
    plain = cv2.imread(str(run.curves))
    records.write_score(6, Score(0.5, 0.6, 2), seconds=1.0)
    assert draw_curves(run.log, run.scores, run.curves)
    scored = cv2.imread(str(run.curves))
    assert plain is not None
    assert scored is not None
    assert scored.shape[0] > plain.shape[0]
    assert scored.std() > 10
