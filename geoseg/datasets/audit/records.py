"""Faults of a dataset, kept by rule, with where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from geoseg.datasets.faults import Faults, Spot

NUM_EXAMPLES = 5
"""Of each rule, so many faults are named and placed."""


@dataclass
class Rule:
    """What breaks one rule.

    Attributes:
        reason: what is wrong, as it follows a name.
        is_left_out: geoseg leaves out what breaks it; else it uses it as it is or repaired.
        count: how often it is broken.
        names: of the first ones.
        spots: where the first ones are, of those that are in an image.
    """

    reason: str
    is_left_out: bool
    count: int = 0
    names: list[str] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)


@dataclass
class AuditFaults(Faults):
    """Faults that an audit collects.

    Attributes:
        rules: what was found, by reason.
    """

    is_auditing: ClassVar[bool] = True

    rules: dict[str, Rule] = field(default_factory=dict)

    def add_many(
        self,
        reason: str,
        count: int,
        name_of: Callable[[int], str],
        spot_of: Callable[[int], Spot] | None = None,
    ) -> None:
        """Count what is left out, see `Faults.add_many`."""
        super().add_many(reason, count, name_of)
        self._record(Rule(reason, is_left_out=True), count, name_of, spot_of)

    def note_many(
        self,
        reason: str,
        count: int,
        name_of: Callable[[int], str],
        spot_of: Callable[[int], Spot] | None = None,
    ) -> None:
        """Count what is odd but used."""
        self._record(Rule(reason, is_left_out=False), count, name_of, spot_of)

    def report(self) -> None:
        """Do nothing: the audit reports it."""

    def _record(
        self,
        rule: Rule,
        count: int,
        name_of: Callable[[int], str],
        spot_of: Callable[[int], Spot] | None,
    ) -> None:
        if not count:
            return
        rule = self.rules.setdefault(rule.reason, rule)
        num_named = min(count, NUM_EXAMPLES - len(rule.names))
        rule.count += count
        rule.names += [name_of(number) for number in range(num_named)]
        if spot_of is not None:
            rule.spots += [spot_of(number) for number in range(num_named)]
