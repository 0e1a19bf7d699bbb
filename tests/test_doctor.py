from __future__ import annotations

import getpass
import platform
from pathlib import Path

import numpy as np
import pytest

import geoseg
from geoseg import doctor


def test_this_installation_is_good() -> None:
    facts = doctor.examine()
    assert [fact for fact in facts if not fact.is_good] == []
    by_name = {fact.name: fact.text for fact in facts}
    assert by_name["geoseg"] == geoseg.__version__
    assert by_name["Python"].startswith(platform.python_version())
    assert "rasterio" in by_name["GDAL"]
    assert "intact" in by_name["bundled model"]
    assert "buildings in a made-up tile" in by_name["self-test"]


def test_a_failure_is_a_fact_that_is_not_good() -> None:
    def find_out() -> str:
        raise OSError("no\nlibrary")

    fact = doctor.examine_one("GDAL", find_out)
    assert fact == doctor.Fact("GDAL", "failed: OSError: no library", is_good=False)


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("/home/alice/maps/a.tif and /Users/bob", "~/maps/a.tif and ~"),
        (r"C:\Users\carol\a.tif", r"~\a.tif"),
        (f"{Path.home()}/x", "~/x"),
        ("GDAL 3.10.3", "GDAL 3.10.3"),
        ("", ""),
    ],
)
def test_home_folders_are_taken_out(text: str, scrubbed: str) -> None:
    assert doctor.scrub(text) == scrubbed


def test_the_host_name_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "atlas")
    assert doctor.scrub("on atlas, not atlassian") == "on <host>, not atlassian"


def test_the_plain_facts_hold_no_names() -> None:
    texts = [
        doctor.examine_one(name, find_out).text
        for name, find_out in doctor._QUESTIONS.items()
        if name in ("system", "CPU", "memory", "disk", "Python", "path variables set")
    ]
    assert not any(str(Path.home()) in text or platform.node() in text for text in texts)
    assert not any(f"/{getpass.getuser()}/" in text for text in texts)


def test_cpuinfo_of_linux_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(
        "processor\t: 0\nmodel name\t: Example 9000\nflags\t\t: fpu avx2 amx_tile\n\n"
        "processor\t: 1\nmodel name\t: Example 9000\nflags\t\t: fpu avx2 amx_tile\n",
        encoding="utf-8",
    )
    assert doctor.read_cpuinfo(path) == ("Example 9000", {"fpu", "avx2", "amx_tile"})


def test_a_machine_without_cpuinfo_gives_nothing(tmp_path: Path) -> None:
    assert doctor.read_cpuinfo(tmp_path / "absent") == ("", set())


def test_an_absent_package_is_said_to_be_absent() -> None:
    assert doctor.get_version("geoseg-no-such-package") == "absent"


@pytest.mark.parametrize("size_px", [64, 301])
def test_the_tile_of_the_self_test_is_the_same_every_time(size_px: int) -> None:
    tile = doctor.make_test_tile(size_px)
    assert tile.shape == (size_px, size_px, 3)
    assert tile.dtype == np.uint8
    np.testing.assert_array_equal(tile, doctor.make_test_tile(size_px))
    # Roofs are brighter than the ground in the corner.
    roof = tile[size_px // 6 + 2, size_px // 6 + 2]
    assert roof[0] > tile[:5, :5, 0].mean() + 50
