"""How many lines a second the QGIS plugin's engine takes from a command.

    python tests/benchmarks/bench_plugin_engine.py

A fake command writes events as fast as it can: short ones of progress, and long ones of 500
footprints. Prints lines, megabytes and footprints per second, and the longest time between two
questions whether to cancel.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "qgis_plugin"))

from geoseg_qgis.engine.child import Line
from geoseg_qgis.engine.events import FootprintsFound, parse_event
from geoseg_qgis.engine.run import follow_program

_PROGRESS = {
    "v": 1, "event": "progress", "stage": "tiles", "done": 64, "total": 420, "per_s": 12.8,
    "eta_s": 27.8, "found": 311,
}  # fmt: skip
# A polygon of eight corners.
_FOOTPRINT = {"id": 1, "wkb": "01" * 157, "score": 0.91, "area_m2": 84.25}
_WRITER = "import sys\nline = {line!r} + '\\n'\nfor _ in range({count}): sys.stdout.write(line)\n"


def main() -> None:
    """Measure and print."""
    footprints = {"v": 1, "event": "footprints", "crs": "EPSG:3857"}
    report("progress", json.dumps(_PROGRESS), 200_000)
    report("footprints", json.dumps({**footprints, "footprints": [_FOOTPRINT] * 500}), 400)


def report(what: str, line: str, count: int) -> None:
    """Let a command write a line so often, and print how long it takes to understand it."""
    num_lines = num_footprints = 0
    longest_s = 0.0
    asked = started = time.perf_counter()

    def take(taken: Line) -> None:
        nonlocal num_lines, num_footprints
        event = parse_event(taken.text)
        num_lines += event is not None
        if isinstance(event, FootprintsFound):
            num_footprints += len(event.footprints)

    def is_cancelled() -> bool:
        nonlocal asked, longest_s
        now = time.perf_counter()
        longest_s, asked = max(longest_s, now - asked), now
        return False

    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "writer.py"
        program.write_text(_WRITER.format(line=line, count=count), encoding="utf-8")
        follow_program([sys.executable, "-I", str(program)], take, is_cancelled=is_cancelled)
    seconds = time.perf_counter() - started
    print(
        f"{what}: {num_lines / seconds:,.0f} lines/s, {num_lines * len(line) / 1e6 / seconds:,.0f} "
        f"MB/s, {num_footprints / seconds:,.0f} footprints/s, "
        f"cancel asked every {longest_s * 1000:.0f} ms or oftener"
    )


if __name__ == "__main__":
    main()
