"""Labels in MS-COCO form, as the crowdAI mapping challenge publishes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geoseg.datasets.faults import Faults
from geoseg.datasets.index_builder import IndexBuilder
from geoseg.datasets.label_index import LabelIndex
from geoseg.datasets.rings import rings_of_rle
from geoseg.datasets.stated_boxes import StatedBoxes
from geoseg.errors import DatasetError
from geoseg.json_stream import stream_members

ANNOTATION_NAMES = ("annotation.json", "annotations.json", "annotation-small.json")


def find_annotation(folder: Path) -> Path | None:
    """The annotation of a folder; None where there is none of the usual names."""
    paths = (folder / name for name in ANNOTATION_NAMES)
    return next((path for path in paths if path.is_file()), None)


def index_coco(path: Path, faults: Faults) -> LabelIndex:
    """Read an annotation in one pass.

    Boxes and areas in the file are not used: published ones are often wrong. Whether the image
    files are there is not looked at. Objects without a usable polygon are left out.

    Args:
        path: the json file.
        faults: is told of what is left out.

    Returns:
        The index; classes are in order of category ids.

    Raises:
        DatasetError: the file is missing or is not COCO, or labels use an image or a category
            that it does not define; or there is a fault, and faults are fatal.
    """
    try:
        return _read(path, faults)
    except KeyError as error:
        raise DatasetError(f"{path} must be COCO json; a record lacks {error}.") from error
    except DatasetError as error:
        # Messages that begin so say what a file must be, and leave its name to the caller.
        if not str(error).startswith("must"):
            raise
        message = str(error).replace("must be JSON", "must be COCO json")
        raise DatasetError(f"{path} {message}") from error
    except (OSError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise DatasetError(f"{path} must be COCO json; got {error}.") from error


def _read(path: Path, faults: Faults) -> LabelIndex:
    builder = IndexBuilder(faults)
    stated = StatedBoxes()
    categories: list[dict[str, Any]] = []
    missing = {"images", "annotations", "categories"}
    for key, record in stream_members(path):
        missing.discard(key)
        if record is None:
            continue
        if key == "annotations":
            _add_annotation(builder, record)
            if faults.is_auditing:
                stated.add(record)
        elif key == "images":
            builder.add_image(
                int(record["id"]),
                str(record["file_name"]),
                int(record["width"]),
                int(record["height"]),
                None if record.get("gsd_m") is None else float(record["gsd_m"]),
            )
        elif key == "categories":
            categories.append(record)
    if missing:
        raise KeyError(min(missing))
    categories.sort(key=lambda category: category["id"])
    class_of = {category["id"]: index for index, category in enumerate(categories)}
    index = builder.finish(class_of, [str(category["name"]) for category in categories])
    if faults.is_auditing:
        stated.check(index, builder.kept, faults)
    return index


def _add_annotation(builder: IndexBuilder, record: dict[str, Any]) -> None:
    segmentation = record.get("segmentation") or ()
    is_rle = isinstance(segmentation, dict)
    builder.add_object(
        record["image_id"],
        record.get("id", -1),
        record["category_id"],
        rings_of_rle(segmentation) if isinstance(segmentation, dict) else segmentation,
        is_ignored=bool(record.get("iscrowd", 0)),
        adds_up=not is_rle,
    )
