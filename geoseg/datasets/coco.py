"""Labelled images in COCO layout, as the crowdAI mapping challenge publishes them."""

from __future__ import annotations

import json
import logging
import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.errors import DatasetError

logger = logging.getLogger(__name__)

ANNOTATION_NAMES = ("annotation.json", "annotations.json")

Ring = NDArray[np.float32]


@dataclass(frozen=True)
class LabelledObject:
    """One object of an image.

    Attributes:
        rings: float32 (V, 2) each, V at least 3, (x, y) in pixels, (0, 0) the outer corner of
            the first pixel; filled by the even-odd rule, so that a ring in a ring is a hole.
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
        num_skipped: annotations that were left out, as they have no usable polygon.
    """

    folder: Path
    class_names: tuple[str, ...]
    images: tuple[LabelledImage, ...]
    num_skipped: int = 0


def read_coco(folder: Path, *, default_gsd_m: float = 0.3) -> CocoDataset:
    """Read `images/` and `annotation.json`.

    Boxes and areas in the file are not used: published ones are often wrong. Whether the image
    files are there is not looked at.

    Args:
        folder: holds the annotation and the folder `images`.
        default_gsd_m: for images that have no `gsd_m` of their own.

    Raises:
        DatasetError: the annotation is missing or is not COCO, or names an image or a category
            that it does not define.
    """
    path = _annotation_path(folder)
    try:
        # Coordinates become arrays while the file is read: as Python numbers those of a large
        # dataset would take many times its size.
        content = json.loads(path.read_text(encoding="utf-8"), object_hook=_pack_polygons)
        return _make_dataset(folder, content, default_gsd_m)
    except KeyError as error:
        raise DatasetError(f"{path} must be COCO json; a record lacks {error}.") from error
    except DatasetError as error:
        raise DatasetError(f"{path} {error}") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DatasetError(f"{path} must be COCO json; got {error}.") from error


def _annotation_path(folder: Path) -> Path:
    for name in ANNOTATION_NAMES:
        if (folder / name).is_file():
            return folder / name
    raise DatasetError(f"{folder} must hold {ANNOTATION_NAMES[0]}; found none.")


def _pack_polygons(record: dict[str, Any]) -> dict[str, Any]:
    if isinstance(record.get("segmentation"), list):
        record["segmentation"] = [np.array(flat, np.float32) for flat in record["segmentation"]]
    return record


def _make_dataset(folder: Path, content: dict[str, Any], default_gsd_m: float) -> CocoDataset:
    """The dataset from parsed JSON.

    Raises:
        DatasetError: without the name of the file.
        KeyError, TypeError, ValueError, AttributeError: a record is not as COCO has it.
    """
    categories = sorted(content["categories"], key=lambda category: category["id"])
    class_of = {category["id"]: index for index, category in enumerate(categories)}
    known = {image["id"] for image in content["images"]}
    objects: dict[int, list[LabelledObject]] = defaultdict(list)
    num_skipped = 0
    for annotation in content["annotations"]:
        category_id, image_id = annotation["category_id"], annotation["image_id"]
        if category_id not in class_of:
            raise DatasetError(f"must define every category it uses; got {category_id}.")
        if image_id not in known:
            raise DatasetError(f"must list every image it labels; got image_id {image_id}.")
        rings = _read_rings(annotation.get("segmentation"))
        is_ignored = bool(annotation.get("iscrowd", 0))
        if rings:
            objects[image_id].append(LabelledObject(rings, class_of[category_id], is_ignored))
        else:
            num_skipped += 1
    if num_skipped:
        logger.warning("%s: %d annotations have no usable polygon", folder, num_skipped)
    images = tuple(
        _read_image_record(image, folder, tuple(objects.get(image["id"], ())), default_gsd_m)
        for image in sorted(content["images"], key=lambda image: image["id"])
    )
    return CocoDataset(folder, tuple(str(one["name"]) for one in categories), images, num_skipped)


def _read_image_record(
    image: dict[str, Any],
    folder: Path,
    objects: tuple[LabelledObject, ...],
    default_gsd_m: float,
) -> LabelledImage:
    width, height = int(image["width"]), int(image["height"])
    gsd_m = float(image.get("gsd_m", default_gsd_m))
    if width < 1 or height < 1 or not gsd_m > 0:
        raise DatasetError(
            f"must give images a size and a gsd_m above 0; got {width} x {height} px and "
            f"{gsd_m} m for {image['file_name']}."
        )
    path = folder / "images" / image["file_name"]
    return LabelledImage(path, int(image["id"]), width, height, gsd_m, objects)


def _read_rings(segmentation: Any) -> tuple[Ring, ...]:
    """Rings of a segmentation in either of COCO's two forms; none where nothing is usable."""
    if isinstance(segmentation, dict):
        return _rings_of_rle(segmentation)
    rings = [flat[: len(flat) // 2 * 2].reshape(-1, 2) for flat in segmentation or ()]
    rings = [ring for ring in rings if len(ring) >= 3 and np.isfinite(ring).all()]
    # COCO's polygons add up: where two of them overlap there is no hole.
    return tuple(rings) if len(rings) < 2 else _unite_rings(rings)


def _unite_rings(rings: list[Ring]) -> tuple[Ring, ...]:
    united = shapely.union_all(shapely.make_valid([shapely.Polygon(ring) for ring in rings]))
    parts = [part for part in shapely.get_parts(united) if part.geom_type == "Polygon"]
    return tuple(
        shapely.get_coordinates(ring).astype(np.float32) for ring in shapely.get_rings(parts)
    )


def _rings_of_rle(rle: dict[str, Any]) -> tuple[Ring, ...]:
    """Outlines of a run-length mask, along the pixels' borders to within half a pixel."""
    import contourpy
    from pycocotools import mask as mask_api

    height, width = rle["size"]
    packed = mask_api.frPyObjects(rle, height, width) if isinstance(rle["counts"], list) else rle
    with warnings.catch_warnings():
        # pycocotools was written for NumPy 1.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        mask = np.pad(mask_api.decode(packed), 1).astype(np.float32)
    lines = contourpy.contour_generator(z=mask).lines(0.5)
    # The values sit at pixel centres, and the first row and column are padding.
    return tuple(np.asarray(line, np.float32) - 0.5 for line in lines if len(line) >= 4)
