"""Writing matterport's files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import MaskRCNNConfig
from geoseg.errors import WeightsError
from geoseg.maskrcnn.matterport.config import make_matterport_config
from geoseg.maskrcnn.matterport.fit import check_arrays, check_expressible
from geoseg.maskrcnn.matterport.layout import list_weights
from geoseg.maskrcnn.weights_file import read_weights, write_weights

CONFIG = make_matterport_config("resnet50", ("building",))


def make_arrays(config: MaskRCNNConfig) -> dict[str, NDArray[np.floating]]:
    """An array for each weight, without the room for it."""
    expected = list_weights(config.backbone, config.num_outputs)
    return {key: np.broadcast_to(np.float32(0.5), one.shape) for key, one in expected.items()}


def list_groups(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Layers and their arrays, in the order of the attributes."""
    with h5py.File(path, "r") as file:
        for name in file.attrs["layer_names"]:
            names = file[name].attrs["weight_names"]
            yield name.decode(), [one.decode() for one in names]


def describe(path: Path) -> dict[str, Any]:
    """All that is in a file: of attributes type and value, of arrays how they are stored too."""
    found: dict[str, Any] = {}

    def look(name: str, item: Any) -> None:
        for key in item.attrs:
            kind = item.attrs.get_id(key)
            value = np.asarray(item.attrs[key]).tolist()
            text = kind.get_type()
            is_text = isinstance(text, h5py.h5t.TypeStringID)
            how = (text.is_variable_str(), text.get_cset(), text.get_strpad()) if is_text else ()
            found[f"{name}@{key}"] = (str(kind.dtype), kind.shape, how, value)
        if isinstance(item, h5py.Dataset):
            digest = hashlib.sha256(item[()].tobytes()).hexdigest()
            found[name] = (str(item.dtype), item.shape, item.chunks, item.compression, digest)
        else:
            found[name] = sorted(item)

    with h5py.File(path, "r") as file:
        look("/", file)
        file.visititems(look)
    return found


def test_a_real_file_comes_back_to_the_last_attribute(seeded_50: Path, tmp_path: Path) -> None:
    arrays, config = read_weights(seeded_50)
    write_weights(tmp_path / "own.npz", arrays, config, compress=False)
    del arrays
    write_weights(tmp_path / "back.h5", *read_weights(tmp_path / "own.npz"))
    wanted, found = describe(seeded_50), describe(tmp_path / "back.h5")
    assert len(wanted) > 900
    assert found == wanted
    assert list(list_groups(tmp_path / "back.h5")) == list(list_groups(seeded_50))


def test_a_file_is_laid_out_as_keras_2_does(tmp_path: Path) -> None:
    arrays = make_arrays(CONFIG)
    arrays["conv1/bias"] = np.arange(64, dtype=np.float16)
    write_weights(tmp_path / "own.h5", arrays, CONFIG)
    with h5py.File(tmp_path / "own.h5", "r") as file:
        assert file.attrs["keras_version"] == "2.1.6"
        assert file.attrs["backend"] == "tensorflow"
        names = file.attrs["layer_names"]
        assert (names.dtype, len(names)) == (np.dtype("S20"), 224)
        assert list(names[:3]) == [b"input_image", b"zero_padding2d_1", b"conv1"]
        assert list(names[-2:]) == [b"mrcnn_mask_deconv", b"mrcnn_mask"]
        bias = file["conv1/conv1/bias:0"]
        assert bias.dtype == np.float32
        assert bias[63] == 63
        assert file["ROI"].attrs["weight_names"].dtype == np.float64
        assert list(file["rpn_model"].attrs["weight_names"][::2]) == [
            b"rpn_conv_shared/kernel:0",
            b"rpn_class_raw/kernel:0",
            b"rpn_bbox_pred/kernel:0",
        ]
    back, config = read_weights(tmp_path / "own.h5")
    assert config == CONFIG
    assert all(np.array_equal(back[key], array) for key, array in arrays.items())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"backbone": "mobilenet_v2"}, "backbone must be resnet50 or resnet101; got mobilenet_v2."),
        ({"box_frame": "edges"}, "box_frame must be centres; got edges."),
        ({"pyramid_channels": 128}, "pyramid_channels must be 256; got 128."),
        ({"anchor_ratios": (0.5, 1.0)}, "anchor_ratios must be (2.0, 1.0, 0.5); got (0.5, 1.0)."),
    ],
)
def test_what_matterport_does_not_compute_is_refused(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    config = replace(CONFIG, **changes)
    with pytest.raises(WeightsError) as caught:
        write_weights(tmp_path / "own.h5", make_arrays(CONFIG), config)
    assert message in str(caught.value)
    assert str(caught.value).startswith("own.h5 would be a file of matterport's Mask R-CNN")
    assert not list(tmp_path.iterdir())


def test_what_its_settings_say_may_differ() -> None:
    config = replace(
        CONFIG,
        class_names=("roof", "shed"),
        tile_size_px=512,
        gsd_m=0.1,
        score=0.4,
        num_proposals=300,
        calibration=(1.0, 1.0, 0.0),
    )
    check_expressible(config, "own.h5")


def test_arrays_must_be_those_of_the_network() -> None:
    arrays = make_arrays(CONFIG)
    check_arrays(arrays, CONFIG, "own.h5")
    with pytest.raises(WeightsError, match=r"^own\.h5 must fit the network; more/bias is unknown"):
        check_arrays({**arrays, "more/bias": np.zeros(1)}, CONFIG, "own.h5")
    with pytest.raises(WeightsError, match=r"conv1/bias must have shape \(64,\); got \(3,\)\.$"):
        check_arrays({**arrays, "conv1/bias": np.zeros(3)}, CONFIG, "own.h5")
    del arrays["conv1/bias"]
    with pytest.raises(WeightsError, match=r"^own\.h5 must fit the network; conv1/bias is miss"):
        check_arrays(arrays, CONFIG, "own.h5")
