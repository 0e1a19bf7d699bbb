"""What is wrong in a dataset: counted, named, and fatal where that is wanted."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import DatasetError

logger = logging.getLogger(__name__)

NUM_NAMED = 5
"""Faults that are named in full; the others are counted."""


class Spot(NamedTuple):
    """Where a fault is.

    Attributes:
        image: file name of the image, as the labels give it.
        rings: float32 (V, 2) each, (x, y) in pixels: what is wrong, as the labels give it.
    """

    image: str
    rings: tuple[NDArray[np.float32], ...] = ()


@dataclass
class Faults:
    """Images and labels that cannot be used.

    Attributes:
        is_auditing: labels that contradict themselves are counted too, where they are an error
            otherwise, and what is odd but used is looked for.
        source: the dataset, for messages.
        is_strict: the first fault is an error.
        counts: number of faults by reason.
        named: the first faults, one sentence each.
    """

    is_auditing: ClassVar[bool] = False

    source: str
    is_strict: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    named: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def total(self) -> int:
        """Number of faults."""
        return sum(self.counts.values())

    def add(self, what: str, reason: str) -> None:
        """Count one fault.

        Args:
            what: file and id of what is wrong.
            reason: what is wrong with it, the same words for the same kind of fault.

        Raises:
            DatasetError: faults are fatal.
        """
        self.add_many(reason, 1, lambda _: what)

    def add_many(
        self,
        reason: str,
        count: int,
        name_of: Callable[[int], str],
        spot_of: Callable[[int], Spot] | None = None,
    ) -> None:
        """Count faults of one kind.

        Args:
            reason: see `add`.
            count: how many there are; nothing happens for 0.
            name_of: file and id of the fault of a number below `count`.
            spot_of: where that fault is, for audits.

        Raises:
            DatasetError: faults are fatal, and there is one.
        """
        if count and self.is_strict:
            raise DatasetError(f"{self.source}: {name_of(0)} {reason}.")
        with self._lock:
            free = max(0, NUM_NAMED - len(self.named))
            self.named += [f"{name_of(index)} {reason}" for index in range(min(free, count))]
            if count:
                self.counts[reason] += count

    def note_many(
        self,
        reason: str,
        count: int,
        name_of: Callable[[int], str],
        spot_of: Callable[[int], Spot] | None = None,
    ) -> None:
        """Take notice of what is odd but used, see `add_many`; only audits do."""

    def add_late(self, error: DatasetError, reason: str) -> None:
        """Count a fault that shows after `report`, and log it.

        Beyond the first few only a count that reaches a power of ten is logged.

        Args:
            error: what shows it; the message names what is wrong.
            reason: see `add`.

        Raises:
            DatasetError: `error`, where faults are fatal.
        """
        if self.is_strict:
            raise error
        with self._lock:
            self.counts[reason] += 1
            total = self.total
        if total <= NUM_NAMED:
            logger.warning("%s: left out: %s", self.source, error)
        elif str(total).strip("0") == "1":
            logger.warning("%s: left out so far: %s", self.source, self.summary())

    def summary(self) -> str:
        """All counts in a line; an empty text where nothing is wrong.

        Example:
            >>> Faults("a", counts=Counter({"has no area": 2})).summary()
            '2 (2 has no area)'
        """
        if not self.counts:
            return ""
        parts = [f"{count:,} {reason}" for reason, count in self.counts.most_common()]
        return f"{self.total:,} ({', '.join(parts)})"

    def report(self) -> None:
        """Log the first faults in full and the others as counts."""
        for sentence in self.named:
            logger.warning("%s: %s; left out", self.source, sentence)
        if self.total > len(self.named):
            logger.warning("%s: left out in all: %s", self.source, self.summary())

    def to_dict(self) -> dict[str, Any]:
        """Counts and names as plain values, for `restore`."""
        return {"counts": dict(self.counts), "named": list(self.named)}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Take over what `to_dict` gave, instead of finding it again.

        Raises:
            DatasetError: faults are fatal, and there is one.
        """
        named: Sequence[str] = values["named"]
        if named and self.is_strict:
            raise DatasetError(f"{self.source}: {named[0]}.")
        self.counts.update(values["counts"])
        self.named.extend(named)
