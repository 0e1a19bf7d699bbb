"""What every refusal of a command has in common."""

from __future__ import annotations

from pathlib import Path

from click.testing import Result


def assert_refused(result: Result, reason: str) -> None:
    """Check for one line that says why, exit code 1, and no temporary files left."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("geoseg: error: ")
    assert reason in result.stderr
    assert [path for path in Path().iterdir() if path.name.startswith(".")] == []
