"""A training run: samples, network, optimiser, checkpoints."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import keras

from geoseg.config import TrainConfig, dump_toml
from geoseg.errors import DatasetError, OutputError, TrainingError
from geoseg.maskrcnn.backbones import freeze_early_layers
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights import fill_weights, load_imagenet, save_weights
from geoseg.maskrcnn.weights_file import CONFIG_KEY, read_weights
from geoseg.training.batches import Batches
from geoseg.training.callbacks import AveragedCheckpoint, LossLog
from geoseg.training.samples import SampleSource
from geoseg.training.schedule import WarmupCosine
from geoseg.types import NoProgress, Progress

LOG_EVERY_STEPS = 50
MAX_WORKERS = 8


def train_model(config: TrainConfig, folder: Path, *, progress: Progress | None = None) -> Path:
    """Train a network and save it.

    The run folder gets `config.toml`, `log.csv`, `last.npz` at every checkpoint and at the end
    `model.npz`, in float16. Both weights files hold the moving average of the weights.

    Args:
        config: the run.
        folder: a new folder.
        progress: is told of every step.

    Returns:
        The path of `model.npz`.

    Raises:
        TrainingError: the folder holds a run already, or the loss is no number any more.
        DatasetError: labels or images cannot be read, or have other classes than the network.
        WeightsError: what the run starts from cannot be read.
        OutputError: the folder cannot be written.
    """
    if (folder / "config.toml").exists():
        raise TrainingError(f"{folder} must be a new folder; it holds a run already.")
    source = SampleSource(config.datasets, tile_size_px=config.model.tile_size_px, seed=config.seed)
    if source.class_names != config.model.class_names:
        raise DatasetError(
            f"Datasets must have the classes {', '.join(config.model.class_names)} of the network; "
            f"got {', '.join(source.class_names)}."
        )
    model = make_model(config)
    _start_folder(folder, config)
    progress = progress or NoProgress()
    average = AveragedCheckpoint(
        folder, momentum=config.ema_momentum, every_steps=config.checkpoint_steps
    )
    log = LossLog(folder / "log.csv", every_steps=LOG_EVERY_STEPS, progress=progress)
    progress.start("train", config.steps)
    _fit(model, source, config, [average, log])
    progress.finish()
    average.put_into_model()
    save_weights(folder / "model.npz", model, half_precision=True)
    return folder / "model.npz"


def make_model(config: TrainConfig) -> MaskRCNN:
    """A network ready to train: built, started from weights, early layers frozen, compiled.

    Seeds the global random numbers of Python, NumPy and the backend.

    Raises:
        WeightsError: the weights to start from cannot be read or don't fit.
    """
    keras.utils.set_random_seed(config.seed)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_precision else "float32")
    try:
        model = MaskRCNN(config.model)
    finally:
        keras.config.set_dtype_policy(before)
    if config.start is not None:
        _start_from(model, Path(config.start))
        freeze_early_layers(model.backbone)
    schedule = WarmupCosine(config.learning_rate, config.warmup_steps, config.steps)
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=config.weight_decay, global_clipnorm=config.clip_norm
    )
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    # XLA pays off where the backend is built on it, not for TensorFlow on a CPU.
    model.compile(optimizer, jit_compile=keras.backend.backend() == "jax")
    return model


def _start_from(model: MaskRCNN, path: Path) -> None:
    if _is_foreign_npz(path):
        load_imagenet(model, path)
    else:
        arrays, _ = read_weights(path)
        fill_weights(model, arrays, path.name)


def _is_foreign_npz(path: Path) -> bool:
    """Whether a file is an npz that geoseg did not write: ImageNet weights."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return f"{CONFIG_KEY}.npy" not in archive.namelist()


def _start_folder(folder: Path, config: TrainConfig) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(dump_toml(config), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{folder} must be a folder to write to; got {error.strerror}."
        ) from error


def _fit(
    model: MaskRCNN,
    source: SampleSource,
    config: TrainConfig,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    num_workers = min(MAX_WORKERS, max(1, (os.cpu_count() or 1) // 2))
    batches = Batches(source, config, workers=num_workers)
    try:
        model.fit(batches, epochs=1, shuffle=False, verbose=0, callbacks=callbacks)
    except Exception as error:
        if batches.failure is None:
            raise
        raise batches.failure from error
