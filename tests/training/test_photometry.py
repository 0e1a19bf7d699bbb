"""Changes of light leave geometry alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.training.photometry import vary_photometry


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_an_edge_stays_where_it_is(seed: int) -> None:
    image = np.full((64, 70, 3), 70, np.uint8)
    image[:, 31:] = (170, 160, 150)
    before = image.copy()
    varied = vary_photometry(image, np.random.default_rng(seed))
    assert varied.shape == image.shape
    assert varied.dtype == np.uint8
    np.testing.assert_array_equal(image, before)
    profile = varied.astype(float).mean(axis=(0, 2))
    dark, bright = profile[:20].mean(), profile[-20:].mean()
    if bright - dark > 25:
        near = profile[28:34]
        edge = np.interp((dark + bright) / 2, near, np.arange(28, 34) + 0.5)
        assert abs(edge - 31) < 0.15


def test_the_same_numbers_give_the_same_bytes() -> None:
    image = np.random.default_rng(0).integers(0, 255, (33, 47, 3)).astype(np.uint8)
    for seed in range(12):
        once = vary_photometry(image, np.random.default_rng(seed))
        again = vary_photometry(image, np.random.default_rng(seed))
        assert once.tobytes() == again.tobytes()


def test_every_seed_looks_different_and_none_is_blank() -> None:
    image = np.random.default_rng(0).integers(0, 255, (24, 24, 3)).astype(np.uint8)
    looks = [vary_photometry(image, np.random.default_rng(seed)) for seed in range(60)]
    assert len({look.tobytes() for look in looks}) == 60
    assert min(look.std() for look in looks) > 10
    means = np.array([look.mean() for look in looks])
    # Exposure varies widely, round that of the image.
    assert abs(means.mean() - image.mean()) < 12
    assert means.std() > 10


def test_one_pixel_is_enough() -> None:
    for seed in range(30):
        image = np.full((1, 1, 3), 128, np.uint8)
        assert vary_photometry(image, np.random.default_rng(seed)).shape == (1, 1, 3)
