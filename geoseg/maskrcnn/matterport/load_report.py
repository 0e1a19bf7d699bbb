"""What became of each layer of a file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

LOADED = "loaded"
LEFT_OUT = "left out"
MISSING = "missing"
UNEXPECTED = "unexpected"
WITHOUT_WEIGHTS = "without weights"
STATES = (LOADED, LEFT_OUT, MISSING, UNEXPECTED, WITHOUT_WEIGHTS)


@dataclass(frozen=True)
class LayerEntry:
    """A layer of the file, or one that it lacks.

    Attributes:
        name: of the layer.
        state: one of STATES.
        shapes: of its arrays by variable; of a missing layer, those that it should have.
        reason: why it is not loaded; empty where the state says it.
    """

    name: str
    state: str
    shapes: dict[str, tuple[int, ...]]
    reason: str = ""


@dataclass(frozen=True)
class LoadReport:
    """All layers, in the order of the file; missing ones come last.

    Attributes:
        entries: one for each layer; those of the nested `rpn_model` stand for themselves.
    """

    entries: tuple[LayerEntry, ...]

    def list_names(self, state: str) -> list[str]:
        """Names of the layers in a state."""
        return [one.name for one in self.entries if one.state == state]

    def leave_out(self, names: Collection[str], reason: str) -> LoadReport:
        """The same report with some of the loaded layers left out."""
        return LoadReport(
            tuple(
                replace(one, state=LEFT_OUT, reason=reason)
                if one.name in names and one.state == LOADED
                else one
                for one in self.entries
            )
        )

    def describe(self) -> list[str]:
        """A line for each state that occurs; layers that are not loaded are named.

        Example:
            >>> conv = LayerEntry("conv1", LOADED, {"kernel": (7, 7, 3, 64), "bias": (64,)})
            >>> mask = LayerEntry("mrcnn_mask", MISSING, {"bias": (2,)})
            >>> LoadReport((conv, mask)).describe()
            ['1 layer loaded', '1 layer missing: mrcnn_mask']
        """
        lines = []
        for state in STATES:
            found = [one for one in self.entries if one.state == state]
            if not found:
                continue
            line = f"{len(found)} {'layer' if len(found) == 1 else 'layers'} {state}"
            reasons = dict.fromkeys(one.reason for one in found)
            if state not in (LOADED, WITHOUT_WEIGHTS):
                line += f": {', '.join(one.name for one in found)}"
                line += "".join(f" ({reason})" for reason in reasons if reason)
            lines.append(line)
        return lines
