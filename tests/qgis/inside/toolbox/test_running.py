"""Running algorithms with a command that behaves, and with one that does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import processing
import pytest
from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterRasterLayer,
)

SUCCEED = """
tell("start", stage="tiles", total=2)
tell("progress", stage="tiles", done=1, total=2, per_s=1.0, eta_s=1.0, found=3)
output = words[words.index("-o") + 1]
open(output, "w").write('{"type": "FeatureCollection", "features": []}')
tell("warning", message="The raster is coarse.")
tell("finish", stage="tiles", done=2, total=2, found=3, elapsed_s=1.0)
tell("result", buildings=3, area_km2=0.25, seconds=2.5, tiles=2, outputs=[output], origin={})
"""


def _extract(raster: Path, output: Path, feedback: Any, **more: Any) -> dict[str, Any]:
    parameters = {"INPUT": str(raster), "OUTPUT": str(output), **more}
    return dict(processing.run("geoseg:extractbuildings", parameters, feedback=feedback))


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "Gebäude 1 建物.geojson"


def test_numbers_progress_and_warnings_come_through(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    fake_geoseg(SUCCEED)
    result = _extract(sample_raster, output, feedback, SCORE=0.5, VIEWS="2")
    assert result["OUTPUT"] == str(output)
    assert (result["BUILDINGS"], result["AREA_KM2"]) == (3, 0.25)
    assert (result["TILES"], result["SECONDS"]) == (2, 2.5)
    assert feedback.warnings == ["The raster is coarse."]
    assert feedback.stages == ["Looking at the imagery"]
    assert feedback.progress() == 100
    (command,) = feedback.commands
    assert command.startswith("geoseg predict ")
    assert "--score 0.5" in command
    assert "--views 2" in command


def test_a_child_that_prints_rubbish_does_no_harm(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    rubbish = r"""
sys.stdout.buffer.write(b"\xff\xfe\x00 rubbish \xf0\n[]\n")
print('{"v": 1}', '{"v": 9, "event": "x"}', '{"v": 1, "event": "result"', sep="\n")
print("x" * 100000)
print("Déjà vu", file=sys.stderr)
"""
    fake_geoseg(rubbish + SUCCEED)
    assert _extract(sample_raster, output, feedback)["BUILDINGS"] == 3
    assert "Déjà vu" in feedback.console


def test_the_commands_own_line_says_what_is_wrong(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    fake_geoseg('tell("error", message="the raster is damaged; got 12 bytes.")\nsys.exit(1)')
    with pytest.raises(QgsProcessingException, match="the raster is damaged; got 12 bytes"):
        _extract(sample_raster, output, feedback)


def test_a_child_that_is_killed_is_an_error(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    fake_geoseg('tell("start", stage="tiles", total=2)\nos.kill(os.getpid(), signal.SIGKILL)')
    with pytest.raises(QgsProcessingException):
        _extract(sample_raster, output, feedback)


def test_a_child_without_a_result_is_an_error(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    fake_geoseg("")
    with pytest.raises(QgsProcessingException):
        _extract(sample_raster, output, feedback)
    fake_geoseg('tell("result", outputs=[])')
    with pytest.raises(QgsProcessingException, match="does not understand"):
        _extract(sample_raster, output, feedback)


def test_cancel_ends_a_child_that_does_not_care_within_a_second(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    fake_geoseg(
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        'print("ready", file=sys.stderr, flush=True)\n'
        "time.sleep(60)"
    )
    cancelled_at: list[float] = []

    def cancel(line: str) -> None:
        if line == "ready":
            # From another thread, as the button does it.
            threading.Thread(target=feedback.cancel).start()
            cancelled_at.append(time.monotonic())

    feedback.on_console = cancel
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        _extract(sample_raster, output, feedback)
    assert time.monotonic() - cancelled_at[0] < 1.0


def test_nothing_temporary_is_left_behind(
    fake_geoseg: Callable[[str], Path],
    sample_raster: Path,
    output: Path,
    feedback: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    fake_geoseg(SUCCEED)
    extent = "453300,453320,38600,38620 [EPSG:32636]"
    _extract(sample_raster, output, feedback, EXTENT=extent)
    assert "--aoi" in feedback.commands[0]
    fake_geoseg('tell("error", message="no")\nsys.exit(1)')
    with pytest.raises(QgsProcessingException):
        _extract(sample_raster, output, feedback, EXTENT=extent)
    assert list(temporary.iterdir()) == []


def test_without_an_environment_it_is_said_what_to_do(
    provider: object,
    sample_raster: Path,
    output: Path,
    feedback: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GEOSEG_PYTHON", "/absent/python")
    with pytest.raises(QgsProcessingException):
        _extract(sample_raster, output, feedback)
    assert any("/absent/python" in error for error in feedback.errors)


def test_a_run_for_a_file_is_kept_and_one_for_a_temporary_file_is_not(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    fake_geoseg(SUCCEED)
    _extract(sample_raster, output, feedback)
    _extract(sample_raster, output, feedback)
    _extract(sample_raster, output, feedback, SCORE=0.7)
    first, again, other = (line[line.index("--job") :] for line in feedback.commands)
    assert first == again != other
    assert first.endswith("--resume")
    processing.run(
        "geoseg:extractbuildings",
        {"INPUT": str(sample_raster), "OUTPUT": "TEMPORARY_OUTPUT"},
        feedback=feedback,
    )
    assert "--resume" not in feedback.commands[3]


def test_what_was_kept_and_is_refused_is_done_anew(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    refuse = """
job = words[words.index("--job") + 1]
if "--resume" in words and os.path.isdir(job):
    tell("error", message="--resume goes on with what a run began with.")
    sys.exit(1)
os.makedirs(job)
"""
    fake_geoseg(refuse + SUCCEED)
    # Another one than that of the other tests.
    _extract(sample_raster, output, feedback, SCORE=0.61)
    assert _extract(sample_raster, output, feedback, SCORE=0.61)["BUILDINGS"] == 3
    assert len(feedback.commands) == 3


def test_a_model_runs_it(
    fake_geoseg: Callable[[str], Path], sample_raster: Path, output: Path, feedback: Any
) -> None:
    fake_geoseg(SUCCEED)
    model = QgsProcessingModelAlgorithm("Gebäude", "Modelle")
    model.addModelParameter(
        QgsProcessingParameterRasterLayer("imagery"), QgsProcessingModelParameter("imagery")
    )
    child = QgsProcessingModelChildAlgorithm("geoseg:extractbuildings")
    child.setChildId("extract")
    source = QgsProcessingModelChildParameterSource
    for parameter in child.algorithm().parameterDefinitions():
        if not parameter.isDestination():
            usual = source.fromStaticValue(parameter.defaultValue())
            child.addParameterSources(parameter.name(), [usual])
    child.addParameterSources("INPUT", [source.fromModelParameter("imagery")])
    wanted = QgsProcessingModelOutput("buildings", "buildings")
    wanted.setChildId("extract")
    wanted.setChildOutputName("OUTPUT")
    child.setModelOutputs({"buildings": wanted})
    model.addChildAlgorithm(child)
    model.initAlgorithm()
    context = QgsProcessingContext()
    # Named "extract:buildings" or "buildings", as the version of QGIS has it.
    (name,) = (one.name() for one in model.destinationParameterDefinitions())
    parameters = {"imagery": str(sample_raster), name: str(output)}
    values, is_good = model.run(parameters, context, feedback)
    assert is_good, feedback.errors
    assert values[name] == str(output)
    assert output.is_file()


def test_an_osm_file_is_written_besides(
    fake_geoseg: Callable[[str], Path],
    sample_raster: Path,
    output: Path,
    feedback: Any,
    tmp_path: Path,
) -> None:
    split = """
outputs = [words[n + 1] for n, word in enumerate(words) if word == "-o"]
outputs[1:] = [outputs[1].replace(".osm", f"_00{n}.osm") for n in (1, 2)]
tell("result", buildings=3, area_km2=0.25, seconds=2.5, tiles=2, outputs=outputs, origin={})
"""
    fake_geoseg(split)
    osm = tmp_path / "a.osm"
    result = _extract(sample_raster, output, feedback, OSM=str(osm))
    assert result["OSM"] == str(tmp_path / "a_001.osm")


def test_a_training_is_told_its_scene_in_files(
    fake_geoseg: Callable[[str], Path],
    sample_raster: Path,
    sample_truth: Path,
    tmp_path: Path,
    feedback: Any,
) -> None:
    fake_geoseg(
        'scene = words[words.index("--scene") + 1].split(",")\n'
        "for path in scene: print(os.path.getsize(path), path, file=sys.stderr)\n"
        'tell("start", stage="train", total=5)\n'
        'tell("result", steps=5, weights=words[words.index("-o") + 1] + "/model.npz")'
    )
    result = processing.run(
        "geoseg:train",
        {
            "RASTER": str(sample_raster),
            "LABELS": str(sample_truth),
            "AREA": str(sample_truth),
            "STEPS": 5,
            "OUTPUT": str(tmp_path / "run 1"),
        },
        feedback=feedback,
    )
    assert result["WEIGHTS"] == str(tmp_path / "run 1" / "model.npz")
    assert result["NUM_STEPS"] == 5
    assert feedback.stages == ["Training"]
    assert [line.rsplit("/", 1)[-1] for line in feedback.console] == [
        "sample.tif",
        "labels.gpkg",
        "area.gpkg",
    ]
    assert "--start bundled --steps 5" in feedback.commands[0]
