"""How far the work has come: a bar, plain lines, or JSON lines (docs/progress.md)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from geoseg.cli.messages import emit_event
from geoseg.types import NoProgress, Progress

if TYPE_CHECKING:
    import rich.progress

Clock = Callable[[], float]

_SECONDS_BETWEEN_EVENTS = 0.1
_SECONDS_BETWEEN_LINES = 10.0


def make_progress(kind: str) -> Progress:
    """Choose how progress is shown.

    Args:
        kind: "json" for JSON lines on standard output, "none", or "auto": a bar where standard
            error is a terminal, else a line every ten seconds.
    """
    if kind == "json":
        return EventProgress()
    if kind == "none":
        return NoProgress()
    return BarProgress() if sys.stderr.isatty() else LineProgress()


class Meter:
    """Counts the steps of one stage and reckons the speed.

    Attributes:
        stage: what is counted, e.g. "tiles".
        total: number of steps.
        done: steps so far.
        found: objects so far.
    """

    def __init__(self, stage: str, total: int, clock: Clock) -> None:
        self.stage = stage
        self.total = total
        self.done = 0
        self.found = 0
        self._clock = clock
        self._started_s = clock()
        self._shown_s = self._started_s

    def add(self, steps: int, found: int) -> None:
        """Count what was done."""
        self.done += steps
        self.found += found

    def is_due(self, interval_s: float) -> bool:
        """Whether it is time to show something; always after the last step."""
        now_s = self._clock()
        if self.done < self.total and now_s - self._shown_s < interval_s:
            return False
        self._shown_s = now_s
        return True

    @property
    def elapsed_s(self) -> float:
        """Seconds since the stage began."""
        return self._clock() - self._started_s

    @property
    def steps_per_s(self) -> float:
        """Mean speed since the stage began; 0 before the first step."""
        return self.done / max(self.elapsed_s, 1e-6)

    @property
    def left_s(self) -> float | None:
        """Seconds left at that speed; None before the first step."""
        if self.done == 0:
            return None
        return max(self.total - self.done, 0) / self.steps_per_s


class EventProgress:
    """Progress as JSON lines on standard output, at most ten a second."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._meter: Meter | None = None

    def start(self, stage: str, total: int) -> None:
        """Emit `start`."""
        self._meter = Meter(stage, total, self._clock)
        emit_event("start", {"stage": stage, "total": total})

    def advance(self, steps: int, found: int = 0) -> None:
        """Emit `progress` when it is time."""
        meter = self._meter
        if meter is None:
            return
        meter.add(steps, found)
        if meter.is_due(_SECONDS_BETWEEN_EVENTS):
            left_s = meter.left_s
            emit_event(
                "progress",
                {
                    "stage": meter.stage,
                    "done": meter.done,
                    "total": meter.total,
                    "per_s": round(meter.steps_per_s, 3),
                    "eta_s": None if left_s is None else round(left_s, 1),
                    "found": meter.found,
                },
            )

    def finish(self) -> None:
        """Emit `finish`."""
        meter, self._meter = self._meter, None
        if meter is not None:
            emit_event(
                "finish",
                {
                    "stage": meter.stage,
                    "done": meter.done,
                    "total": meter.total,
                    "found": meter.found,
                    "elapsed_s": round(meter.elapsed_s, 3),
                },
            )


class LineProgress:
    """Progress as a plain line on standard error every ten seconds, for logs."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._meter: Meter | None = None

    def start(self, stage: str, total: int) -> None:
        """Begin to count; nothing is shown yet."""
        self._meter = Meter(stage, total, self._clock)

    def advance(self, steps: int, found: int = 0) -> None:
        """Show a line when it is time."""
        meter = self._meter
        if meter is None:
            return
        meter.add(steps, found)
        if meter.done < meter.total and meter.is_due(_SECONDS_BETWEEN_LINES):
            left = "?" if meter.left_s is None else f"{meter.left_s:.0f}"
            click.echo(
                f"geoseg: {meter.stage} {meter.done}/{meter.total}, {meter.steps_per_s:.1f}/s, "
                f"{left} s left",
                err=True,
            )

    def finish(self) -> None:
        """Stop counting."""
        self._meter = None


class BarProgress:
    """Progress as a bar on a terminal."""

    def __init__(self) -> None:
        self._bar: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None
        self._found = 0

    def start(self, stage: str, total: int) -> None:
        """Show an empty bar."""
        from rich import progress
        from rich.console import Console

        self.finish()
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[seen]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._found = 0
        self._task = self._bar.add_task(stage, total=total, rate="", seen="")
        self._bar.start()

    def advance(self, steps: int, found: int = 0) -> None:
        """Move the bar."""
        if self._bar is None or self._task is None:
            return
        self._found += found
        speed = self._bar.tasks[self._task].speed
        self._bar.update(
            self._task,
            advance=steps,
            rate="" if speed is None else f"{speed:.1f}/s",
            seen=f"{self._found} found" if self._found else "",
        )

    def finish(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = None
        self._task = None
