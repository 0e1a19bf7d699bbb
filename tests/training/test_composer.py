"""Samples put together: repeatable, empty ones kept, and labels that augmentation does not move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoseg.config import AugmentConfig, MaskRCNNConfig
from geoseg.maskrcnn.anchors import make_anchors
from geoseg.training.composer import Composer
from geoseg.training.loaded_image import LoadedImage
from geoseg.training.targets import Sample, make_targets
from tests.training.in_memory import area_of, make_box, make_loaded, make_object
from tests.training.labelled import paint

TILE_PX = 64
HOUSE = make_box(30, 34, 18, 22)
EVERYTHING = AugmentConfig(
    shadow_probability=1.0, cloud_probability=1.0, paste_probability=1.0, jpeg_probability=1.0
)


def make_composer(images: Sequence[LoadedImage], **changes: Any) -> Composer:
    """Samples of some images."""
    augment = AugmentConfig(**{**vars(EVERYTHING), **changes})
    return Composer(images.__getitem__, len(images), TILE_PX, (0.2, 0.4), augment)


def with_house() -> LoadedImage:
    """A white house on black."""
    return make_loaded(paint(HOUSE, (120, 130)), make_object(HOUSE))


def without_house() -> LoadedImage:
    """Grey ground."""
    return make_loaded(np.full((120, 130, 3), 90, np.uint8))


def compose(composer: Composer, seed: int) -> Sample:
    """The sample of a seed."""
    return composer.compose(np.random.default_rng(seed))


def bytes_of(sample: Sample) -> bytes:
    """All there is in a sample."""
    rings = [ring.tobytes() for one in sample.objects for ring in one.rings]
    return b"|".join([sample.image.tobytes(), *rings])


def test_the_same_seed_gives_the_same_bytes() -> None:
    composer = make_composer([with_house(), without_house()])
    first = [bytes_of(compose(composer, seed)) for seed in range(12)]
    again = [bytes_of(compose(composer, seed)) for seed in reversed(range(12))]
    assert first == again[::-1]
    assert len(set(first)) == 12


@given(st.integers(0, 2**32 - 1))
def test_light_does_not_move_labels(seed: int) -> None:
    images = [with_house(), without_house()]
    bright = compose(make_composer(images), seed)
    geometry = {name: 0.0 for name in vars(EVERYTHING) if name.endswith("_probability")}
    for name in ("flip", "any_angle", "empty", "paste"):
        key = f"{name}_probability"
        geometry[key] = vars(EVERYTHING)[key]
    plain = compose(make_composer(images, **geometry), seed)
    assert len(plain.objects) == len(bright.objects)
    for one, other in zip(plain.objects, bright.objects, strict=True):
        assert all((a == b).all() for a, b in zip(one.rings, other.rings, strict=True))


def test_disabled_augmentation_cuts_and_scales_alone() -> None:
    composer = make_composer([with_house()], enabled=False)
    for seed in range(10):
        sample = compose(composer, seed)
        assert set(np.unique(sample.image.reshape(-1, 3).std(axis=1))) == {0.0}
        for one in sample.objects:
            # Upright as it was.
            assert area_of(one).area == pytest.approx(
                shapely.box(*area_of(one).bounds).area, rel=1e-4
            )


def test_tiles_without_a_building_are_drawn_and_stay_without() -> None:
    composer = make_composer([with_house(), without_house()])
    samples = [compose(composer, seed) for seed in range(200)]
    share = np.mean([not sample.objects for sample in samples])
    assert share > 0.4
    # No building is pasted into them, and no shadow of one falls.
    assert all(len(sample.images) == 1 for sample in samples if not sample.objects)


def test_the_share_of_empty_tiles_can_be_lowered() -> None:
    images = [with_house(), without_house()]
    shares = [
        np.mean([not compose(composer, seed).objects for seed in range(150)])
        for composer in (make_composer(images, empty_probability=one) for one in (1.0, 0.3, 0.0))
    ]
    assert shares[0] > 0.5
    assert 0.1 < shares[1] < shares[0] - 0.1
    # Nine tiles in a row may be empty.
    assert shares[2] < 0.1


def test_a_dataset_without_any_building_is_drawn_all_the_same() -> None:
    composer = make_composer([without_house()], empty_probability=0.0)
    assert compose(composer, 0).objects == ()


def test_an_empty_tile_teaches_background_with_finite_losses() -> None:
    import keras

    from geoseg.maskrcnn.model import LOSS_NAMES, MaskRCNN

    config = MaskRCNNConfig(
        tile_size_px=TILE_PX,
        pyramid_channels=16,
        pre_nms_per_level=32,
        num_proposals=24,
        box_units=32,
        mask_convs=1,
    )
    sample = compose(make_composer([without_house()]), 0)
    random = np.random.default_rng(0)
    targets = make_targets(
        sample, make_anchors(config), max_objects=4, num_proposals=24, random=random
    )
    batch = {name: np.stack([array, array]) for name, array in targets.items()}
    keras.utils.set_random_seed(0)
    model = MaskRCNN(config, num_rois=16, num_positive=6)
    model.compile(keras.optimizers.SGD(0.05))
    logs = [model.train_on_batch(batch, return_dict=True) for _ in range(3)]
    for name in LOSS_NAMES:
        assert np.isfinite([float(one[name]) for one in logs]).all()
    assert float(logs[0]["bbox"]) == float(logs[0]["mask"]) == float(logs[0]["rpn_bbox"]) == 0.0
    assert 0.0 < float(logs[-1]["class"]) < float(logs[0]["class"])
    assert all(np.isfinite(np.asarray(one)).all() for one in model.weights)
