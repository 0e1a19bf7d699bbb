from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from pyproj import CRS

from geoseg.crs import WGS84, transform_polygons
from geoseg.errors import OutputError, OutputExistsError
from geoseg.export import write_footprints
from geoseg.types import Footprints
from tests.export.made import COURTYARD, METRIC, ORIGIN, make_footprints, make_row

COLUMNS = ["id", "score", "area_m2", "geoseg", "model", "weights", "raster", "date", "geometry"]
OWN_CRS = [".gpkg", ".fgb", ".parquet", ".shp"]


def _read(path: Path) -> geopandas.GeoDataFrame:
    read = geopandas.read_parquet if path.suffix == ".parquet" else pyogrio.read_dataframe
    return read(path)


@pytest.mark.parametrize("suffix", [*OWN_CRS, ".geojson", ".json"])
def test_attributes_and_polygons_come_back(tmp_path: Path, suffix: str) -> None:
    footprints = make_footprints(*make_row(3, gap_m=1), COURTYARD)
    path = tmp_path / f"b{suffix}"
    files = write_footprints(path, footprints, ORIGIN)
    assert files[0] == path
    assert all(file.is_file() for file in files)

    frame = _read(path).sort_values("id")
    assert frame.columns.tolist() == COLUMNS
    assert frame["id"].tolist() == [1, 2, 3, 4]
    assert frame["score"].tolist() == pytest.approx([0.9123, 0.8123, 0.7123, 0.6123], abs=1e-9)
    assert frame["area_m2"].tolist() == pytest.approx([80, 80, 80, 800], abs=1e-9)
    assert set(frame["weights"]) == {"0123456789ab"}
    assert set(frame["raster"]) == {ORIGIN.raster}
    assert {str(date)[:10] for date in frame["date"]} == {"2020-05-01"}
    back = transform_polygons(
        np.asarray(frame.geometry.array, dtype=object), CRS(frame.crs), METRIC
    )
    assert (shapely.hausdorff_distance(back, footprints.polygons) < 0.012).all()


@pytest.mark.parametrize("suffix", [*OWN_CRS, ".geojson"])
def test_nothing_found_gives_a_valid_empty_file(tmp_path: Path, suffix: str) -> None:
    write_footprints(tmp_path / f"b{suffix}", make_footprints(), ORIGIN)
    frame = _read(tmp_path / f"b{suffix}")
    assert len(frame) == 0
    if suffix in OWN_CRS:
        assert frame.columns.tolist() == COLUMNS
        assert "Lambert" in CRS(frame.crs).to_wkt()


@pytest.mark.parametrize("suffix", OWN_CRS)
def test_crs_asked_for_is_the_crs_of_the_file(tmp_path: Path, suffix: str) -> None:
    utm = CRS.from_epsg(32645)
    footprints = make_footprints(*make_row(1))
    write_footprints(tmp_path / f"b{suffix}", footprints, ORIGIN, crs=utm)
    frame = _read(tmp_path / f"b{suffix}")
    assert frame.crs.to_epsg() == 32645
    (expected,) = transform_polygons(footprints.polygons, METRIC, utm)
    assert frame.geometry[0].symmetric_difference(expected).area < 1e-3


@pytest.mark.parametrize("suffix", [".geojson", ".osm"])
def test_crs_that_the_format_cannot_hold_is_an_error(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OutputError, match=r"always in WGS 84; got .* for which \.gpkg"):
        write_footprints(
            tmp_path / f"b{suffix}", make_footprints(), ORIGIN, crs=CRS.from_epsg(32645)
        )
    write_footprints(tmp_path / f"b{suffix}", make_footprints(), ORIGIN, crs=CRS.from_epsg(4326))


@pytest.mark.parametrize("suffix", [*OWN_CRS, ".geojson", ".osm"])
def test_origin_stands_beside_the_result(tmp_path: Path, suffix: str) -> None:
    write_footprints(tmp_path / f"b{suffix}", make_footprints(*make_row(1)), ORIGIN)
    origin = json.loads((tmp_path / f"b{suffix}.origin.json").read_text())
    assert origin["weights_sha256"] == ORIGIN.weights_sha256
    assert origin["config"] == {"footprints.tolerance_m": 0.5}


def test_origin_stands_inside_where_the_format_allows(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    for suffix in (".gpkg", ".fgb", ".parquet", ".geojson"):
        write_footprints(tmp_path / f"b{suffix}", make_footprints(*make_row(1)), ORIGIN)
    inside = [
        pyogrio.read_info(tmp_path / "b.gpkg")["layer_metadata"]["geoseg"],
        pyogrio.read_info(tmp_path / "b.fgb")["layer_metadata"]["DESCRIPTION"],
        pq.read_schema(tmp_path / "b.parquet").metadata[b"geoseg"],
        json.dumps(json.loads((tmp_path / "b.geojson").read_text())["geoseg"]),
    ]
    assert {json.loads(text)["raster"] for text in inside} == {ORIGIN.raster}


@pytest.mark.parametrize("suffix", [*OWN_CRS, ".geojson", ".osm"])
def test_same_input_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    footprints = make_footprints(*make_row(3), COURTYARD)
    contents = []
    for _ in range(2):
        (file, *_) = write_footprints(tmp_path / f"b{suffix}", footprints, ORIGIN, overwrite=True)
        contents.append(file.read_bytes())
    assert contents[0] == contents[1]


def test_geojson_follows_rfc_7946(tmp_path: Path) -> None:
    write_footprints(tmp_path / "b.geojson", make_footprints(COURTYARD, *make_row(2)), ORIGIN)
    text = (tmp_path / "b.geojson").read_text()
    content = json.loads(text)
    assert "crs" not in content
    coordinates = content["features"][0]["geometry"]["coordinates"]
    exterior, hole = (shapely.LinearRing(ring) for ring in coordinates)
    assert exterior.is_ccw
    assert not hole.is_ccw
    numbers = [number for ring in coordinates for point in ring for number in point]
    assert all(number == round(number, 7) for number in numbers)
    assert len(max(map(repr, numbers), key=len)) <= len("85.1234567")
    assert 85 < numbers[0] < 86


def test_geojson_is_cut_at_the_antimeridian(tmp_path: Path) -> None:
    fiji = pyproj.CRS.from_epsg(3460)
    (corner,) = transform_polygons(np.array([shapely.Point(180, -17)]), WGS84, fiji)
    across = shapely.box(corner.x - 30, corner.y, corner.x + 10, corner.y + 20)
    beside = shapely.box(corner.x - 90, corner.y, corner.x - 80, corner.y + 20)
    write_footprints(tmp_path / "b.geojson", make_footprints(across, beside, crs=fiji), ORIGIN)
    first, second = json.loads((tmp_path / "b.geojson").read_text())["features"]
    parts = shapely.get_parts(shapely.from_geojson(json.dumps(first["geometry"])))
    west, east = sorted(parts, key=lambda part: -part.centroid.x)
    assert west.bounds[2] == 180
    assert east.bounds[0] == -180
    assert west.area / east.area == pytest.approx(3, rel=0.01)
    assert second["geometry"]["type"] == "Polygon"
    assert [first["properties"]["id"], second["properties"]["id"]] == [1, 2]


def test_existing_result_is_kept_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "b.gpkg"
    write_footprints(path, make_footprints(*make_row(1)), ORIGIN)
    before = path.read_bytes()
    with pytest.raises(OutputExistsError, match=r"b\.gpkg exists"):
        write_footprints(path, make_footprints(), ORIGIN)
    assert path.read_bytes() == before
    write_footprints(path, make_footprints(), ORIGIN, overwrite=True)
    assert len(_read(path)) == 0


def test_failure_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.geojson"
    write_footprints(path, make_footprints(*make_row(1)), ORIGIN)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def fail(path: Path, footprints: Footprints, origin: object) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geoseg.export.write._WRITERS", {"GeoJSON": fail})
    with pytest.raises(OutputError, match=r"b\.geojson: cannot be written: .*No space left"):
        write_footprints(path, make_footprints(), ORIGIN, overwrite=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
