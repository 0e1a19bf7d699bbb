"""Detections on plain images: those of one tile together, others cut into tiles or fitted in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geoseg.config import PredictConfig
from geoseg.types import Detection, Detector

if TYPE_CHECKING:
    from geoseg.detections.molding import MoldedImage
    from geoseg.export import ImageResult

Images = Iterable[tuple[int, NDArray[np.uint8]]]


@dataclass(frozen=True)
class _Waiting:
    """An image that is one tile, and waits for others to fill a batch.

    Attributes:
        image_id: its id.
        shape_hw: its size.
        tile: what the network is given, uint8 (S, S, 3).
        molded: how it was fitted into the tile; None for an image that is one as it is.
    """

    image_id: int
    shape_hw: tuple[int, int]
    tile: NDArray[np.uint8]
    molded: MoldedImage | None


def predict_images(
    images: Images,
    detector: Detector,
    config: PredictConfig,
    *,
    batch_size: int = 1,
    zoom: float = 1.0,
) -> Iterator[ImageResult]:
    """Find the buildings of plain images.

    Args:
        images: ids and pixels, uint8 (H, W, 3), RGB; of any size.
        detector: the model.
        config: the settings of tiles and detections; the size of the tiles is the detector's.
        batch_size: tiles handed to the detector at once; images of one tile share batches.
        zoom: pixels for the model per image pixel.

    Yields:
        One result for each image, in the order of the images; boxes in image pixels.
    """
    batches = predict_batches(images, detector, config, batch_size=batch_size, zoom=zoom)
    for batch in batches:
        yield from batch


def predict_batches(
    images: Images,
    detector: Detector,
    config: PredictConfig,
    *,
    batch_size: int = 1,
    zoom: float = 1.0,
    resize: str = "none",
) -> Iterator[list[ImageResult]]:
    """Find the buildings of plain images, and give the results that were found together.

    Who goes on after any of the batches with the images that follow gets the batches that would
    have come.

    Args:
        images: ids and pixels, uint8 (H, W, 3), RGB; of any size.
        detector: the model.
        config: the settings of tiles and detections; the size of the tiles is the detector's.
        batch_size: tiles handed to the detector at once; images of one tile share batches.
        zoom: pixels for the model per image pixel.
        resize: `MaskRCNNConfig.resize` of the detector's model. With "square", images no larger
            than a tile are molded, see `geoseg.detections.molding`, unless `zoom` is another
            than 1; the detector is then told where they lie.

    Yields:
        One or more results, in the order of the images.
    """
    config = config.fit_tiles(detector.tile_size_px)
    waiting: list[_Waiting] = []
    for image_id, image in images:
        one = _fit_into_tile(image_id, image, detector.tile_size_px, resize, zoom)
        if one is not None:
            waiting.append(one)
        if len(waiting) == batch_size or (one is None and waiting):
            yield _predict_tiles(waiting, detector)
            waiting = []
        if one is None:
            yield [_predict_image(image_id, image, detector, config, batch_size, zoom)]
    if waiting:
        yield _predict_tiles(waiting, detector)


def _fit_into_tile(
    image_id: int, image: NDArray[np.uint8], tile_size_px: int, resize: str, zoom: float
) -> _Waiting | None:
    """An image as one tile; None where it has to be resampled, cut or filled up."""
    from geoseg.detections.molding import mold_image

    shape_hw = image.shape[:2]
    if zoom == 1.0 and resize == "square" and max(shape_hw) <= tile_size_px:
        molded = mold_image(image, tile_size_px)
        return _Waiting(image_id, shape_hw, molded.image, molded)
    if zoom == 1.0 and resize == "none" and shape_hw == (tile_size_px, tile_size_px):
        return _Waiting(image_id, shape_hw, image, None)
    return None


def _predict_tiles(waiting: Sequence[_Waiting], detector: Detector) -> list[ImageResult]:
    """Results of images that are one tile each."""
    from geoseg.export import ImageResult

    tiles = np.stack([one.tile for one in waiting])
    windows = [one.molded.window for one in waiting if one.molded is not None]
    found = detector.detect(tiles, np.array(windows, np.float32) if windows else None)
    return [
        ImageResult(one.image_id, one.shape_hw, _take_from_tile(detections, one))
        for one, detections in zip(waiting, found, strict=True)
    ]


def _take_from_tile(detections: Sequence[Detection], one: _Waiting) -> Sequence[Detection]:
    """Detections of a tile in the pixels of its image."""
    from geoseg.detections.molding import unmold_detections

    if one.molded is None:
        return detections
    return unmold_detections(detections, one.molded.window, len(one.tile), one.shape_hw)


def _predict_image(
    image_id: int,
    image: NDArray[np.uint8],
    detector: Detector,
    config: PredictConfig,
    batch_size: int,
    zoom: float,
) -> ImageResult:
    """The result of an image that has to be resampled, cut into tiles or filled up to one."""
    from geoseg.export import ImageResult
    from geoseg.pipeline import find_detections
    from geoseg.raster.memory import ImageSource

    source = ImageSource(f"image {image_id}", image, zoom=zoom)
    found = find_detections(source, detector, config, batch_size=batch_size)
    scale = np.tile([source.transform.e, source.transform.a], 2).astype(np.float32)
    detections = [replace(one, box=one.box * scale) for one in found]
    return ImageResult(image_id, image.shape[:2], detections)
