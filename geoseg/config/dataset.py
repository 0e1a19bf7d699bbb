"""What is set for a source of training images."""

from __future__ import annotations

from dataclasses import dataclass

from geoseg.config.toml import require


@dataclass(frozen=True)
class DatasetConfig:
    """One source of training images.

    Attributes:
        path: a folder with `images/` and `annotation.json` (COCO).
        weight: how often it is drawn, against the other sources.
        gsd_m: ground metres per pixel of images whose annotation doesn't say.
        gsd_range_m: finest and coarsest GSD that samples are drawn at.
    """

    path: str
    weight: float = 1.0
    gsd_m: float = 0.3
    gsd_range_m: tuple[float, float] = (0.15, 0.42)

    def __post_init__(self) -> None:
        require(self.weight >= 0, "weight must be at least 0", self.weight)
        low, high = self.gsd_range_m
        require(0 < low <= high, "gsd_range_m must be LOW, HIGH above 0", self.gsd_range_m)
