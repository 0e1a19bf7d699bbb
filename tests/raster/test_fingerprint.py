from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import rasterio
from rasterio.shutil import copy

from geoseg.errors import RasterError
from geoseg.raster.fingerprint import fingerprint_raster
from tests.bright import make_scene, write_raster
from tests.serving import RangeHandler, serve

TILE_SERVICE = """<GDAL_WMS>
<Service name="TMS"><ServerUrl>http://127.0.0.1:9/${z}/${x}/${y}.png</ServerUrl></Service>
<DataWindow><UpperLeftX>-20037508.34</UpperLeftX><UpperLeftY>20037508.34</UpperLeftY>
<LowerRightX>20037508.34</LowerRightX><LowerRightY>-20037508.34</LowerRightY>
<TileLevel>LEVEL</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY>
<YOrigin>top</YOrigin></DataWindow>
<Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>
<BandsCount>3</BandsCount></GDAL_WMS>"""


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    return write_raster(tmp_path / "images/town.tif", make_scene())


def keep_time(path: Path, content: bytes) -> None:
    """Replace what is in a file so that its size and time say nothing of it."""
    facts = path.stat()
    assert len(content) == facts.st_size
    path.write_bytes(content)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def test_a_raster_is_told_by_its_file_and_by_what_gdal_says(raster: Path) -> None:
    os.utime(raster, ns=(0, 1_700_000_000_123_456_789))
    facts = fingerprint_raster(str(raster))
    assert list(facts) == ["town.tif", "file town.tif"]
    assert facts["town.tif"].startswith("420 x 330 x 3 GTiff, described by ")
    assert facts["file town.tif"].startswith(
        f"{raster.stat().st_size:,} bytes of 2023-11-14T22:13:20.123456789Z, header "
    )
    assert fingerprint_raster(str(raster)) == facts


def test_another_time_or_another_header_is_another_raster(raster: Path) -> None:
    before = fingerprint_raster(str(raster))["file town.tif"]
    facts = raster.stat()
    os.utime(raster, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    later = fingerprint_raster(str(raster))["file town.tif"]
    assert (later == before, later.split("header")[1]) == (False, before.split("header")[1])
    content = raster.read_bytes()
    for place in (1000, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        keep_time(raster, bytes(changed))
        assert fingerprint_raster(str(raster))["file town.tif"] != later
    keep_time(raster, content)
    assert fingerprint_raster(str(raster))["file town.tif"] == later


def test_where_a_raster_lies_counts(raster: Path, tmp_path: Path) -> None:
    before = fingerprint_raster(str(raster))
    with rasterio.open(raster, "r+") as target:
        target.update_tags(TIFFTAG_DATETIME="2020:01:01 00:00:00")
    assert fingerprint_raster(str(raster))["town.tif"] != before["town.tif"]


def test_sidecars_count(raster: Path) -> None:
    before = fingerprint_raster(str(raster))
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(raster, "r+") as target:
        target.build_overviews([2])
    after = fingerprint_raster(str(raster))
    assert set(after) == {*before, "file town.tif.ovr"}
    assert after["town.tif"] != before["town.tif"]


def test_the_sources_of_a_mosaic_count(raster: Path, tmp_path: Path) -> None:
    mosaic = tmp_path / "town.vrt"
    copy(raster, mosaic, driver="VRT")
    before = fingerprint_raster(str(mosaic))
    assert list(before) == ["town.vrt", "file town.vrt", "file images/town.tif"]
    os.utime(raster, ns=(1, 1))
    after = fingerprint_raster(str(mosaic))
    assert [name for name in after if after[name] != before[name]] == ["file images/town.tif"]


def test_a_raster_that_was_moved_whole_is_the_same(
    raster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint_raster(str(raster))
    shutil.copytree(tmp_path / "images", tmp_path / "moved")
    assert fingerprint_raster(str(tmp_path / "moved/town.tif")) == before
    monkeypatch.chdir(tmp_path / "moved")
    assert fingerprint_raster("town.tif") == before


def test_an_archive_counts(raster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "town.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(raster, "town.tif")
    facts = fingerprint_raster(f"/vsizip/{archive}/town.tif")
    assert set(facts) == {"town.tif", "file town.zip"}
    assert facts["town.tif"] == fingerprint_raster(str(raster))["town.tif"]
    monkeypatch.chdir(tmp_path)
    assert fingerprint_raster("/vsizip/town.zip/town.tif") == facts


def test_a_file_larger_than_its_edges_is_not_read_whole(raster: Path) -> None:
    content = raster.read_bytes()
    assert len(content) > 3 * 65_536
    before = fingerprint_raster(str(raster))
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    keep_time(raster, bytes(changed))
    assert fingerprint_raster(str(raster)) == before


def test_the_description_of_a_tile_service_counts(tmp_path: Path) -> None:
    service = tmp_path / "tiles.xml"
    service.write_text(TILE_SERVICE.replace("LEVEL", "17"))
    before = fingerprint_raster(str(service))
    assert set(before) == {"tiles.xml", "file tiles.xml"}
    service.write_text(TILE_SERVICE.replace("LEVEL", "18"))
    after = fingerprint_raster(str(service))
    assert all(after[name] != before[name] for name in before)


class KeyHandler(RangeHandler):
    """Tells only those of a file who have a key, as GDAL may."""

    def send_head(self) -> Any:
        if self.headers.get("User-Agent", "").startswith("Python"):
            self.send_error(403)
            return None
        return super().send_head()


@pytest.mark.parametrize("prefix", ["", "/vsicurl/"])
def test_a_file_behind_an_address_is_told_by_its_server(raster: Path, prefix: str) -> None:
    os.utime(raster, (1_700_000_000, 1_700_000_000))
    with serve(raster.parent) as address:
        facts = fingerprint_raster(f"{prefix}{address}/town.tif?key=secret")
    assert facts == {
        "town.tif": fingerprint_raster(str(raster))["town.tif"],
        "address town.tif": f"Content-Length {raster.stat().st_size}, "
        "Last-Modified Tue, 14 Nov 2023 22:13:20 GMT",
    }


def test_a_server_that_tells_nothing_is_no_failure(raster: Path) -> None:
    with serve(raster.parent, KeyHandler) as address:
        facts = fingerprint_raster(f"{address}/town.tif")
    assert facts["address town.tif"] == "not told"
    assert "GTiff" in facts["town.tif"]


def test_a_raster_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RasterError, match=r"gone\.tif: no such file\."):
        fingerprint_raster(str(tmp_path / "gone.tif"))
