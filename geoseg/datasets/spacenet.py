"""Labels of the SpaceNet challenges: a CSV with a polygon in each line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import shapely

from geoseg.datasets.faults import Faults
from geoseg.datasets.image_folder import SUFFIXES
from geoseg.datasets.image_pixels import read_size
from geoseg.datasets.index_builder import IndexBuilder
from geoseg.datasets.label_index import LabelIndex
from geoseg.datasets.rings import rings_of_polygons
from geoseg.datasets.sources import DEFAULT_CLASS
from geoseg.errors import DatasetError

IMAGE_COLUMN = "ImageId"
POLYGON_COLUMN = "PolygonWKT_Pix"
BUILDING_COLUMN = "BuildingId"


def is_spacenet(path: Path) -> bool:
    """Whether a file is a CSV with the columns of SpaceNet."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline(10_000)
    except (OSError, UnicodeDecodeError):
        return False
    columns = [name.strip() for name in head.split(",")]
    return IMAGE_COLUMN in columns and POLYGON_COLUMN in columns


def index_spacenet(path: Path, folder: Path, faults: Faults) -> LabelIndex:
    """Read the polygons and the sizes of the images.

    The image of `AOI_2_Vegas_img1` is the one in the folder that is named so, or so after a
    prefix that ends in `_`, as `RGB-PanSharpen_AOI_2_Vegas_img1.tif`. A line with an empty
    polygon, or with -1 for a building, says that the image has none.

    Args:
        path: the CSV.
        folder: holds the images.
        faults: is told of images that cannot be read and polygons that are left out.

    Raises:
        DatasetError: the file is missing or is not as SpaceNet has it; or there is a fault, and
            faults are fatal.
    """
    builder = IndexBuilder(faults, noun="building")
    files = list_stems(folder)
    numbers: dict[str, int | None] = {}
    try:
        for line, row in _read_rows(path):
            name = row[IMAGE_COLUMN].strip()
            if name not in numbers:
                numbers[name] = _add_image(builder, len(numbers) + 1, name, files, folder)
            number = numbers[name]
            if number is not None:
                _add_building(builder, number, name, line, row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path} must be a CSV of SpaceNet; got {error}.") from error
    except (KeyError, AttributeError) as error:
        raise DatasetError(
            f"{path} must be a CSV with {IMAGE_COLUMN} and {POLYGON_COLUMN}; a line lacks one."
        ) from error
    return builder.finish({0: 0}, [DEFAULT_CLASS])


def _read_rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    # The longest polygons are longer than what the csv module takes by default.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, skipinitialspace=True)
        for row in reader:
            yield reader.line_num, row


def list_stems(folder: Path) -> dict[str, Path]:
    """Images of a folder by stem, and by every part of it that follows a `_`.

    A whole stem goes before a part; of two images with the same part the first counts.
    """
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    found = {path.stem: path for path in paths}
    for path in paths:
        parts = path.stem.split("_")
        for first in range(1, len(parts)):
            found.setdefault("_".join(parts[first:]), path)
    return found


def _add_image(
    builder: IndexBuilder, number: int, name: str, files: Mapping[str, Path], folder: Path
) -> int | None:
    """Add an image and return its number; None where it cannot be used."""
    path = files.get(name)
    if path is None:
        builder.faults.add(f"{folder / name}", "is missing")
        return None
    try:
        width, height = read_size(path)
    except DatasetError:
        builder.faults.add(str(path), "cannot be read as an image")
        return None
    builder.add_image(number, path.name, width, height)
    return number


def _add_building(
    builder: IndexBuilder, number: int, name: str, line: int, row: Mapping[str, str]
) -> None:
    text, building = row[POLYGON_COLUMN].strip(), (row.get(BUILDING_COLUMN) or "").strip()
    if building == "-1" or not text or text.upper().endswith("EMPTY"):
        return
    (geometry,) = shapely.from_wkt(np.array([text]), on_invalid="ignore")
    if geometry is None:
        builder.faults.add(f"line {line}, building {building} of {name}", "is no polygon in WKT")
        return
    flat = shapely.force_2d(geometry)
    rings = rings_of_polygons(flat if shapely.is_valid(flat) else shapely.make_valid(flat))
    builder.add_object(number, int(building) if building.isdigit() else line, 0, rings)
