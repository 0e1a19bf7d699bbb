"""A training run: samples, network, optimiser, checkpoints."""

from __future__ import annotations

from pathlib import Path

import keras

from geoseg.config import TrainConfig, dump_toml
from geoseg.errors import TrainingError, WeightsError
from geoseg.maskrcnn.backbones import freeze_early_layers
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights import fill_weights, load_imagenet, read_weights, save_weights
from geoseg.training.callbacks import AveragedCheckpoint, LossLog
from geoseg.training.samples import Batches, SampleSource
from geoseg.training.schedule import WarmupCosine
from geoseg.types import NoProgress, Progress

LOG_EVERY_STEPS = 50


def train_model(
    config: TrainConfig, folder: Path, *, progress: Progress | None = None
) -> Path:
    """Train a network and save it.

    The run folder gets `config.toml`, `log.csv`, `last.npz` at every checkpoint and at the end
    `model.npz`, in float16, all holding the moving average of the weights.

    Args:
        config: the run.
        folder: a new folder.
        progress: is told of every step.

    Returns:
        The path of `model.npz`.

    Raises:
        TrainingError: the folder holds a run already, or the loss is no number any more.
        DatasetError, WeightsError: what the run starts from cannot be read.
    """
    if (folder / "config.toml").exists():
        raise TrainingError(f"{folder} must be a new folder; it holds a run already.")
    progress = progress or NoProgress()
    source = SampleSource(
        config.datasets, tile_size_px=config.model.tile_size_px, seed=config.seed
    )
    policy = "mixed_bfloat16" if config.mixed_precision else "float32"
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = make_model(config)
    finally:
        keras.config.set_dtype_policy(before)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(dump_toml(config), encoding="utf-8")
    average = AveragedCheckpoint(
        folder, momentum=config.ema_momentum, every_steps=config.checkpoint_steps
    )
    log = LossLog(folder / "log.csv", every_steps=LOG_EVERY_STEPS, progress=progress)
    batches = Batches(source, config, workers=1, max_queue_size=8)
    progress.start("train", config.steps)
    model.fit(batches, epochs=1, shuffle=False, verbose=0, callbacks=[average, log])
    progress.finish()
    average.put_into_model()
    save_weights(folder / "model.npz", model, half_precision=True)
    return folder / "model.npz"


def make_model(config: TrainConfig) -> MaskRCNN:
    """A network ready to train: built, started from weights, early layers frozen, compiled.

    Raises:
        WeightsError: the weights to start from cannot be read or don't fit.
    """
    keras.utils.set_random_seed(config.seed)
    model = MaskRCNN(config.model)
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
    try:
        arrays, _ = read_weights(path)
    except WeightsError:
        load_imagenet(model, path)
    else:
        fill_weights(model, arrays, path.name)
