"""What is chosen in the dock, as a value: what is remembered of it, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from geoseg_qgis.translation import tr

FILE_FORMATS = ("gpkg", "geojson", "osm")
VIEWS = (1, 2, 4, 8)


class AreaKind(Enum):
    """Which part of the raster is looked at; the value is what is remembered."""

    LAYER = "layer"
    CANVAS = "canvas"
    RECTANGLE = "rectangle"
    POLYGONS = "polygons"


@dataclass(frozen=True)
class FileChoice:
    """A file that may be written.

    Attributes:
        suffix: The format, of `FILE_FORMATS`.
        is_wanted: Whether it is written.
        path: The file as it was typed; empty where none was chosen.
    """

    suffix: str
    is_wanted: bool = False
    path: str = ""

    def file(self) -> Path:
        """Return the file to write, with the ending of its format."""
        path = Path(self.path.strip()).expanduser()
        if path.suffix.lower() == "." + self.suffix:
            return path
        return path.with_name(f"{path.name}.{self.suffix}")


@dataclass(frozen=True)
class Choices:
    """What the dock asks for apart from the raster and the layers, which belong to a project.

    Attributes:
        area_kind: Which part of the raster is looked at.
        selected_only: Of a polygon layer, only the selected features.
        score: Least score, 0 to 1; None for the default of the model.
        tolerance_m: Farthest that an outline may be from the detected one, metres.
        min_area_m2: Smaller buildings are dropped, square metres.
        views: How often each tile is looked at, of `VIEWS`.
        weights: File of the model; empty for the bundled one.
        keep_temporary: Whether the footprints stay in a layer in memory.
        files: One for each of `FILE_FORMATS`, in that order.
    """

    area_kind: AreaKind = AreaKind.LAYER
    selected_only: bool = False
    score: float | None = None
    tolerance_m: float = 0.5
    min_area_m2: float = 4.0
    views: int = 1
    weights: str = ""
    keep_temporary: bool = True
    files: tuple[FileChoice, ...] = field(
        default_factory=lambda: tuple(FileChoice(suffix) for suffix in FILE_FORMATS)
    )

    def wanted_files(self) -> tuple[Path, ...]:
        """Return the files to write, in the order of the formats."""
        return tuple(choice.file() for choice in self.files if choice.is_wanted)

    def to_remembered(self) -> dict[str, object]:
        """Return what to remember, as values that settings and JSON can hold."""
        return {
            "area_kind": self.area_kind.value,
            "selected_only": self.selected_only,
            "score": self.score,
            "tolerance_m": self.tolerance_m,
            "min_area_m2": self.min_area_m2,
            "views": self.views,
            "weights": self.weights,
            "keep_temporary": self.keep_temporary,
            "files": {
                choice.suffix: {"is_wanted": choice.is_wanted, "path": choice.path}
                for choice in self.files
            },
        }


def recall_choices(remembered: Mapping[str, object]) -> Choices:
    """Return the choices that were remembered; what is not understood has its default.

    Settings outlive versions of the plugin and can be edited by hand, so nothing is taken on trust.
    """
    usual = Choices()
    kinds = {kind.value: kind for kind in AreaKind}
    files = remembered.get("files")
    views = remembered.get("views")
    score = remembered.get("score")
    return replace(
        usual,
        area_kind=kinds.get(str(remembered.get("area_kind")), usual.area_kind),
        selected_only=remembered.get("selected_only") is True,
        score=None if score is None else _number(score, 0.5, 1.0),
        tolerance_m=_number(remembered.get("tolerance_m"), usual.tolerance_m, 100.0),
        min_area_m2=_number(remembered.get("min_area_m2"), usual.min_area_m2, 1e6),
        views=views if isinstance(views, int) and views in VIEWS else usual.views,
        weights=_text(remembered.get("weights")),
        keep_temporary=remembered.get("keep_temporary") is not False,
        files=tuple(
            _recall_file(suffix, files if isinstance(files, dict) else {})
            for suffix in FILE_FORMATS
        ),
    )


def find_file_problems(choices: Choices, raster_file: Path | None) -> dict[str, str]:
    """Return what is wrong with the files and the outputs, by field.

    Args:
        choices: What was chosen.
        raster_file: The file that is read, which must not be written; None for a service.

    Returns:
        Texts for people by "weights", "outputs" (nothing is asked for) and the formats; empty
        where all is well.
    """
    problems = {}
    if choices.weights and not Path(choices.weights).expanduser().is_file():
        problems["weights"] = tr("There is no such file.")
    wanted = [choice for choice in choices.files if choice.is_wanted]
    if not wanted and not choices.keep_temporary:
        problems["outputs"] = tr("Choose at least one result.")
    for choice in wanted:
        problem = _find_output_problem(choice, raster_file)
        if problem:
            problems[choice.suffix] = problem
    return problems


def existing_files(choices: Choices) -> list[Path]:
    """Return the files that would be written and are there already."""
    return [file for file in choices.wanted_files() if file.exists()]


def _find_output_problem(choice: FileChoice, raster_file: Path | None) -> str:
    if not choice.path.strip():
        return tr("Choose a file.")
    file = choice.file()
    if not file.is_absolute():
        return tr("Give the whole path of the file.")
    if file.is_dir():
        return tr("This is a folder.")
    if not file.parent.is_dir():
        return tr("There is no such folder.")
    if raster_file is not None and _is_same_file(file, raster_file):
        return tr("This is the raster itself.")
    if not os.access(str(file if file.exists() else file.parent), os.W_OK):
        return tr("This cannot be written.")
    return ""


def _is_same_file(one: Path, other: Path) -> bool:
    if one == other:
        return True
    return one.exists() and other.exists() and one.samefile(other)


def _recall_file(suffix: str, files: Mapping[str, object]) -> FileChoice:
    remembered = files.get(suffix)
    if not isinstance(remembered, dict):
        return FileChoice(suffix)
    return FileChoice(suffix, remembered.get("is_wanted") is True, _text(remembered.get("path")))


def _number(value: object, usual: float, largest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return usual
    return float(value) if 0.0 <= value <= largest else usual


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
