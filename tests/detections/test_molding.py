from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoseg.detections.molding import (
    mold_image,
    mold_masks,
    resize_bilinear,
    unmold_box,
    unmold_detections,
    unmold_mask,
)
from geoseg.masks import paste_mask
from geoseg.types import Detection

TILE_PX = 320


class Golden:
    """What matterport's program computed, and the images that it was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        spec = importlib.util.spec_from_file_location("golden_inputs", folder / "golden_inputs.py")
        assert spec is not None
        assert spec.loader is not None
        self.inputs = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.inputs)
        self.units = self.load("units")

    def load(self, name: str) -> Mapping[str, NDArray[Any]]:
        """All arrays of one file."""
        with np.load(self.folder / f"matterport_parity_{name}.npz") as arrays:
            return dict(arrays)

    def image(self, name: str) -> NDArray[np.uint8]:
        """Image A (320 x 320), B (300 x 300) or C (200 x 280)."""
        image: NDArray[np.uint8] = self.inputs.image(name)
        return image

    def unpack(self, packed: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Masks (N, H, W) from one row of bits each."""
        bits = np.unpackbits(packed, axis=1)[:, : shape[1] * shape[2]]
        return bits.reshape(shape).astype(bool)


@pytest.fixture(scope="module")
def golden(matterport_golden: Path) -> Golden:
    return Golden(matterport_golden)


def detect(box: tuple[float, ...], mask: NDArray[np.floating] | None = None) -> Detection:
    soft = np.ones((28, 28), np.float32) if mask is None else mask
    return Detection(np.array(box, np.float32), 0.9, soft)


def test_enlarging_fades_at_the_borders_and_is_lifted_to_the_least_value() -> None:
    # Centres at -0.25, 0.25, 0.75 and 1.25: the outermost lie a quarter of the way to a zero.
    enlarged = resize_bilinear(np.array([[8, 16]], np.uint8), (1, 4))
    assert enlarged.tolist() == [[8, 10, 14, 12]]
    assert resize_bilinear(np.array([[0, 16]], np.uint8), (1, 4)).tolist() == [[0, 4, 12, 12]]


def test_shrinking_takes_two_neighbours_and_no_more() -> None:
    values = np.array([[0.0], [0.0], [4.0], [100.0], [100.0], [100.0]])
    # Centres at 1 and 4.
    assert resize_bilinear(values, (2, 1)).tolist() == [[0], [100]]
    assert resize_bilinear(np.array([[1.0], [2.0], [4.0], [8.0]]), (2, 1)).tolist() == [[1.5], [6]]


def test_whole_numbers_are_cut_off() -> None:
    molded = mold_image(np.array([[[3], [10]]], np.uint8), 4)
    # Columns 2.25, 4.75, 8.25 and 7.5, times 0.75 in both rows; what is below 3 is lifted to it.
    assert molded.image[:, :, 0].tolist() == [[0] * 4, [3, 3, 6, 5], [3, 3, 6, 5], [0] * 4]
    assert molded.image.dtype == np.uint8
    assert mold_image(np.array([[[3.0], [10.0]]]), 4).image[1, 2, 0] == 8.25 * 0.75


@pytest.mark.parametrize(
    ("shape_hw", "window", "padding"),
    [
        ((300, 300), (0, 0, 320, 320), ((0, 0), (0, 0))),
        ((200, 280), (45, 0, 274, 320), ((45, 46), (0, 0))),
        ((320, 101), (0, 109, 320, 210), ((0, 0), (109, 110))),
        ((1, 320), (159, 0, 160, 320), ((159, 160), (0, 0))),
        ((900, 1), (0, 159, 320, 160), ((0, 0), (159, 160))),
    ],
)
def test_an_image_fills_the_longer_side_and_is_centred(
    shape_hw: tuple[int, int], window: tuple[int, ...], padding: tuple[tuple[int, int], ...]
) -> None:
    molded = mold_image(np.full((*shape_hw, 3), 9, np.uint8), TILE_PX)
    assert (molded.window, molded.padding) == (window, padding)
    assert molded.scale == TILE_PX / max(shape_hw)
    assert molded.image.shape == (TILE_PX, TILE_PX, 3)
    top, left, bottom, right = window
    assert (molded.image[top:bottom, left:right] == 9).all()
    assert molded.image.sum() == 9 * 3 * (bottom - top) * (right - left)


def test_an_image_of_the_size_of_a_tile_stays_as_it_is() -> None:
    image = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    molded = mold_image(image, 32)
    assert np.array_equal(molded.image, image)
    assert (molded.window, molded.scale) == ((0, 0, 32, 32), 1)


def test_masks_go_with_their_image() -> None:
    masks = np.array([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], bool)
    molded = mold_masks(masks, 2.0, ((0, 0), (1, 1)))
    assert molded.astype(int).tolist() == [
        [[0, 1, 1, 0, 0, 0]] * 2 + [[0, 0, 0, 1, 1, 0]] * 2,
        [[0, 1, 1, 1, 1, 0]] * 2 + [[0] * 6] * 2,
    ]
    assert mold_masks(np.zeros((0, 4, 8), bool), 0.5, ((1, 1), (0, 0))).shape == (0, 4, 4)


def test_boxes_are_rounded_half_to_even_on_the_image() -> None:
    # Image and tile of the same size: nothing but rounding.
    window = (0, 0, TILE_PX, TILE_PX)
    box = np.array([2.5, 3.5, 10.5, 11.5], np.float32)
    assert unmold_box(box, window, TILE_PX, (320, 320)).tolist() == [2, 4, 10, 12]
    # The corners of the window are those of the image.
    box = np.array([45, 0, 274, 320], np.float32)
    assert unmold_box(box, (45, 0, 274, 320), TILE_PX, (200, 280)).tolist() == [0, 0, 200, 280]


def test_an_image_of_one_row_has_boxes_of_one_row() -> None:
    window = mold_image(np.zeros((1, 320, 3), np.uint8), TILE_PX).window
    box = np.array([159, 40, 160, 90], np.float32)
    assert unmold_box(box, window, TILE_PX, (1, 320)).tolist() == [0, 40, 1, 90]


def test_a_box_without_an_area_is_dropped_once_it_is_rounded() -> None:
    window = (0, 0, TILE_PX, TILE_PX)
    thin = detect((10.6, 10, 11.4, 30))
    whole = detect((10.4, 10, 11.6, 30))
    empty = detect((0, 0, 0, 0))
    (kept,) = unmold_detections([thin, whole, empty], window, TILE_PX, (320, 320))
    assert kept.box.tolist() == [10, 10, 12, 30]
    assert kept.mask.shape == (2, 20)
    assert unmold_detections([], window, TILE_PX, (320, 320)) == []


def test_a_mask_fades_at_the_border_of_its_box() -> None:
    mask = np.zeros((2, 2), np.float32)
    mask[:, 1] = 0.6
    pasted = unmold_mask(mask, np.array([1, 1, 3, 5]), (4, 6))
    # Columns 0, 0.15, 0.45 and 0.45 of 0.6, of which none is at least 0.5; at 1 the last two are.
    assert not pasted.any()
    mask[:, 1] = 0.8
    pasted = unmold_mask(mask, np.array([1, 1, 3, 5]), (4, 6))
    assert np.argwhere(pasted).tolist() == [[1, 3], [1, 4], [2, 3], [2, 4]]
    half = np.full((2, 2), 0.5, np.float32)
    assert unmold_mask(half, np.array([0, 0, 2, 2]), (2, 2)).all()


@given(
    box=st.tuples(*[st.floats(0, 320, width=32)] * 4).map(
        lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[::2]), max(box[1::2]))
    ),
    shape_hw=st.tuples(st.integers(1, 320), st.integers(1, 320)),
    seed=st.integers(0, 1000),
)
def test_what_is_unmolded_is_pasted_as_matterport_pastes_it(
    box: tuple[float, ...], shape_hw: tuple[int, int], seed: int
) -> None:
    soft = np.random.default_rng(seed).random((5, 7), np.float32)
    window = mold_image(np.zeros((*shape_hw, 1), np.uint8), TILE_PX).window
    top, left, bottom, right = window
    clipped = np.clip(box, (top, left) * 2, (bottom, right) * 2)
    for one in unmold_detections([detect(tuple(clipped), soft)], window, TILE_PX, shape_hw):
        whole = one.box.astype(int)
        assert (whole[:2] >= 0).all()
        assert (whole[2:] <= shape_hw).all()
        pasted = paste_mask(one.mask, one.box, shape_hw)
        assert np.array_equal(pasted, unmold_mask(soft, whole, shape_hw))


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_images_are_those_of_matterport(golden: Golden, name: str) -> None:
    image, units = golden.image(name), golden.units
    molded = mold_image(image, TILE_PX)
    assert molded.window == tuple(units[f"resize_square_{name}_window"])
    assert molded.scale == units[f"resize_square_{name}_scale"]
    assert [*map(list, molded.padding), [0, 0]] == units[f"resize_square_{name}_padding"].tolist()
    if name == "A":
        assert np.array_equal(molded.image, image)
        return
    top, left, bottom, right = molded.window
    exact = resize_bilinear(image, (bottom - top, right - left))
    theirs = units[f"resize_square_{name}"]
    is_other = (molded.image != theirs)[top:bottom, left:right]
    # Only where the exact value is whole does the error of their scale decide.
    assert (exact[is_other] == np.round(exact[is_other])).all()
    assert (molded.image.astype(int) - theirs).max() <= 1
    assert (molded.image >= theirs).all()
    assert is_other.sum() == {"B": 165, "C": 14}[name]


def test_exact_values_are_those_of_matterport(golden: Golden) -> None:
    exact = resize_bilinear(golden.image("C"), (229, 320))
    np.testing.assert_allclose(
        exact[::7, ::7], golden.units["resize_float_C_every7"], rtol=0, atol=2e-11
    )


def test_shrunk_images_are_those_of_matterport(golden: Golden) -> None:
    wide = np.tile(golden.image("B"), (1, 3, 1))[:, :800]
    molded = mold_image(wide, TILE_PX)
    assert molded.window == tuple(golden.units["resize_shrink_window"])
    top, _, bottom, _ = molded.window
    exact = np.zeros((TILE_PX, TILE_PX, 3))
    exact[top:bottom] = resize_bilinear(wide, (bottom - top, TILE_PX))
    theirs = golden.units["resize_shrink"].astype(int)
    is_whole = (exact == np.round(exact))[::4, ::4]
    lack = molded.image[::4, ::4] - theirs
    assert not lack[~is_whole].any()
    assert set(np.unique(lack)) == {0, 1}


@pytest.mark.parametrize(("key", "shape_hw"), [("", (300, 300)), ("_C", (200, 280))])
def test_masks_of_objects_are_those_of_matterport(
    golden: Golden, key: str, shape_hw: tuple[int, int]
) -> None:
    units = golden.units
    masks = golden.unpack(units["in_masks_packed"], (4, 300, 300))[:, : shape_hw[0], : shape_hw[1]]
    molded = mold_image(np.zeros((*shape_hw, 1), np.uint8), TILE_PX)
    theirs = golden.unpack(units[f"resize_mask{key}_packed"], (4, TILE_PX, TILE_PX))
    assert np.array_equal(mold_masks(masks, molded.scale, molded.padding), theirs)


def test_soft_masks_are_resized_and_cut_as_matterport_does(golden: Golden) -> None:
    units = golden.units
    theirs = golden.unpack(units["unmold_mask_packed"], (8, 150, 200))
    for mask, box, expected in zip(
        units["in_unmold_masks"], units["unmold_mask_boxes"], theirs, strict=True
    ):
        canvas_hw = (max(150, box[2]), max(200, box[3]))
        pasted = unmold_mask(mask, box, canvas_hw)
        assert np.array_equal(pasted[:150, :200], expected)
    resized = resize_bilinear(units["in_unmold_masks"][0], (65, 110))
    np.testing.assert_allclose(resized[::3, ::3], units["unmold_mask_float0"], rtol=0, atol=1e-14)


@pytest.mark.parametrize("network", ["resnet50", "resnet101"])
@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_final_results_are_those_of_matterport(golden: Golden, network: str, name: str) -> None:
    values = golden.load(network)
    count = int(values[f"{name}_n_detections"][0])
    rows = values[f"{name}_detections"][:count]
    # Their boxes count from pixel centres, as shares of the tile; ours are half-open pixels.
    boxes = (rows[:, :4] * (TILE_PX - 1) + [0, 0, 1, 1]).astype(np.float32)
    # The soft masks of A alone are stored.
    soft = values["A_mask_own_class"] if name == "A" else np.ones((count, 28, 28), np.float32)
    found = [
        Detection(box, float(row[5]), mask, int(row[4]) - 1)
        for box, row, mask in zip(boxes, rows, soft, strict=True)
    ]
    shape_hw = golden.image(name).shape[:2]
    window = tuple(values[f"{name}_window"].tolist())
    unmolded = unmold_detections(found, window, TILE_PX, shape_hw)
    assert np.array_equal([one.box for one in unmolded], values[f"{name}_final_rois"])
    assert np.array_equal([one.score for one in unmolded], values[f"{name}_final_scores"])
    classes = [one.class_index + 1 for one in unmolded]
    assert classes == values[f"{name}_final_class_ids"].tolist()
    if name == "A":
        masks = golden.unpack(values["A_final_masks_packed"], (len(unmolded), *shape_hw))
        pasted = [paste_mask(one.mask, one.box, shape_hw) for one in unmolded]
        assert np.array_equal(pasted, masks)
