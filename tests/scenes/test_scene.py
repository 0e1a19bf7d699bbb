from __future__ import annotations

import hashlib

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from geoseg.errors import ConfigError
from geoseg.scenes import STYLES, Scene, make_scene


def digest(scene: Scene) -> str:
    outlines = shapely.to_wkb(np.array(scene.footprints, dtype=object))
    return hashlib.sha256(scene.image.tobytes() + b"".join(outlines.tolist())).hexdigest()


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_gives_the_same_bytes(style: str) -> None:
    first = make_scene(7, size_px=(96, 128), gsd_m=0.4, style=style)
    again = make_scene(7, size_px=(96, 128), gsd_m=0.4, style=style)
    assert digest(first) == digest(again)


def test_another_seed_gives_another_scene() -> None:
    assert digest(make_scene(1, size_px=64, gsd_m=0.4)) != digest(
        make_scene(2, size_px=64, gsd_m=0.4)
    )


def test_a_seed_chooses_a_style_when_none_is_given() -> None:
    styles = {make_scene(seed, size_px=16, gsd_m=0.3).style for seed in range(40)}
    assert styles == set(STYLES)


@pytest.mark.parametrize("style", [style for style in STYLES if style != "empty"])
def test_every_style_but_the_empty_one_builds(style: str) -> None:
    scenes = [make_scene(seed, size_px=160, gsd_m=0.6, style=style) for seed in range(3)]
    assert sum(len(scene.footprints) for scene in scenes) > 3


def test_the_empty_style_has_a_picture_and_no_buildings() -> None:
    for seed in range(6):
        scene = make_scene(seed, size_px=96, gsd_m=0.5, style="empty")
        assert scene.footprints == ()
        assert scene.image.std() > 2


@pytest.mark.parametrize("shape_hw", [(1, 1), (1, 57), (61, 3), (33, 47)])
def test_odd_sizes_are_kept(shape_hw: tuple[int, int]) -> None:
    scene = make_scene(3, size_px=shape_hw, gsd_m=0.3, style="town")
    assert scene.image.shape == (*shape_hw, 3)
    assert scene.image.dtype == np.uint8


@settings(max_examples=12)
@given(
    st.integers(0, 10_000),
    st.sampled_from(STYLES),
    st.floats(0.1, 1.0),
    st.integers(20, 110),
    st.integers(20, 110),
)
def test_footprints_are_valid_apart_and_inside(
    seed: int, style: str, gsd_m: float, height: int, width: int
) -> None:
    scene = make_scene(seed, size_px=(height, width), gsd_m=gsd_m, style=style)
    outlines = np.array(scene.footprints, dtype=object)
    assert all(outline.geom_type == "Polygon" for outline in outlines)
    assert shapely.is_valid(outlines).all()
    frame = box(0, 0, width, height).buffer(1e-6)
    assert shapely.covers(frame, outlines).all()
    total = shapely.area(outlines).sum()
    assert shapely.union_all(outlines).area == pytest.approx(total, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("style", ["suburb", "town", "urban", "industry"])
def test_walls_stand_where_the_picture_changes(style: str) -> None:
    """Outlines moved by 4 m must lie on weaker edges than the true ones."""
    true_edges, moved_edges = [], []
    for seed in range(4):
        scene = make_scene(seed, size_px=256, gsd_m=0.4, style=style)
        grey = scene.image.mean(axis=2)
        strength = np.hypot(*np.gradient(grey))
        for outline in scene.footprints:
            points = shapely.line_interpolate_point(
                outline.exterior, np.linspace(0, outline.length, 60)
            )
            x, y = shapely.get_x(points), shapely.get_y(points)
            inside = (x > 3) & (y > 3) & (x < 240) & (y < 240)
            true_edges.append(strength[y[inside].astype(int), x[inside].astype(int)])
            moved_edges.append(strength[y[inside].astype(int) + 10, x[inside].astype(int) + 10])
    assert np.concatenate(true_edges).mean() > 1.25 * np.concatenate(moved_edges).mean()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size_px": 0}, "size_px must be at least 1"),
        ({"size_px": (10, 0)}, "size_px must be at least 1"),
        ({"gsd_m": 0.0}, r"gsd_m must be in 0.05\.\.2; got 0.0"),
        ({"gsd_m": float("nan")}, "gsd_m must be in"),
        ({"style": "castle"}, "style must be one of suburb, .*; got castle"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
    ],
)
def test_wrong_arguments_are_named(change: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"seed": 1, "size_px": 32, "gsd_m": 0.3, **change}
    seed = arguments.pop("seed")
    with pytest.raises(ConfigError, match=message):
        make_scene(seed, **arguments)  # type: ignore[arg-type]
