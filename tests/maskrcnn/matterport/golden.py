"""The golden arrays of matterport's Mask R-CNN, and the network that they are held against.

`../shared/golden/matterport/README.md` says how they were made.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from keras import ops
from numpy.typing import NDArray

from geoseg.maskrcnn.backbones import normalize_images
from geoseg.maskrcnn.matterport.config import make_matterport_config
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.roi_align import roi_align
from geoseg.maskrcnn.weights import fill_weights

Arrays = dict[str, NDArray[Any]]

REPOSITORY = Path(__file__).resolve().parents[3]

TILE_SIZE_PX = 320
# A normalized box times this is one in the frame of the network.
EXTENT_PX = TILE_SIZE_PX - 1


def find_golden_folder() -> Path:
    """Where the arrays are; the test is skipped where there are none."""
    shared = Path(os.environ.get("GEOSEG_SHARED") or REPOSITORY.parent / "shared")
    folder = shared / "golden" / "matterport"
    if not folder.is_dir():
        pytest.skip(
            "golden arrays are absent: set GEOSEG_SHARED to the folder of golden/matterport"
        )
    return folder


@functools.cache
def load_golden(name: str) -> Arrays:
    """The arrays of `matterport_parity_NAME.npz`."""
    with np.load(find_golden_folder() / f"matterport_parity_{name}.npz") as content:
        return {key: content[key] for key in content.files}


def load_script(name: str) -> ModuleType:
    """A script of the folder as a module."""
    path = find_golden_folder() / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def build_seeded(backbone: str) -> MaskRCNN:
    """The network with the weights that the arrays were made with; tests don't change it."""
    arrays = load_script("make_seeded_h5").arrays(backbone)
    config = make_matterport_config(backbone, ("building",))
    # A third of the proposals that train the heads are positive, as the original has it.
    model = MaskRCNN(config, num_rois=200, num_positive=66)
    fill_weights(model, arrays, "the rule")
    return model


def load_image(name: str) -> NDArray[np.uint8]:
    """Image A, B or C as the network gets it: uint8 (1, 320, 320, 3)."""
    if name == "A":
        image: NDArray[np.uint8] = load_script("golden_inputs").image("A")
    else:
        image = load_golden("units")[f"resize_square_{name}"]
    return image[None]


@dataclass(frozen=True)
class Stages:
    """What the network makes of one image, stage by stage.

    Attributes:
        molded: pixels with the mean subtracted.
        maps: C2..C5 and P2..P6, each (H, W, C).
        rpn_scores: (A, 2), background and object.
        rpn_logits: (A,), their difference.
        rpn_deltas: (A, 4).
        proposals: (N, 4), in the frame of the network.
        pyramid: P2..P5 as tensors.
    """

    molded: NDArray[np.float32]
    maps: Arrays
    rpn_scores: NDArray[np.float32]
    rpn_logits: NDArray[np.float32]
    rpn_deltas: NDArray[np.float32]
    proposals: NDArray[np.float32]
    pyramid: list[Any]


@functools.cache
def run_stages(backbone: str, image: str) -> Stages:
    """Run the seeded network on image A, B or C up to its proposals."""
    model, images = build_seeded(backbone), load_image(image)
    molded = normalize_images(images, model.config.backbone)
    maps = model.backbone(molded)
    pyramid = model.fpn(maps)
    levels = [model.rpn.scorer(model.rpn.shared(level)) for level in pyramid]
    logits, deltas, proposals, _ = model.propose(pyramid)
    named = {f"C{index}": one for index, one in enumerate(maps, 2)}
    named.update({f"P{index}": one for index, one in enumerate(pyramid, 2)})
    return Stages(
        molded=to_array(molded)[0],
        maps={name: to_array(one)[0] for name, one in named.items()},
        rpn_scores=np.concatenate([to_array(one).reshape(-1, 2) for one in levels]),
        rpn_logits=to_array(logits)[0],
        rpn_deltas=to_array(deltas)[0],
        proposals=to_array(proposals)[0],
        pyramid=pyramid[:4],
    )


def pool(model: MaskRCNN, pyramid: list[Any], boxes: NDArray[np.floating], pool_px: int) -> Any:
    """Pooled features of normalized boxes (N, 4) of one image."""
    return roi_align(pyramid, to_frame(boxes)[None], pool_px, model.config)


def to_frame(boxes: NDArray[np.floating]) -> NDArray[np.float32]:
    """Normalized boxes in the frame of the network."""
    return (boxes * np.float32(EXTENT_PX)).astype(np.float32)


def normalize_boxes(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """Half-open boxes in tile pixels as normalized ones."""
    return (boxes - np.array([0.0, 0.0, 1.0, 1.0])) / EXTENT_PX


def as_labels(match: NDArray[np.int8]) -> NDArray[np.int8]:
    """Their labels of anchors, 1, -1 for background and 0 for not used, as ours: 1, 0 and -1."""
    return np.where(match == 1, 1, -1 - match).astype(np.int8)


def to_array(tensor: Any) -> NDArray[Any]:
    """A tensor as an array."""
    array: NDArray[Any] = ops.convert_to_numpy(tensor)
    return array


def assert_same_detections(
    boxes: NDArray[np.floating], scores: NDArray[np.floating], wanted: NDArray[np.float32]
) -> None:
    """Hold the detections of an image against the original's.

    One of them may differ. The last samples of a proposal that ends with the tile lie on its
    border; an ulp beyond they are zeros, and the scores others.

    Args:
        boxes: (N, 4), half-open, in tile pixels.
        scores: (N,).
        wanted: (100, 6), normalized boxes, class and score; rows of class 0 are empty.
    """
    wanted = wanted[wanted[:, 4] > 0]
    assert len(boxes) == len(wanted) > 0
    distances = np.abs(normalize_boxes(boxes)[:, None] - wanted[:, :4]).max(axis=-1)
    same_score = np.abs(np.asarray(scores)[:, None] - wanted[:, 5]) < 1e-5
    is_same = (distances < 7e-6) & same_score
    assert is_same.any(axis=1).sum() >= len(wanted) - 1
    assert is_same.any(axis=0).sum() >= len(wanted) - 1


def assert_near(found: NDArray[Any], wanted: NDArray[Any], share: float) -> None:
    """Compare up to a share of the largest value."""
    np.testing.assert_allclose(found, wanted, rtol=0, atol=share * np.abs(wanted).max())
