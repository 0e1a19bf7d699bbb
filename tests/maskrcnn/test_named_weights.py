"""Weights by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from geoseg.errors import OutputExistsError, WeightsError
from geoseg.maskrcnn import bundled, named_weights
from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.named_weights import find_weights, import_weights, list_weights
from geoseg.maskrcnn.weights import save_weights
from tests.maskrcnn.samples import SMALL


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, which is not there yet."""
    monkeypatch.setenv("GEOSEG_WEIGHTS_DIR", str(tmp_path / "library"))
    return tmp_path / "library"


@pytest.fixture
def weights(tmp_path: Path, small_model: MaskRCNN) -> Path:
    """A weights file of a small network."""
    save_weights(tmp_path / "town.npz", small_model)
    return tmp_path / "town.npz"


def test_the_folder_follows_the_system(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    assert named_weights.get_weights_folder() == folder
    monkeypatch.delenv("GEOSEG_WEIGHTS_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert named_weights.get_weights_folder() == tmp_path / "xdg" / "geoseg" / "weights"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert named_weights.get_weights_folder() == tmp_path / "local" / "geoseg" / "weights"


def test_without_imports_there_is_the_bundled_model_alone() -> None:
    assert list_weights() == [bundled.BUNDLED_PATH]
    assert find_weights(bundled.BUNDLED_NAME) is None


def test_an_imported_file_is_found_by_name(weights: Path, folder: Path) -> None:
    copy = import_weights(weights)
    assert copy == folder / "town.npz"
    assert copy.read_bytes() == weights.read_bytes()
    assert find_weights("town") == copy
    assert import_weights(weights, "village") == folder / "village.npz"
    assert list_weights()[1:] == [copy, folder / "village.npz"]
    facts, arrays = named_weights.examine_weights(copy)
    assert (facts.name, facts.is_bundled, facts.is_intact) == ("town", False, None)
    assert facts.num_parameters == sum(one.size for one in arrays.values())


def test_paths_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd").write_bytes(b"")
    for name in ("gone.npz", "run/model.weights.h5", "./x", "odd"):
        assert find_weights(name) == Path(name)


def test_an_unknown_name_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(WeightsError, match=rf"one of {bundled.BUNDLED_NAME}; got town\."):
        find_weights("town")


def test_a_name_is_not_taken_twice(weights: Path, folder: Path, small_model: MaskRCNN) -> None:
    import_weights(weights)
    with pytest.raises(OutputExistsError, match="town exists"):
        import_weights(weights)
    other = weights.with_name("town.weights.h5")
    save_weights(other, small_model)
    with pytest.raises(OutputExistsError, match="town exists"):
        import_weights(other)
    assert import_weights(other, overwrite=True) == folder / "town.weights.h5"
    assert list_weights()[1:] == [folder / "town.weights.h5"]
    with pytest.raises(OutputExistsError, match="name of the bundled model"):
        import_weights(weights, bundled.BUNDLED_NAME, overwrite=True)


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "a b", "town.npz"])
def test_what_is_no_name_is_refused(name: str, weights: Path, folder: Path) -> None:
    with pytest.raises(WeightsError, match="a name must be letters"):
        import_weights(weights, name)
    assert not folder.exists()


def test_a_bad_file_is_not_imported(tmp_path: Path, folder: Path, weights: Path) -> None:
    (tmp_path / "cut.npz").write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(WeightsError, match=r"cut\.npz must be a whole weights file"):
        import_weights(tmp_path / "cut.npz")
    from geoseg.maskrcnn.weights_file import read_weights, write_weights

    arrays, config = read_weights(weights)
    del arrays["fpn_p3/bias"]
    write_weights(tmp_path / "less.npz", arrays, config)
    with pytest.raises(WeightsError, match=r"less\.npz must fit the network; fpn_p3/bias"):
        import_weights(tmp_path / "less.npz")
    assert config == SMALL
    assert not folder.exists()


def test_files_of_other_programs_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "mask_rcnn_coco.h5").write_bytes(b"\x89HDF")
    with pytest.raises(WeightsError, match=r"mask_rcnn_coco\.h5 must be a whole weights file; it"):
        import_weights(tmp_path / "mask_rcnn_coco.h5")
