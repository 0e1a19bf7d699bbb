"""Who is told how far the work on an environment is."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """Is told by the thread that does the work."""

    def on_step(self, text: str) -> None:
        """A step begins: one of the texts in `steps`."""

    def on_share(self, done: float | None) -> None:
        """The step is so far, 0 to 1; None where that cannot be told."""

    def on_log(self, line: str) -> None:
        """A line for those who want to know exactly; holds no password."""

    def is_cancelled(self) -> bool:
        """Whether to stop; asked at least every 0.05 s."""
