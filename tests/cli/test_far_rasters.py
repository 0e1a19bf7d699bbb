"""Rasters behind an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
from tests.serving import serve


@pytest.fixture(autouse=True)
def _bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("geoseg.detections.detector.load_detector", load_bright_detector)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["predict", *arguments])


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where this machine serves `tmp_path`."""
    with serve(tmp_path) as address:
        yield address


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
