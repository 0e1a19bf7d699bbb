"""Rasters behind an address."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pytest
from click.testing import CliRunner, Result

from geoseg.cli.main import cli
from tests.bright import (
    assert_same_buildings,
    load_bright_detector,
    make_scene,
    place_roofs,
    write_raster,
)
from tests.cli.refusal import assert_refused


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["predict", *arguments])


class RangeHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder by ranges, as file servers do and Python's own handler does not."""

    def do_GET(self) -> None:
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        content = Path(self.translate_path(self.path)).read_bytes()
        first, last = map(int, match.groups()) if match else (0, len(content) - 1)
        part = content[first : last + 1]
        self.send_response(206 if match else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(part)))
        if match:
            end = first + len(part) - 1
            self.send_header("Content-Range", f"bytes {first}-{end}/{len(content)}")
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where this machine serves `tmp_path`."""

    def handle(*args: Any) -> RangeHandler:
        return RangeHandler(*args, directory=str(tmp_path))

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handle)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("prefix", ["", "/vsicurl/"])
def test_a_raster_on_a_server_is_read(prefix: str, address: str, tmp_path: Path) -> None:
    write_raster(tmp_path / "far.tif", make_scene())
    result = run(f"{prefix}{address}/far.tif", "-o", "found.geojson")
    assert result.exit_code == 0, result.output
    assert len(result.stderr.splitlines()) == 1
    assert_same_buildings(geopandas.read_file("found.geojson").geometry, place_roofs())


def test_the_query_of_an_address_stays_out_of_results(address: str, tmp_path: Path) -> None:
    write_raster(tmp_path / "far.tif", make_scene())
    assert run(f"{address}/far.tif?key=s3cret", "--preview", "far.png").exit_code == 0
    assert (tmp_path / "far_buildings.geojson").is_file()
    written = [path for path in tmp_path.iterdir() if path.suffix in (".geojson", ".json")]
    assert len(written) == 2
    assert not any("s3cret" in path.read_text(encoding="utf-8") for path in written)


def test_an_absent_file_on_a_server_is_one_line(address: str) -> None:
    assert_refused(run(f"{address}/gone.tif"), "cannot be opened; check the address")
