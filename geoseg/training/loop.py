"""The steps of a run, with checkpoints and scores between them."""

from __future__ import annotations

import logging
import time

from geoseg.config import TrainConfig
from geoseg.errors import TrainingError, is_out_of_memory
from geoseg.interrupts import InterruptWatch
from geoseg.maskrcnn.weights import save_weights
from geoseg.training.batches import Batch, Batches
from geoseg.training.checkpoint import read_checkpoint, write_checkpoint
from geoseg.training.learner import Learner, with_facts
from geoseg.training.loader import Loader
from geoseg.training.records import Records
from geoseg.training.run_folder import RunFolder
from geoseg.training.scoring import Scorer
from geoseg.training.stillness import StillnessWatch
from geoseg.types import Progress

logger = logging.getLogger(__name__)


class Loop:
    """Takes a learner from wherever it is to the end of its run.

    Attributes:
        learner: the network.
        batches: what it learns from.
        folder: of the run.
        records: of the run.
    """

    def __init__(
        self,
        learner: Learner,
        batches: Batches,
        folder: RunFolder,
        records: Records,
        *,
        score: Scorer | None,
        progress: Progress,
    ) -> None:
        """Get ready.

        Args:
            learner: the network.
            batches: what it learns from.
            folder: of the run.
            records: of the run.
            score: makes a score of a network; None where there is nothing to score it on.
            progress: is told of every step.
        """
        self.learner = learner
        self.batches = batches
        self.folder = folder
        self.records = records
        self._score = score
        self._progress = progress
        self._seconds = 0.0
        self._best_ap50: float | None = None
        self._stillness = StillnessWatch()

    @property
    def config(self) -> TrainConfig:
        """The run."""
        return self.learner.config

    def prepare(self) -> None:
        """Go to the last checkpoint of the folder, or make the first one.

        Raises:
            TrainingError: the checkpoint is damaged or of another network.
            OutputError: the folder cannot be written.
        """
        if self.folder.checkpoint.exists():
            self._go_back()
        else:
            self.records.rewind(0)
            self._save()

    def run(self) -> None:
        """Go to the end of the run.

        Raises:
            TrainingError: the loss is no number any more, or memory is too small for a sample.
            DatasetError: samples cannot be made.
            OutputError: a checkpoint cannot be written.
            KeyboardInterrupt: somebody asked for the end; a checkpoint was written.
        """
        self._progress.start("train", self.config.steps - self.learner.step)
        try:
            with InterruptWatch() as watch:
                while self.learner.step < self.config.steps:
                    if self._runs_out_of_memory(watch):
                        # Outside the handler, which keeps what the failed step holds.
                        self._shrink()
        finally:
            self._progress.finish()

    def _runs_out_of_memory(self, watch: InterruptWatch) -> bool:
        """Take steps until the end of the run, or until memory runs out."""
        steps = range(self.learner.step, self.config.steps)
        loader = Loader(self.batches.__getitem__, steps, workers=self.config.workers)
        try:
            waited_s = 0.0
            for batch in loader:
                self._take_step(batch, loader.waited_s - waited_s)
                waited_s = loader.waited_s
                if watch.is_asked:
                    self._save()
                    raise KeyboardInterrupt
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return True
        finally:
            loader.close()
        return False

    def _take_step(self, batch: Batch, waited_s: float) -> None:
        started = time.perf_counter()
        losses = self.learner.take_step(batch)
        busy_s = time.perf_counter() - started
        self._seconds += busy_s + waited_s
        self.records.add_step(losses, busy_s=busy_s, waited_s=waited_s)
        step, config = self.learner.step, self.config
        is_end = step == config.steps
        is_checkpoint = is_end or step % config.checkpoint_steps == 0
        is_scored = self._score is not None and (is_end or step % config.validate_steps == 0)
        if is_checkpoint or is_scored or self.records.is_due(step):
            self.records.write_row(
                step, seconds=self._seconds, learning_rate=self.learner.learning_rate
            )
        if is_scored and self._score is not None:
            self._write_score(self._score)
        if is_checkpoint or is_scored:
            self._save(batch)
        if is_checkpoint:
            self._warn_of_still_layers()
        self._progress.advance(1)

    def _warn_of_still_layers(self) -> None:
        layers = self._stillness.look(self.learner.model, self.learner.learning_rate)
        if layers:
            logger.warning(
                "step %d: %d layers learned nothing since the last checkpoint, no gradient reaches "
                "them: %s. Weights that lack this fault, or a lower rate, help.",
                self.learner.step,
                len(layers),
                ", ".join(layers),
            )

    def _write_score(self, scorer: Scorer) -> None:
        model, average = self.learner.model, self.learner.average
        with average.in_model(model):
            score = scorer(model)
        self.records.write_score(self.learner.step, score, seconds=self._seconds)
        logger.info("step %d: AP50 %.3f", self.learner.step, score.ap50)
        if self._best_ap50 is None or score.ap50 > self._best_ap50:
            self._best_ap50 = score.ap50
            save_weights(self.folder.best, model, values=average.values)

    def _save(self, batch: Batch | None = None) -> None:
        checkpoint = with_facts(
            self.learner.save(), best_ap50=self._best_ap50, seconds=self._seconds
        )
        try:
            write_checkpoint(self.folder.checkpoint, checkpoint)
        except TrainingError as error:
            place = f" It happened at step {batch.step + 1}, {batch.describe()}." if batch else ""
            raise TrainingError(f"{error}{place}") from error
        save_weights(self.folder.last, self.learner.model, values=checkpoint.average)

    def _go_back(self) -> None:
        """Go back to the last checkpoint."""
        checkpoint = read_checkpoint(self.folder.checkpoint)
        self._stillness.restart()
        self.learner.num_parts = max(self.learner.num_parts, checkpoint.facts.num_parts)
        self.learner.restore(checkpoint)
        self._seconds = checkpoint.facts.seconds
        self._best_ap50 = checkpoint.facts.best_ap50
        self.records.rewind(checkpoint.facts.step)

    def _shrink(self) -> None:
        """Go on with smaller parts of a batch, from the last checkpoint."""
        self.learner.split_more()
        done = self.learner.step
        self._go_back()
        # What is done again is counted again.
        self._progress.advance(self.learner.step - done)
        logger.warning(
            "memory ran out; going on from step %d with %d samples at a time",
            self.learner.step,
            self.config.batch_size // self.learner.num_parts,
        )
