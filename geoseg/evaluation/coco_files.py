"""COCO results and annotations as pycocotools wants them, and what can be wrong with them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.errors import DatasetError


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


def read_sizes(path: Path, truth: dict[str, Any]) -> dict[int, tuple[int, int]]:
    """Height and width of each image of the annotations, by id.

    Raises:
        DatasetError: an image lacks one of them.
    """
    try:
        return {image["id"]: (image["height"], image["width"]) for image in truth["images"]}
    except (KeyError, TypeError) as error:
        raise DatasetError(
            f"{path}: must list images with id, height and width; {error} is missing."
        ) from error


def check_predictions(
    path: Path, results: list[Any], sizes: dict[int, tuple[int, int]], categories: set[int]
) -> None:
    """Check that predictions have all keys and name known images and categories.

    Raises:
        DatasetError: one does not.
    """
    for number, entry in enumerate(results):
        for key in ("image_id", "category_id", "score", "segmentation"):
            if not isinstance(entry, dict) or key not in entry:
                raise DatasetError(f"{path}: each entry must have {key}; entry {number} has none.")
        for key, known in (("image_id", sizes), ("category_id", categories)):
            if entry[key] not in known:
                raise DatasetError(
                    f"{path}: {key} must be one of the annotations'; got {entry[key]}."
                )


def encode_all(
    path: Path, entries: Iterable[dict[str, Any]], sizes: dict[int, tuple[int, int]]
) -> list[dict[str, Any]]:
    """Entries with RLE masks, and boxes and areas made from them; ids count from 1.

    Args:
        path: where they are from, for messages.
        entries: annotations or results.
        sizes: height and width of each image by id.

    Raises:
        DatasetError: a segmentation is missing or cannot be decoded.
    """
    from pycocotools import mask as coco_mask

    encoded = []
    for number, entry in enumerate(entries, start=1):
        try:
            rle = _encode(entry["segmentation"], sizes[entry["image_id"]])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise DatasetError(
                f"{path}: entry {number - 1} cannot be decoded: {error!r}."
            ) from error
        encoded.append(
            {
                "id": number,
                "image_id": entry["image_id"],
                "category_id": entry["category_id"],
                "iscrowd": entry.get("iscrowd", 0),
                "score": entry.get("score", 0.0),
                "segmentation": rle,
                "area": float(coco_mask.area(rle)),
                "bbox": coco_mask.toBbox(rle).tolist(),
            }
        )
    return encoded


def _encode(segmentation: Any, shape_hw: tuple[int, int]) -> Any:
    from pycocotools import mask as coco_mask

    if isinstance(segmentation, list):
        # pycocotools takes fewer than three points for a box.
        rings = [ring for ring in segmentation if len(ring) >= 6]
        if not rings:
            return coco_mask.encode(np.zeros(shape_hw, dtype=np.uint8, order="F"))
        return coco_mask.merge(coco_mask.frPyObjects(rings, *shape_hw))
    if tuple(segmentation["size"]) != tuple(shape_hw):
        raise ValueError(f"size must be {list(shape_hw)}; got {segmentation['size']}")
    if isinstance(segmentation["counts"], list):
        return coco_mask.frPyObjects(segmentation, *shape_hw)
    return segmentation


def index_coco(head: dict[str, Any], annotations: list[dict[str, Any]]) -> Any:
    """A `pycocotools.coco.COCO` of annotations or results.

    Args:
        head: images and categories.
        annotations: as of `encode_all`.
    """
    from pycocotools.coco import COCO

    with quiet():
        coco = COCO()
        coco.dataset = {**head, "annotations": annotations}
        coco.createIndex()
    return coco


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what pycocotools prints from standard output."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
