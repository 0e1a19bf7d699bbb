from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.crs import WGS84, transform_polygons
from geoseg.export import write_footprints
from geoseg.export.osm import MAX_ELEMENTS, MAX_WAY_NODES
from geoseg.export.wgs84 import round_to_grid
from geoseg.footprints import remove_overlaps
from tests.export.made import COURTYARD, METRIC, ORIGIN, make_footprints, make_row

Element = ElementTree.Element


def _write(path: Path, *polygons: shapely.Polygon) -> list[Path]:
    return write_footprints(path, make_footprints(*polygons), ORIGIN, overwrite=True)


def _parse(path: Path) -> Element:
    return ElementTree.parse(path).getroot()


def _refs(way: Element) -> list[str]:
    return [node.attrib["ref"] for node in way.iter("nd")]


def _tags(element: Element) -> dict[str, str]:
    return {tag.attrib["k"]: tag.attrib["v"] for tag in element.iter("tag")}


def test_one_house_is_one_closed_way(tmp_path: Path) -> None:
    (file,) = _write(tmp_path / "b.osm", shapely.box(0, 0, 10, 8))
    root = _parse(file)
    assert root.attrib == {"version": "0.6", "generator": "geoseg 0.1.0", "upload": "never"}
    (way,) = root.iter("way")
    assert _tags(way) == {"building": "yes"}
    refs = _refs(way)
    assert refs[0] == refs[-1]
    assert len(refs) == 5
    nodes = {node.attrib["id"]: node.attrib for node in root.iter("node")}
    assert set(nodes) == set(refs)
    corner = transform_polygons(np.array([shapely.Point(0, 0)]), METRIC, WGS84)[0]
    assert any(
        node["lat"] == f"{corner.y:.7f}" and node["lon"] == f"{corner.x:.7f}"
        for node in nodes.values()
    )
    bounds = next(root.iter("bounds")).attrib
    assert float(bounds["minlat"]) == min(float(node["lat"]) for node in nodes.values())
    assert all(element.attrib["visible"] == "true" for element in [way, *root.iter("node")])


def test_ids_are_negative_and_unique_over_all_files(tmp_path: Path) -> None:
    houses = [shapely.box(x, y, x + 9, y + 9) for x in range(0, 900, 20) for y in range(0, 900, 20)]
    files = _write(tmp_path / "b.osm", *houses)
    assert [file.name for file in files] == ["b_001.osm", "b_002.osm"]
    assert not (tmp_path / "b.osm").exists()
    ids: list[int] = []
    for file in files:
        elements = [one for one in _parse(file) if one.tag in ("node", "way", "relation")]
        assert len(elements) < MAX_ELEMENTS
        ids += [int(one.attrib["id"]) for one in elements]
    assert max(ids) == -1
    assert len(ids) == len(set(ids)) == 5 * len(houses)


def test_rows_that_share_walls_stay_in_one_file(tmp_path: Path) -> None:
    rows = [
        shapely.affinity.translate(house, 0, 30 * number)
        for number in range(40)
        for house in make_row(60)
    ]
    files = _write(tmp_path / "b.osm", *rows)
    assert len(files) > 1
    # With walls shared in full, 60 houses have 122 nodes: a row that was cut would have more.
    assert sum(len(list(_parse(file).iter("node"))) for file in files) == 40 * 122


def test_neighbours_share_the_nodes_of_their_wall(tmp_path: Path) -> None:
    (file,) = _write(tmp_path / "b.osm", *make_row(2))
    one, other = (set(_refs(way)) for way in _parse(file).iter("way"))
    assert len(one & other) == 2


def test_corner_on_a_neighbours_wall_becomes_its_node(tmp_path: Path) -> None:
    turned = [
        shapely.affinity.rotate(house, 31, origin=(0, 0))
        for house in (shapely.box(0, 0, 10, 20), shapely.box(10, 5, 20, 12))
    ]
    (file,) = _write(tmp_path / "b.osm", *turned)
    large, small = (_refs(way) for way in _parse(file).iter("way"))
    assert len(large) == 7
    assert len(set(large) & set(small)) == 2


def test_gap_of_a_few_centimetres_is_closed_and_a_wide_one_is_not(tmp_path: Path) -> None:
    for gap_m, num_nodes in ((0.05, 6), (0.5, 8)):
        (file,) = _write(tmp_path / "b.osm", *make_row(2, gap_m))
        assert len(list(_parse(file).iter("node"))) == num_nodes


def test_hole_makes_a_relation_whose_ways_carry_no_tag(tmp_path: Path) -> None:
    (file,) = _write(tmp_path / "b.osm", COURTYARD)
    root = _parse(file)
    (relation,) = root.iter("relation")
    assert _tags(relation) == {"type": "multipolygon", "building": "yes"}
    members = [(one.attrib["role"], one.attrib["ref"]) for one in relation.iter("member")]
    assert [role for role, _ in members] == ["outer", "inner"]
    assert {ref for _, ref in members} == {way.attrib["id"] for way in root.iter("way")}
    assert all(_tags(way) == {} for way in root.iter("way"))


def test_house_that_fills_a_courtyard_is_its_inner_way(tmp_path: Path) -> None:
    (file,) = _write(tmp_path / "b.osm", COURTYARD, shapely.box(110, 10, 120, 20))
    ways = list(_parse(file).iter("way"))
    assert [_tags(way) for way in ways] == [{}, {"building": "yes"}]


def test_ring_of_many_nodes_is_cut_into_ways(tmp_path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 4500, endpoint=False)
    radius = 500 + 5 * np.sin(40 * angle)
    disc = shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    (file,) = _write(tmp_path / "b.osm", disc)
    ways = [_refs(way) for way in _parse(file).iter("way")]
    assert max(map(len, ways)) == MAX_WAY_NODES
    assert [way[-1] for way in ways] == [way[0] for way in [*ways[1:], ways[0]]]
    assert sum(len(way) - 1 for way in ways) == 4500


def test_nothing_found_gives_a_file_without_elements(tmp_path: Path) -> None:
    (file,) = _write(tmp_path / "b.osm")
    assert len(_parse(file)) == 0


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.floats(0, 40), st.floats(0, 40), st.floats(0, 90)), min_size=1, max_size=10
    )
)
def test_rounded_polygons_are_valid_and_do_not_overlap(
    places: list[tuple[float, float, float]],
) -> None:
    houses = np.array(
        [shapely.affinity.rotate(shapely.box(x, y, x + 12, y + 7), turn) for x, y, turn in places]
    )
    houses, is_kept = remove_overlaps(houses, np.arange(len(houses), 0.0, -1))
    grid = round_to_grid(make_footprints(*houses[is_kept]))
    assert shapely.is_valid(grid.polygons).all()
    coordinates = shapely.get_coordinates(grid.polygons)
    assert (coordinates == np.round(coordinates)).all()
    one, other = np.triu_indices(len(grid.polygons), k=1)
    shared = shapely.relate_pattern(grid.polygons[one], grid.polygons[other], "T********")
    assert not shared.any()
    assert len(grid.polygons) == is_kept.sum()


def _run(*command: object) -> str:
    done = subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def _write_quarter(path: Path) -> int:
    """Rows of houses that touch, courtyards, corners on walls; returns how many."""
    houses = [
        *make_row(12),
        *(shapely.affinity.translate(house, 2, 8.2) for house in make_row(12)),
        COURTYARD,
        shapely.box(111, 11, 119, 19),
        shapely.box(130, 4, 140, 14),
    ]
    kept, is_kept = remove_overlaps(np.array(houses), np.arange(len(houses), 0.0, -1))
    _write(path, *kept[is_kept])
    return int(is_kept.sum())


@pytest.mark.skipif(shutil.which("osmium") is None, reason="osmium is not installed")
def test_osmium_finds_every_node_and_area(tmp_path: Path) -> None:
    file = tmp_path / "b.osm"
    num_buildings = _write_quarter(file)
    assert "Nodes     in ways      missing: 0" in _run("osmium", "check-refs", "-r", file)
    areas = tmp_path / "areas.geojson"
    _run("osmium", "export", "-E", "-e", "--geometry-types=polygon", file, "-o", areas)
    assert len(json.loads(areas.read_text())["features"]) == num_buildings


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("josm") is None, reason="JOSM is not installed")
def test_josm_has_neither_errors_nor_warnings(tmp_path: Path) -> None:
    file, report = tmp_path / "b.osm", tmp_path / "report.geojson"
    _write_quarter(file)
    _run("josm", "validate", "--input", file, "--output", report)
    findings = [
        feature["properties"]
        for line in report.read_text().replace("\x1e", "").splitlines()
        for feature in json.loads(line)["features"]
    ]
    assert [one for one in findings if one.get("severity") in ("Errors", "Warnings")] == []
