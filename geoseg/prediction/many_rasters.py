"""One call for any number of rasters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from geoseg.errors import OutputError
from geoseg.prediction.means import Means, telling_of_finished
from geoseg.prediction.survey import Survey, survey_rasters
from geoseg.prediction.targets import SetResult, SetTargets, is_complete, made_folder
from geoseg.prediction.to_files import JobResult, Targets, check_targets
from geoseg.prediction.together import predict_together

if TYPE_CHECKING:
    from geoseg.prediction.one_raster import PredictionRequest
    from geoseg.raster.listing import ListedRaster


def predict_rasters(
    listed: Sequence[ListedRaster],
    request: PredictionRequest,
    targets: SetTargets,
    means: Means,
) -> SetResult:
    """Find the buildings of rasters, and write them.

    Several rasters are all opened before the first is looked at. In one result of all, no
    building is there twice, see `geoseg.footprints.mosaic`.

    Args:
        listed: at least one.
        request: what is asked of all of them; its raster does not count.
        targets: what to write.
        means: what does the work, and who is told of it.

    Raises:
        GeosegError: the subclass says what is wrong; finished shards are kept.
        KeyboardInterrupt: the user has had enough; its text says how to go on.
    """
    if targets.folder is not None:
        with made_folder(targets.folder), made_folder(targets.files.job):
            return _predict_each(listed, request, targets, means)
    return _predict_whole(listed, request, targets, means)


def _predict_whole(
    listed: Sequence[ListedRaster],
    request: PredictionRequest,
    targets: SetTargets,
    means: Means,
) -> SetResult:
    files = _choose_files(listed, targets)
    if targets.skip_existing and is_complete(files):
        return SetResult(0, (), (), kept=files.outputs)
    if len(listed) == 1:
        only = listed[0]
        wanted = replace(request, raster=only.name, title=only.title, date=only.date)
        result = means.predict_to_files(wanted, files)
        return SetResult(
            result.num_buildings, (result.summary,), result.written, origin=result.origin
        )
    if means.on_footprints is not None:
        raise OutputError(
            f"footprints can be told live of one raster at a time, so results go to a folder; got "
            f"one result of {len(listed)} rasters."
        )
    _check(files, listed, request)
    survey = survey_rasters(listed, request)
    return replace(predict_together(survey.rasters, files, means), left_out=survey.left_out)


def _choose_files(listed: Sequence[ListedRaster], targets: SetTargets) -> Targets:
    files = targets.files
    if len(listed) == 1:
        return replace(files, outputs=files.outputs or (targets.choose_output(listed[0]),))
    if not files.outputs:
        raise OutputError(
            f"several rasters need an output: a file for one result of all, or a folder for one "
            f"of each; got {len(listed)} rasters."
        )
    if files.preview is not None:
        raise OutputError(f"a preview shows one raster; got {len(listed)}.")
    return files


def _predict_each(
    listed: Sequence[ListedRaster],
    request: PredictionRequest,
    targets: SetTargets,
    means: Means,
) -> SetResult:
    if targets.files.preview is not None and len(listed) > 1:
        raise OutputError(f"a preview shows one raster; got {len(listed)}.")
    todo = _list_unfinished(listed, request, targets)
    kept = [one for one in listed if one not in todo]
    survey = survey_rasters(todo, request) if todo else Survey((), ())
    results: list[JobResult] = []
    for number, raster in enumerate(survey.rasters, start=1):
        means.on_raster(number, len(survey.rasters), raster.listed.title)
        with telling_of_finished(len(results), len(survey.rasters)):
            results.append(means.predict_to_files(raster.request, targets.of_one(raster.listed)))
    return SetResult(
        sum(result.num_buildings for result in results),
        tuple(result.summary for result in results),
        tuple(path for result in results for path in result.written),
        tuple(targets.choose_output(one) for one in kept),
        survey.left_out,
        results[0].origin if len(results) == 1 else None,
    )


def list_unfinished(
    listed: Sequence[ListedRaster], request: PredictionRequest, targets: SetTargets
) -> list[ListedRaster]:
    """The rasters that a run would look at, without results that are there and are to be left.

    Args:
        listed: at least one.
        request: what is asked of all of them; its raster does not count.
        targets: results that are asked for are checked; there need not be any.

    Raises:
        OutputError: a result cannot be written, or takes the place of an input.
        OutputExistsError: a result is there already.
    """
    if targets.folder is not None:
        with made_folder(targets.folder):
            return _list_unfinished(listed, request, targets)
    files = targets.files
    if files.outputs:
        files = _choose_files(listed, targets)
        if targets.skip_existing and is_complete(files):
            return []
    _check(files, listed, request)
    return list(listed)


def _list_unfinished(
    listed: Sequence[ListedRaster], request: PredictionRequest, targets: SetTargets
) -> list[ListedRaster]:
    # A run over many that goes on has finished some of them.
    skips = targets.skip_existing or targets.files.resume
    todo = [one for one in listed if not (skips and is_complete(targets.of_one(one)))]
    for one in todo:
        _check(targets.of_one(one), listed, request)
    return todo


def _check(files: Targets, listed: Sequence[ListedRaster], request: PredictionRequest) -> None:
    inputs = (*(one.name for one in listed), request.aoi, request.weights)
    check_targets(files, inputs, may_exist=files.overwrite or files.resume)
