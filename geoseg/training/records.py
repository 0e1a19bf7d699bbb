"""What a run leaves for people to look at: tables, and events for TensorBoard."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from geoseg.maskrcnn.model import LOSS_NAMES
from geoseg.training.board import EventWriter
from geoseg.training.run_folder import RunFolder, replace_text
from geoseg.training.scoring import Score

LOG_COLUMNS = ("step", "seconds", "loss", *LOSS_NAMES, "learning_rate", "wait_share")
SCORE_COLUMNS = ("step", "seconds", "ap50", "ar50", "images")


class Records:
    """Writes the mean losses of every few steps, and the scores.

    Attributes:
        folder: of the run.
        every_steps: steps of a row of the log; the last row, and one before a checkpoint, may
            speak of fewer.
    """

    def __init__(self, folder: RunFolder, *, every_steps: int, board: EventWriter | None) -> None:
        """Begin; files that are there are gone on with.

        Args:
            folder: of the run.
            every_steps: see the class.
            board: also gets everything; None where TensorBoard is not wanted.
        """
        self.folder = folder
        self.every_steps = every_steps
        self._board = board
        self._losses: list[Mapping[str, float]] = []
        self._busy_s = 0.0
        self._waited_s = 0.0

    def rewind(self, step: int) -> None:
        """Go back to the state after a step: rows of later ones are taken out."""
        self._losses, self._busy_s, self._waited_s = [], 0.0, 0.0
        rewind_table(self.folder.log, LOG_COLUMNS, step)
        rewind_table(self.folder.scores, SCORE_COLUMNS, step)
        if self._board is not None:
            self._board.restart(step)

    def add_step(self, losses: Mapping[str, float], *, busy_s: float, waited_s: float) -> None:
        """Take in a step.

        Args:
            losses: "loss" and LOSS_NAMES.
            busy_s: seconds that the step took without waiting.
            waited_s: seconds that it waited for its batch.
        """
        self._losses.append(losses)
        self._busy_s += busy_s
        self._waited_s += waited_s

    def is_due(self, step: int) -> bool:
        """Whether a row is to be written after this many steps."""
        return step % self.every_steps == 0

    def write_row(self, step: int, *, seconds: float, learning_rate: float) -> None:
        """Write the means since the last row; nothing where there was no step since."""
        if not self._losses:
            return
        count = len(self._losses)
        means = {
            name: sum(one[name] for one in self._losses) / count for name in ("loss", *LOSS_NAMES)
        }
        share = self._waited_s / max(self._waited_s + self._busy_s, 1e-9)
        numbers = [f"{value:.6g}" for value in (*means.values(), learning_rate)]
        append_row(self.folder.log, [step, f"{seconds:.1f}", *numbers, f"{share:.3f}"])
        if self._board is not None:
            named = {
                ("loss" if name == "loss" else f"losses/{name}"): means[name] for name in means
            }
            self._board.add_scalars(
                step, {**named, "learning_rate": learning_rate, "wait_share": share}
            )
        self._losses, self._busy_s, self._waited_s = [], 0.0, 0.0

    def write_score(self, step: int, score: Score, *, seconds: float) -> None:
        """Write a score."""
        values = [f"{score.ap50:.4f}", f"{score.ar50:.4f}", score.num_images]
        append_row(self.folder.scores, [step, f"{seconds:.1f}", *values])
        if self._board is not None:
            self._board.add_scalars(
                step, {"validation/ap50": score.ap50, "validation/ar50": score.ar50}
            )
            for name, picture in score.pictures.items():
                self._board.add_picture(step, f"validation/{name}", picture)

    def close(self) -> None:
        """Close what is open."""
        if self._board is not None:
            self._board.close()


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a table; empty where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rewind_table(path: Path, columns: Sequence[str], step: int) -> None:
    """Make a table that speaks of no later step; a new one where there is none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    # A row that a killed run left half-written has no last cell.
    writer.writerows(
        row
        for row in read_table(path)
        if row[columns[-1]] not in (None, "") and int(row["step"]) <= step
    )
    replace_text(path, text.getvalue())


def append_row(path: Path, row: Sequence[object]) -> None:
    """Add a row to a table."""
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerow(row)
