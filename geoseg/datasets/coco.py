"""Labelled images in COCO layout, as the crowdAI mapping challenge publishes them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DatasetError

ANNOTATION_NAMES = ("annotation.json", "annotations.json")

Ring = NDArray[np.float32]


@dataclass(frozen=True)
class LabelledObject:
    """One object of an image.

    Attributes:
        rings: float32 (V, 2) each, (x, y) in pixels; filled by the even-odd rule.
        class_index: 0-based, in order of category ids.
        is_ignored: nothing is learned here (COCO's iscrowd).
    """

    rings: tuple[Ring, ...]
    class_index: int = 0
    is_ignored: bool = False


@dataclass(frozen=True)
class LabelledImage:
    """One image and what is on it.

    Attributes:
        path: the image file.
        image_id: its id in the annotation.
        width, height: pixels.
        gsd_m: ground metres per pixel.
        objects: its labels.
    """

    path: Path
    image_id: int
    width: int
    height: int
    gsd_m: float
    objects: tuple[LabelledObject, ...]


@dataclass(frozen=True)
class CocoDataset:
    """A folder of labelled images.

    Attributes:
        folder: where it was read from.
        class_names: in order of category ids.
        images: sorted by id.
        num_skipped: annotations without a usable polygon.
    """

    folder: Path
    class_names: tuple[str, ...]
    images: tuple[LabelledImage, ...]
    num_skipped: int = 0


def read_coco(folder: Path, *, default_gsd_m: float = 0.3) -> CocoDataset:
    """Read `images/` and `annotation.json`.

    Boxes and areas in the file are not used: published ones are often wrong.

    Args:
        folder: holds the annotation and the folder `images`.
        default_gsd_m: for images that have no `gsd_m` of their own.

    Raises:
        DatasetError: the annotation is missing, is not COCO, or names an unknown image.
    """
    path = _annotation_path(folder)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        categories = sorted(content["categories"], key=lambda category: category["id"])
        images, annotations = content["images"], content["annotations"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path} must be COCO json; got {error!r}.") from error
    class_of = {category["id"]: index for index, category in enumerate(categories)}
    objects: dict[int, list[LabelledObject]] = defaultdict(list)
    num_skipped = 0
    for annotation in annotations:
        labelled = _read_object(annotation, class_of, path)
        if labelled is None:
            num_skipped += 1
        else:
            objects[annotation["image_id"]].append(labelled)
    unknown = set(objects) - {image["id"] for image in images}
    if unknown:
        raise DatasetError(f"{path} must list every image it labels; got image_id {min(unknown)}.")
    found = tuple(
        LabelledImage(
            path=folder / "images" / image["file_name"],
            image_id=int(image["id"]),
            width=int(image["width"]),
            height=int(image["height"]),
            gsd_m=float(image.get("gsd_m", default_gsd_m)),
            objects=tuple(objects.get(image["id"], ())),
        )
        for image in sorted(images, key=lambda image: image["id"])
    )
    names = tuple(str(category["name"]) for category in categories)
    return CocoDataset(folder, names, found, num_skipped)


def _annotation_path(folder: Path) -> Path:
    for name in ANNOTATION_NAMES:
        if (folder / name).is_file():
            return folder / name
    raise DatasetError(f"{folder} must hold {ANNOTATION_NAMES[0]}; found none.")


def _read_object(
    annotation: dict[str, Any], class_of: dict[int, int], path: Path
) -> LabelledObject | None:
    segmentation = annotation.get("segmentation")
    if annotation["category_id"] not in class_of:
        raise DatasetError(
            f"{path} must define every category it uses; got {annotation['category_id']}."
        )
    if isinstance(segmentation, list):
        rings = tuple(_read_ring(flat) for flat in segmentation if len(flat) >= 6)
    elif isinstance(segmentation, dict):
        rings = _rings_of_rle(segmentation)
    else:
        rings = ()
    if not rings:
        return None
    is_ignored = bool(annotation.get("iscrowd", 0))
    return LabelledObject(rings, class_of[annotation["category_id"]], is_ignored)


def _read_ring(flat: list[float]) -> Ring:
    return np.asarray(flat[: len(flat) // 2 * 2], np.float32).reshape(-1, 2)


def _rings_of_rle(rle: dict[str, Any]) -> tuple[Ring, ...]:
    """Outlines of a run-length mask, along the pixels' borders to within half a pixel."""
    import contourpy
    from pycocotools import mask as mask_api

    height, width = rle["size"]
    packed = mask_api.frPyObjects(rle, height, width) if isinstance(rle["counts"], list) else rle
    mask = np.pad(mask_api.decode(packed), 1).astype(np.float32)
    lines = contourpy.contour_generator(z=mask).lines(0.5)
    return tuple(np.asarray(line, np.float32) - 0.5 for line in lines if len(line) >= 4)
