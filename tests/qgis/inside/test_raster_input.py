"""Which layers geoseg reads by itself, and under which name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsRasterLayer

from geoseg_qgis.raster_input import RasterInputError, describe_crs, find_gdal_name, read_layer


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("/a/b c.tif", "/a/b c.tif"),
        ("/a/50%.tif", "/a/50%.tif"),
        ("C:\\Karten\\ü.tif", "C:\\Karten\\ü.tif"),
        ("file:///a/b%20c.tif", "/a/b c.tif"),
        ("file:///C:/a.tif", "C:/a.tif"),
        ("/vsizip//a/b.zip/c.tif", "/vsizip//a/b.zip/c.tif"),
        ("/vsicurl/https://x.org/y%20z.tif?a=1&b=2", "/vsicurl/https://x.org/y%20z.tif?a=1&b=2"),
        ("GPKG:/a/b.gpkg:ortho", "GPKG:/a/b.gpkg:ortho"),
        ('NETCDF:"/a/b.nc":red', 'NETCDF:"/a/b.nc":red'),
        ("/a/b.tif|layername=x", "/a/b.tif"),
    ],
)
def test_what_another_gdal_opens_passes(source: str, expected: str) -> None:
    assert find_gdal_name("gdal", source) == expected


@pytest.mark.parametrize(
    ("provider", "source"),
    [
        ("wms", "type=xyz&url=https://x.org/%7Bz%7D.png"),
        ("arcgismapserver", "url='https://x.org' layer='0'"),
        ("virtualraster", "?crs=EPSG:4326"),
        ("postgresraster", "dbname='x' table=\"y\""),
        ("gdal", "/vsimem/a.tif"),
        ("gdal", "/a/b.tif|option:OVERVIEW_LEVEL=1"),
        ("gdal", "/vsis3/a/b.tif|credential:AWS_REGION=x"),
        ("gdal", "/vsicurl/https://x.org/y.tif authcfg='abc1234'"),
        ("gdal", "PG:dbname='x' mode=2"),
        ("gdal", "/a/b.ecw"),
    ],
)
def test_what_only_qgis_reads_has_to_be_copied(provider: str, source: str) -> None:
    assert find_gdal_name(provider, source) == ""


def test_a_file_passes_with_its_own_crs(sample_raster: Path) -> None:
    raster = read_layer(QgsRasterLayer(str(sample_raster), "Bild"))
    assert not raster.must_be_copied
    assert raster.source == str(sample_raster)
    assert raster.given_crs == ""
    assert raster.name == "Bild"


def test_a_crs_that_the_user_gave_in_qgis_is_handed_on(sample_raster: Path, tmp_path: Path) -> None:
    path = tmp_path / "no crs.tif"
    shutil.copy(sample_raster, path)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.SetProjection("")
    del dataset
    layer = QgsRasterLayer(str(path), "r")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32645"))
    assert read_layer(layer).given_crs == "EPSG:32645"
    other = QgsRasterLayer(str(sample_raster), "r")
    other.setCrs(QgsCoordinateReferenceSystem("EPSG:32637"))
    assert read_layer(other).given_crs == "EPSG:32637"


def test_a_crs_without_a_code_is_told_in_full() -> None:
    crs = QgsCoordinateReferenceSystem.fromProj("+proj=tmerc +lat_0=1 +lon_0=85.3 +ellps=WGS84")
    assert describe_crs(crs).startswith("BOUNDCRS") or describe_crs(crs).startswith("PROJCRS")
    assert describe_crs(QgsCoordinateReferenceSystem("EPSG:3857")) == "EPSG:3857"


def test_a_raster_without_a_crs_or_that_is_absent_is_refused(
    sample_raster: Path, tmp_path: Path
) -> None:
    layer = QgsRasterLayer(str(sample_raster), "Luftbild")
    layer.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(RasterInputError, match="must have a CRS.*Luftbild"):
        read_layer(layer)
    with pytest.raises(RasterInputError, match="fehlt cannot be read"):
        read_layer(QgsRasterLayer(str(tmp_path / "absent.tif"), "fehlt"))
