"""Labels of the VGG Image Annotator, versions 1 and 2, exported or as a saved project."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.datasets.faults import Faults
from geoseg.datasets.image_pixels import read_size
from geoseg.datasets.index_builder import IndexBuilder
from geoseg.datasets.label_index import LabelIndex
from geoseg.datasets.sources import DEFAULT_CLASS
from geoseg.errors import DatasetError

PROJECT_KEY = "_via_img_metadata"

# A circle drawn with this many corners per quarter is within 0.01 % of its area.
_QUARTER_CORNERS = 32
# A polyline is taken for an outline where its ends meet within this share of its length.
_CLOSED_SHARE = 0.02
_IGNORE_ATTRIBUTES = ("ignore", "iscrowd")
_NO_VALUES = ("", "0", "false", "no", "none")


def is_via(content: Any) -> bool:
    """Whether parsed JSON looks like labels of VIA."""
    records = content.get(PROJECT_KEY, content) if isinstance(content, dict) else None
    if not isinstance(records, dict):
        return False
    return all(
        isinstance(record, dict) and "filename" in record and "regions" in record
        for record in records.values()
    ) and (PROJECT_KEY in content or bool(records))


def index_via(path: Path, folder: Path, faults: Faults, *, attribute: str | None) -> LabelIndex:
    """Read the labels and, as VIA does not store them, the sizes of the images.

    A region is ignored where its attribute `ignore` or `iscrowd` is set. Polygons, rectangles,
    circles, ellipses and closed polylines count; points and open polylines have no area.

    Args:
        path: the json file.
        folder: holds the images.
        faults: is told of images that cannot be read and regions that are left out.
        attribute: region attribute that names the class; None for one class for all.

    Returns:
        The index; classes are in the order of the alphabet.

    Raises:
        DatasetError: the file is missing or is not VIA; or there is a fault, and faults are
            fatal.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} must be VIA json; got {error}.") from error
    if not is_via(content):
        raise DatasetError(f"{path} must be VIA json; its records lack filename and regions.")
    builder = IndexBuilder(faults, noun="region")
    classes: dict[str, int] = {}
    try:
        for number, record in enumerate(content.get(PROJECT_KEY, content).values(), start=1):
            _add_record(builder, classes, number, record, folder, attribute)
    except KeyError as error:
        raise DatasetError(f"{path} must be VIA json; a record lacks {error}.") from error
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, DatasetError):
            raise
        raise DatasetError(f"{path} must be VIA json; got {error}.") from error
    names = sorted(classes) or [DEFAULT_CLASS]
    return builder.finish({classes[name]: names.index(name) for name in classes}, names)


def _add_record(
    builder: IndexBuilder,
    classes: dict[str, int],
    number: int,
    record: Mapping[str, Any],
    folder: Path,
    attribute: str | None,
) -> None:
    name = str(record["filename"])
    try:
        width, height = read_size(folder / name)
    except DatasetError:
        builder.faults.add(str(folder / name), "cannot be read as an image")
        return
    builder.add_image(number, name, width, height)
    regions = record["regions"]
    # A dict in version 1, a list in version 2.
    pairs = regions.items() if isinstance(regions, dict) else enumerate(regions)
    for key, region in pairs:
        attributes = region.get("region_attributes") or {}
        ring = outline_of(region["shape_attributes"])
        if ring is None:
            kind = region["shape_attributes"].get("name")
            builder.faults.add(f"region {key} of {name}", f"is a {kind}, which has no area")
            continue
        class_name = DEFAULT_CLASS if attribute is None else _read_class(attributes, attribute)
        builder.add_object(
            number,
            int(key),
            classes.setdefault(class_name, len(classes)),
            [ring],
            is_ignored=_is_ignored(attributes),
        )


def _read_class(attributes: Mapping[str, Any], attribute: str) -> str:
    value = attributes.get(attribute)
    if isinstance(value, dict):
        # Checkboxes: the names of those that are ticked.
        value = next((name for name, is_ticked in value.items() if is_ticked), None)
    return str(value) if value not in (None, "") else DEFAULT_CLASS


def _is_ignored(attributes: Mapping[str, Any]) -> bool:
    values = (attributes.get(name) for name in _IGNORE_ATTRIBUTES)
    return any(value is not None and str(value).lower() not in _NO_VALUES for value in values)


def outline_of(shape: Mapping[str, Any]) -> NDArray[np.float32] | None:
    """The outline of a VIA region.

    Args:
        shape: its `shape_attributes`.

    Returns:
        float32 (V, 2), (x, y) in pixels; None where the shape has no area by its kind.

    Raises:
        KeyError: it lacks a coordinate.
        ValueError: its kind is unknown.
    """
    kind = shape["name"]
    if kind in ("polygon", "polyline"):
        points = np.array([shape["all_points_x"], shape["all_points_y"]], np.float64).T
        return points.astype(np.float32) if kind == "polygon" or _is_closed(points) else None
    if kind == "point":
        return None
    if kind == "rect":
        x, y, width, height = (float(shape[key]) for key in ("x", "y", "width", "height"))
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        return np.array(corners, np.float32)
    if kind not in ("circle", "ellipse"):
        raise ValueError(f"shape {kind}")
    radii = ("r", "r") if kind == "circle" else ("rx", "ry")
    radius_x, radius_y = (float(shape[key]) for key in radii)
    disc = shapely.Point(0, 0).buffer(1.0, quad_segs=_QUARTER_CORNERS)
    unit = shapely.get_coordinates(shapely.get_exterior_ring(disc))
    # A polygon inside a circle is smaller; this one has the circle's area.
    points = unit * math.sqrt(math.pi / disc.area) * (radius_x, radius_y)
    turn_rad = float(shape.get("theta") or 0.0)
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)
    turned = points @ np.array([[cos, sin], [-sin, cos]])
    return (turned + (float(shape["cx"]), float(shape["cy"]))).astype(np.float32)


def _is_closed(points: NDArray[np.float64]) -> bool:
    if len(points) < 4:
        return False
    length = np.hypot(*np.diff(points, axis=0).T).sum()
    return bool(np.hypot(*(points[-1] - points[0])) <= max(1.0, _CLOSED_SHARE * length))
