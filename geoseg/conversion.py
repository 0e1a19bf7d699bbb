"""Footprints of a vector file, drawn or reviewed by people, in the formats of `geoseg.export`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

import geoseg
from geoseg.crs import local_metric_crs, transform_polygons
from geoseg.errors import OutputError, VectorError
from geoseg.evaluation.reading import Buildings, list_polygon_layers, read_buildings
from geoseg.export import check_outputs, write_footprints
from geoseg.export.found_origin import find_origin
from geoseg.footprints.settle import group_near
from geoseg.types import FootprintList, Footprints, NoProgress, Origin, Progress

# Buildings that are written at once, but for rows of houses, which are not cut.
_BATCH_SIZE = 2048


@dataclass(frozen=True)
class ExportRequest:
    """What is asked of an export.

    Attributes:
        source: a vector file.
        outputs: files of footprints, at least one.
        created: ISO time, for files that do not say when they were made.
        layer: of the source; None takes the first with polygons.
        where: only features of which this condition in SQL is true.
        score: buildings with a lower score are left out; those without one are kept.
        min_area_m2: smaller buildings are left out.
        overwrite: results that exist may be replaced.
    """

    source: Path
    outputs: tuple[Path, ...]
    created: str
    layer: str | None = None
    where: str | None = None
    score: float | None = None
    min_area_m2: float = 0.0
    overwrite: bool = False


@dataclass(frozen=True)
class ExportResult:
    """What an export has written.

    Attributes:
        num_buildings: footprints in each output.
        num_left_out: those of too low a score or too small.
        written: files of footprints.
    """

    num_buildings: int
    num_left_out: int
    written: tuple[Path, ...]


def export_footprints(request: ExportRequest, progress: Progress | None = None) -> ExportResult:
    """Write the footprints of a vector file in other formats.

    They are kept as they are: in the CRS of the file where the format holds it, and in its order,
    but for neighbours, which follow each other. A building in several parts becomes several. Areas
    are measured, as outlines may have been edited since one was noted. The origin is that of the
    file where it has one, with what was asked for.

    Args:
        request: what to write.
        progress: is told of every output.

    Raises:
        VectorError: the source cannot be read, has no polygons, or not what is asked for.
        CRSError: a building lies where the CRS is not defined.
        OutputError: a result cannot be written.
        OutputExistsError: a result is there already.

    Warns:
        UserWarning: polygons were repaired, or other layers have polygons too.
    """
    check_outputs(request.outputs, request.overwrite)
    source = request.source.resolve()
    for path in request.outputs:
        if path.resolve() == source:
            raise OutputError(f"{path}: an output must not replace an input of the same run.")
    progress = progress or NoProgress()
    progress.start("outputs", len(request.outputs))
    buildings = read_buildings(request.source, layer=request.layer, where=request.where)
    _warn_of_layers(request)
    if buildings.num_repaired:
        warnings.warn(
            f"{request.source}: {buildings.num_repaired:,} buildings had outlines that cross "
            "themselves, and were repaired.",
            stacklevel=2,
        )
    footprints, near = _measure(buildings)
    is_kept = _choose(footprints, request)
    batches = FootprintList(tuple(_part(_take(footprints, is_kept), near[is_kept])), buildings.crs)
    origin = make_export_origin(request)
    written: list[Path] = []
    for path in request.outputs:
        written += write_footprints(path, batches, origin, overwrite=request.overwrite)
        progress.advance(1)
    progress.finish()
    return ExportResult(len(batches), int((~is_kept).sum()), tuple(written))


def make_export_origin(request: ExportRequest) -> Origin:
    """The origin of the source with what the export was asked for, or what is known without one."""
    layer = request.layer or next(iter(list_polygon_layers(request.source)), None)
    found = find_origin(request.source, layer)
    origin = found or Origin(geoseg.__version__, "", "", "", "", request.created, {})
    asked = {
        "export.input": request.source.name,
        "export.layer": request.layer,
        "export.where": request.where,
        "export.score": request.score,
        "export.min_area_m2": request.min_area_m2 or None,
    }
    told = {name: value for name, value in asked.items() if value is not None}
    return replace(origin, config={**origin.config, **told})


def _warn_of_layers(request: ExportRequest) -> None:
    layers = [] if request.layer else list_polygon_layers(request.source)
    if len(layers) > 1:
        warnings.warn(
            f"{request.source}: the layer {layers[0]} is exported; --layer chooses another of "
            f"{', '.join(layers[1:])}.",
            stacklevel=3,
        )


def _measure(buildings: Buildings) -> tuple[Footprints, NDArray[np.int64]]:
    """Footprints with their areas, and numbers of the groups of those that lie close together."""
    polygons = shapely.orient_polygons(buildings.polygons)
    scores = buildings.scores
    if scores is None:
        scores = np.full(len(polygons), np.nan)
    if not len(polygons):
        empty = np.empty(0)
        return Footprints(polygons, empty.astype(np.float32), empty, buildings.crs), (
            empty.astype(np.int64)
        )
    west, south, east, north = shapely.total_bounds(polygons).tolist()
    metric = local_metric_crs(buildings.crs, (west + east) / 2, (south + north) / 2)
    on_ground = transform_polygons(polygons, buildings.crs, metric)
    areas_m2 = shapely.area(on_ground)
    return (
        Footprints(polygons, scores.astype(np.float32), areas_m2, buildings.crs),
        group_near(on_ground),
    )


def _choose(footprints: Footprints, request: ExportRequest) -> NDArray[np.bool_]:
    is_kept: NDArray[np.bool_] = footprints.areas_m2 >= request.min_area_m2
    if request.score is not None:
        scores = footprints.scores
        if len(scores) and np.isnan(scores).all():
            raise VectorError(f"{request.source}: must have scores to choose by; it has none.")
        # What has no score was drawn by somebody.
        is_kept &= ~(scores < np.float32(request.score))
    return is_kept


def _take(footprints: Footprints, chosen: NDArray[np.generic]) -> Footprints:
    return Footprints(
        footprints.polygons[chosen],
        footprints.scores[chosen],
        footprints.areas_m2[chosen],
        footprints.crs,
    )


def _part(footprints: Footprints, groups: NDArray[np.int64]) -> Iterator[Footprints]:
    """Batches of whole groups, in the order of the first of each."""
    if not len(footprints):
        return
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    places = first[inverse]
    order = np.argsort(places, kind="stable")
    begins = np.flatnonzero(np.diff(places[order], prepend=-1))
    cuts: list[int] = []
    for begin in begins.tolist():
        if begin - (cuts[-1] if cuts else 0) >= _BATCH_SIZE:
            cuts.append(begin)
    for members in np.split(order, cuts):
        yield _take(footprints, members)
