"""One training sample put together: cut, pasted on, shaded, photographed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.config import AugmentConfig
from geoseg.datasets.sources import LabelledObject
from geoseg.training.copy_paste import Scene, paste_buildings
from geoseg.training.loaded_image import LoadedImage
from geoseg.training.outlines import place_objects
from geoseg.training.photometry import vary_photometry
from geoseg.training.placement import (
    Affine2x3,
    Cell,
    cells_needed,
    divide_tile,
    draw_angle,
    fit_placement,
    orient_image,
    place_in_cell,
    warp_into,
)
from geoseg.training.shadows import add_shadows
from geoseg.training.targets import Sample

# Tiles without a building that are given up before one is kept anyway.
MAX_REDRAWS = 8
# Buildings of an image that would be enlarged by more look blurred beside the others.
MAX_PASTE_ZOOM = 1.25

Part = tuple[LoadedImage, Affine2x3, Cell]


@dataclass(frozen=True)
class Layout:
    """What a tile is going to show.

    Attributes:
        gsd_m: ground metres per pixel.
        angle_rad: turn that its images share, but for quarter turns.
        parts: images, their maps (x, y) to the tile, and the cells that they fill.
        objects: in tile pixels.
    """

    gsd_m: float
    angle_rad: float
    parts: tuple[Part, ...]
    objects: tuple[LabelledObject, ...]

    @property
    def has_building(self) -> bool:
        """Whether there is an object to learn."""
        return not all(one.is_ignored for one in self.objects)

    def draw_tile(self, tile_size_px: int) -> NDArray[np.uint8]:
        """The pixels: uint8 (S, S, 3)."""
        tile = np.zeros((tile_size_px, tile_size_px, 3), np.uint8)
        for loaded, affine, cell in self.parts:
            warp_into(tile, loaded.pixels, affine, cell)
        return tile


@dataclass(frozen=True)
class Composer:
    """Makes samples from the images of one dataset; safe to share between threads.

    Attributes:
        load: gives the image of a number.
        num_images: numbers are below this; at least 1.
        tile_size_px: side of the samples.
        gsd_range_m: finest and coarsest GSD of the samples, drawn log-uniformly.
        augment: how samples differ from the images.
    """

    load: Callable[[int], LoadedImage]
    num_images: int
    tile_size_px: int
    gsd_range_m: tuple[float, float]
    augment: AugmentConfig

    def compose(self, random: np.random.Generator) -> Sample:
        """A sample that depends on the random numbers alone.

        Raises:
            DatasetError: an image cannot be loaded.
        """
        augment = self.augment.in_force
        layout = self._draw_layout(augment, random)
        for _ in range(MAX_REDRAWS):
            if layout.has_building or random.random() < augment.empty_probability:
                break
            layout = self._draw_layout(augment, random)
        scene = Scene(layout.draw_tile(self.tile_size_px), layout.objects)
        names = [loaded.labels.name for loaded, _, _ in layout.parts]
        # Tiles without a building stay without: they are what keeps false alarms down.
        if layout.has_building and random.random() < augment.paste_probability:
            donor = self._load_any(random)
            names.append(donor.labels.name)
            scene = self._paste(scene, donor, layout, augment, random)
        image = add_shadows(scene.tile, scene.objects, layout.gsd_m, augment, random)
        image = vary_photometry(image, augment, random)
        return Sample(image, scene.objects, tuple(dict.fromkeys(names)))

    def _load_any(self, random: np.random.Generator) -> LoadedImage:
        return self.load(int(random.integers(self.num_images)))

    def _draw_layout(self, augment: AugmentConfig, random: np.random.Generator) -> Layout:
        low, high = (math.log(gsd_m) for gsd_m in self.gsd_range_m)
        gsd_m = math.exp(random.uniform(low, high))
        angle_rad = draw_angle(augment, random)
        loaded = self._load_any(random)
        placement = orient_image(loaded.labels, gsd_m, angle_rad, augment, random)
        num_cells = cells_needed(placement, loaded.labels, self.tile_size_px)
        parts: list[Part] = []
        objects: list[LabelledObject] = []
        for cell in divide_tile(self.tile_size_px, num_cells):
            if parts:
                loaded = self._load_any(random)
                placement = orient_image(loaded.labels, gsd_m, angle_rad, augment, random)
            labels, side_px = loaded.labels, max(cell[2] - cell[0], cell[3] - cell[1])
            fitted = fit_placement(placement, labels, side_px)
            affine = place_in_cell(labels, cell, fitted, random)
            parts.append((loaded, affine, cell))
            objects.extend(place_objects(labels.objects, loaded.shapes, affine, cell))
        return Layout(gsd_m, angle_rad, tuple(parts), tuple(objects))

    def _paste(
        self,
        scene: Scene,
        donor: LoadedImage,
        layout: Layout,
        augment: AugmentConfig,
        random: np.random.Generator,
    ) -> Scene:
        placement = orient_image(donor.labels, layout.gsd_m, layout.angle_rad, augment, random)
        if placement.zoom > MAX_PASTE_ZOOM:
            return scene
        return paste_buildings(scene, donor, placement, augment.paste_most, random)
