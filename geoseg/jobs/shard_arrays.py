"""The result of a shard as plain arrays, and back without a bit of difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoseg.types import Detection, Footprints, PendingOutlines, ShardResult, Window

if TYPE_CHECKING:
    from pyproj import CRS

Arrays = dict[str, NDArray[Any]]


def pack_result(result: ShardResult) -> Arrays:
    """The arrays of a result, by name; neither the CRS nor the raster is among them."""
    footprints, outlines = result.footprints, result.outlines
    counts = (result.index, result.num_tiles, result.num_found, result.num_valid_px)
    return {
        "counts": np.array(counts, np.int64),
        "unread": np.array(result.unread, np.int64).reshape(-1, 4),
        **_pack_polygons("footprint", footprints.polygons),
        "footprint_scores": np.asarray(footprints.scores, np.float32),
        "footprint_areas_m2": np.asarray(footprints.areas_m2, np.float64),
        **_pack_polygons("outline", outlines.polygons),
        "outline_scores": np.asarray(outlines.scores, np.float32),
        "outline_boxes": np.asarray(outlines.boxes, np.float32).reshape(-1, 4),
        **_pack_detections(result.detections),
    }


def unpack_result(arrays: Mapping[str, NDArray[Any]], crs: CRS) -> ShardResult:
    """The result that `pack_result` made into arrays.

    Args:
        arrays: by name.
        crs: of the footprints.

    Raises:
        KeyError, ValueError, shapely.errors.GEOSException: the arrays are of something else.
    """
    index, num_tiles, num_found, num_valid_px = arrays["counts"].tolist()
    footprints = Footprints(
        _unpack_polygons("footprint", arrays),
        arrays["footprint_scores"],
        arrays["footprint_areas_m2"],
        crs,
    )
    outlines = PendingOutlines(
        _unpack_polygons("outline", arrays), arrays["outline_scores"], arrays["outline_boxes"]
    )
    return ShardResult(
        index,
        footprints,
        outlines,
        _unpack_detections(arrays),
        num_tiles,
        num_found,
        num_valid_px,
        tuple(Window(*window) for window in arrays["unread"].tolist()),
    )


def _pack_polygons(name: str, polygons: NDArray[np.object_]) -> Arrays:
    # WKB holds float64 coordinates exactly.
    return _pack_bytes(name, shapely.to_wkb(polygons, byte_order=1))


def _unpack_polygons(name: str, arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.object_]:
    polygons = np.empty(len(arrays[f"{name}_ends"]), object)
    polygons[:] = shapely.from_wkb(_unpack_bytes(name, arrays))
    return polygons


def _pack_detections(detections: Iterable[Detection]) -> Arrays:
    some = tuple(detections)
    masks = [np.ascontiguousarray(one.mask) for one in some]
    little = [mask.astype(mask.dtype.newbyteorder("<"), copy=False) for mask in masks]
    return {
        "detection_boxes": np.array([one.box for one in some], np.float32).reshape(-1, 4),
        # As float64: a score is a Python float.
        "detection_scores": np.array([one.score for one in some], np.float64),
        "detection_classes": np.array([one.class_index for one in some], np.int64),
        "detection_tiles": np.array([one.tile_index for one in some], np.int64),
        "mask_shapes": np.array([mask.shape for mask in masks], np.int64).reshape(-1, 2),
        "mask_itemsizes": np.array([mask.itemsize for mask in masks], np.uint8),
        **_pack_bytes("mask", [mask.tobytes() for mask in little]),
    }


def _unpack_detections(arrays: Mapping[str, NDArray[Any]]) -> tuple[Detection, ...]:
    masks = [
        np.frombuffer(content, f"<f{itemsize}").astype(f"f{itemsize}").reshape(shape)
        for content, itemsize, shape in zip(
            _unpack_bytes("mask", arrays),
            arrays["mask_itemsizes"].tolist(),
            arrays["mask_shapes"].tolist(),
            strict=True,
        )
    ]
    return tuple(
        Detection(box, score, mask, class_index, tile_index)
        for box, score, mask, class_index, tile_index in zip(
            arrays["detection_boxes"],
            arrays["detection_scores"].tolist(),
            masks,
            arrays["detection_classes"].tolist(),
            arrays["detection_tiles"].tolist(),
            strict=True,
        )
    )


def _pack_bytes(name: str, parts: Iterable[bytes]) -> Arrays:
    """Byte strings of any length as one array, and where each of them ends."""
    content = list(parts)
    ends = np.cumsum([len(part) for part in content], dtype=np.int64)
    return {
        f"{name}_bytes": np.frombuffer(b"".join(content), np.uint8),
        f"{name}_ends": ends,
    }


def _unpack_bytes(name: str, arrays: Mapping[str, NDArray[Any]]) -> list[bytes]:
    content = arrays[f"{name}_bytes"].tobytes()
    ends = arrays[f"{name}_ends"].tolist()
    return [content[start:end] for start, end in zip([0, *ends], ends, strict=False)]
