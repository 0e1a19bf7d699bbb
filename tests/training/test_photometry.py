"""Changes of light leave geometry alone."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from geoseg.config import AugmentConfig
from geoseg.training.photometry import recompress, vary_photometry


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_an_edge_stays_where_it_is(seed: int) -> None:
    image = np.full((64, 70, 3), 70, np.uint8)
    image[:, 31:] = (170, 160, 150)
    before = image.copy()
    varied = vary_photometry(image, AugmentConfig(), np.random.default_rng(seed))
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
        once = vary_photometry(image, AugmentConfig(), np.random.default_rng(seed))
        again = vary_photometry(image, AugmentConfig(), np.random.default_rng(seed))
        assert once.tobytes() == again.tobytes()


def test_every_seed_looks_different_and_none_is_blank() -> None:
    image = np.random.default_rng(0).integers(0, 255, (24, 24, 3)).astype(np.uint8)
    looks = [
        vary_photometry(image, AugmentConfig(), np.random.default_rng(seed)) for seed in range(60)
    ]
    assert len({look.tobytes() for look in looks}) == 60
    assert min(look.std() for look in looks) > 10
    means = np.array([look.mean() for look in looks])
    # Exposure varies widely, round that of the image.
    assert abs(means.mean() - image.mean()) < 12
    assert means.std() > 10


CALM = AugmentConfig(
    gamma=0.0,
    contrast=0.0,
    brightness=0.0,
    cast=0.0,
    colour_probability=0.0,
    haze_probability=0.0,
    blur_probability=0.0,
    noise_probability=0.0,
    jpeg_probability=0.0,
)
NOISE = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)


def vary(image: NDArray[np.uint8], seed: int = 0, **changes: Any) -> NDArray[np.uint8]:
    """An image with the named changes alone."""
    return vary_photometry(image, replace(CALM, **changes), np.random.default_rng(seed))


def test_without_strength_nothing_changes() -> None:
    np.testing.assert_array_equal(vary(NOISE), NOISE)
    np.testing.assert_array_equal(
        vary_photometry(NOISE, AugmentConfig(enabled=False).in_force, np.random.default_rng(0)),
        NOISE,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"gamma": 0.3},
        {"contrast": 0.3},
        {"brightness": 0.1},
        {"cast": 0.2},
        {"colour_probability": 1.0},
        {"haze_probability": 1.0},
        {"blur_probability": 1.0},
        {"noise_probability": 1.0},
        {"jpeg_probability": 1.0},
    ],
)
def test_each_change_can_be_had_alone(changes: dict[str, Any]) -> None:
    assert np.abs(vary(NOISE, **changes).astype(int) - NOISE).max() > 2


def test_haze_takes_contrast_and_adds_light() -> None:
    dark = np.array([[[10, 10, 10], [60, 60, 60]]], np.uint8)
    for seed in range(20):
        hazy = vary(dark, seed, haze_probability=1.0, haze=0.5).astype(int)
        assert hazy[0, 0, 0] >= 10
        assert 25 <= hazy[0, 1, 0] - hazy[0, 0, 0] <= 50
        # All channels alike: haze is white.
        assert (hazy == hazy[..., :1]).all()


def test_grey_has_no_colour() -> None:
    grey = vary(NOISE, colour_probability=1.0, grey_probability=1.0)
    assert (grey == grey[..., :1]).all()


def test_hue_turns_by_no_more_than_asked() -> None:
    red = np.full((2, 2, 3), (200, 20, 20), np.uint8)
    hues = set()
    for seed in range(60):
        turned = vary(red, seed, colour_probability=1.0, grey_probability=0.0, saturation=0.0)
        r, g, b = (int(value) for value in turned[0, 0])
        assert max(r, g, b) == r == 200
        # Sixty degrees for each sixth of the circle: green rises or blue does.
        hues.add(60 * (g - b) / (r - min(g, b)))
    assert -12.5 <= min(hues) < -8
    assert 8 < max(hues) <= 12.5


def test_noise_is_as_strong_as_asked_and_the_same_in_all_channels() -> None:
    flat = np.full((200, 200, 3), 128, np.uint8)
    noisy = vary(flat, noise_probability=1.0, noise_levels=(6.0, 6.0)).astype(int) - 128
    assert noisy.std() == pytest.approx(6.0, rel=0.05)
    assert abs(noisy.mean()) < 0.1
    assert (noisy == noisy[..., :1]).all()


def test_jpeg_is_what_pillow_makes_of_it() -> None:
    smooth = cv2.GaussianBlur(NOISE, (0, 0), 2.0).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(smooth).save(file, "jpeg", quality=60)
    expected = np.asarray(Image.open(file)).astype(int)
    found = recompress(smooth, 60).astype(int)
    assert np.abs(found - smooth).mean() > 0.5
    # Decoders round differently.
    assert np.abs(found - expected).mean() < 0.5


def test_one_pixel_is_enough() -> None:
    for seed in range(30):
        image = np.full((1, 1, 3), 128, np.uint8)
        assert vary_photometry(image, AugmentConfig(), np.random.default_rng(seed)).shape == (
            1,
            1,
            3,
        )
