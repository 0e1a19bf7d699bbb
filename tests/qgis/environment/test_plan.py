"""Plans, progress, and what pip's words mean."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

import geoseg
from geoseg_qgis.environment.options import Flavour, find_constraints, read_plugin_version
from geoseg_qgis.environment.pip_errors import explain_pip
from geoseg_qgis.environment.plan import InstallPlan, Package, read_report
from geoseg_qgis.environment.progress import InstallProgress

MB = 1_000_000
REMOTE = (
    Package("numpy", "2.1.0", 30 * MB, "https://files.example/numpy-2.1.0-cp312.whl"),
    Package("Fake_Engine", "2.5", 10 * MB, "https://files.example/fake_engine-2.5.whl"),
)
LOCAL = Package("geoseg", "0.1.0", 60 * MB, "file:///wheels/geoseg-0.1.0.whl")


def make_plan(*packages: Package) -> InstallPlan:
    return InstallPlan(packages, Flavour.LIGHT, free_bytes=10**12)


def test_download_is_what_does_not_lie_here() -> None:
    plan = make_plan(*REMOTE, LOCAL)
    assert plan.download_bytes == 40 * MB
    assert plan.num_unknown == 0
    assert 300 * MB < plan.disk_bytes < 400 * MB


def test_room_is_a_usual_one_where_sizes_are_unknown() -> None:
    assert make_plan(Package("a", "1"), *REMOTE).disk_bytes == 1000 * MB
    assert make_plan().disk_bytes == 1000 * MB
    assert InstallPlan((), Flavour.FULL, 0).disk_bytes == 3000 * MB


def test_room_for_the_download_is_needed_besides() -> None:
    disk_bytes = make_plan(*REMOTE).disk_bytes
    assert not InstallPlan(REMOTE, Flavour.LIGHT, disk_bytes + 39 * MB).has_room
    assert InstallPlan(REMOTE, Flavour.LIGHT, disk_bytes + 41 * MB).has_room


def test_report_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    install = [
        {"metadata": {"name": name, "version": "1"}, "download_info": {"url": f"https://a/{name}"}}
        for name in ("numpy", "Affine")
    ]
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"version": "1", "install": install}), encoding="utf-8")
    assert read_report(path) == [
        Package("Affine", "1", None, "https://a/Affine"),
        Package("numpy", "1", None, "https://a/numpy"),
    ]
    for text in ('{"version": "1"}', "[]", "no JSON"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"report|Expecting"):
            read_report(path)


class Usage(NamedTuple):
    """As of shutil.disk_usage."""

    free: int


def test_progress_joins_download_and_unpacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []
    progress = InstallProgress(make_plan(*REMOTE), tmp_path, shares.append)
    monkeypatch.setattr("geoseg_qgis.environment.progress._MIN_PAUSE_S", 0.0)
    free = 10**12
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(free))
    for line in (
        "Collecting numpy",
        "  Downloading numpy-2.1.0-cp312.whl.metadata (60 kB)",
        "Downloading numpy-2.1.0-cp312.whl (30.0 MB)",
        "Progress 15000000 of 30000000",
        "Progress 30000000 of 30000000",
        "Using cached fake_engine-2.5-py3-none-any.whl (10 MB)",
        "Progress 10000000 of 10000000",
    ):
        progress.look()
        progress.take(line)
    # By size: a half of three quarters, three quarters, all.
    assert shares == pytest.approx([0.6 * 0.375, 0.6 * 0.75, 0.6])
    progress.take("Installing collected packages: fake_engine, numpy")
    (tmp_path / "fake_engine-2.5.dist-info").mkdir()
    progress.look()
    assert shares[-1] == pytest.approx(0.6 + 0.4 * 0.25)
    # numpy is half on disk, with the room that both are likely to take.
    free -= make_plan(*REMOTE).disk_bytes // 2
    progress.look()
    assert shares[-1] == pytest.approx(0.6 + 0.4 * 0.5)
    (tmp_path / "numpy-2.1.0.dist-info").mkdir()
    progress.look()
    assert shares[-1] == pytest.approx(1.0)


def test_progress_never_shrinks_and_survives_nonsense(tmp_path: Path) -> None:
    shares: list[float] = []
    progress = InstallProgress(make_plan(), tmp_path / "absent", shares.append)
    for line in ("Progress 5 of 0", "Progress 9 of 1", "Downloading a.whl", "Progress 1 of 9", ""):
        progress.take(line)
        progress.look()
    assert shares == sorted(shares)
    assert all(share <= 1 for share in shares)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
          "device"], "disk is full"),
        (["WARNING: Retrying ... 'ProxyError('Cannot connect to proxy.', OSError('Tunnel "
          "connection failed: 407 Proxy Authentication Required'))'",
          "ERROR: No matching distribution found for geoseg[onnx]==0.1.0"], "proxy refused"),
        (["WARNING: Retrying ... NewConnectionError('Failed to establish a new connection')",
          "ERROR: No matching distribution found for geoseg"], "cannot be reached"),
        (["WARNING: ... SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]"],
         "certificate"),
        (["ERROR: Could not install packages due to an OSError: [Errno 2] No such file",
          "HINT: This error might have occurred since this system does not have Windows Long Path "
          "support enabled."], "too long for Windows"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."],
         "hash differs"),
        (["ERROR: Could not install packages due to an OSError: Missing dependencies for SOCKS "
          "support."], "SOCKS"),
        (["ERROR: Could not find a version that satisfies the requirement geoseg[onnx]==0.1.0 "
          "(from versions: none)",
          "ERROR: No matching distribution found for geoseg[onnx]==0.1.0"], "make wheels"),
        (["ERROR: Ignored the following versions that require a different python version: 0.1.0",
          "ERROR: No matching distribution found for geoseg"], "another version of Python"),
        (["ERROR: No matching distribution found for onnxruntime==1.31.1"],
         "no wheel of onnxruntime"),
        (["OSError: [Errno 13] Permission denied: '/a/b'"], "/a/b cannot be written"),
        (["fine", "ERROR: Something new.", "more"], "Something new."),
        (["the last word", ""], "the last word"),
        ([], "did not say why"),
    ],
)  # fmt: skip
def test_words_of_pip_become_one_clear_line(lines: list[str], words: str) -> None:
    message = explain_pip(lines, wheel_folder=None, is_offline=False)
    assert words in message
    assert "\n" not in message


def test_plugin_is_in_step_with_the_package() -> None:
    assert read_plugin_version() == geoseg.__version__
    constraints = find_constraints()
    assert constraints is None or constraints.name == "constraints.txt"
