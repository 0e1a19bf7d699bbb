"""What decides the result of a run, kept so that only the same run goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import geoseg
from geoseg.config import PredictConfig, list_settings
from geoseg.errors import ConfigError, OutputError
from geoseg.jobs.disk_errors import write_atomically

if TYPE_CHECKING:
    from shapely import Geometry

_FORMAT = 1
_NAME = "manifest.json"

# Digits of a digest that tell two apart, and that a line has room for.
_NUM_DIGITS = 12

# Differences that fit a line; a mosaic of a thousand files may differ in all of them.
_MAX_DIFFERENCES = 4


@dataclass(frozen=True)
class Manifest:
    """What a run began with.

    Attributes:
        run: what decides the result, values of JSON by name.
        created: ISO time of the run, UTC, see `find_run_time`.
    """

    run: Mapping[str, object]
    created: str

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether a folder is that of a run that has begun."""
        return (folder / _NAME).exists()

    @staticmethod
    def read(folder: Path) -> Manifest:
        """The manifest of a job folder.

        Raises:
            OutputError: it is damaged.
            OSError: it is absent or cannot be read.
        """
        path = folder / _NAME
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            return Manifest(dict(values["run"]), str(values["created"]))
        except (ValueError, KeyError, TypeError):
            raise OutputError(f"{path} is damaged; --overwrite begins anew.") from None

    def write(self, folder: Path) -> None:
        """Put it into a job folder.

        Raises:
            OSError: it cannot be written.
        """
        values = {"created": self.created, "run": dict(self.run)}
        text = json.dumps(values, indent=2) + "\n"
        write_atomically(folder / _NAME, text.encode("ascii"))

    @staticmethod
    def remove(folder: Path) -> None:
        """Take it away; what else is in the folder counts no more.

        Raises:
            OSError: it cannot be removed.
        """
        (folder / _NAME).unlink(missing_ok=True)

    def describe_differences(self, begun: Manifest) -> str:
        """What this run does not have in common with the one that was begun; "" for nothing.

        Example:
            >>> begun = Manifest({"detect.score": 0.44, "shards": 40}, "")
            >>> Manifest({"detect.score": 0.5, "shards": 40}, "").describe_differences(begun)
            'detect.score 0.5 instead of 0.44'
        """
        names = [
            name for name in {**self.run, **begun.run} if self.run.get(name) != begun.run.get(name)
        ]
        told = [
            f"{name} {self.run.get(name)} instead of {begun.run.get(name)}"
            for name in names[:_MAX_DIFFERENCES]
        ]
        if len(names) > len(told):
            told.append(f"{len(names) - len(told):,} more")
        return ", ".join(told)


def describe_run(
    config: PredictConfig,
    *,
    weights_sha256: str,
    engine: str,
    raster: Mapping[str, str],
    area: str,
    shape_hw: tuple[int, int],
    num_shards: int,
) -> dict[str, object]:
    """All that decides the result of a prediction, by name.

    Not among it is what changes no bytes of the result: the batch size, the number of workers.

    Args:
        config: all settings.
        weights_sha256: hex digest of the weights file.
        engine: "keras" or "onnx".
        raster: the raster's fingerprint, see `geoseg.raster.fingerprint`.
        area: digest of the area of interest, see `digest_area`.
        shape_hw: size of the model grid in pixels.
        num_shards: shards of the whole run.
    """
    return {
        "format": _FORMAT,
        "geoseg": geoseg.__version__,
        "weights": weights_sha256[:_NUM_DIGITS],
        "engine": engine,
        **list_settings(config),
        "area": area,
        **{f"raster {name}": facts for name, facts in raster.items()},
        "grid": f"{shape_hw[1]} x {shape_hw[0]} px",
        "shards": num_shards,
    }


def digest_area(area: Geometry | None) -> str:
    """Short digest of an area of interest; "everywhere" for None.

    Args:
        area: in pixels of the model grid, as it is used.
    """
    import shapely

    if area is None:
        return "everywhere"
    content = shapely.to_wkb(shapely.normalize(area), byte_order=1)
    return hashlib.sha256(content).hexdigest()[:_NUM_DIGITS]


def find_run_time() -> str:
    """ISO time of a run that begins, UTC, to the second.

    The environment variable SOURCE_DATE_EPOCH, seconds since 1970, takes the place of the clock:
    two runs with the same value write the same bytes.
    See https://reproducible-builds.org/specs/source-date-epoch/.

    Raises:
        ConfigError: SOURCE_DATE_EPOCH is not such a number.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return datetime.now(timezone.utc).isoformat(timespec="seconds")
    try:
        if not (text.isascii() and text.isdigit()):
            raise ValueError
        return datetime.fromtimestamp(int(text), timezone.utc).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        raise ConfigError(
            f"SOURCE_DATE_EPOCH must be whole seconds since 1970; got {text!r}."
        ) from None
