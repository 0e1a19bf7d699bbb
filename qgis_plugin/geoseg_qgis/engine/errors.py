"""What can come of running the `geoseg` command but a result.

EngineError
├── CommandFailed
├── CommandCancelled
└── EnvironmentMissing
"""

from __future__ import annotations


class EngineError(Exception):
    """Root of what goes wrong with a command, or with the Python that it runs in."""


class CommandFailed(EngineError):  # noqa: N818
    """The command ran and did not do its work.

    Attributes:
        message: one line for people, the command's own where it gave one; also `str(error)`.
        details: the last lines of its log.
        exit_code: as the system tells it: negative for a signal; 0 where the command said that
            all was well and it was not.
    """

    def __init__(self, message: str, details: str = "", exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.exit_code = exit_code


class CommandCancelled(EngineError):  # noqa: N818
    """The command was stopped because the user asked for it."""


class EnvironmentMissing(EngineError):  # noqa: N818
    """The Python cannot be started, or has no geoseg that this plugin can use.

    Attributes:
        message: one line for people; also `str(error)`.
        details: what the Python said, if it said something.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = details
