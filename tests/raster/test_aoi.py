from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.crs import WGS84, transform_polygons
from geoseg.errors import AoiError, CRSError, VectorError
from geoseg.raster.aoi import aoi_in_pixels, bbox_aoi, read_aoi, read_area_px
from geoseg.raster.vector import read_polygons, take_polygons
from geoseg.types import ImageBlock, Window

UTM = CRS.from_epsg(32645)
BOX = shapely.box(500_030, 2_999_940, 500_090, 2_999_970)


class FakeSource:
    """200 x 100 pixels of 1 m, upper left corner at 500000, 3000000."""

    name = "fake.tif"
    crs = UTM
    transform = Affine(1, 0, 500_000, 0, -1, 3_000_000)
    shape_hw = (100, 200)
    gsd_m = 1.0

    def read(self, window: Window) -> ImageBlock:
        raise AssertionError("pixels are not needed")

    def close(self) -> None:
        """Nothing is open."""


def _write(path: Path, geoms: list[shapely.Geometry], crs: CRS | None = UTM) -> Path:
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(geoms, dtype=object)),
        field_data=[np.arange(len(geoms))],
        fields=["id"],
        crs=None if crs is None else crs.to_wkt(),
        geometry_type="Unknown" if path.suffix != ".shp" else "Polygon",
    )
    return path


def _degrees(geom: shapely.Geometry) -> shapely.Geometry:
    return transform_polygons(np.array([geom]), UTM, WGS84)[0]


@pytest.mark.parametrize("name", ["aoi.gpkg", "aoi.shp", "aoi.fgb"])
def test_any_format_and_crs_lands_in_the_raster_crs(tmp_path: Path, name: str) -> None:
    path = _write(tmp_path / name, [_degrees(BOX)], WGS84)
    assert read_aoi(path, UTM).symmetric_difference(BOX).area < 0.1


def test_geojson_without_a_crs_is_wgs84(tmp_path: Path) -> None:
    path = tmp_path / "aoi.geojson"
    path.write_text(shapely.to_geojson(_degrees(BOX)))
    assert read_aoi(path, UTM).symmetric_difference(BOX).area < 0.1


def test_long_edges_are_densified_before_they_are_bent(tmp_path: Path) -> None:
    path = tmp_path / "wide.geojson"
    path.write_text(shapely.to_geojson(shapely.box(84, 60, 90, 60.5)))
    on_the_edge = transform_polygons(np.array([shapely.Point(87, 60)]), WGS84, UTM)[0]
    assert read_aoi(path, UTM).boundary.distance(on_the_edge) < 0.1


def test_short_edges_gain_no_vertices(tmp_path: Path) -> None:
    path = _write(tmp_path / "house.gpkg", [_degrees(BOX)], WGS84)
    assert shapely.get_num_coordinates(read_polygons(path, UTM)).tolist() == [5]


def test_bow_tie_is_repaired() -> None:
    tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    parts = take_polygons(np.array([tie, None, shapely.Point(1, 1)], dtype=object))
    assert shapely.area(parts).sum() == pytest.approx(2)
    assert shapely.is_valid(parts).all()


def _take(*geoms: shapely.Geometry) -> NDArray[np.object_]:
    return take_polygons(np.array(geoms, dtype=object))


def test_multipolygons_and_collections_are_taken_apart() -> None:
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)])
    mixed = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(0, 0)])
    assert len(_take(two, mixed)) == 3
    assert len(_take()) == 0


def test_only_polygons_near_the_raster_are_read(tmp_path: Path) -> None:
    far = shapely.box(900_000, 0, 900_010, 10)
    path = _write(tmp_path / "labels.gpkg", [far, BOX])
    assert len(read_polygons(path, UTM)) == 2
    assert len(read_polygons(path, UTM, within=BOX.buffer(5))) == 1


def test_file_without_polygons_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "points.gpkg", [shapely.Point(0, 0)])
    with pytest.raises(AoiError, match=r"points\.gpkg: .*must hold a polygon"):
        read_aoi(path, UTM)


def test_empty_collection_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    with pytest.raises(AoiError, match=r"empty\.geojson"):
        read_aoi(path, UTM)


def test_shapefile_without_a_prj_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "aoi.shp", [BOX])
    path.with_suffix(".prj").unlink()
    with pytest.raises(VectorError, match=r"aoi\.shp: .*CRS"):
        read_aoi(path, UTM)


def test_absent_and_broken_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(VectorError, match=r"gone\.gpkg: no such file"):
        read_aoi(tmp_path / "gone.gpkg", UTM)
    broken = tmp_path / "broken.gpkg"
    broken.write_text("{")
    with pytest.raises(VectorError, match=r"broken\.gpkg: not a vector file"):
        read_aoi(broken, UTM)


def test_metres_in_a_geojson_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "metres.geojson"
    path.write_text(shapely.to_geojson(BOX))
    with pytest.raises((VectorError, CRSError), match=r"metres\.geojson: .*degrees"):
        read_aoi(path, UTM)


def test_bbox_is_degrees() -> None:
    west, south, east, north = _degrees(BOX).bounds
    area = bbox_aoi((west, south, east, north), UTM)
    assert area.symmetric_difference(BOX).area < 1


@pytest.mark.parametrize("bbox", [(1, 0, 0, 1), (0, 1, 1, 0), (0, 0, 500_000, 1)])
def test_bbox_out_of_order_is_refused(bbox: tuple[float, ...]) -> None:
    with pytest.raises(AoiError, match="W,S,E,N"):
        bbox_aoi(bbox, UTM)


def test_area_in_pixels_is_cut_to_the_raster() -> None:
    area = aoi_in_pixels(shapely.box(500_150, 2_999_950, 600_000, 2_999_980), FakeSource(), "a")
    assert area.bounds == pytest.approx((150, 20, 200, 50))


def test_area_elsewhere_names_both_places() -> None:
    with pytest.raises(AoiError, match=r"spans 86\.98.*fake\.tif spans 87\.00"):
        aoi_in_pixels(shapely.box(499_000, 2_999_000, 499_100, 2_999_100), FakeSource(), "a.gpkg")


def test_area_that_only_touches_the_edge_is_elsewhere() -> None:
    with pytest.raises(AoiError, match="must touch the raster"):
        aoi_in_pixels(shapely.box(499_000, 2_999_950, 500_000, 2_999_980), FakeSource(), "a")


def test_file_and_bbox_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AoiError, match="got both"):
        read_area_px(FakeSource(), tmp_path / "a.gpkg", (0, 0, 1, 1))
    assert read_area_px(FakeSource(), None, None) is None
