"""Invented scenes, made when they are asked for."""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geoseg.config import DatasetConfig
from geoseg.datasets.faults import Faults
from geoseg.datasets.rings import rings_of_polygons
from geoseg.datasets.sources import DEFAULT_CLASS, LabelledImage, LabelledObject
from geoseg.errors import DatasetError

SIZE_PX = 512
NUM_SCENES = 500
ALL_STYLES = "all"

# A scene is read and then loaded, by as many threads as there are workers.
_KEPT_SCENES = 16


class MadeScenes:
    """Scenes of `geoseg.scenes`; a `geoseg.datasets.sources.LabelledImages`.

    The last few scenes are kept; whoever draws again and again keeps more.

    Attributes:
        name: the style.
        class_names: one.
        faults: none.
    """

    def __init__(self, config: DatasetConfig, faults: Faults) -> None:
        """Make nothing yet.

        Args:
            config: style, number, GSD range and seed.
            faults: is told nothing.

        Raises:
            DatasetError: there is no such style.
        """
        from geoseg.scenes import STYLES

        if config.scenes != ALL_STYLES and config.scenes not in STYLES:
            raise DatasetError(
                f"scenes must be one of {', '.join((ALL_STYLES, *STYLES))}; got {config.scenes}."
            )
        self.name = f"{config.scenes} scenes"
        self.class_names: tuple[str, ...] = (DEFAULT_CLASS,)
        self.faults = faults
        self._config = config
        self._style = None if config.scenes == ALL_STYLES else config.scenes
        self._make = lru_cache(maxsize=_KEPT_SCENES)(self._make_scene)

    def __len__(self) -> int:
        return self._config.num_images or NUM_SCENES

    def read(self, index: int) -> LabelledImage:
        """Size and labels of a scene."""
        return self._make(index)[0]

    def load_pixels(self, index: int) -> NDArray[np.uint8]:
        """Pixels of a scene."""
        return self._make(index)[1]

    def fingerprint(self) -> str:
        """Hex digest of the settings and of the first scene, which says how they are drawn."""
        image, pixels = self._make(0)
        low, high = self._config.gsd_range_m
        text = f"{self.name} {len(self)} {self._config.seed} {low} {high} {image.gsd_m}"
        return hashlib.sha256(text.encode() + pixels.tobytes()).hexdigest()

    def _make_scene(self, index: int) -> tuple[LabelledImage, NDArray[np.uint8]]:
        from geoseg.scenes import make_scene

        random = np.random.default_rng((self._config.seed, index))
        low, high = (math.log(gsd_m) for gsd_m in self._config.gsd_range_m)
        gsd_m = math.exp(random.uniform(low, high))
        seed = int(random.integers(2**31))
        scene = make_scene(seed, size_px=SIZE_PX, gsd_m=gsd_m, style=self._style)
        objects = tuple(LabelledObject(rings_of_polygons(one)) for one in scene.footprints)
        name = f"{scene.style} scene {index} of seed {self._config.seed}"
        return LabelledImage(name, index, SIZE_PX, SIZE_PX, gsd_m, objects), scene.image
