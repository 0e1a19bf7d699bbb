"""Event files for TensorBoard, written with its own record writer; TensorFlow is not used."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.errors import MissingDependencyError

# TensorBoard reads nothing without this first record.
_VERSION = "brain.Event:2"


class EventWriter:
    """Writes numbers and pictures of a run.

    Attributes:
        folder: the folder for `tensorboard --logdir`.
    """

    def __init__(self, folder: Path) -> None:
        """Begin an event file.

        Raises:
            MissingDependencyError: TensorBoard is not installed.
        """
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.summary.writer.record_writer import RecordWriter
        except ImportError as error:
            raise MissingDependencyError(
                "TensorBoard must be installed to write its events: pip install "
                "'geoseg[tensorboard]'."
            ) from error
        self.folder = folder
        self._events, self._summaries = event_pb2, summary_pb2
        folder.mkdir(parents=True, exist_ok=True)
        # Each session has a file; their order is that of the names.
        name = f"events.out.tfevents.{time.time_ns() / 1e9:.6f}.geoseg"
        self._file = (folder / name).open("wb")
        self._records = RecordWriter(self._file)
        self._write(file_version=_VERSION)

    def restart(self, step: int) -> None:
        """Make TensorBoard forget what an interrupted run told of later steps."""
        start = self._events.SessionLog(status=self._events.SessionLog.START)
        self._write(step=step + 1, session_log=start)

    def add_scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Add numbers by tag."""
        rows = [
            self._summaries.Summary.Value(tag=tag, simple_value=value)
            for tag, value in values.items()
        ]
        self._write(step=step, summary=self._summaries.Summary(value=rows))

    def add_picture(self, step: int, tag: str, picture: NDArray[np.uint8]) -> None:
        """Add a picture, uint8 (H, W, 3), RGB."""
        height, width = picture.shape[:2]
        _, packed = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        image = self._summaries.Summary.Image(
            height=height, width=width, colorspace=3, encoded_image_string=packed.tobytes()
        )
        row = self._summaries.Summary.Value(tag=tag, image=image)
        self._write(step=step, summary=self._summaries.Summary(value=[row]))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, **content: Any) -> None:
        event = self._events.Event(wall_time=time.time(), **content)
        self._records.write(event.SerializeToString())
        # A run may be killed at any moment, and people look while it goes on.
        self._file.flush()
