"""All rasters of a run are opened before the network is loaded: what is wrong is told at once."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geoseg.errors import AoiError, CRSError, RasterError

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely import Polygon

    from geoseg.prediction.one_raster import PredictionRequest
    from geoseg.raster.listing import ListedRaster


@dataclass(frozen=True)
class SurveyedRaster:
    """A raster that can be read and that the area of interest touches.

    Attributes:
        listed: its names.
        request: what is asked of the run over it.
        crs: CRS of the raster.
        outline: its ground, in `crs`.
        raster_gsd_m: ground metres per pixel of the raster itself.
        gsd_m: ground metres per pixel at which it is read.
        date: ISO date of the raster, else of its STAC item, or "".
    """

    listed: ListedRaster
    request: PredictionRequest
    crs: CRS
    outline: Polygon
    raster_gsd_m: float
    gsd_m: float
    date: str


@dataclass(frozen=True)
class Survey:
    """What there is to look at.

    Attributes:
        rasters: at least one.
        left_out: one line for each raster that could not be read, with its name.
    """

    rasters: tuple[SurveyedRaster, ...]
    left_out: tuple[str, ...]


def survey_rasters(listed: Sequence[ListedRaster], request: PredictionRequest) -> Survey:
    """Open each raster once.

    Rasters that the area of interest does not touch are passed over.

    Args:
        listed: at least one.
        request: what is asked of all of them; its raster does not count. With
            `skips_unreadable`, rasters that cannot be opened are left out.

    Raises:
        RasterError, CRSError: a raster cannot be opened, or all of those that may be left out.
        AoiError: the area is wrong, or touches no raster.
    """
    from geoseg.provenance import describe_weights
    from geoseg.raster.aoi import find_area_centre

    model, _, _ = describe_weights(request.weights)
    centre = find_area_centre(request.aoi, request.bbox)
    rasters: list[SurveyedRaster] = []
    left_out: list[str] = []
    outside: AoiError | None = None
    for one in listed:
        wanted = replace(request, raster=one.name, title=one.title, date=one.date)
        try:
            rasters.append(_survey(one, wanted, model.gsd_m, centre))
        except AoiError as error:
            outside = outside or error
        except (RasterError, CRSError) as error:
            told = str(error) if one.name in str(error) else f"{one.name}: {error}"
            if not request.skips_unreadable:
                raise type(error)(told) from error.__cause__
            left_out.append(told)
    if not rasters and outside is not None:
        raise outside
    if not rasters:
        raise RasterError(f"none of the {len(listed)} rasters can be read; {left_out[0]}")
    return Survey(tuple(rasters), tuple(left_out))


def _survey(
    listed: ListedRaster,
    request: PredictionRequest,
    model_gsd_m: float,
    centre: tuple[float, float] | None,
) -> SurveyedRaster:
    from geoseg.raster import open_raster
    from geoseg.raster.aoi import raster_outline, read_area_px

    with warnings.catch_warnings():
        # They come when the raster is looked at.
        warnings.simplefilter("ignore")
        with open_raster(
            request.raster, request.config.raster, model_gsd_m=model_gsd_m, at_lonlat=centre
        ) as source:
            read_area_px(source, request.aoi, request.bbox)
            return SurveyedRaster(
                listed,
                request,
                source.crs,
                raster_outline(source),
                sum(source.facts.gsd_m) / 2,
                source.gsd_m,
                source.facts.date or listed.date,
            )
