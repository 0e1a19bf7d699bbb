"""What the toolbox shows of geoseg."""

from __future__ import annotations

from qgis.core import (
    QgsApplication,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelParameter,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterRasterLayer,
)

from geoseg_qgis.toolbox.command_algorithm import ICON
from geoseg_qgis.toolbox.provider import ALGORITHMS, GeosegProvider

ADVANCED = QgsProcessingParameterDefinition.Flag.FlagAdvanced


def test_the_algorithms_are_there_by_their_names(provider: GeosegProvider) -> None:
    assert sorted(one.id() for one in provider.algorithms()) == [
        "geoseg:evaluate",
        "geoseg:exportosm",
        "geoseg:extractbuildings",
        "geoseg:tileraster",
        "geoseg:train",
    ]
    assert all(one.canExecute()[0] for one in provider.algorithms())


def test_every_parameter_has_a_help_and_a_title(provider: GeosegProvider) -> None:
    for algorithm in provider.algorithms():
        for parameter in algorithm.parameterDefinitions():
            where = f"{algorithm.id()} {parameter.name()}"
            assert parameter.help().endswith("."), where
            assert parameter.description(), where
            assert parameter.name().isupper(), where


def test_every_algorithm_says_what_it_does(provider: GeosegProvider) -> None:
    for algorithm in provider.algorithms():
        assert len(algorithm.shortHelpString()) > 100
        assert algorithm.displayName()
        assert "building" in algorithm.tags()


def test_what_few_people_change_is_advanced(provider: GeosegProvider) -> None:
    algorithm = QgsApplication.processingRegistry().algorithmById("geoseg:extractbuildings")
    advanced = {one.name() for one in algorithm.parameterDefinitions() if one.flags() & ADVANCED}
    assert advanced == {"GSD", "OVERLAP", "BANDS", "WEIGHTS", "ENGINE", "DEVICE"}


def test_every_result_is_declared(provider: GeosegProvider) -> None:
    outputs = {
        one.id().split(":")[1]: {output.name(): output.type() for output in one.outputDefinitions()}
        for one in provider.algorithms()
    }
    assert outputs["extractbuildings"]["OUTPUT"] == "outputVector"
    assert outputs["extractbuildings"]["BUILDINGS"] == "outputNumber"
    assert outputs["tileraster"]["OUTPUT"] == "outputFolder"
    assert outputs["exportosm"]["OUTPUT"] == "outputFile"
    assert outputs["evaluate"]["F1"] == "outputNumber"
    assert outputs["evaluate"]["REPORT"] == "outputHtml"
    assert outputs["train"]["WEIGHTS"] == "outputFile"


def test_formats_are_those_that_geoseg_writes(provider: GeosegProvider) -> None:
    endings = set(provider.supportedOutputVectorLayerExtensions())
    assert (
        {"gpkg", "geojson", "fgb", "shp"} <= endings <= {"gpkg", "geojson", "fgb", "shp", "parquet"}
    )
    assert provider.defaultVectorFileExtension() == "gpkg"
    assert not provider.supportsNonFileBasedOutput()


def test_the_icon_is_there(provider: GeosegProvider) -> None:
    assert ICON.is_file()
    assert not provider.icon().isNull()
    assert len(ALGORITHMS) == len(provider.algorithms())


def _take_usual_values(child: QgsProcessingModelChildAlgorithm) -> None:
    """As the dialog of the Model Designer does it."""
    for parameter in child.algorithm().parameterDefinitions():
        if not parameter.isDestination():
            value = QgsProcessingModelChildParameterSource.fromStaticValue(parameter.defaultValue())
            child.addParameterSources(parameter.name(), [value])


def test_a_model_can_be_made_of_it(provider: GeosegProvider) -> None:
    model = QgsProcessingModelAlgorithm("Gebäude", "Modelle")
    model.addModelParameter(
        QgsProcessingParameterRasterLayer("imagery"), QgsProcessingModelParameter("imagery")
    )
    child = QgsProcessingModelChildAlgorithm("geoseg:extractbuildings")
    child.setChildId("extract")
    source = QgsProcessingModelChildParameterSource
    _take_usual_values(child)
    child.addParameterSources("INPUT", [source.fromModelParameter("imagery")])
    child.addParameterSources("SCORE", [source.fromStaticValue(0.6)])
    model.addChildAlgorithm(child)
    further = QgsProcessingModelChildAlgorithm("geoseg:exportosm")
    further.setChildId("osm")
    _take_usual_values(further)
    further.addParameterSources("INPUT", [source.fromChildOutput("extract", "OUTPUT")])
    model.addChildAlgorithm(further)
    is_good, problems = model.validate()
    assert is_good, problems
    assert model.canExecute()[0]
