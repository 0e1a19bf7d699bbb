"""What a command tells while it works: the events of `--progress json`, version 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_VERSION = 1


class Event:
    """Something that a command told; one of the classes below."""


@dataclass(frozen=True)
class StageStarted(Event):
    """A stage of the work begins.

    Attributes:
        stage: its name, e.g. "tiles".
        total: steps that it has.
    """

    stage: str
    total: int


@dataclass(frozen=True)
class StageProgress(Event):
    """A stage has got further.

    Attributes:
        stage: its name.
        done: steps that are done.
        total: steps that it has.
        eta_s: seconds that it is likely to take still; None where that is not known.
        found: objects found so far.
    """

    stage: str
    done: int
    total: int
    eta_s: float | None
    found: int


@dataclass(frozen=True)
class StageFinished(Event):
    """A stage has ended.

    Attributes:
        stage: its name.
        done: steps that were done.
        total: steps that it had.
        found: objects found.
        elapsed_s: seconds that it took.
    """

    stage: str
    done: int
    total: int
    found: int
    elapsed_s: float


@dataclass(frozen=True)
class Resumed(Event):
    """A run goes on where another was interrupted.

    Attributes:
        stage: name of the stage.
        done: steps that the other run did.
        total: steps of both.
    """

    stage: str
    done: int
    total: int


@dataclass(frozen=True)
class FoundFootprint:
    """A building.

    Attributes:
        id: as in the output files.
        wkb: its polygon as WKB, in the CRS of the event that it came with.
        score: 0 to 1.
        area_m2: true area on the ground.
    """

    id: int
    wkb: bytes
    score: float
    area_m2: float


@dataclass(frozen=True)
class FootprintsFound(Event):
    """Buildings that will not change any more.

    Attributes:
        crs: CRS of the polygons: an authority code such as "EPSG:3857", or WKT 2.
        footprints: the buildings.
    """

    crs: str
    footprints: tuple[FoundFootprint, ...]


@dataclass(frozen=True)
class WarningGiven(Event):
    """Something deserves a look.

    Attributes:
        message: one line.
    """

    message: str


@dataclass(frozen=True)
class ResultGiven(Event):
    """The command has done its work.

    Attributes:
        values: what it tells of it, without `v` and `event`.
    """

    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ErrorGiven(Event):
    """The command failed.

    Attributes:
        message: one line.
    """

    message: str


def parse_event(line: str) -> Event | None:
    """Read one line of a command's standard output.

    Args:
        line: without its end.

    Returns:
        None for what is no event, is one of another version, one that is not known here, or lacks
        something: such a line belongs into the log.

    Example:
        >>> parse_event('{"v": 1, "event": "start", "stage": "tiles", "total": 420}')
        StageStarted(stage='tiles', total=420)
        >>> parse_event("Reading ...") is None
        True
    """
    if not line.startswith("{"):
        return None
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if values.get("v") != _VERSION:
        return None
    read = _READERS.get(str(values.get("event")))
    if read is None:
        return None
    try:
        return read(values)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _read_started(values: dict[str, Any]) -> Event:
    return StageStarted(str(values["stage"]), int(values["total"]))


def _read_progress(values: dict[str, Any]) -> Event:
    eta_s = values.get("eta_s")
    return StageProgress(
        str(values["stage"]),
        int(values["done"]),
        int(values["total"]),
        None if eta_s is None else float(eta_s),
        int(values.get("found", 0)),
    )


def _read_finished(values: dict[str, Any]) -> Event:
    return StageFinished(
        str(values["stage"]),
        int(values["done"]),
        int(values["total"]),
        int(values.get("found", 0)),
        float(values["elapsed_s"]),
    )


def _read_resumed(values: dict[str, Any]) -> Event:
    return Resumed(str(values["stage"]), int(values["done"]), int(values["total"]))


def _read_footprints(values: dict[str, Any]) -> Event:
    return FootprintsFound(
        str(values["crs"]),
        tuple(
            FoundFootprint(
                int(one["id"]),
                bytes.fromhex(one["wkb"]),
                float(one["score"]),
                float(one["area_m2"]),
            )
            for one in values["footprints"]
        ),
    )


def _read_result(values: dict[str, Any]) -> Event:
    return ResultGiven({key: one for key, one in values.items() if key not in ("v", "event")})


_READERS: dict[str, Callable[[dict[str, Any]], Event]] = {
    "start": _read_started,
    "progress": _read_progress,
    "finish": _read_finished,
    "resume": _read_resumed,
    "footprints": _read_footprints,
    "warning": lambda values: WarningGiven(str(values["message"])),
    "result": _read_result,
    "error": lambda values: ErrorGiven(str(values["message"])),
}
