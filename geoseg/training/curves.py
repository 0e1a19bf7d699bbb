"""The curves of a run as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geoseg.maskrcnn.model import LOSS_NAMES
from geoseg.training.records import read_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_curves(log: Path, scores: Path, picture: Path) -> bool:
    """Draw losses, scores and learning rate over the steps as a PNG.

    Args:
        log: the table of losses.
        scores: the table of scores; may be missing or without rows.
        picture: the file to write; one of that name is replaced in one step.

    Returns:
        Whether there was anything to draw.
    """
    from matplotlib.figure import Figure

    rows, scored = read_table(log), read_table(scores)
    if not rows:
        return False
    # Without pyplot nothing global is set, and no window is looked for.
    figure = Figure(figsize=(9, 8 if scored else 6), layout="constrained")
    axes = figure.subplots(3 if scored else 2, 1, sharex=True, squeeze=False)[:, 0]
    steps = [int(row["step"]) for row in rows]
    for name in ("loss", *LOSS_NAMES):
        values = [float(row[name]) for row in rows]
        axes[0].plot(steps, values, label=name, linewidth=2 if name == "loss" else 1)
    _finish(axes[0], "loss")
    axes[1].plot(steps, [float(row["learning_rate"]) for row in rows], label="learning rate")
    axes[1].set_ylim(bottom=0)
    _finish(axes[1], "learning rate")
    if scored:
        at = [int(row["step"]) for row in scored]
        for name in ("ap50", "ar50"):
            axes[2].plot(at, [float(row[name]) for row in scored], marker="o", label=name)
        axes[2].set_ylim(0, 1)
        _finish(axes[2], "on validation images")
    axes[-1].set_xlabel("step")
    temporary = picture.with_name(f".{picture.name}.part")
    figure.savefig(temporary, format="png", dpi=100)
    temporary.replace(picture)
    return True


def _finish(axes: Axes, label: str) -> None:
    axes.set_ylabel(label)
    axes.grid(alpha=0.3)
    axes.legend(loc="upper right", fontsize="small")
