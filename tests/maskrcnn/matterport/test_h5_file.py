"""Reading matterport's files: every kind of them, and what is no whole one."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoseg.errors import WeightsError
from geoseg.maskrcnn.matterport.h5_file import MatterportWeights, is_matterport, read_matterport
from geoseg.maskrcnn.matterport.layout import CLASS_LAYERS, list_layers, list_weights
from geoseg.maskrcnn.matterport.load_report import LOADED, MISSING, UNEXPECTED, WITHOUT_WEIGHTS
from geoseg.maskrcnn.weights_file import read_weights
from tests.maskrcnn.matterport.hollow import (
    Texts,
    as_fixed_bytes,
    as_variable_bytes,
    as_variable_text,
    replace_array,
    value_of,
    write_hollow,
)


def assert_whole(found: MatterportWeights, backbone: str = "resnet50", outputs: int = 2) -> None:
    """All arrays are there, in order, of the right shape, each with its own value."""
    expected = list_weights(backbone, outputs)
    assert (found.backbone, found.num_outputs) == (backbone, outputs)
    assert list(found.arrays) == list(expected)
    for key, array in found.arrays.items():
        assert array.shape == expected[key].shape
        assert array.dtype == np.float32
        assert array.flat[0] == array.flat[-1] == np.float32(value_of(key))
    layers = {one.layer for one in expected.values()}
    assert set(found.report.list_names(LOADED)) == layers


def message_of(path: Path) -> str:
    """The one line that a file gives which cannot be read."""
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


@pytest.mark.parametrize("as_attribute", [as_fixed_bytes, as_variable_bytes, as_variable_text])
@pytest.mark.parametrize("folder", ["", "model_weights"])
def test_both_layouts_and_all_kinds_of_text_are_read(
    tmp_path: Path, folder: str, as_attribute: Texts
) -> None:
    path = write_hollow(tmp_path / "crowdai.h5", folder=folder, as_attribute=as_attribute)
    with h5py.File(path, "r+") as file:
        # What a whole model brings with it.
        file.create_dataset("optimizer_weights/SGD/iterations:0", data=np.int64(7))
        file.create_group(f"{folder}/top_level_model_weights").attrs["weight_names"] = []
    assert is_matterport(path)
    assert_whole(read_matterport(path))


@pytest.mark.parametrize(("backbone", "outputs"), [("resnet101", 2), ("resnet50", 81)])
def test_backbone_and_classes_are_found_in_the_file(
    tmp_path: Path, backbone: str, outputs: int
) -> None:
    path = write_hollow(tmp_path / "any.h5", backbone, outputs)
    assert_whole(read_matterport(path), backbone, outputs)
    config = read_weights(path)[1]
    assert (config.backbone, config.num_outputs) == (backbone, outputs)
    assert config.class_names[0] == ("building" if outputs == 2 else "person")


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: name.replace("/", "_1/"),
        lambda name: name.replace(":0", "_3:0"),
        lambda name: f"mask_rcnn/{name}",
        lambda name: name.replace(":0", ""),
    ],
)
def test_numbers_and_folders_that_keras_adds_are_passed_over(
    tmp_path: Path, rename: Callable[[str], str]
) -> None:
    assert_whole(read_matterport(write_hollow(tmp_path / "again.h5", rename=rename)))


def test_a_numbered_layer_is_known_only_where_there_is_no_plain_one(tmp_path: Path) -> None:
    path = write_hollow(
        tmp_path / "twice.h5", extra={"fpn_p2_1": {"fpn_p2_1/bias:0": np.ones(256)}}
    )
    found = read_matterport(path)
    assert found.report.list_names(UNEXPECTED) == ["fpn_p2_1"]
    assert found.arrays["fpn_p2/bias"][0] == np.float32(value_of("fpn_p2/bias"))
    with h5py.File(path, "r+") as file:
        names = [one.decode() for one in file.attrs["layer_names"] if one != b"fpn_p2_1"]
        file.attrs["layer_names"] = as_fixed_bytes([f"{names[2]}_7", *names])
        file.move("conv1", "conv1_7")
        file.attrs["layer_names"] = as_fixed_bytes(
            ["conv1_7" if name == "conv1" else name for name in names]
        )
    assert_whole(read_matterport(path))


def test_the_report_names_every_layer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_hollow(
        tmp_path / "odd.h5", extra={"edge_head": {"edge_head/kernel:0": np.ones((2, 3))}}
    )
    report = read_matterport(path).report
    assert report.list_names(UNEXPECTED) == ["edge_head"]
    assert report.entries[-1].shapes == {"edge_head/kernel:0": (2, 3)}
    assert len(report.list_names(WITHOUT_WEIGHTS)) == 224 - 131
    # The nested model has three layers.
    assert len(report.list_names(LOADED)) == 131 + 2
    assert [one.name for one in report.entries[:3]] == ["input_image", "zero_padding2d_1", "conv1"]
    assert report.describe()[1] == (
        "1 layer unexpected: edge_head (no such weights in the network)"
    )
    assert "edge_head/kernel" not in read_weights(path)[0]
    assert "left out, as no such layers are known: edge_head" in caplog.text


def test_missing_layers_are_reported_and_no_network(tmp_path: Path) -> None:
    path = write_hollow(
        tmp_path / "heads.h5",
        leave_out=lambda layer: layer.name in CLASS_LAYERS,
        extra={"fpn_p3": {"fpn_p3/scale:0": np.ones(1)}},
    )
    found = read_matterport(path)
    assert found.num_outputs is None
    assert found.report.list_names(MISSING) == list(CLASS_LAYERS)
    assert found.report.list_names(UNEXPECTED) == ["fpn_p3"]
    assert "missing: mrcnn_class_logits and 2 more" in message_of(path)


def test_a_layer_without_one_of_its_arrays_is_missing(tmp_path: Path) -> None:
    path = write_hollow(tmp_path / "part.h5")
    with h5py.File(path, "r+") as file:
        file["fpn_p2"].attrs["weight_names"] = as_fixed_bytes(["fpn_p2/kernel:0"])
    assert "missing: fpn_p2 without bias." in message_of(path)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("fpn_p2/bias", np.zeros(255, "<f4"), "must have shape (256,); got (255,)."),
        ("mrcnn_mask/bias", np.zeros(3, "<f4"), "must have shape (2,); got (3,)."),
        ("mrcnn_bbox_fc/bias", np.zeros(16, "<f4"), "must have shape (8,); got (16,)."),
        ("conv1/bias", np.zeros(64, np.int32), "must hold floats; got int32."),
        ("conv1/bias", np.full(64, np.nan, "<f4"), "must hold finite numbers; some are not."),
        ("bn_conv1/beta", np.full(64, np.inf, "<f4"), "must hold finite numbers; some are not."),
        ("conv1/bias", np.full(64, 1e300), "must hold finite numbers; some are not."),
        ("bn_conv1/moving_variance", np.full(64, -2.0, "<f4"), "must be at least 0; got -2."),
    ],
)
def test_an_array_that_is_wrong_is_named(
    tmp_path: Path, hollow_50: Path, name: str, array: np.ndarray, message: str
) -> None:
    path = tmp_path / "bad.h5"
    shutil.copyfile(hollow_50, path)
    replace_array(path, f"{name.split('/')[0]}/{name}:0", array)
    assert message_of(path) == f"bad.h5: {name} {message}"


@pytest.mark.parametrize(("name", "most"), [("fpn_p2/kernel", 1e3), ("bn_conv1/moving_mean", 1e9)])
def test_a_flipped_bit_in_an_exponent_is_damage(
    tmp_path: Path, hollow_50: Path, name: str, most: float
) -> None:
    path = tmp_path / "flipped.h5"
    shutil.copyfile(hollow_50, path)
    array = np.full(list_weights("resnet50", 2)[name].shape, -0.01, "<f4")
    array.view(np.uint32).flat[99 % array.size] ^= 1 << 30
    replace_array(path, f"{name.split('/')[0]}/{name}:0", array)
    assert message_of(path) == (
        f"flipped.h5 is damaged: {name} must hold numbers of at most {most:g}; got -3.40282e+36."
    )


def test_other_precisions_are_read(tmp_path: Path, hollow_50: Path) -> None:
    path = tmp_path / "half.h5"
    shutil.copyfile(hollow_50, path)
    replace_array(path, "conv1/conv1/bias:0", np.linspace(0, 1, 64, dtype=np.float16))
    replace_array(path, "bn_conv1/bn_conv1/beta:0", np.linspace(0, 1, 64, dtype=">f8"))
    arrays = read_matterport(path).arrays
    assert arrays["conv1/bias"].dtype == arrays["bn_conv1/beta"].dtype == np.float32
    np.testing.assert_allclose(arrays["conv1/bias"], arrays["bn_conv1/beta"], atol=5e-4)


def test_an_array_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    path = write_hollow(
        tmp_path / "twice.h5", extra={"conv1": {"again/kernel:0": np.zeros((7, 7, 3, 64))}}
    )
    assert message_of(path) == "twice.h5 must hold conv1/kernel once; it does twice."


def test_one_class_that_is_background_is_refused(tmp_path: Path) -> None:
    path = write_hollow(tmp_path / "none.h5", num_outputs=1)
    assert message_of(path) == "none.h5 must have a class beside background; it has none."


def test_another_network_is_refused(tmp_path: Path) -> None:
    layers = [layer.name for layer in list_layers("resnet50", 2) if layer.name < "res4"]
    path = write_hollow(tmp_path / "vgg.h5", leave_out=lambda layer: layer.name not in layers)
    assert "must hold matterport's Mask R-CNN with a ResNet-50 or ResNet-101" in message_of(path)


def test_what_is_in_a_file_decides_not_its_name(tmp_path: Path, hollow_50: Path) -> None:
    other = tmp_path / "odd.weights.h5"
    shutil.copyfile(hollow_50, other)
    assert read_weights(other)[1] == read_weights(hollow_50)[1]


def test_hdf5_of_other_programs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keras3.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/conv2d/vars/0", data=np.zeros(3))
        file.create_group("model_weights")
    assert message_of(path) == (
        "keras3.h5 must be written by geoseg or matterport's Mask R-CNN; it has no geoseg_config "
        "inside."
    )


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04" * 40])
def test_other_bytes_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "crowdai.h5"
    path.write_bytes(content)
    message = message_of(path)
    assert message.startswith("crowdai.h5 must be a whole weights file; it is damaged or of ano")
    assert f"({len(content)} bytes: " in message


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert "there is none" in message_of(tmp_path / "gone.h5")
    (tmp_path / "folder.h5").mkdir()
    assert message_of(tmp_path / "folder.h5").endswith("it is a folder.")


def test_a_damaged_tree_is_told_with_the_size(tmp_path: Path, hollow_50: Path) -> None:
    content = hollow_50.read_bytes()
    assert content.count(b"TREE") > 100
    path = tmp_path / "crowdai.h5"
    path.write_bytes(content.replace(b"TREE", b"TRAE"))
    message = message_of(path)
    assert "wrong B-tree signature" in message
    assert f"({len(content):,} bytes: " in message


def test_of_a_published_file_size_and_digest_are_told(tmp_path: Path, hollow_50: Path) -> None:
    path = tmp_path / "mask_rcnn_coco.h5"
    path.write_bytes(hollow_50.read_bytes()[:4000])
    assert message_of(path).endswith(
        "; the published mask_rcnn_coco.h5 has 257,557,808 bytes and md5 "
        "e98aaff6f99e307b5e2a8a3ff741a518."
    )


@given(share=st.floats(0, 0.999))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cut_file_is_refused(tmp_path: Path, hollow_50: Path, share: float) -> None:
    path = tmp_path / "cut.h5"
    shutil.copyfile(hollow_50, path)
    os.truncate(path, int(share * path.stat().st_size))
    assert "damaged" in message_of(path)


@given(share=st.floats(0, 1, exclude_max=True), length=st.integers(1, 40), byte=st.integers(0, 255))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_refused_or_whole(
    tmp_path: Path, hollow_50: Path, share: float, length: int, byte: int
) -> None:
    path = tmp_path / "flipped.h5"
    content = bytearray(hollow_50.read_bytes())
    start = int(share * len(content))
    stop = min(start + length, len(content))
    content[start:stop] = bytes([byte]) * (stop - start)
    path.write_bytes(content)
    with contextlib.suppress(WeightsError):
        arrays, _ = read_weights(path)
        assert len(arrays) == 384
