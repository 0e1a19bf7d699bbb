"""Scoring a network during training, on images that it doesn't learn from."""

from __future__ import annotations

import itertools
import json
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.config import PredictConfig, TrainConfig
from geoseg.errors import DatasetError

if TYPE_CHECKING:
    from geoseg.datasets.sources import LabelledImage, LabelledImages, LabelledObject
    from geoseg.detections.detector import MaskRCNNDetector
    from geoseg.export import ImageResult
    from geoseg.maskrcnn.model import MaskRCNN
    from geoseg.training.scoring import Score, Scorer
    from geoseg.types import Detection

logger = logging.getLogger(__name__)

# As in a submission: average precision profits from everything that was seen at all.
MIN_SCORE = 0.05
NUM_PICTURES = 4
# Fainter outlines would only hide the image.
PICTURED_SCORE = 0.5

Predict = Callable[..., Iterator["ImageResult"]]


class _Place(NamedTuple):
    dataset: LabelledImages
    number: int


def make_scorer(config: TrainConfig, predict: Predict) -> Scorer | None:
    """A function that scores a network on `config.validation`.

    Images are predicted as `geoseg predict-folder` does it, each at its own GSD. Objects count
    whatever their class.

    Args:
        config: of the run.
        predict: `geoseg.plain_images.predict_images`.

    Returns:
        The function; None where the run has no datasets for validation.

    Raises:
        DatasetError: labels cannot be read, or there are no images.
    """
    from geoseg.datasets.opening import open_dataset

    if not config.validation:
        return None
    size = config.model.tile_size_px
    datasets = [
        open_dataset(one, strict=config.strict, tile_size_px=size) for one in config.validation
    ]
    places = choose_places(datasets, config.validation_images)
    if not places:
        raise DatasetError("Validation datasets must hold images; got none.")

    def score(model: MaskRCNN) -> Score:
        return score_model(model, places, predict, strict=config.strict)

    return score


def choose_places(datasets: Sequence[LabelledImages], num_images: int) -> list[_Place]:
    """At most so many images, spread evenly over all datasets; always the same ones."""
    places = [_Place(one, index) for one in datasets for index in range(len(one))]
    if len(places) <= num_images:
        return places
    chosen = np.linspace(0, len(places) - 1, num_images).round().astype(int)
    return [places[index] for index in chosen]


def score_model(
    model: MaskRCNN, places: Sequence[_Place], predict: Predict, *, strict: bool = False
) -> Score:
    """Score a network with pycocotools.

    Args:
        model: the network.
        places: the images.
        predict: see `make_scorer`.
        strict: an image that cannot be read is an error; otherwise it is named and left out.

    Raises:
        DatasetError: images cannot be read.
    """
    from geoseg.detections.detector import MaskRCNNDetector
    from geoseg.evaluation import evaluate_predictions
    from geoseg.export import write_predictions
    from geoseg.training.scoring import Score

    # A new one each time: backends that compile may keep the weights that they first saw.
    detector = MaskRCNNDetector(model, min_score=MIN_SCORE, has_raw_scores=True)
    gallery = _Gallery()
    reader = _Reader(places, strict)
    with tempfile.TemporaryDirectory() as folder:
        predicted, truth = Path(folder, "predicted.json"), Path(folder, "truth.json")
        write_predictions(predicted, _predict_all(reader, detector, predict, gallery))
        truth.write_text(json.dumps(make_annotation(reader.seen)), encoding="utf-8")
        scores = evaluate_predictions(predicted, truth)
    return Score(scores.ap50, scores.ar50, len(reader.seen), gallery.pictures)


class _Reader:
    """Reads images in order; those that cannot be read are left out.

    Attributes:
        seen: what was read.
    """

    def __init__(self, places: Sequence[_Place], strict: bool) -> None:
        self.seen: list[LabelledImage] = []
        self._places = places
        self._strict = strict

    def __iter__(self) -> Iterator[tuple[LabelledImage, NDArray[np.uint8]]]:
        self.seen = []
        for place in self._places:
            try:
                labels = place.dataset.read(place.number)
                pixels = place.dataset.load_pixels(place.number)
            except DatasetError as error:
                if self._strict:
                    raise
                logger.warning("left out of validation: %s", error)
                continue
            self.seen.append(labels)
            yield labels, pixels


class _Gallery:
    """Pictures of the first images with what was found on them."""

    def __init__(self) -> None:
        self.pictures: dict[str, NDArray[np.uint8]] = {}

    def add(self, pixels: NDArray[np.uint8], detections: Sequence[Detection]) -> None:
        """Draw one, if there are not enough yet."""
        from geoseg.footprints.contour import contour_mask
        from geoseg.views.outlines import draw_outlines

        if len(self.pictures) == NUM_PICTURES:
            return
        found = [one for one in detections if one.score >= PICTURED_SCORE]
        outlines = [contour_mask(one.mask, one.box) for one in found]
        name = f"image_{len(self.pictures) + 1}"
        self.pictures[name] = draw_outlines(
            pixels, outlines, [one.score for one in found], lowest=PICTURED_SCORE
        )


def _predict_all(
    reader: Iterable[tuple[LabelledImage, NDArray[np.uint8]]],
    detector: MaskRCNNDetector,
    predict: Predict,
    gallery: _Gallery,
) -> Iterator[ImageResult]:
    """Results of all images, numbered from 1 in their order."""
    from geoseg.raster.grid import fit_gsd

    model_gsd_m = detector.model.config.gsd_m
    numbers = itertools.count(1)
    for gsd_m, some in itertools.groupby(reader, key=lambda one: one[0].gsd_m):
        kept: dict[int, NDArray[np.uint8]] = {}

        def read(
            some: Iterable[Any] = some, kept: dict[int, NDArray[np.uint8]] = kept
        ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
            # The end of `some` comes first, so that no number is taken in vain.
            for (_, pixels), number in zip(some, numbers):  # noqa: B905
                kept[number] = pixels
                yield number, pixels

        results = predict(
            read(),
            detector,
            PredictConfig(),
            batch_size=detector.batch_size,
            zoom=gsd_m / fit_gsd(gsd_m, model_gsd_m),
        )
        for result in results:
            gallery.add(kept.pop(result.image_id), result.detections)
            yield result


def make_annotation(images: Sequence[LabelledImage]) -> dict[str, Any]:
    """COCO annotations of images, numbered from 1; all objects are of one class."""
    from geoseg.export.coco_results import BUILDING_CATEGORY

    objects = [
        {
            "image_id": number,
            "category_id": BUILDING_CATEGORY,
            "iscrowd": int(one.is_ignored),
            "segmentation": _encode_rings(one, (image.height, image.width)),
        }
        for number, image in enumerate(images, 1)
        for one in image.objects
    ]
    return {
        "images": [
            {"id": number, "width": image.width, "height": image.height}
            for number, image in enumerate(images, 1)
        ],
        "annotations": [{"id": number, **one} for number, one in enumerate(objects, 1)],
        "categories": [{"id": BUILDING_CATEGORY, "name": "building"}],
    }


def _encode_rings(one: LabelledObject, shape_hw: tuple[int, int]) -> Any:
    """A segmentation: polygons, or where there are holes a run-length mask."""
    rings = [ring.ravel().tolist() for ring in one.rings]
    if len(rings) == 1:
        return rings
    from pycocotools import mask as coco_mask

    inside = np.zeros(shape_hw, bool)
    with warnings.catch_warnings():
        # pycocotools was written for NumPy 1.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        for rle in coco_mask.frPyObjects(rings, *shape_hw):
            inside ^= coco_mask.decode(rle).astype(bool)
    encoded = coco_mask.encode(np.asfortranarray(inside, np.uint8))
    return {"size": list(shape_hw), "counts": encoded["counts"].decode("ascii")}
