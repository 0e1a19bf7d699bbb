"""Classes of several datasets, by name."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geoseg.config.dataset import IGNORE, LEAVE_OUT
from geoseg.datasets.sources import LabelledImage, LabelledImages, LabelledObject
from geoseg.errors import DatasetError

logger = logging.getLogger(__name__)


class RenamedClasses:
    """A dataset under other class names; a `geoseg.datasets.sources.LabelledImages`.

    Attributes:
        name: of the dataset.
        class_names: the other names.
        faults: of the dataset.
    """

    def __init__(
        self, images: LabelledImages, class_names: Sequence[str], new_names: Sequence[str]
    ) -> None:
        """Wrap a dataset.

        Args:
            images: the dataset.
            class_names: all names that there are to be.
            new_names: for each class of the dataset one of them, `IGNORE` or `LEAVE_OUT`.
        """
        self.name = images.name
        self.class_names = tuple(class_names)
        self.faults = images.faults
        self._images = images
        self._new_names = tuple(new_names)

    def __len__(self) -> int:
        return len(self._images)

    def read(self, index: int) -> LabelledImage:
        """Size and labels of an image."""
        image = self._images.read(index)
        renamed = (self._rename(one) for one in image.objects)
        return replace(image, objects=tuple(one for one in renamed if one is not None))

    def load_pixels(self, index: int) -> NDArray[np.uint8]:
        """Pixels of an image."""
        return self._images.load_pixels(index)

    def fingerprint(self) -> str:
        """That of the dataset: names of classes are settings of a run, not content."""
        return self._images.fingerprint()

    def _rename(self, one: LabelledObject) -> LabelledObject | None:
        if one.is_ignored:
            # Of no class, so that an ignored region survives whatever becomes of its class.
            return replace(one, class_index=0)
        name = self._new_names[one.class_index]
        if name == LEAVE_OUT:
            return None
        if name == IGNORE:
            return replace(one, class_index=0, is_ignored=True)
        return replace(one, class_index=self.class_names.index(name))


def rename_classes(images: LabelledImages, classes: Mapping[str, str]) -> LabelledImages:
    """A dataset with its classes renamed, joined, ignored or left out.

    Args:
        images: the dataset.
        classes: new name by name in the labels; what it doesn't name stays.

    Raises:
        DatasetError: it names a class that the dataset doesn't have.
    """
    unknown = sorted(set(classes) - set(images.class_names))
    if unknown:
        raise DatasetError(
            f"{images.name}: classes must name classes of the labels, which are "
            f"{', '.join(images.class_names)}; got {unknown[0]}."
        )
    new_names = [classes.get(name, name) for name in images.class_names]
    left = dict.fromkeys(name for name in new_names if name not in (IGNORE, LEAVE_OUT))
    return RenamedClasses(images, tuple(left), new_names)


def join_classes(
    datasets: Sequence[LabelledImages], class_names: Sequence[str] | None = None
) -> list[LabelledImages]:
    """Datasets that all have the same classes, matched by name.

    Where a dataset lacks a class of another, its objects of that class would be learned as
    ground: a warning says so.

    Args:
        datasets: at least one.
        class_names: the classes of the network; None takes all there are, in the order in which
            they come.

    Raises:
        DatasetError: a dataset has a class that is not in `class_names`.
    """
    found = tuple(dict.fromkeys(name for one in datasets for name in one.class_names))
    wanted = found if class_names is None else tuple(class_names)
    joined: list[LabelledImages] = []
    for one in datasets:
        extra = [name for name in one.class_names if name not in wanted]
        if extra:
            raise DatasetError(
                f"{one.name} must have classes of the network, which are {', '.join(wanted)}; got "
                f"{', '.join(extra)} (classes in [[datasets]] maps them)."
            )
        lacking = [name for name in wanted if name not in one.class_names]
        if lacking and one.class_names:
            logger.warning(
                "%s: no labels of class %s; such objects in it are learned as ground",
                one.name, ", ".join(lacking),
            )  # fmt: skip
        is_same = one.class_names == wanted
        joined.append(one if is_same else RenamedClasses(one, wanted, one.class_names))
    return joined
