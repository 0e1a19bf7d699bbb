"""Copies what only QGIS can read (services, virtual rasters) into a GeoTIFF for geoseg."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsDistanceArea,
    QgsPointXY,
    QgsRasterBlockFeedback,
    QgsRasterDataProvider,
    QgsRasterFileWriter,
    QgsRasterInterface,
    QgsRectangle,
)

from geoseg_qgis.engine.errors import CommandCancelled
from geoseg_qgis.raster_input import RasterInput, RasterInputError
from geoseg_qgis.translation import tr

# Beyond the first there is a warning, beyond the second an error: 12 and 120 km2 at 0.2 m.
LARGE_NUM_PX = 300_000_000
MAX_NUM_PX = 3_000_000_000
# What a pixel of compressed aerial imagery takes on the disk.
_BYTES_PER_PX = 2.5
# Many services give no larger pictures than 2048 pixels; and small ones are soon cancelled.
_REQUEST_PX = 1024
_POLL_S = 0.1
# Height of the blocks of a GeoTIFF.
_ROWS = 256
# A source's own pixels are as good as those that are wanted up to the first share of their size;
# below the second there are too many of them.
_ENOUGH = 1.1
_TOO_FINE = 0.45
# Shrinking to less than a pixel in four by four takes a mean of some of them.
_MAX_OVERSAMPLING = 4.0


@dataclass(frozen=True)
class ExportPlan:
    """What a copy will be.

    Attributes:
        extent: in the CRS of the raster, whole pixels.
        size_wh: width and height, pixels.
        gsd_m: ground metres per pixel in the middle.
    """

    extent: QgsRectangle
    size_wh: tuple[int, int]
    gsd_m: float

    @property
    def num_px(self) -> int:
        """Number of pixels."""
        return self.size_wh[0] * self.size_wh[1]

    def take_middle(self, side_px: int) -> ExportPlan:
        """A square of so many pixels in the middle, or what there is of it."""
        width, height = (min(side, side_px) for side in self.size_wh)
        left, top = (self.size_wh[0] - width) // 2, (self.size_wh[1] - height) // 2
        step_x = self.extent.width() / self.size_wh[0]
        step_y = self.extent.height() / self.size_wh[1]
        x, y = self.extent.xMinimum() + left * step_x, self.extent.yMaximum() - top * step_y
        extent = QgsRectangle(x, y - height * step_y, x + width * step_x, y)
        return ExportPlan(extent, (width, height), self.gsd_m)

    @property
    def warning(self) -> str:
        """One line where the copy is large, else ""."""
        if self.num_px <= LARGE_NUM_PX:
            return ""
        return tr(
            "{width} x {height} pixels will be fetched, about {mb} MB on the disk; this may take "
            "long, and some services do not allow so much."
        ).format(
            width=self.size_wh[0],
            height=self.size_wh[1],
            mb=round(self.num_px * _BYTES_PER_PX / 1e6),
        )


def plan_export(raster: RasterInput, area_extent: QgsRectangle | None, gsd_m: float) -> ExportPlan:
    """Choose pixels for a copy.

    They are as large as asked for on the ground, wherever the CRS stretches it. A source that has
    pixels of its own, such as the zoom levels of tiles, is copied at those: at the coarsest that
    are fine enough, which geoseg shrinks better than services do, or at the finest that there are,
    because enlarging adds nothing. The grid starts at the upper left corner of the source, so that
    such a copy has the very pixels of the source.

    Args:
        raster: one that must be copied.
        area_extent: what is wanted, in the CRS of the raster; None for all of it.
        gsd_m: ground metres per pixel.

    Raises:
        RasterInputError: the area is not on the raster, or the copy would be too large.
    """
    wanted = QgsRectangle(raster.extent)
    if area_extent is not None:
        wanted = wanted.intersect(area_extent)
    if wanted.isEmpty() or not wanted.isFinite():
        raise RasterInputError(
            tr("The area must touch the raster; {name} lies elsewhere.").format(name=raster.name)
        )
    step_xy, step_m = _choose_step(raster, wanted.center(), gsd_m)
    origin_x, origin_y = raster.extent.xMinimum(), raster.extent.yMaximum()
    # A hair less, so that rounding errors add no column.
    left = math.floor((wanted.xMinimum() - origin_x) / step_xy[0] + 1e-6)
    right = math.ceil((wanted.xMaximum() - origin_x) / step_xy[0] - 1e-6)
    top = math.floor((origin_y - wanted.yMaximum()) / step_xy[1] + 1e-6)
    bottom = math.ceil((origin_y - wanted.yMinimum()) / step_xy[1] - 1e-6)
    extent = QgsRectangle(
        origin_x + left * step_xy[0],
        origin_y - bottom * step_xy[1],
        origin_x + right * step_xy[0],
        origin_y - top * step_xy[1],
    )
    plan = ExportPlan(extent, (max(right - left, 1), max(bottom - top, 1)), step_m)
    if plan.num_px > MAX_NUM_PX:
        raise RasterInputError(_explain_size(raster, plan, has_area=area_extent is not None))
    return plan


def export_raster(
    raster: RasterInput,
    plan: ExportPlan,
    path: Path,
    *,
    on_share: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> list[str]:
    """Write the copy: a tiled GeoTIFF, compressed without loss, with an alpha band for pictures.

    Call it in any thread, best not in that of the window.

    Args:
        raster: one that must be copied.
        plan: what to copy.
        path: new file.
        on_share: is told how much is done, 0 to 1, in the calling thread.
        is_cancelled: asked ten times a second by another thread.

    Returns:
        What went wrong on the way, such as tiles that a service did not give; lines.

    Raises:
        CommandCancelled: `is_cancelled` said so.
        RasterInputError: the source gave nothing, or the file cannot be written.
    """
    provider = raster.provider
    if provider is None:
        raise RasterInputError(tr("{name} need not be copied.").format(name=raster.name))
    _smooth(provider)
    writer = QgsRasterFileWriter(str(path))
    writer.setOutputFormat("GTiff")
    writer.setCreateOptions(_create_options(provider))
    writer.setMaxTileWidth(_REQUEST_PX)
    writer.setMaxTileHeight(_REQUEST_PX)
    feedback = QgsRasterBlockFeedback()
    feedback.progressChanged.connect(lambda percent: on_share(percent / 100))
    with _cancelling(feedback, is_cancelled):
        outcome = writer.writeRaster(
            raster.pipe, *plan.size_wh, plan.extent, raster.crs, raster.transform_context, feedback
        )
    if is_cancelled():
        raise CommandCancelled(tr("Cancelled."))
    problems = list(dict.fromkeys(feedback.errors()))
    if outcome != QgsRasterFileWriter.WriterError.NoError or not path.is_file():
        why = problems[0] if problems else str(outcome)
        raise RasterInputError(
            tr("{name} cannot be copied into a file: {why}").format(name=raster.name, why=why)
        )
    if _is_picture(provider) and _is_empty(path):
        raise RasterInputError(
            tr(
                "{name} gave no picture of the area; check the network, and whether the service "
                "covers it at this size of pixels."
            ).format(name=raster.name)
        )
    return problems


def _is_empty(path: Path) -> bool:
    """Whether a picture is transparent everywhere, as where a service answers with errors only."""
    dataset = gdal.Open(str(path))
    alpha = dataset.GetRasterBand(dataset.RasterCount)
    for top in range(0, dataset.RasterYSize, _ROWS):
        rows = min(_ROWS, dataset.RasterYSize - top)
        if alpha.ReadRaster(0, top, dataset.RasterXSize, rows).strip(b"\0"):
            return False
    return True


def measure_unit(raster: RasterInput, at: QgsPointXY) -> tuple[float, float]:
    """Metres on the ground of one unit of the raster's CRS, along x and along y.

    Args:
        raster: for its CRS.
        at: where, in that CRS.
    """
    distance = QgsDistanceArea()
    distance.setSourceCrs(raster.crs, raster.transform_context)
    # With an ellipsoid, lengths are metres on it, whatever the unit of the CRS.
    distance.setEllipsoid(raster.crs.ellipsoidAcronym() or "EPSG:7030")
    # Long enough for the precision of the measurement, short enough for the scale to be one.
    half = 5e-5 if raster.crs.isGeographic() else 5.0
    along_x = distance.measureLine(
        QgsPointXY(at.x() - half, at.y()), QgsPointXY(at.x() + half, at.y())
    )
    along_y = distance.measureLine(
        QgsPointXY(at.x(), at.y() - half), QgsPointXY(at.x(), at.y() + half)
    )
    return along_x / (2 * half), along_y / (2 * half)


def _choose_step(
    raster: RasterInput, at: QgsPointXY, gsd_m: float
) -> tuple[tuple[float, float], float]:
    """Size of a pixel in units of the CRS along x and y, and in metres along x."""
    unit_m = measure_unit(raster, at)
    if not all(math.isfinite(one) and one > 0 for one in unit_m):
        raise RasterInputError(
            tr("The place of {name} on the ground is not known.").format(name=raster.name)
        )
    wanted = gsd_m / unit_m[0]
    own = _list_own_pixels(raster)
    fine = [one for one in own if one[0] <= wanted * _ENOUGH]
    # The coarsest that lose nothing, or the finest that there are.
    step = max(fine) if fine else min(own, default=None)
    if step is None or step[0] < wanted * _TOO_FINE:
        return (wanted, gsd_m / unit_m[1]), gsd_m
    return step, step[0] * unit_m[0]


def _list_own_pixels(raster: RasterInput) -> list[tuple[float, float]]:
    """Sizes of pixels that the source has, in units of the CRS; none where any is as good."""
    provider = raster.provider
    if provider is None:
        return []
    if provider.capabilities() & QgsRasterInterface.Capability.Size and provider.xSize() > 0:
        extent = raster.extent
        return [(extent.width() / provider.xSize(), extent.height() / provider.ySize())]
    return [(one, one) for one in provider.nativeResolutions()]


def _explain_size(raster: RasterInput, plan: ExportPlan, *, has_area: bool) -> str:
    if has_area:
        text = tr(
            "{name}: the area has {width} x {height} pixels at {gsd} m, which is too much to "
            "fetch; choose a smaller one, or larger pixels."
        )
    else:
        text = tr(
            "{name} has {width} x {height} pixels at {gsd} m, which is too much to fetch; choose "
            "an area."
        )
    width, height = plan.size_wh
    return text.format(name=raster.name, width=width, height=height, gsd=round(plan.gsd_m, 3))


def _create_options(provider: QgsRasterDataProvider) -> list[str]:
    options = ["COMPRESS=DEFLATE", "ZLEVEL=1", "TILED=YES", "BIGTIFF=IF_SAFER"]
    if _is_picture(provider):
        options += ["PREDICTOR=2", "PHOTOMETRIC=RGB", "ALPHA=YES"]
    return options


def _is_picture(provider: QgsRasterDataProvider) -> bool:
    """Whether it draws pictures, instead of giving values by band."""
    pictures = (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)
    return provider.dataType(1) in pictures


def _smooth(provider: QgsRasterDataProvider) -> None:
    """Have the mean taken where pixels are shrunk, if the provider can do that.

    Those of services cannot; told to, they give an empty first picture in QGIS 3.40.
    """
    capable = QgsRasterDataProvider.ProviderCapability.ProviderHintCanPerformProviderResampling
    if not provider.providerCapabilities() & capable:
        return
    provider.setZoomedOutResamplingMethod(QgsRasterDataProvider.ResamplingMethod.Average)
    provider.enableProviderResampling(True)
    provider.setMaxOversampling(_MAX_OVERSAMPLING)


@contextlib.contextmanager
def _cancelling(
    feedback: QgsRasterBlockFeedback, is_cancelled: Callable[[], bool]
) -> Iterator[None]:
    """Hand a wish to cancel over to QGIS, which does not ask for one."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_POLL_S):
            if is_cancelled():
                feedback.cancel()
                return

    watcher = threading.Thread(target=watch, name="geoseg-cancel", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()
