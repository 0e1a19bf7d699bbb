from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geoseg_qgis.engine.interpreter import make_argv, make_variables
from geoseg_qgis.engine.run import run_command
from tests.qgis.engine.watching import Recorder, never

FOREIGN = {
    "PYTHONHOME": "/opt/QGIS/python",
    "PYTHONPATH": "/opt/QGIS/python/plugins",
    "PYTHONEXECUTABLE": "/opt/QGIS/bin/QGIS",
    "PYTHONSTARTUP": "/opt/QGIS/start.py",
    "GDAL_DATA": "/opt/QGIS/share/gdal",
    "GDAL_DRIVER_PATH": "/opt/QGIS/lib/gdalplugins",
    "PROJ_LIB": "/opt/QGIS/share/proj",
    "PROJ_DATA": "/opt/QGIS/share/proj",
    "QT_PLUGIN_PATH": "/opt/QGIS/plugins",
    "QT_QPA_PLATFORM": "offscreen",
    "LD_LIBRARY_PATH": "/tmp/.mount_QGISabc/usr/lib:/app/lib",
    "LD_PRELOAD": "/tmp/.mount_QGISabc/usr/lib/hook.so",
    "DYLD_FALLBACK_LIBRARY_PATH": "/Applications/QGIS.app/Contents/MacOS/lib",
    "__PYVENV_LAUNCHER__": "/Applications/QGIS.app/Contents/MacOS/bin/python3",
    "VIRTUAL_ENV": "/home/a/other",
    "PIP_TARGET": "/home/a/packages",
}
OWN = {
    "PATH": "/usr/bin",
    "HOME": "/home/a",
    "https_proxy": "http://proxy:3128",
    "NO_PROXY": "localhost",
    "TMPDIR": "/scratch",
    "LANG": "de_DE.UTF-8",
    "CUDA_VISIBLE_DEVICES": "0",
    "PIP_INDEX_URL": "https://mirror/simple",
}


def test_what_qgis_sets_is_taken_out_and_the_rest_stays() -> None:
    assert make_variables({**FOREIGN, **OWN}) == OWN


def test_names_are_compared_as_windows_does() -> None:
    assert make_variables({"PythonHome": "x", "Gdal_Data": "y", "Path": "z"}) == {"Path": "z"}


def test_folders_of_cuda_stay_on_the_search_path() -> None:
    folders = "/app/lib:/usr/local/cuda-12/lib64:/opt/QGIS/lib"
    kept = make_variables({"LD_LIBRARY_PATH": folders})
    assert kept == {"LD_LIBRARY_PATH": "/usr/local/cuda-12/lib64"}


def test_variables_given_besides_win() -> None:
    assert make_variables({"A": "1", "GDAL_DATA": "x"}, {"A": "2", "GDAL_CACHEMAX": "64"}) == {
        "A": "2",
        "GDAL_CACHEMAX": "64",
    }


def test_command_is_isolated_and_ends_with_its_standard_input() -> None:
    argv = make_argv(Path("/a b/python"), ["predict", "ä.tif"])
    assert argv[0] == str(Path("/a b/python"))
    assert argv[1:] == [
        "-I", "-X", "utf8", "-u", "-m", "geoseg", "--end-with-stdin", "predict", "ä.tif",
    ]  # fmt: skip


def test_child_sees_nothing_of_qgis(
    fake_python: Path, program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FOREIGN.items():
        # What a preloaded library does to this very process is none of our business.
        if not name.startswith(("LD_", "DYLD_")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTPS_PROXY", "http://own:1")
    word = program(
        "import json, os, sys\n"
        "print(json.dumps({'v': 1, 'event': 'result', 'environment': dict(os.environ),"
        " 'prefix': sys.prefix, 'words': sys.argv[1:]}))\n"
    )
    words = [word, "blank space", "naïve 建物", '"quoted"', "", "$HOME", "%PATH%", "*"]
    values = run_command(
        fake_python,
        words,
        Recorder(),
        is_cancelled=never,
        variables={"HTTPS_PROXY": "http://new:2"},
    )
    environment = values["environment"]
    assert not set(environment) & set(FOREIGN)
    assert environment["HTTPS_PROXY"] == "http://new:2"
    assert environment["PATH"] == os.environ["PATH"]
    assert values["prefix"] == str(fake_python.parents[1]) != sys.prefix
    assert values["words"] == words[1:]
