"""Names for classes that a file does not name."""

from __future__ import annotations

import pytest

from geoseg.errors import WeightsError
from geoseg.maskrcnn.matterport.class_names import (
    COCO_CLASS_NAMES,
    check_class_names,
    name_classes,
)


def test_eighty_classes_are_those_of_coco() -> None:
    assert name_classes(80) is COCO_CLASS_NAMES
    assert len(set(COCO_CLASS_NAMES)) == 80
    # Ids 1, 44 and 90; some between them belong to nothing.
    assert [COCO_CLASS_NAMES[index] for index in (0, 39, 79)] == ["person", "bottle", "toothbrush"]


def test_other_numbers_are_counted_from_one() -> None:
    assert name_classes(1) == ("building",)
    assert name_classes(2) == ("class_1", "class_2")


@pytest.mark.parametrize(
    "names", [("roof",), ("roof", "shed", "tree"), ("roof", "roof"), ("a", "")]
)
def test_names_that_do_not_fit_are_refused(names: tuple[str, ...]) -> None:
    check_class_names(("roof", "shed"), 2, "town.h5")
    with pytest.raises(WeightsError, match=r"^town\.h5 needs 2 different names of classes"):
        check_class_names(names, 2, "town.h5")
