"""How far an extraction is, as the dock shows it."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """What the dock is doing."""

    IDLE = "idle"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_busy(self) -> bool:
        """Whether a command is running, so that nothing may be changed."""
        return self in (Phase.RUNNING, Phase.CANCELLING)
