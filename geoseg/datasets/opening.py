"""Opening a dataset of whatever kind."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

from geoseg.config import DatasetConfig
from geoseg.datasets.chosen_images import ChosenImages
from geoseg.datasets.classes import rename_classes
from geoseg.datasets.coco import ANNOTATION_NAMES, find_annotation, index_coco
from geoseg.datasets.faults import Faults
from geoseg.datasets.image_pixels import PixelReader
from geoseg.datasets.index_cache import index_cached
from geoseg.datasets.indexed_images import ImageOptions, IndexedImages
from geoseg.datasets.made_scenes import MadeScenes
from geoseg.datasets.mask_folder import MaskFolder
from geoseg.datasets.raster_scene import RasterScene
from geoseg.datasets.sources import LabelledImages
from geoseg.datasets.spacenet import index_spacenet, is_spacenet
from geoseg.datasets.via import PROJECT_KEY, index_via
from geoseg.errors import DatasetError
from geoseg.json_stream import stream_members

IMAGES_FOLDER = "images"
MASKS_FOLDER = "masks"

# Arrays give each element; COCO may begin with a few dozen licences.
_SNIFFED_MEMBERS = 100


def open_dataset(
    config: DatasetConfig,
    *,
    strict: bool = False,
    tile_size_px: int = 300,
    faults: Faults | None = None,
) -> LabelledImages:
    """Open a dataset; what it is shows from the files that are there, unless `kind` says.

    What is broken in it is left out, counted and logged; `faults` of the result has it.

    Args:
        config: where it is, and how it is taken.
        strict: what is broken is an error.
        tile_size_px: side of the samples, for how large places on a raster have to be.
        faults: is told of what is left out, instead of the log.

    Raises:
        DatasetError: nothing that is known is there, `only` names no image of it, labels cannot
            be read, or something is broken and that is an error.
        RasterError, VectorError, AoiError, CRSError: a raster, its labels or its area cannot be
            read.
    """
    if faults is None:
        faults = Faults(str(config.path or config.scene or config.scenes), strict)
    images: LabelledImages
    if config.scenes is not None:
        images = MadeScenes(config, faults)
    elif config.scene is not None:
        images = RasterScene(config, faults, tile_size_px=tile_size_px)
    else:
        files = _open_path(Path(str(config.path)), config, faults)
        images = files if config.only is None else ChosenImages(files, Path(config.only))
    faults.report()
    return images if config.classes is None else rename_classes(images, config.classes)


def _open_path(path: Path, config: DatasetConfig, faults: Faults) -> IndexedImages | MaskFolder:
    kind, labels = find_labels(path, config.kind)
    options = ImageOptions(config.gsd_m, PixelReader(config.bands, config.scale))
    folder = Path(config.images) if config.images is not None else _find_images(labels)
    if not folder.is_dir():
        raise DatasetError(f"{folder} must be the folder of the images; there is none.")
    if kind == "masks":
        return MaskFolder(path, folder, labels, faults, options)
    if kind == "coco":
        # A kept index knows how often each fault was found, and not where.
        read = index_coco if faults.is_auditing else partial(index_cached, make_index=index_coco)
        index = read(labels, faults)
    elif kind == "via":
        index = index_via(labels, folder, faults, attribute=config.class_attribute)
    else:
        index = index_spacenet(labels, folder, faults)
    return IndexedImages(str(path), index, folder, faults, options)


def _find_images(labels: Path) -> Path:
    """The folder of images that goes with labels: `images` beside them, or theirs."""
    beside = labels.parent / IMAGES_FOLDER
    return beside if beside.is_dir() or labels.is_dir() else labels.parent


def find_labels(path: Path, kind: str | None = None) -> tuple[str, Path]:
    """What kind of labels are at a path.

    Args:
        path: a folder or a file of labels.
        kind: one of "coco", "via", "masks" and "spacenet", if that is known.

    Returns:
        The kind, and the file or the folder of masks.

    Raises:
        DatasetError: nothing that is known is there; the message says what was looked for.
    """
    found = look_for_labels(path, kind)
    if found is not None:
        return found
    looked_for = {
        "coco": f"COCO ({', '.join(ANNOTATION_NAMES)} or a json)",
        "masks": f"{IMAGES_FOLDER}/ with {MASKS_FOLDER}/",
        "via": "VIA (a json with filename and regions)",
        "spacenet": "a CSV of SpaceNet (ImageId, PolygonWKT_Pix)",
    }
    wanted = "; ".join(looked_for.values()) if kind is None else looked_for[kind]
    raise DatasetError(f"{path} must hold labels; looked for {wanted}, and found none.")


def look_for_labels(path: Path, kind: str | None = None) -> tuple[str, Path] | None:
    """What kind of labels are at a path, see `find_labels`; None where nothing known is there.

    Raises:
        DatasetError: there is no such path, or it holds several files of labels of a kind.
    """
    if not path.exists():
        raise DatasetError(f"{path} must be a folder or a file of labels; there is none.")
    if kind is not None and kind != "masks" and path.is_file():
        return kind, path
    finders = {
        "coco": _find_coco, "masks": _find_masks, "via": _find_via, "spacenet": _find_spacenet,
    }  # fmt: skip
    for name, find in finders.items():
        if kind in (None, name):
            found = find(path)
            if found is not None:
                return name, found
    return None


def _find_coco(path: Path) -> Path | None:
    named = find_annotation(path)
    # VIA's files may have such a name too; a damaged one is for the reader to complain of.
    if named is not None and _sniff_json(named) != "via":
        return named
    return _find_file(path, ".json", lambda file: _sniff_json(file) == "coco")


def _find_via(path: Path) -> Path | None:
    return _find_file(path, ".json", lambda file: _sniff_json(file) == "via")


def _find_spacenet(path: Path) -> Path | None:
    return _find_file(path, ".csv", is_spacenet)


def _find_masks(path: Path) -> Path | None:
    masks = path / MASKS_FOLDER
    return masks if masks.is_dir() and (path / IMAGES_FOLDER).is_dir() else None


def _find_file(path: Path, suffix: str, fits: Callable[[Path], bool]) -> Path | None:
    """A file that fits: the path itself, or the only one of a folder.

    Raises:
        DatasetError: several of the folder do.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    found = [file for file in files if file.suffix.lower() == suffix and fits(file)]
    if len(found) > 1:
        names = ", ".join(file.name for file in found[:3])
        raise DatasetError(f"{path} must hold one file of labels; got {names}: name one of them.")
    return found[0] if found else None


def _sniff_json(path: Path) -> str | None:
    """What a file is by its first members, as it may be large: "coco", "via" or None."""
    try:
        for key, value in itertools.islice(stream_members(path), _SNIFFED_MEMBERS):
            if key in ("images", "annotations", "categories") and value is None:
                return "coco"
            is_record = isinstance(value, dict) and "filename" in value and "regions" in value
            if key == PROJECT_KEY or is_record:
                return "via"
    except (DatasetError, OSError, UnicodeDecodeError):
        pass
    return None
