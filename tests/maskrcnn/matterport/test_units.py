"""Single functions against those of matterport's Mask R-CNN."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.maskrcnn.anchors import make_anchors
from geoseg.maskrcnn.architecture import DELTA_STD
from geoseg.maskrcnn.boxes import clip_to_windows, decode_boxes, encode_boxes, pairwise_iou
from geoseg.maskrcnn.frames import enter_frame, get_extent_px, leave_frame
from geoseg.maskrcnn.matching import match_anchors, sample_rois
from geoseg.maskrcnn.matterport.config import make_matterport_config
from geoseg.maskrcnn.nms import greedy_keep
from geoseg.maskrcnn.roi_align import crop_masks, roi_align, roi_levels
from tests.maskrcnn.matterport.golden import (
    EXTENT_PX,
    Arrays,
    as_labels,
    load_golden,
    load_image,
    load_script,
    to_array,
    to_frame,
)

CONFIG = make_matterport_config("resnet50", ("building",))


@pytest.fixture(scope="module")
def units() -> Arrays:
    """Inputs and results of single functions."""
    return load_golden("units")


@pytest.mark.parametrize(("size_px", "step"), [(320, 25), (1024, 251)])
def test_anchors_are_the_same(units: Arrays, size_px: int, step: int) -> None:
    config = dataclasses.replace(CONFIG, tile_size_px=size_px)
    anchors = make_anchors(config)
    assert len(anchors) == units[f"anchors{size_px}_count"]
    wanted = units[f"anchors{size_px}_px_every{step}"]
    np.testing.assert_array_equal(anchors[::step], wanted.astype(np.float32))
    sums = anchors.astype(np.float64).sum(axis=0)
    np.testing.assert_allclose(sums, units[f"anchors{size_px}_px_sum"], rtol=1e-7)
    # Theirs are normalized before they are rounded to float32.
    normalized = to_array(enter_frame(anchors, config)) / np.float32(get_extent_px(config))
    wanted = units[f"anchors{size_px}_norm_every{step}"]
    np.testing.assert_allclose(normalized[::step], wanted, atol=3e-7)


def test_deltas_are_the_same(units: Arrays) -> None:
    std = np.array(DELTA_STD, np.float32)
    boxes, wanted = units["in_boxes"], units["in_gt"]
    encoded = to_array(encode_boxes(wanted, boxes)) * std
    np.testing.assert_allclose(encoded, units["box_refinement"], atol=2e-6)
    encoded = to_array(encode_boxes(wanted / 320, boxes / 320)) * std
    np.testing.assert_allclose(encoded, units["box_refinement_graph"], atol=2e-6)
    moved = to_array(decode_boxes(units["in_deltas"] / std, boxes))
    np.testing.assert_allclose(moved, units["apply_box_deltas"], atol=2e-4)
    moved = to_array(decode_boxes(units["in_deltas"] / std, to_frame(units["in_boxes_norm"])))
    np.testing.assert_allclose(moved / EXTENT_PX, units["apply_box_deltas_graph"], atol=1e-6)


def test_the_frame_is_that_of_normalized_boxes(units: Arrays) -> None:
    inside = to_array(enter_frame(units["in_boxes"], CONFIG))
    np.testing.assert_allclose(inside / EXTENT_PX, units["norm_boxes_graph"], atol=2e-7)
    outside = to_array(leave_frame(to_frame(units["denorm_boxes_in"]), CONFIG))
    # Theirs are rounded to whole pixels.
    np.testing.assert_allclose(outside, units["denorm_boxes"], atol=0.5 + 1e-4)


def test_boxes_are_clipped_the_same(units: Arrays) -> None:
    found = clip_to_windows(units["in_clip_boxes"], units["in_clip_window"])
    np.testing.assert_array_equal(to_array(found), units["clip_boxes_graph"])


def test_overlaps_are_the_same(units: Arrays) -> None:
    boxes, others = (units[f"in_overlap_{name}"].astype(np.float32) for name in ("boxes", "gt"))
    found = to_array(pairwise_iou(boxes, others))
    np.testing.assert_allclose(found, units["compute_overlaps"], atol=1e-6)
    np.testing.assert_allclose(found, units["overlaps_graph"], atol=1e-6)


@pytest.mark.parametrize("tenths", [3, 5, 7])
def test_the_same_boxes_survive_nms(units: Arrays, tenths: int) -> None:
    scores = units["in_nms_scores"]
    order = np.argsort(-scores, kind="stable")
    boxes = units["in_nms_boxes"][order]
    candidates = np.ones((1, len(boxes)), bool)
    kept = order[to_array(greedy_keep(boxes[None], candidates, tenths / 10))[0]]
    np.testing.assert_array_equal(kept, units[f"nms_{tenths}"])
    np.testing.assert_array_equal(kept[:50], units[f"tf_nms_{tenths}"])


def make_pyramid() -> list[NDArray[np.float32]]:
    unit = load_script("golden_inputs").unit
    return [
        (2 * unit(1202 + level, (2, 80 >> level, 80 >> level, 8)) - 1).astype(np.float32)
        for level in range(4)
    ]


@pytest.mark.parametrize(("pool_px", "step"), [(7, 1), (14, 4)])
def test_boxes_are_pooled_the_same(units: Arrays, pool_px: int, step: int) -> None:
    boxes = to_frame(units["roialign_boxes"])
    levels = to_array(roi_levels(boxes, CONFIG))
    np.testing.assert_array_equal(levels, units["roialign_levels"])
    found = to_array(roi_align(make_pyramid(), boxes[:, ::step], pool_px, CONFIG))
    np.testing.assert_allclose(found, units[f"roialign{pool_px}"], atol=4e-5)


def test_targets_of_given_proposals_are_the_same(units: Arrays) -> None:
    chosen = sample_as_they_do(units)
    count = 66
    positives = slice(count)
    rois = units["dettgt_rois"]
    np.testing.assert_array_equal(chosen["is_positive"][0, positives], 1)
    np.testing.assert_allclose(chosen["rois"][0, positives] / EXTENT_PX, rois[positives], atol=1e-6)
    owners = chosen["object"][0, positives]
    boxes = to_frame(units["dettgt_gt_boxes"])
    deltas = to_array(encode_boxes(boxes[owners], to_frame(rois[positives])))
    np.testing.assert_allclose(deltas, units["dettgt_deltas"][positives], atol=1e-4)
    masks = np.unpackbits(units["dettgt_gt_masks_packed"])[: 56 * 56 * 12].reshape(56, 56, 12)
    masks = masks.transpose(2, 0, 1)[owners].astype(np.float32)
    cropped = to_array(
        crop_masks(masks[None], boxes[owners][None], to_frame(rois[positives])[None], 28, "corners")
    )[0]
    wanted = np.unpackbits(units["dettgt_masks_packed"], axis=1).reshape(count, 28, 28)
    # A sample that lies half-way is rounded either way.
    assert (cropped != wanted).mean() < 1e-3


def sample_as_they_do(units: Arrays) -> Arrays:
    """Proposals for training, the first ones of each kind, as the original's without a shuffle."""
    proposals = units["dettgt_proposals"]
    boxes = to_frame(units["dettgt_gt_boxes"])
    noise = np.linspace(1, 0, len(proposals) + len(boxes), dtype=np.float32)
    is_object = np.sign(units["dettgt_gt_class_ids"]).astype(np.float32)
    chosen = sample_rois(
        to_frame(proposals)[None], boxes[None], is_object[None], noise[None],
        num_rois=200, num_positive=66,
    )  # fmt: skip
    return {name: to_array(value) for name, value in chosen.items()}


def test_anchors_are_matched_the_same(units: Arrays) -> None:
    # So many are sampled that all are.
    labels, deltas = match_anchors(
        make_anchors(CONFIG),
        units["rpn_targets_gt_boxes"].astype(np.float32),
        np.zeros((0, 4), np.float32),
        num_sampled=60_000,
        random=np.random.default_rng(0),
    )
    wanted = as_labels(units["rpn_targets_nosub_match"])
    # Two objects have two best anchors each, which only float64 tells apart.
    assert (labels != wanted).sum() == 4
    both = (labels == 1) & (wanted == 1)
    assert both.sum() == 11
    theirs = units["rpn_targets_nosub_bbox"][both[wanted == 1]]
    np.testing.assert_allclose(deltas[both], theirs, atol=1e-5)


def test_the_image_is_the_one_that_was_used() -> None:
    digest = hashlib.sha256(load_image("A").tobytes()).digest()
    assert digest == load_golden("resnet50")["A_image_sha256"].tobytes()
