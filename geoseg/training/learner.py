"""A network on its way through a run."""

from __future__ import annotations

import dataclasses
import math

import keras
import numpy as np
from numpy.typing import NDArray

from geoseg.config import TrainConfig
from geoseg.errors import TrainingError
from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN
from geoseg.training.average import WeightAverage, copy_weights, fill_model, to_array
from geoseg.training.batches import Batch
from geoseg.training.checkpoint import Arrays, Checkpoint, Facts
from geoseg.training.schedule import find_learning_rate, make_optimizer
from geoseg.training.stages import Stage, choose_layers, find_stage, plan_stages


class Learner:
    """Takes a network step by step through a run, and back to an earlier state of it.

    Attributes:
        model: the network.
        config: the run.
        average: of the network's weights.
        step: steps done.
        num_parts: parts of a batch that go through the network one after the other.
        learning_rate: of the last step; 0 before the first.
    """

    def __init__(self, model: MaskRCNN, config: TrainConfig, *, num_parts: int = 1) -> None:
        self.model = model
        self.config = config
        self.average = WeightAverage(model, config.ema_momentum)
        self.step = 0
        self.num_parts = num_parts
        self.learning_rate = 0.0
        self._stages = plan_stages(config)
        self._stage: Stage | None = None

    def take_step(self, batch: Batch) -> dict[str, float]:
        """Learn from a batch.

        Returns:
            "loss" and LOSS_NAMES of this step, the means over the parts of the batch.

        Raises:
            TrainingError: the loss is no number any more.
        """
        stage = find_stage(self._stages, self.step)
        if stage is not self._stage:
            self._enter(stage)
        self.learning_rate = find_learning_rate(self.config, stage, self.step)
        self.model.optimizer.learning_rate = self.learning_rate
        # Keras wants a target; the losses need none beyond the inputs.
        target = np.zeros((len(batch.samples) // self.num_parts, 1), np.float32)
        logs = [
            self.model.train_on_batch(part, target, return_dict=True)
            for part in batch.split(self.num_parts)
        ]
        losses = {
            name: sum(float(one[name]) for one in logs) / len(logs)
            for name in ("loss", *LOSS_NAMES)
        }
        if not math.isfinite(losses["loss"]):
            raise TrainingError(
                f"The loss must stay finite; got {losses['loss']} at step {self.step + 1}, "
                f"{batch.describe()}. A lower learning_rate helps."
            )
        self.step += 1
        if self.average.is_due(self.step) or self.step == self.config.steps:
            self.average.update(self.model, self.step)
        return losses

    def split_more(self) -> None:
        """Cut batches into more parts, because memory ran out.

        The gradients of all parts make one step: the samples of a step and the learning rate stay
        what they are. Parts are equal, so that batches of 4 go to 2 and 1, those of 6 to 3, 2
        and 1, and those of 5 to 1. The state must be restored afterwards.

        Raises:
            TrainingError: a part is one sample already.
        """
        # Each device takes a share of each part.
        parallel = keras.distribution.distribution()
        size = self.config.batch_size // (1 if parallel is None else parallel.device_mesh.shape[0])
        more = [n for n in range(self.num_parts + 1, size + 1) if size % n == 0]
        if not more:
            raise TrainingError(
                "Memory is too small for one sample a device; a smaller tile_size_px or backbone "
                "helps."
            )
        self.num_parts = more[0]

    def save(self) -> Checkpoint:
        """The state to go back to."""
        facts = Facts(
            step=self.step,
            seed=self.config.seed,
            averaged_step=self.average.step,
            num_parts=self.num_parts,
        )
        return Checkpoint(
            facts, copy_weights(self.model), self.average.values, self._copy_optimizer()
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a state; it may have been saved with another number of parts.

        Raises:
            TrainingError: the checkpoint is of another network or another optimiser.
        """
        self.step = checkpoint.facts.step
        stage = find_stage(self._stages, self.step)
        try:
            fill_model(self.model, checkpoint.weights)
            self.average.restore(checkpoint.average, checkpoint.facts.averaged_step)
            self._enter(stage)
            # At its first step a stage begins without momentum.
            if self.step > stage.first_step:
                self._fill_optimizer(checkpoint.optimizer, self.step - stage.first_step)
        except (KeyError, ValueError) as error:
            raise TrainingError(
                f"The checkpoint must fit the network and the optimiser; {error}."
            ) from error

    def _enter(self, stage: Stage) -> None:
        choose_layers(self.model, stage.layers)
        optimizer = make_optimizer(self.config, num_parts=self.num_parts)
        optimizer.build(self.model.trainable_variables)
        # XLA pays off where the backend is built on it, not for TensorFlow on a CPU.
        self.model.compile(optimizer, jit_compile=keras.backend.backend() == "jax")
        self._stage = stage

    def _slots(self) -> list[keras.Variable]:
        """What the optimiser remembers from step to step; sums within a step are 0 between."""
        optimizer = self.model.optimizer
        # Backends wrap variables anew: names tell them apart, and identity does not.
        passing = ("iteration", "learning_rate", "gradient_accumulator")
        return [one for one in optimizer.variables if not one.name.endswith(passing)]

    def _copy_optimizer(self) -> dict[str, NDArray[np.float32]]:
        if self._stage is None:
            return {}
        return {str(index): to_array(one).copy() for index, one in enumerate(self._slots())}

    def _fill_optimizer(self, arrays: Arrays, num_updates: int) -> None:
        slots = self._slots()
        if len(slots) != len(arrays):
            raise ValueError(f"it has {len(arrays)} arrays for {len(slots)} of the optimiser")
        for index, variable in enumerate(slots):
            variable.assign(arrays[str(index)])
        # Calls are counted, of which a step has as many as parts.
        (counter,) = (one for one in self.model.optimizer.variables if one.name == "iteration")
        counter.assign(num_updates * self.num_parts)


def with_facts(checkpoint: Checkpoint, **changes: object) -> Checkpoint:
    """A checkpoint with other facts."""
    facts = dataclasses.replace(checkpoint.facts, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(checkpoint, facts=facts)
