"""Copying services: a server in the test gives tiles whose pixels tell where they are."""

from __future__ import annotations

import itertools
import math
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsPointXY, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QCoreApplication

from geoseg_qgis.engine.errors import CommandCancelled
from geoseg_qgis.raster_export import (
    MAX_NUM_PX,
    ExportPlan,
    export_raster,
    measure_unit,
    plan_export,
)
from geoseg_qgis.raster_input import RasterInput, RasterInputError, read_layer

WORLD_M = 20037508.342789244
ZOOM = 19
NATIVE_M = 2 * WORLD_M / 256 / 2**ZOOM
_NUMBERS = itertools.count()
# Banepa.
LON, LAT = 85.52, 27.63


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.missing_rows: set[int] = set()
        self.is_slow = False
        self.release = threading.Event()
        self.num_requests = 0
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that was cancelled closes its connections."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.num_requests += 1
        if self.server.is_slow:
            self.server.release.wait(20)
        parts = urlsplit(self.path)
        if parts.path == "/wms":
            self._answer_wms({key.upper(): one[0] for key, one in parse_qs(parts.query).items()})
            return
        zoom, col, row = (int(one) for one in parts.path.strip("/").split(".")[0].split("/"))
        if row in self.server.missing_rows:
            self.send_error(404)
            return
        x, y = np.meshgrid(np.arange(256) + col * 256, np.arange(256) + row * 256)
        self._send(np.stack([x % 256, y % 256, np.full_like(x, zoom)], axis=2), "image/png")

    def _answer_wms(self, query: dict[str, str]) -> None:
        if query["REQUEST"] == "GetCapabilities":
            self._send_bytes(
                _CAPABILITIES.format(url=f"{self.server.address}/wms").encode(), "text/xml"
            )
            return
        west, south, east, north = (float(one) for one in query["BBOX"].split(","))
        width, height = int(query["WIDTH"]), int(query["HEIGHT"])
        x = west + (np.arange(width) + 0.5) * (east - west) / width
        y = north - (np.arange(height) + 0.5) * (north - south) / height
        # The distance in decimetres from a corner of the layer.
        x, y = np.meshgrid((x - 350000) * 10, (y - 3056000) * 10)
        self._send(np.stack([x % 256, y % 256, np.full_like(x, 7)], axis=2), "image/png")

    def _send(self, rgb: np.ndarray, kind: str) -> None:
        height, width = rgb.shape[:2]
        rows = np.zeros((height, 1 + width * 3), np.uint8)
        rows[:, 1:] = np.floor(rgb).astype(np.uint8).reshape(height, -1)
        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b"")]
        png = b"\x89PNG\r\n\x1a\n"
        for name, data in chunks:
            png += struct.pack(">I", len(data)) + name + data
            png += struct.pack(">I", zlib.crc32(name + data))
        self._send_bytes(png, kind)

    def _send_bytes(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


_CAPABILITIES = """<?xml version="1.0"?>
<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms"
 xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Name>WMS</Name><Title>t</Title><OnlineResource xlink:href="{url}"/></Service>
<Capability><Request>
<GetCapabilities><Format>text/xml</Format><DCPType><HTTP><Get>
<OnlineResource xlink:href="{url}"/></Get></HTTP></DCPType></GetCapabilities>
<GetMap><Format>image/png</Format><DCPType><HTTP><Get>
<OnlineResource xlink:href="{url}"/></Get></HTTP></DCPType></GetMap></Request>
<Exception><Format>XML</Format></Exception>
<Layer><Title>root</Title><CRS>EPSG:32645</CRS>
<Layer><Name>ortho</Name><Title>ortho</Title><CRS>EPSG:32645</CRS>
<EX_GeographicBoundingBox><westBoundLongitude>85</westBoundLongitude>
<eastBoundLongitude>86</eastBoundLongitude><southBoundLatitude>27</southBoundLatitude>
<northBoundLatitude>28</northBoundLatitude></EX_GeographicBoundingBox>
<BoundingBox CRS="EPSG:32645" minx="350000" miny="3055000" maxx="352000" maxy="3057000"/>
</Layer></Layer></Capability></WMS_Capabilities>"""


@pytest.fixture
def server() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tiles(server: _Server) -> RasterInput:
    # QGIS keeps tiles by their address, and a port may come again.
    url = server.address + "/{z}/{x}/{y}.png?" + str(next(_NUMBERS))
    layer = QgsRasterLayer(f"type=xyz&url={url}&zmin=0&zmax={ZOOM}", "Kacheln/1", "wms")
    return read_layer(layer)


def _metric(lon: float, lat: float) -> tuple[float, float]:
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * WORLD_M / math.pi
    return lon * WORLD_M / 180, y


def _around(ground_m: float) -> QgsRectangle:
    """A square of a size on the ground, in Web Mercator."""
    x, y = _metric(LON, LAT)
    half = ground_m / 2 / math.cos(math.radians(LAT))
    return QgsRectangle(x - half, y - half, x + half, y + half)


def _export(raster: RasterInput, plan: ExportPlan, path: Path) -> list[str]:
    return export_raster(
        raster, plan, path, on_share=lambda share: None, is_cancelled=lambda: False
    )


def test_tile_services_have_to_be_copied(tiles: RasterInput) -> None:
    assert tiles.must_be_copied
    assert tiles.crs.authid() == "EPSG:3857"


def test_a_unit_of_web_mercator_is_shorter_on_the_ground_away_from_the_equator(
    tiles: RasterInput,
) -> None:
    along_x, along_y = measure_unit(tiles, QgsPointXY(*_metric(LON, 60)))
    # On the ellipsoid, by the radii of curvature at 60 degrees.
    assert along_x == pytest.approx(0.5 * 6394209.17 / 6378137, rel=1e-4)
    assert along_y == pytest.approx(0.5 * 6383453.9 / 6378137, rel=1e-3)


def test_a_copy_at_the_services_own_pixels_is_exact_and_in_its_place(
    tiles: RasterInput, tmp_path: Path
) -> None:
    ground_gsd = NATIVE_M * math.cos(math.radians(LAT))
    plan = plan_export(tiles, _around(60), ground_gsd)
    path = tmp_path / "Kopie mit Leerzeichen ü.tif"
    assert _export(tiles, plan, path) == []
    dataset = gdal.Open(str(path))
    west, step_x, _, north, _, step_y = dataset.GetGeoTransform()
    assert step_x == pytest.approx(NATIVE_M, rel=1e-9)
    assert step_y == pytest.approx(-NATIVE_M, rel=1e-9)
    col, row = round((west + WORLD_M) / NATIVE_M), round((WORLD_M - north) / NATIVE_M)
    pixels = dataset.ReadAsArray()
    assert pixels.shape[0] == 4
    assert pixels.shape[2] * ground_gsd == pytest.approx(60, abs=1)
    width, height = plan.size_wh
    assert (pixels[0] == (col + np.arange(width)) % 256).all()
    assert (pixels[1] == ((row + np.arange(height)) % 256)[:, None]).all()
    assert (pixels[2] == ZOOM).all()
    assert (pixels[3] == 255).all()
    assert dataset.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    assert dataset.GetRasterBand(1).GetBlockSize() == [256, 256]
    assert dataset.GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE") == "DEFLATE"


@pytest.mark.parametrize(("gsd_m", "zoom"), [(0.3, 19), (0.45, 19), (0.5, 18), (0.9, 18)])
def test_the_coarsest_zoom_level_that_is_fine_enough_is_copied(
    tiles: RasterInput, tmp_path: Path, gsd_m: float, zoom: int
) -> None:
    plan = plan_export(tiles, _around(60), gsd_m)
    _export(tiles, plan, tmp_path / "copy.tif")
    dataset = gdal.Open(str(tmp_path / "copy.tif"))
    native_m = NATIVE_M * 2 ** (ZOOM - zoom)
    west, step_x = dataset.GetGeoTransform()[:2]
    assert step_x == pytest.approx(native_m, rel=1e-9)
    assert plan.gsd_m == pytest.approx(native_m * math.cos(math.radians(LAT)), rel=2e-3)
    pixels = dataset.ReadAsArray()
    col = round((west + WORLD_M) / native_m)
    assert (pixels[0] == (col + np.arange(plan.size_wh[0])) % 256).all()
    assert (pixels[2] == zoom).all()


def test_pixels_are_not_finer_than_those_of_the_service(tiles: RasterInput) -> None:
    plan = plan_export(tiles, _around(60), 0.1)
    assert plan.gsd_m == pytest.approx(NATIVE_M * math.cos(math.radians(LAT)), rel=2e-3)


def test_tiles_that_the_service_does_not_have_are_transparent(
    server: _Server, tiles: RasterInput, tmp_path: Path
) -> None:
    plan = plan_export(tiles, _around(160), 0.27)
    server.missing_rows.add(int((WORLD_M - _metric(LON, LAT)[1]) / NATIVE_M / 256))
    _export(tiles, plan, tmp_path / "copy.tif")
    alpha = gdal.Open(str(tmp_path / "copy.tif")).ReadAsArray()[3]
    assert (alpha == 0).any()
    assert (alpha == 255).any()


def test_a_service_that_gives_nothing_is_an_error(
    server: _Server, tiles: RasterInput, tmp_path: Path
) -> None:
    server.missing_rows.update(range(2**ZOOM))
    plan = plan_export(tiles, _around(100), 0.27)
    with pytest.raises(RasterInputError, match="gave no picture"):
        _export(tiles, plan, tmp_path / "copy.tif")


def test_the_whole_world_needs_an_area(tiles: RasterInput) -> None:
    with pytest.raises(RasterInputError, match="choose an area"):
        plan_export(tiles, None, 0.2)


def test_an_area_that_is_too_large_is_refused_with_its_size(tiles: RasterInput) -> None:
    with pytest.raises(RasterInputError, match=r"\d+ x \d+ pixels at 0.\d+ m, .* smaller"):
        plan_export(tiles, _around(40_000), 0.2)


def test_a_large_area_is_warned_about_with_its_size(tiles: RasterInput) -> None:
    plan = plan_export(tiles, _around(6_000), 0.2)
    assert plan.num_px < MAX_NUM_PX
    assert "MB" in plan.warning
    assert plan_export(tiles, _around(600), 0.2).warning == ""


def test_an_area_elsewhere_is_refused(tiles: RasterInput) -> None:
    beyond = QgsRectangle(3 * WORLD_M, 0, 3 * WORLD_M + 100, 100)
    with pytest.raises(RasterInputError, match="must touch"):
        plan_export(tiles, beyond, 0.2)


def test_a_service_that_does_not_answer_is_cancelled_within_a_second(
    server: _Server, tiles: RasterInput, tmp_path: Path
) -> None:
    server.is_slow = True
    plan = plan_export(tiles, _around(400), 0.3)
    asked = threading.Event()
    cancelled_at: list[float] = []

    def is_cancelled() -> bool:
        if server.num_requests and not cancelled_at:
            cancelled_at.append(time.monotonic())
            asked.set()
        return asked.is_set()

    with pytest.raises(CommandCancelled):
        export_raster(
            tiles,
            plan,
            tmp_path / "copy.tif",
            on_share=lambda share: None,
            is_cancelled=is_cancelled,
        )
    assert time.monotonic() - cancelled_at[0] < 1.0


def test_progress_is_told_while_a_copy_is_made(tiles: RasterInput, tmp_path: Path) -> None:
    shares: list[float] = []
    strip = _around(60)
    strip.setXMaximum(strip.xMinimum() + 1000)
    plan = plan_export(tiles, strip, 0.3)
    export_raster(
        tiles, plan, tmp_path / "copy.tif", on_share=shares.append, is_cancelled=lambda: False
    )
    assert len(shares) >= 3
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.9
    assert shares[-1] <= 1


def test_the_window_lives_while_another_thread_waits_for_a_service(
    server: _Server, tiles: RasterInput, tmp_path: Path
) -> None:
    server.is_slow = True
    plan = plan_export(tiles, _around(100), 0.27)
    thread = threading.Thread(target=_export, args=(tiles, plan, tmp_path / "copy.tif"))
    thread.start()
    # If QGIS held Python's lock, nobody could answer, and this would not end.
    while not server.num_requests:
        QCoreApplication.processEvents()
        thread.join(0.005)
    assert thread.is_alive()
    server.release.set()
    thread.join()
    dataset = gdal.Open(str(tmp_path / "copy.tif"))
    assert (dataset.ReadAsArray()[3] == 255).all()


def test_a_wms_is_copied_in_its_own_metres(server: _Server, tmp_path: Path) -> None:
    source = f"crs=EPSG:32645&format=image/png&layers=ortho&styles=&url={server.address}/wms"
    layer = QgsRasterLayer(source, "ortho", "wms")
    assert layer.isValid(), layer.error().summary()
    raster = read_layer(layer)
    plan = plan_export(raster, QgsRectangle(350200, 3055400, 350320, 3055500), 0.5)
    assert plan.gsd_m == 0.5
    _export(raster, plan, tmp_path / "copy.tif")
    dataset = gdal.Open(str(tmp_path / "copy.tif"))
    west, step_x, _, north, _, step_y = dataset.GetGeoTransform()
    # A metre of UTM is not quite one on the ground, east of the middle of its zone.
    assert step_x == pytest.approx(0.5, rel=1e-3)
    red, green = dataset.ReadAsArray()[:2]
    x = west + (np.arange(dataset.RasterXSize) + 0.5) * step_x
    y = north + (np.arange(dataset.RasterYSize) + 0.5) * step_y
    off_x = (red.astype(int) - np.floor((x - 350000) * 10)) % 256
    off_y = (green.astype(int) - np.floor((y - 3056000) * 10)[:, None]) % 256
    assert np.isin(off_x, (0, 1, 255)).all()
    assert np.isin(off_y, (0, 1, 255)).all()


def test_values_of_a_virtual_raster_are_copied_as_they_are(
    sample_raster: Path, tmp_path: Path
) -> None:
    base = QgsRasterLayer(str(sample_raster), "base")
    assert base.isValid()
    virtual = QgsRasterLayer(_virtual_source(base), "virtual", "virtualraster")
    if not virtual.isValid():
        pytest.skip("this QGIS has no virtual rasters")
    raster = read_layer(virtual)
    assert raster.must_be_copied
    plan = plan_export(raster, None, 0.5)
    # Its own pixels of 0.3 m, which geoseg shrinks.
    assert plan.size_wh == (480, 480)
    _export(raster, plan, tmp_path / "copy.tif")
    copy, original = gdal.Open(str(tmp_path / "copy.tif")), gdal.Open(str(sample_raster))
    assert copy.GetGeoTransform() == pytest.approx(original.GetGeoTransform())
    expected = original.GetRasterBand(1).ReadAsArray().astype(float) * 2
    assert np.allclose(copy.GetRasterBand(1).ReadAsArray(), expected)


def _virtual_source(base: QgsRasterLayer) -> str:
    from qgis.core import QgsRasterDataProvider

    parameters = QgsRasterDataProvider.VirtualRasterParameters()
    parameters.crs, parameters.extent = base.crs(), base.extent()
    parameters.width, parameters.height = base.width(), base.height()
    parameters.formula = '"base@1" * 2'
    one = QgsRasterDataProvider.VirtualRasterInputLayers()
    one.name, one.uri, one.provider = "base", base.source(), "gdal"
    parameters.rInputLayers = [one]
    return str(QgsRasterDataProvider.encodeVirtualRasterProviderUri(parameters))
