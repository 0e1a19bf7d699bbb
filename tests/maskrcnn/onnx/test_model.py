"""The whole graph against the whole network in Keras."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper

from geoseg.config import MaskRCNNConfig
from geoseg.detections.detector import MaskRCNNDetector
from geoseg.detections.onnx_detector import OnnxDetector, open_session
from geoseg.errors import MissingDependencyError, WeightsError
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.onnx.model import build_onnx, check_fit
from geoseg.maskrcnn.weights import fill_weights
from geoseg.maskrcnn.weights_file import read_weights, write_weights
from geoseg.types import Detection
from tests.maskrcnn.samples import SMALL, SMALL_MATTERPORT, random_images, seeded_weights

Arrays = dict[str, NDArray[np.float32]]

MIN_SCORE = 0.5
TWO_CLASSES = dataclasses.replace(SMALL, class_names=("building", "shed"), tile_size_px=100)
SHARED = dataclasses.replace(SMALL, objectness_share=0.3)
RESNET = dataclasses.replace(
    SMALL, backbone="resnet50", tile_size_px=75, num_proposals=24, score=0.3
)


@pytest.fixture(
    scope="module",
    params=[SMALL, SHARED, TWO_CLASSES, RESNET, SMALL_MATTERPORT],
    ids=["small", "shared", "two_classes", "resnet", "matterport"],
)
def network(request: pytest.FixtureRequest) -> tuple[MaskRCNN, Arrays]:
    """A Keras network, and its weights."""
    model = MaskRCNN(request.param)
    arrays = seeded_weights(model)
    fill_weights(model, arrays, "the test")
    return model, arrays


@pytest.fixture(scope="module")
def small() -> tuple[MaskRCNNConfig, Arrays]:
    """Config and weights of a small network."""
    return SMALL, seeded_weights(MaskRCNN(SMALL))


def stack(found: list[list[Detection]], name: str) -> NDArray[np.float64]:
    return np.stack([getattr(one, name) for some in found for one in some]).astype(np.float64)


def test_both_engines_find_the_same(network: tuple[MaskRCNN, Arrays]) -> None:
    model, arrays = network
    images = random_images(3, model.config.tile_size_px)
    size_px = model.config.tile_size_px
    # The first image does not fill its tile.
    windows = np.array([[0, 0, size_px, size_px]] * 3, np.float32)
    windows[0] += (3, 5, -2, -9)
    wanted = MaskRCNNDetector(model, batch_size=3).detect(images, windows)
    found = OnnxDetector(model.config, arrays, "the test").detect(images, windows)
    corners = np.stack([one.box for one in found[0]])
    assert (corners[:, :2] >= windows[0, :2]).all()
    assert (corners[:, 2:] <= windows[0, 2:]).all()
    assert [len(one) for one in found] == [len(one) for one in wanted]
    assert min(len(one) for one in wanted) >= 2
    np.testing.assert_array_equal(stack(found, "class_index"), stack(wanted, "class_index"))
    np.testing.assert_allclose(stack(found, "box"), stack(wanted, "box"), atol=2e-3)
    np.testing.assert_allclose(stack(found, "score"), stack(wanted, "score"), atol=1e-4)
    np.testing.assert_allclose(stack(found, "mask"), stack(wanted, "mask"), atol=2e-3)


def test_two_classes_are_both_found() -> None:
    model = MaskRCNN(TWO_CLASSES)
    detector = OnnxDetector(TWO_CLASSES, seeded_weights(model), "the test", min_score=MIN_SCORE)
    found = detector.detect(random_images(3, TWO_CLASSES.tile_size_px))
    assert {one.class_index for some in found for one in some} == {0, 1}


def test_the_size_of_the_batch_changes_nothing(small: tuple[MaskRCNNConfig, Arrays]) -> None:
    images = random_images(5, SMALL.tile_size_px)
    one, many = (
        OnnxDetector(*small, "the test", min_score=MIN_SCORE, batch_size=size).detect(images)
        for size in (1, 4)
    )
    assert [len(some) for some in one] == [len(some) for some in many]
    np.testing.assert_allclose(stack(one, "box"), stack(many, "box"), atol=1e-3)
    np.testing.assert_allclose(stack(one, "mask"), stack(many, "mask"), atol=1e-3)


def test_nothing_found_is_empty(small: tuple[MaskRCNNConfig, Arrays]) -> None:
    detector = OnnxDetector(*small, "the test", min_score=1.1)
    assert detector.detect(random_images(2, SMALL.tile_size_px)) == [[], []]
    assert detector.detect(random_images(0, SMALL.tile_size_px)) == []


def test_the_graph_is_valid_and_runs_without_a_score(
    small: tuple[MaskRCNNConfig, Arrays],
) -> None:
    model = build_onnx(*small, "the test")
    onnx.checker.check_model(model, full_check=True)
    images = random_images(1, SMALL.tile_size_px)
    session = open_session(model, "cpu:0")
    default = session.run(["boxes"], {"images": images})[0]
    score = np.array(SMALL.score, np.float32)
    given = session.run(["boxes"], {"images": images, "min_score": score})[0]
    np.testing.assert_array_equal(default, given)
    assert len(default)


def test_weights_that_do_not_fit_are_named(small: tuple[MaskRCNNConfig, Arrays]) -> None:
    config, arrays = small
    check_fit(arrays, config, "a.npz")
    without = {name: one for name, one in arrays.items() if name != "fpn_p3/bias"}
    with pytest.raises(WeightsError, match=r"a\.npz must fit the network; fpn_p3/bias is missing"):
        check_fit(without, config, "a.npz")
    with pytest.raises(WeightsError, match="odd/kernel is unknown"):
        check_fit({**arrays, "odd/kernel": np.zeros(3, np.float32)}, config, "a.npz")
    cut = {**arrays, "Conv1/kernel": arrays["Conv1/kernel"][..., :7]}
    with pytest.raises(
        WeightsError,
        match=r"Conv1/kernel must have shape \(3, 3, 3, 32\); got \(3, 3, 3, 7\)",
    ):
        check_fit(cut, config, "a.npz")


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_file_gives_back_what_was_written(
    dtype: type[np.floating], small: tuple[MaskRCNNConfig, Arrays], tmp_path: Path
) -> None:
    config, arrays = small
    stored = {name: one.astype(dtype) for name, one in arrays.items()}
    write_weights(tmp_path / "a.onnx", stored, config)
    read, read_config = read_weights(tmp_path / "a.onnx")
    assert read_config == config
    assert set(read) == set(stored)
    for name, one in read.items():
        assert one.dtype == dtype
        np.testing.assert_array_equal(one, stored[name])
    assert [path.name for path in tmp_path.iterdir()] == ["a.onnx"]


def test_weights_that_do_not_fit_are_not_written(
    small: tuple[MaskRCNNConfig, Arrays], tmp_path: Path
) -> None:
    config, arrays = small
    with pytest.raises(WeightsError, match=r"a\.onnx must fit the network; .* is missing"):
        write_weights(tmp_path / "a.onnx", {"Conv1/bias": arrays["Conv1/bias"]}, config)
    assert list(tmp_path.iterdir()) == []


def test_onnx_files_of_other_programs_are_refused(tmp_path: Path) -> None:
    helper = onnx.helper
    x = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    kernel = numpy_helper.from_array(np.zeros(3, np.float32), "a/kernel")
    graph = helper.make_graph([helper.make_node("Abs", ["x"], ["x2"])], "g", [x], [], [kernel])
    onnx.save(helper.make_model(graph), tmp_path / "other.onnx")
    with pytest.raises(WeightsError, match=r"other\.onnx must be written by geoseg"):
        read_weights(tmp_path / "other.onnx")


@pytest.mark.parametrize("content", [b"", b"\x08\x07 not a model", b"\xff" * 1000])
def test_a_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cut.onnx"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"cut\.onnx must be"):
        read_weights(path)


def test_without_the_package_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    (tmp_path / "a.onnx").write_bytes(b"")
    with pytest.raises(MissingDependencyError, match=r'pip install "geoseg\[onnx\]"'):
        read_weights(tmp_path / "a.onnx")
