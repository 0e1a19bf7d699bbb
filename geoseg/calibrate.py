"""Calibrating a model: labelled images are predicted, and the map of scores fitted to them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig, PredictConfig
from geoseg.errors import DatasetError
from geoseg.types import NoProgress, Progress

if TYPE_CHECKING:
    from geoseg.detections.batching import BatchedDetector
    from geoseg.evaluation import CalibrationReport, LabelledSet
    from geoseg.export import ImageResult

# Less than one detection in fifty below it is right, and nobody asks for them.
RAW_SCORE = 0.03


class _Image(NamedTuple):
    gsd_m: float
    image_id: int
    path: Path


def calibrate_model(
    folders: Sequence[Path],
    *,
    weights: Path | None = None,
    set_weights: Sequence[float] | None = None,
    gsd_m: float | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> CalibrationReport:
    """Find out what the scores of a model mean, see `geoseg.evaluation.calibrate_sets`.

    The images are predicted as by `geoseg predict-folder`, each at its own GSD.

    Args:
        folders: labelled images, each with `images/` and `annotation.json` (COCO).
        weights: a weights file; None takes the bundled model.
        set_weights: how much each folder counts; None for the same.
        gsd_m: ground metres per pixel of images whose annotation does not say; None for the
            model's.
        progress: is told of every image.
        **options: `batch_size`, `engine` and `device` of `load_detector`.

    Raises:
        GeosegError: the subclass says what is wrong with folders, weights or device.
    """
    from geoseg.detections.detector import load_detector
    from geoseg.evaluation import calibrate_sets
    from geoseg.provenance import describe_weights

    config, _, _ = describe_weights(weights)
    parts = [_list_images(folder, config.gsd_m if gsd_m is None else gsd_m) for folder in folders]
    detector = load_detector(weights, min_score=RAW_SCORE, has_raw_scores=True, **options)
    progress = progress or NoProgress()
    progress.start("images", sum(len(images) for _, images in parts))
    try:
        sets = [
            _match(str(folder), annotation, images, detector, config, progress)
            for folder, (annotation, images) in zip(folders, parts, strict=True)
        ]
    finally:
        progress.finish()
    shares = [1.0] * len(sets) if set_weights is None else set_weights
    return calibrate_sets(
        [one._replace(weight=share) for one, share in zip(sets, shares, strict=True)], config
    )


def write_calibrated(target: Path, config: MaskRCNNConfig, weights: Path | None = None) -> None:
    """Write the weights of a model with another config; a file of that name is replaced.

    Args:
        target: ends in .npz, .weights.h5 or .onnx.
        config: what was found.
        weights: where the weights are taken from; None for the bundled model.

    Raises:
        WeightsError: `target` has another ending, or `weights` cannot be read.
        OutputError: the file cannot be written.
    """
    from geoseg.maskrcnn.bundled import BUNDLED_PATH
    from geoseg.maskrcnn.weights_file import read_weights, write_weights

    arrays, _ = read_weights(BUNDLED_PATH if weights is None else weights)
    write_weights(target, arrays, config)


def _list_images(folder: Path, gsd_m: float) -> tuple[Path, list[_Image]]:
    """The annotation of a folder, and its images, those of the same GSD together."""
    from geoseg.datasets.coco import ANNOTATION_NAMES, find_annotation
    from geoseg.evaluation.coco_files import load_json

    annotation = find_annotation(folder)
    if annotation is None:
        raise DatasetError(f"{folder} must hold {ANNOTATION_NAMES[0]}; found none.")
    try:
        images = sorted(
            _Image(
                float(record.get("gsd_m") or gsd_m),
                int(record["id"]),
                folder / "images" / record["file_name"],
            )
            for record in load_json(annotation, dict)["images"]
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DatasetError(
            f"{annotation} must list images with id and file_name; got {error!r}."
        ) from error
    wrong = next((image for image in images if not image.gsd_m > 0), None)
    if wrong is not None:
        raise DatasetError(f"{annotation} must give a gsd_m above 0; got {wrong.gsd_m}.")
    missing = next((image.path for image in images if not image.path.is_file()), None)
    if missing is not None or not images:
        raise DatasetError(f"{annotation} must list images that are there; got {missing}.")
    return annotation, images


def _match(
    name: str,
    annotation: Path,
    images: list[_Image],
    detector: BatchedDetector,
    config: MaskRCNNConfig,
    progress: Progress,
) -> LabelledSet:
    """Predict the images of a folder, and find out which detections are right."""
    from geoseg.evaluation import LabelledSet, rank_predictions
    from geoseg.export import write_predictions

    with tempfile.TemporaryDirectory() as folder:
        submission = Path(folder, "predictions.json")
        write_predictions(submission, _predict(images, detector, config.gsd_m, progress))
        return LabelledSet(name, len(images), rank_predictions(submission, annotation))


def _predict(
    images: list[_Image], detector: BatchedDetector, model_gsd_m: float, progress: Progress
) -> Iterator[ImageResult]:
    from geoseg.datasets.image_folder import read_image
    from geoseg.plain_images import predict_images
    from geoseg.raster.grid import fit_gsd

    def read(some: Iterator[_Image]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        for image in some:
            yield image.image_id, read_image(image.path)

    for gsd_m, some in itertools.groupby(images, key=lambda image: image.gsd_m):
        results = predict_images(
            read(some),
            detector,
            PredictConfig(),
            batch_size=detector.batch_size,
            zoom=gsd_m / fit_gsd(gsd_m, model_gsd_m),
        )
        for result in results:
            progress.advance(1, len(result.detections))
            yield result
