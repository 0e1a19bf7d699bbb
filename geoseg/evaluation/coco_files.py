"""Reading COCO annotations and results, and what can be wrong with them."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geoseg.errors import DatasetError
from geoseg.evaluation.coco_masks import CocoMasks, Record, encode_records
from geoseg.json_stream import stream_array, stream_members

_KEYS = ("image_id", "category_id", "score", "segmentation")


@dataclass(frozen=True)
class CocoTruth:
    """What an annotation says.

    Attributes:
        path: the file, for messages.
        shapes_hw: height and width of each image, by id.
        names: file name of each image that has one, by id.
        category_ids: in the order of the file.
        masks: the labelled objects.
    """

    path: Path
    shapes_hw: dict[int, tuple[int, int]]
    names: dict[int, str]
    category_ids: tuple[int, ...]
    masks: CocoMasks = field(repr=False)


def read_truth(path: Path, *, num_processes: int = 1) -> CocoTruth:
    """Read an annotation in one pass, in which polygons become masks.

    Args:
        path: COCO annotations, with polygons or RLE.
        num_processes: 1 for this process alone; with more, others make the masks.

    Raises:
        DatasetError: the file cannot be read, images lack a size, or an object names an image
            that is not listed, or cannot be decoded.
    """
    head = _Head(path)
    with _naming(path):
        masks = encode_records(_stream_labels(path, head), path, num_processes)
    head.check()
    return CocoTruth(path, head.shapes_hw, head.names, tuple(head.category_ids), masks)


def read_predictions(
    path: Path, truth: CocoTruth, *, category: int | None = None, num_processes: int = 1
) -> CocoMasks:
    """Read COCO results in one pass.

    Ids and scores may be text. Keys other than the four that are needed are passed over, but for
    `bbox`, see `CocoMasks.published_areas`.

    Args:
        path: list of `{"image_id", "category_id", "score", "segmentation"}`; what segmentations
            may be says `geoseg.evaluation.rle.encode_segmentation`.
        truth: what they will be compared with.
        category: taken for that of every entry; None takes theirs.
        num_processes: as of `read_truth`.

    Raises:
        DatasetError: the file cannot be read, an entry lacks a key or cannot be decoded, its
            score is no number, or its image or category is not one of the annotations'.
    """
    if category is not None and category not in truth.category_ids:
        raise DatasetError(
            f"category must be one of the annotations', {list(truth.category_ids)}; got {category}."
        )
    with _naming(path):
        return encode_records(_stream_results(path, truth, category), path, num_processes)


class _Head:
    """Images and categories, as they are met."""

    def __init__(self, path: Path) -> None:
        self.shapes_hw: dict[int, tuple[int, int]] = {}
        self.names: dict[int, str] = {}
        self.category_ids: list[int] = []
        self.seen: set[str] = set()
        self.path = path

    def add(self, key: str, record: dict[str, Any]) -> None:
        if key == "categories":
            self.category_ids.append(record["id"])
            return
        try:
            self.shapes_hw[record["id"]] = (record["height"], record["width"])
        except (KeyError, TypeError) as error:
            raise DatasetError(
                f"{self.path}: must list images with id, height and width; {error} is missing."
            ) from error
        if "file_name" in record:
            self.names[record["id"]] = str(record["file_name"])

    def check(self) -> None:
        if "images" not in self.seen:
            raise DatasetError(
                f"{self.path}: must list images with id, height and width; images is missing."
            )


def _stream_labels(path: Path, head: _Head) -> Iterator[Record]:
    """The objects of an annotation, after `head` has been filled."""
    early: list[tuple[int, Any]] = []
    row = 0
    for key, value in stream_members(path):
        head.seen.add(key)
        if value is None:
            continue
        if key in ("images", "categories"):
            head.add(key, value)
        elif key == "annotations":
            if head.seen >= {"images", "categories"}:
                yield _make_label(row, value, head)
            else:
                early.append((row, value))
            row += 1
    head.check()
    for row, value in early:
        yield _make_label(row, value, head)


def _make_label(row: int, entry: Any, head: _Head) -> Record:
    try:
        return Record(
            row=row,
            id=int(entry.get("id", row + 1)),
            image_id=entry["image_id"],
            category_id=entry["category_id"],
            score=0.0,
            is_crowd=bool(entry.get("iscrowd", 0)),
            published_area=_as_area(entry.get("area")),
            shape_hw=head.shapes_hw[entry["image_id"]],
            segmentation=entry["segmentation"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DatasetError(f"{head.path}: entry {row} cannot be decoded: {error!r}.") from error


def _stream_results(path: Path, truth: CocoTruth, category: int | None) -> Iterator[Record]:
    known = set(truth.category_ids)
    has_boxes = False
    for row, entry in enumerate(stream_array(path)):
        for key in _KEYS:
            if not isinstance(entry, dict) or key not in entry:
                raise DatasetError(f"{path}: each entry must have {key}; entry {row} has none.")
        if row == 0:
            # The first entry decides for all, as it does in pycocotools.
            has_boxes = bool(entry.get("bbox"))
        image_id = _as_id(entry["image_id"])
        category_id = _as_id(entry["category_id"]) if category is None else category
        if image_id is None or image_id not in truth.shapes_hw:
            raise DatasetError(
                f"{path}: image_id must be one of the annotations'; got {entry['image_id']}."
            )
        if category_id is None or category_id not in known:
            raise DatasetError(
                f"{path}: category_id must be one of the annotations'; got {entry['category_id']}, "
                f"which is not in {list(truth.category_ids)}."
            )
        yield Record(
            row=row,
            id=row + 1,
            image_id=image_id,
            category_id=category_id,
            score=_as_score(path, row, entry["score"]),
            is_crowd=False,
            published_area=_box_area(entry.get("bbox")) if has_boxes else math.nan,
            shape_hw=truth.shapes_hw[image_id],
            segmentation=entry["segmentation"],
        )


def _as_id(value: Any) -> int | None:
    """An id, which may be written as text; None for what can be none."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    is_number = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return int(value) if is_number else None


def _as_score(path: Path, row: int, value: Any) -> float:
    try:
        score = float(value)
    except (TypeError, ValueError):
        score = math.nan
    if not math.isfinite(score):
        raise DatasetError(f"{path}: score must be a number; entry {row} has {value!r}.")
    return score


def _as_area(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _box_area(box: Any) -> float:
    """Width by height of a box; NaN for none."""
    try:
        return float(box[2] * box[3])
    except (TypeError, IndexError, KeyError):
        return math.nan


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say of which file the messages of the JSON reader are."""
    try:
        yield
    except DatasetError as error:
        if not str(error).startswith("must be JSON"):
            raise
        raise DatasetError(f"{path} {error}") from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read as JSON: {error}") from error


def load_json(path: Path, kind: type) -> Any:
    """The content of a JSON file.

    Raises:
        DatasetError: it cannot be read, or does not hold a `kind`, dict or list.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = json.load(file)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(content, kind):
        raise DatasetError(
            f"{path}: must hold a JSON {'object' if kind is dict else 'list'}; "
            f"got {type(content).__name__}."
        )
    return content


def choose_images(truth: CocoTruth, only: Iterable[str]) -> frozenset[int]:
    """Ids of the images of these file names.

    Args:
        truth: the annotation.
        only: file names, as the annotation gives them; others are passed over.

    Raises:
        DatasetError: none of the names is in the annotation.
    """
    wanted = {name.replace("\\", "/").removeprefix("./") for name in only}
    chosen = frozenset(
        image_id
        for image_id, name in truth.names.items()
        if name.replace("\\", "/").removeprefix("./") in wanted
    )
    if not chosen:
        raise DatasetError(
            f"{truth.path} must have images of the list; got none of its {len(wanted)} names."
        )
    return chosen
