"""What docs/progress.md promises about the events of a command."""

from __future__ import annotations

import re
from pathlib import Path


def read_result_keys(repository: Path, command: str) -> set[str]:
    """Keys of the `result` of a command, as the document lists them."""
    text = (repository / "docs" / "progress.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{command}` \| (.*) \|$", text, flags=re.MULTILINE)
    return {"v", "event", *re.findall(r"`(\w+)`", row)}
