from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from geoseg.errors import RasterError
from geoseg.raster import documents
from geoseg.raster.listing import list_rasters
from geoseg.raster.stac import StacRaster, is_stac, read_stac

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
RGB = [{"name": f"B{number}", "common_name": colour} for number, colour in
       enumerate(("blue", "green", "red", "nir"))]  # fmt: skip


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def make_item(name: str = "scene-1", **changes: Any) -> dict[str, Any]:
    """An item with one asset `visual`; keywords change it."""
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "geometry": None,
        "properties": {"datetime": "2024-05-06T07:08:09Z"},
        "links": [],
        "assets": {"visual": {"href": f"./{name}.tif", "type": COG, "roles": ["data"]}},
    } | changes


def save(content: object, path: str = "item.json") -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(content))
    return path


def collect(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(items)} | changes


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Address of the working folder."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Handler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_an_item_gives_its_picture_place_and_date(tmp_path: Path) -> None:
    place = save(make_item(), "deep/item.json")
    assert is_stac(place)
    assert read_stac(place) == [
        StacRaster(str(tmp_path / "deep" / "scene-1.tif"), "scene-1", "2024-05-06")
    ]


def test_a_collection_of_items_is_taken_in_order(tmp_path: Path) -> None:
    far = make_item("b", links=[{"rel": "self", "href": "https://e.org/c/items/b.json"}])
    near = make_item("a", links=[{"rel": "self", "href": "../elsewhere/a.json"}])
    bucket = make_item("c", assets={"visual": {"href": "s3://bucket/c.tif", "type": COG}})
    place = save(collect(far, near, bucket))
    assert [raster.href for raster in read_stac(place)] == [
        "https://e.org/c/items/b.tif",
        str(tmp_path / "a.tif"),
        "s3://bucket/c.tif",
    ]


def test_a_period_has_the_date_of_its_start_and_no_date_is_none() -> None:
    period = {"datetime": None, "start_datetime": "2023-01-02T00:00:00Z",
              "end_datetime": "2023-02-01T00:00:00Z"}  # fmt: skip
    place = save(collect(make_item("a", properties=period)))
    assert read_stac(place)[0].date == "2023-01-02"


def test_the_title_of_a_listed_raster_is_the_id_of_its_item() -> None:
    place = save(make_item("maxar/ard 17"))
    (raster,) = list_rasters([place])
    assert (raster.title, raster.label, raster.date) == (
        "maxar/ard 17",
        "maxar_ard_17",
        "2024-05-06",
    )


@pytest.mark.parametrize(
    ("assets", "chosen"),
    [
        ({"data": {"href": "d.tif", "type": COG}, "visual": {"href": "v.jp2"}}, "v.jp2"),
        (
            {
                "quicklook": {"href": "q.tif", "type": COG, "roles": ["thumbnail", "visual"]},
                "true_colour": {"href": "t.tif", "type": COG, "roles": ["visual"]},
                "raw": {"href": "r.tif", "type": COG, "roles": ["data"], "eo:bands": RGB},
            },
            "t.tif",
        ),
        (
            {
                "dem": {"href": "d.tif", "type": COG, "roles": ["data"], "bands": [{}]},
                "ms": {"href": "m.tif", "type": COG, "roles": ["data"], "eo:bands": RGB},
            },
            "m.tif",
        ),
        (
            {
                "pan": {"href": "p.tif", "type": COG, "roles": ["data"]},
                "rgb": {"href": "m.tif", "type": COG, "roles": ["data"], "raster:bands": [{}] * 3},
            },
            "m.tif",
        ),
        ({"image": {"href": "a.TIFF"}, "thumb": {"href": "t.png", "type": "image/png"}}, "a.TIFF"),
    ],
)
def test_the_picture_is_found_among_the_assets(assets: dict[str, Any], chosen: str) -> None:
    place = save(make_item(assets=assets))
    assert Path(read_stac(place)[0].href).name == chosen


TWO = {"red": {"href": "r.tif", "type": COG}, "nir": {"href": "n.tif", "type": COG}}


def test_an_asset_can_be_asked_for() -> None:
    place = save(make_item(assets=TWO))
    assert Path(read_stac(place, asset="nir")[0].href).name == "n.tif"
    with pytest.raises(RasterError, match=r"item scene-1: it has no asset x; there are nir \("):
        read_stac(place, asset="x")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make_item(assets=TWO), r"choose the picture .* with --asset; there are nir .*, red"),
        (make_item(assets={}), "--asset; it has none"),
        (collect(stac_version="1.0.0"), r"item\.json: the file holds no STAC items"),
        ({"type": "Collection", "stac_version": "1.0.0", "links": []}, "give an item"),
        ({"type": "Catalog", "stac_version": "1.0.0"}, "this STAC catalog has no items"),
        (collect(make_item(), {"type": "Feature"}), "must hold STAC items; got something else"),
        (make_item(properties=None), "the STAC item is damaged"),
        (make_item(assets={"visual": 3}), "the STAC item is damaged"),
        ({"stac_version": "1.0.0"}, "must be a STAC item or a collection of items"),
    ],
)
def test_what_gives_no_raster_is_told_in_one_line(content: Any, reason: str) -> None:
    place = save(content)
    assert is_stac(place)
    with pytest.raises(RasterError, match=reason):
        list_rasters([place])


@pytest.mark.parametrize(
    "content",
    [collect(), collect({"type": "Feature", "properties": {}}), [1], "text", {"tilejson": "3.0.0"}],
)
def test_other_json_is_left_to_gdal(content: Any) -> None:
    place = save(content, "a.geojson")
    assert not is_stac(place)
    assert [raster.name for raster in list_rasters([place])] == ["a.geojson"]


def test_text_and_absent_files_are_left_to_gdal() -> None:
    Path("a.json").write_text("not JSON")
    assert not is_stac("a.json")
    assert not is_stac("gone.json")


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("https://e.org/a/item.json?sig=1", True),
        ("https://e.org/stac/collections/c/items/i", True),
        ("https://e.org/stac/collections/c/items?limit=9", True),
        ("https://e.org/stac/search?bbox=1,2,3,4", True),
        ("https://e.org/items/a/b/ortho.tif", False),
        ("https://e.org/ortho.tif?f=x.json", False),
    ],
)
def test_addresses_are_told_by_their_names(address: str, answer: bool) -> None:
    assert is_stac(address) is answer


def test_further_pages_of_a_search_are_told_of() -> None:
    place = save(collect(make_item(), links=[{"rel": "next", "href": "https://e.org/2"}]))
    with pytest.warns(UserWarning, match=r"more pages; only the 1 items"):
        assert len(read_stac(place)) == 1


@pytest.fixture(params=["disk", "http"])
def base(request: pytest.FixtureRequest, server: str, tmp_path: Path) -> str:
    return server if request.param == "http" else str(tmp_path)


def test_links_of_a_catalog_lead_to_its_items(base: str) -> None:
    for name in ("a", "b"):
        save(make_item(name), f"items/{name}/{name}.json")
    links = [{"rel": "item", "href": f"./items/{name}/{name}.json"} for name in ("b", "a")]
    links.append({"rel": "parent", "href": "./catalog.json"})
    save({"type": "Catalog", "stac_version": "1.0.0", "links": links}, "catalog.json")
    assert [raster.href for raster in read_stac(f"{base}/catalog.json")] == [
        f"{base}/items/b/b.tif",
        f"{base}/items/a/a.tif",
    ]


def test_an_item_is_read_over_http(server: str) -> None:
    save(make_item(), "deep/item.json")
    (raster,) = list_rasters([f"{server}/deep/item.json?key=secret"])
    assert raster.name == f"{server}/deep/scene-1.tif"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda server: f"{server}/gone.json?key=secret", "the server answers 404"),
        (lambda _: "http://127.0.0.1:9/item.json?key=secret", "over the network: .*refused"),
        (lambda _: "http://[bad/item.json?key=secret", "cannot be read over the network"),
        (lambda server: f"{server}/text.json?key=secret", "must be JSON"),
        (lambda server: f"{server}/large.json?key=secret", "must be below 1 MB"),
    ],
)
def test_a_failing_address_is_one_line_without_its_key(
    make: Callable[[str], str], reason: str, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("text.json").write_text("not JSON")
    Path("large.json").write_text(" " * (2 << 20))
    monkeypatch.setattr(documents, "MAX_BYTES", 1 << 20)
    with pytest.raises(RasterError, match=reason) as failure:
        list_rasters([make(server)])
    assert "secret" not in str(failure.value)
    assert len(str(failure.value).splitlines()) == 1
