"""Shadows fall where the sun throws them, and on no roof."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import affinity

from geoseg.config import AugmentConfig
from geoseg.training.shadows import add_shadows, cast_shadows, darken, draw_clouds
from tests.training.in_memory import area_of, make_box, make_object

NEVER = AugmentConfig(shadow_probability=0.0, cloud_probability=0.0)
TOWER = make_object(make_box(30, 40, 16, 12))


def flat_heights(monkeypatch: pytest.MonkeyPatch) -> None:
    """All buildings as high as each other."""
    monkeypatch.setattr("geoseg.training.shadows.HEIGHT_SPREAD", 0.0)


@pytest.mark.parametrize("reach", [(14.0, 9.0), (-11.0, 6.0), (0.0, -12.5), (20.0, 0.0)])
def test_a_shadow_is_the_roof_swept_along(
    reach: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    flat_heights(monkeypatch)
    shade = cast_shadows([TOWER], (100, 110), np.array(reach), np.random.default_rng(0)) / 255.0
    roof = area_of(TOWER)
    # A rectangle sweeps over the convex hull of its two places.
    swept = roof.union(affinity.translate(roof, *reach)).convex_hull.difference(roof)
    ys, xs = np.indices(shade.shape) + 0.5
    distance_in = shapely.distance(swept.exterior, shapely.points(xs, ys))
    inside = shapely.contains_xy(swept, xs, ys)
    assert (shade[inside & (distance_in > 4)] > 0.95).all()
    assert (shade[~inside & (distance_in > 4.5)] < 0.05).all()
    # OpenCV fills half a pixel too much all round.
    assert shade.sum() == pytest.approx(swept.area, rel=0.15)


def test_no_shadow_falls_on_a_roof_and_ignored_regions_cast_none() -> None:
    neighbour = make_object(make_box(48, 40, 14, 20))
    region = make_object(make_box(10, 70, 20, 20), is_ignored=True)
    objects = [TOWER, neighbour, region]
    shade = cast_shadows(objects, (100, 110), np.array([15.0, 0.0]), np.random.default_rng(1))
    ys, xs = np.indices(shade.shape) + 0.5
    for one in objects:
        assert not shade[shapely.contains_xy(area_of(one).buffer(-0.5), xs, ys)].any()
    assert not shade[66:].any()


def test_a_courtyard_lies_in_the_shade(monkeypatch: pytest.MonkeyPatch) -> None:
    flat_heights(monkeypatch)
    block = make_object(make_box(20, 20, 50, 50), make_box(35, 35, 20, 20))
    shade = cast_shadows([block], (100, 110), np.array([14.0, 0.0]), np.random.default_rng(0))
    assert shade[45, 40] > 230
    assert shade[45, 53] < 30
    assert not shade[22:33, 22:68].any()


def test_without_buildings_there_is_no_shade() -> None:
    shade = cast_shadows([], (30, 40), np.array([9.0, 9.0]), np.random.default_rng(0))
    assert shade.shape == (30, 40)
    assert not shade.any()


def test_shade_takes_light_and_leaves_it_bluer() -> None:
    image = np.full((1, 3, 3), 200, np.uint8)
    dark = darken(image, np.array([[0, 128, 255]], np.uint8), 0.5).astype(int)
    assert dark[0, 0].tolist() == [200, 200, 200]
    assert dark[0, 2].tolist() == pytest.approx([94, 98, 108], abs=1)
    assert (dark[0, 2] < dark[0, 1]).all()
    assert (dark[0, 1] < 200).all()


def test_clouds_are_soft_and_of_any_size() -> None:
    shares = []
    for seed in range(60):
        shade = draw_clouds((90, 75), np.random.default_rng(seed)).astype(int)
        assert shade.shape == (90, 75)
        assert np.abs(np.diff(shade, axis=0)).max() < 140
        assert np.abs(np.diff(shade, axis=1)).max() < 140
        shares.append(shade.mean() / 255)
    assert min(shares) < 0.15
    assert max(shares) > 0.7


@pytest.mark.parametrize("name", ["shadow_probability", "cloud_probability"])
def test_shadows_come_as_often_as_asked(name: str) -> None:
    image = np.full((80, 80, 3), 180, np.uint8)
    before = image.copy()
    augment = AugmentConfig(**{**vars(NEVER), name: 0.3})
    changed = [
        add_shadows(image, [TOWER], 0.3, augment, np.random.default_rng(seed))
        for seed in range(300)
    ]
    share = np.mean([(one != image).any() for one in changed])
    assert 0.2 < share < 0.4
    assert all((one <= image).all() for one in changed)
    np.testing.assert_array_equal(image, before)
    assert add_shadows(image, [TOWER], 0.3, NEVER, np.random.default_rng(0)) is image


def test_shadows_are_as_long_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    flat_heights(monkeypatch)
    image = np.full((120, 120, 3), 180, np.uint8)
    roof = make_object(make_box(50, 50, 20, 20))
    augment = AugmentConfig(
        **{**vars(NEVER), "shadow_probability": 1.0, "shadow_length_m": (6.0, 6.0)}
    )
    ys, xs = np.indices((120, 120)) + 0.5
    distance = shapely.distance(area_of(roof), shapely.points(xs, ys))
    for seed in range(20):
        dark = add_shadows(image, [roof], 0.3, augment, np.random.default_rng(seed))
        reach_px = distance[(dark < 170).any(axis=2)].max()
        # 20 px along the sun; a roof seen along its side is that far from its shadow's end.
        assert 12 < reach_px < 23
