"""A raster layer as something that geoseg reads: a name for GDAL, or a source to copy from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsProject,
    QgsRasterDataProvider,
    QgsRasterLayer,
    QgsRasterPipe,
    QgsRectangle,
)

from geoseg_qgis.engine.errors import EngineError
from geoseg_qgis.translation import tr

# What QGIS appends to the name that GDAL opens.
_APPENDED = re.compile(r"\|(?:option|credential|layername):?.*$|\s+authcfg=.*$", re.DOTALL)
# These need QGIS: memory of its process, a login that it keeps, how the file is to be opened.
_NEEDS_QGIS = re.compile(r"^/vsimem/|\|option:|\|credential:|\bauthcfg=")
# What GDAL in QGIS may read and the one that pip installs does not.
_RARE_ENDINGS = (".ecw", ".sid", ".hdf", ".fits", ".heic", ".heif")
_RARE_PREFIXES = ("PG:", "HDF4_", "HDF4:", "GEOR:", "georaster:", "NGW:", "OGCAPI:")


class RasterInputError(EngineError):
    """A layer cannot be handed to geoseg; the message says why."""


@dataclass(frozen=True)
class RasterInput:
    """A raster to look at. Made in the main thread, used in any.

    Attributes:
        name: that of the layer.
        source: what GDAL opens; "" where QGIS has to copy the raster into a file first.
        crs: of the layer.
        given_crs: what `--crs` has to say because the file says nothing or something else; or "".
        extent: of the layer, in `crs`.
        pipe: our own copy of what reads the layer, where QGIS has to copy the raster.
        transform_context: how QGIS gets from one CRS to another.
    """

    name: str
    source: str
    crs: QgsCoordinateReferenceSystem
    given_crs: str
    extent: QgsRectangle
    pipe: QgsRasterPipe | None
    transform_context: QgsCoordinateTransformContext

    @property
    def must_be_copied(self) -> bool:
        """Whether geoseg cannot read it by itself."""
        return not self.source

    @property
    def provider(self) -> QgsRasterDataProvider | None:
        """What reads the layer, where QGIS has to copy the raster; it belongs to `pipe`."""
        return None if self.pipe is None else self.pipe.provider()


def read_layer(
    layer: QgsRasterLayer, transform_context: QgsCoordinateTransformContext | None = None
) -> RasterInput:
    """Prepare a layer for geoseg. Call it in the main thread.

    Args:
        layer: of any provider.
        transform_context: by default that of the project.

    Raises:
        RasterInputError: the layer is broken or has no CRS.
    """
    if not layer.isValid():
        raise RasterInputError(
            tr("The raster layer {name} cannot be read.").format(name=layer.name())
        )
    if not layer.crs().isValid():
        raise RasterInputError(
            tr("The raster must have a CRS; set that of {name} in its properties.").format(
                name=layer.name()
            )
        )
    source = find_gdal_name(layer.providerType(), layer.source())
    has_other_crs = layer.crs() != layer.dataProvider().crs()
    return RasterInput(
        name=layer.name(),
        source=source,
        crs=layer.crs(),
        given_crs=describe_crs(layer.crs()) if source and has_other_crs else "",
        extent=layer.extent(),
        pipe=None if source else _copy_provider(layer),
        transform_context=transform_context or QgsProject.instance().transformContext(),
    )


def _copy_provider(layer: QgsRasterLayer) -> QgsRasterPipe:
    # One copy for all that is done with it: of virtual rasters, copies of a copy read nonsense.
    pipe = QgsRasterPipe()
    if not pipe.set(layer.dataProvider().clone()):
        raise RasterInputError(tr("{name} cannot be copied.").format(name=layer.name()))
    return pipe


def find_gdal_name(provider: str, source: str) -> str:
    """What another GDAL opens to read the same raster.

    Args:
        provider: QGIS's key, such as "gdal" or "wms".
        source: as the layer names it.

    Returns:
        A path, an address or a name of GDAL's own; "" if only QGIS can read it.
    """
    if provider != "gdal" or _NEEDS_QGIS.search(source):
        return ""
    name = _APPENDED.sub("", source)
    if name.lower().endswith(_RARE_ENDINGS) or name.startswith(_RARE_PREFIXES):
        return ""
    if name.startswith("file:"):
        parts = urlsplit(name)
        path = unquote(parts.path)
        # file:///C:/a.tif
        return path[1:] if re.match(r"/[A-Za-z]:", path) else path
    return name


def describe_crs(crs: QgsCoordinateReferenceSystem) -> str:
    """A CRS in words that another PROJ understands: a code, or WKT where it has none."""
    code = str(crs.authid())
    if code.split(":")[0] in ("EPSG", "ESRI", "OGC", "IGNF", "IAU_2015"):
        return code
    return str(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED))
