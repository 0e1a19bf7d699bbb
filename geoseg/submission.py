"""The buildings of all images of a folder as a submission to the crowdAI mapping challenge."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import geoseg
from geoseg.config import PredictConfig, list_settings
from geoseg.datasets.image_folder import NumberedImage, read_image
from geoseg.errors import DatasetError
from geoseg.types import Progress

if TYPE_CHECKING:
    from geoseg.config import MaskRCNNConfig
    from geoseg.detections.batching import BatchedDetector
    from geoseg.detections.views import ManyViewsDetector
    from geoseg.export.journal import Journal

# Digits of a digest that tell two apart, and that a line has room for.
_NUM_DIGITS = 12


@dataclass(frozen=True)
class FolderRequest:
    """What is wanted of a folder of images.

    Attributes:
        images: the folder.
        output: JSON file to write.
        config: the settings of tiles and detections.
        weights: a weights file; None takes the bundled model.
        engine: "auto", "keras" or "onnx".
        device: "auto", "cpu", "gpu" or "gpu:N".
        gsd_m: ground metres per pixel of the images; None for the model's.
        is_strict: an image that cannot be read ends the run before it begins.
        resume: go on where a run was interrupted.
        overwrite: an existing submission may be replaced.
    """

    images: Path
    output: Path
    config: PredictConfig
    weights: Path | None = None
    engine: str = "auto"
    device: str = "auto"
    gsd_m: float | None = None
    is_strict: bool = False
    resume: bool = False
    overwrite: bool = False


@dataclass(frozen=True)
class FolderResult:
    """What was found in a folder of images.

    Attributes:
        num_buildings: entries of the submission.
        num_images: images that could be read.
        num_left_out: images that could not be read.
    """

    num_buildings: int
    num_images: int
    num_left_out: int


class FolderRun:
    """One run over a folder of images, checked before the network is loaded.

    Attributes:
        numbered: all images, by id.
        num_done: of these, how many an interrupted run has dealt with.
        num_found: buildings on them.
    """

    def __init__(self, request: FolderRequest) -> None:
        """Find the images, the model and what an interrupted run left.

        Raises:
            GeosegError: the subclass says what is wrong with images, weights, settings or output.
        """
        from geoseg.datasets.image_folder import digest_listing, list_images
        from geoseg.detections.engines import choose_engine
        from geoseg.export.journal import Journal
        from geoseg.provenance import describe_weights

        self.numbered = list_images(request.images)
        self._request = replace(request, engine=choose_engine(request.engine))
        self._model, _, weights_sha256 = describe_weights(request.weights)
        self._config = request.config.fit_tiles(self._model.tile_size_px)
        self._zoom = _find_zoom(request, self._model)
        listing = digest_listing(self.numbered)[:_NUM_DIGITS]
        run = {
            "geoseg": geoseg.__version__,
            "weights": weights_sha256[:_NUM_DIGITS],
            "engine": self._request.engine,
            **_list_settings(self._config),
            "zoom": self._zoom,
            "images": f"{len(self.numbered):,} (listing {listing})",
        }
        self._journal = Journal(request.output, run)
        self._journal.check(resume=request.resume, overwrite=request.overwrite)
        self.num_done = self._count_done(self._journal)
        self.num_found = self._journal.num_entries
        self._check_output()
        if request.is_strict:
            for one in self.numbered:
                read_image(one.path)

    def _count_done(self, journal: Journal) -> int:
        """Images that are finished, and those between them that could not be read."""
        if journal.last_id is None:
            return 0
        ids = [one.image_id for one in self.numbered]
        return ids.index(journal.last_id) + 1

    def _check_output(self) -> None:
        from geoseg.export.outputs import check_target

        # The journal of a run that was killed after its last step: the output is its own.
        is_finished = 0 < self.num_done == len(self.numbered)
        if not is_finished:
            check_target(self._request.output, self._request.overwrite)

    def predict(self, progress: Progress) -> FolderResult:
        """Load the network, find the buildings of the images that are left, and publish.

        Args:
            progress: is told of every image that was left.

        Raises:
            GeosegError: the subclass says what went wrong; what is finished is kept.
            KeyboardInterrupt: the user has had enough; its text says how to go on.
        """
        from geoseg.detections.views import load_views

        request, journal = self._request, self._journal
        left = self.numbered[self.num_done :]
        detector = load_views(
            self._config.detect, request.weights, engine=request.engine, device=request.device
        )
        progress.start("images", len(left))
        try:
            with journal:
                self._predict_left(left, detector, progress)
                journal.publish(overwrite=request.overwrite)
        except KeyboardInterrupt:
            if not journal.num_images:
                raise
            raise KeyboardInterrupt(
                f"interrupted after {journal.num_images:,} of {len(self.numbered):,} images; "
                "the same command with --resume goes on."
            ) from None
        finally:
            progress.finish()
        num_left_out = len(self.numbered) - journal.num_images
        return FolderResult(journal.num_entries, journal.num_images, num_left_out)

    def _predict_left(
        self,
        left: Sequence[NumberedImage],
        detector: BatchedDetector | ManyViewsDetector,
        progress: Progress,
    ) -> None:
        from geoseg.plain_images import predict_batches

        batches = predict_batches(
            self._read(left, progress),
            detector,
            self._config,
            batch_size=detector.batch_size,
            zoom=self._zoom,
            resize=self._model.resize,
        )
        for batch in batches:
            num_before = self._journal.num_entries
            self._journal.append(batch)
            progress.advance(len(batch), self._journal.num_entries - num_before)

    def _read(
        self, left: Sequence[NumberedImage], progress: Progress
    ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Ids and pixels of the images that can be read; the others are named."""
        for one in left:
            try:
                image = read_image(one.path)
            except DatasetError as error:
                if self._request.is_strict:
                    raise
                _check_folder(one.path.parent)
                warnings.warn(f"left out: {error}", stacklevel=1)
                progress.advance(1)
                continue
            yield one.image_id, image


def _check_folder(folder: Path) -> None:
    """Make sure that a folder was not taken away while it was read, and its disk not unmounted.

    Raises:
        DatasetError: it is gone, or nothing is in it.
    """
    try:
        is_there = next(folder.iterdir(), None) is not None
    except OSError:
        is_there = False
    if not is_there:
        raise DatasetError(
            f"{folder} must stay until all images are read; it is gone or empty. Once it is back, "
            "the same command with --resume goes on."
        )


def _list_settings(config: PredictConfig) -> dict[str, object]:
    """What decides the result; rasters and footprints have no part in it."""
    return {
        name: value
        for name, value in list_settings(config).items()
        if name.startswith(("tiles.", "detect."))
    }


def _find_zoom(request: FolderRequest, model: MaskRCNNConfig) -> float:
    """Pixels for the model per image pixel; warns where the model has not seen such a GSD."""
    from geoseg.raster.grid import fit_gsd, warn_of_gsd_range

    if request.gsd_m is None:
        return 1.0
    read_gsd_m = fit_gsd(request.gsd_m, model.gsd_m)
    warn_of_gsd_range(read_gsd_m, str(request.images), model.gsd_range_m)
    return request.gsd_m / read_gsd_m
