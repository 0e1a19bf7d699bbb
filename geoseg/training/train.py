"""A training run: samples, network, optimiser, checkpoints."""

from __future__ import annotations

import logging
from pathlib import Path

import keras

from geoseg.config import TrainConfig
from geoseg.errors import MissingDependencyError
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights import save_weights
from geoseg.maskrcnn.weights_file import read_weights
from geoseg.training.average import fill_model
from geoseg.training.batches import Batches
from geoseg.training.board import EventWriter
from geoseg.training.curves import draw_curves
from geoseg.training.learner import Learner
from geoseg.training.loop import Loop
from geoseg.training.records import Records
from geoseg.training.run_folder import RunFolder
from geoseg.training.samples import SampleSource
from geoseg.training.scoring import Scorer
from geoseg.training.starts import fill_from_start, find_start
from geoseg.training.versions import describe_session, fingerprint_datasets
from geoseg.types import NoProgress, Progress

logger = logging.getLogger(__name__)

LOG_EVERY_STEPS = 50


def train_model(
    config: TrainConfig | None,
    path: Path,
    *,
    resume: bool = False,
    score: Scorer | None = None,
    progress: Progress | None = None,
) -> Path:
    """Train a network and save it.

    docs/training.md says what the run folder gets. All weights files in it hold the moving
    average of the weights.

    Args:
        config: the run; None only with `resume`, for the config in the folder.
        path: a new folder, or with `resume` that of a run that was interrupted.
        resume: go on from the last checkpoint.
        score: makes a score of a network on images that it doesn't learn from.
        progress: is told of every step.

    Returns:
        The path of `model.npz`, the weights to use: those of the best score, or where there is
        none those of the end.

    Raises:
        TrainingError: the folder holds a run already, or with `resume` none or another one; the
            loss is no number any more; memory is too small for one sample.
        DatasetError: labels or images cannot be read, or have other classes than the network.
        WeightsError: what the run starts from cannot be read.
        OutputError: the folder cannot be written.
        KeyboardInterrupt: somebody asked for the end; the run can be resumed.
    """
    folder = RunFolder(path)
    config = folder.check(config, resume=resume)
    source = open_source(config)
    model = make_model(config)
    learner = Learner(model, config)
    if not resume:
        folder.create(config)
    records = Records(folder, every_steps=LOG_EVERY_STEPS, board=_open_board(folder, config))
    loop = Loop(
        learner,
        Batches(source, config),
        folder,
        records,
        score=score,
        progress=progress or NoProgress(),
    )
    try:
        loop.prepare()
        data = fingerprint_datasets(source)
        folder.add_session(describe_session(step=learner.step, seed=config.seed, data=data))
        loop.run()
    finally:
        records.close()
        draw_curves(folder.log, folder.scores, folder.curves)
    return _finish(folder, learner)


def open_source(config: TrainConfig) -> SampleSource:
    """The samples of a run.

    Raises:
        DatasetError: labels cannot be read, or have other classes than the network.
    """
    return SampleSource(
        config.datasets,
        tile_size_px=config.model.tile_size_px,
        seed=config.seed,
        class_names=config.model.class_names,
        strict=config.strict,
        augment=config.augment,
    )


def make_model(config: TrainConfig) -> MaskRCNN:
    """A network ready to train: built, and filled with what the run starts from.

    Seeds the global random numbers of Python, NumPy and the backend.

    Raises:
        WeightsError: the weights to start from cannot be read or don't fit.
    """
    keras.utils.set_random_seed(config.seed)
    if config.start is not None:
        # A wrong name is told before the network is built.
        find_start(config.start)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_precision else "float32")
    try:
        model = MaskRCNN(
            config.model,
            num_rois=config.num_rois,
            num_positive=config.num_positive,
            loss_weights=config.loss_weights,
        )
    finally:
        keras.config.set_dtype_policy(before)
    if config.start is not None:
        fill_from_start(model, config.start)
    return model


def _open_board(folder: RunFolder, config: TrainConfig) -> EventWriter | None:
    if not config.tensorboard:
        return None
    try:
        return EventWriter(folder.board)
    except MissingDependencyError as error:
        logger.warning("%s", error)
        return None


def _finish(folder: RunFolder, learner: Learner) -> Path:
    """Write the weights to use."""
    if folder.best.exists():
        arrays, _ = read_weights(folder.best)
    else:
        arrays = learner.average.values
    fill_model(learner.model, arrays)
    save_weights(folder.model, learner.model, half_precision=True)
    return folder.model
