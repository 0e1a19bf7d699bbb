"""The model that comes with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoseg.errors import WeightsError
from geoseg.maskrcnn import bundled
from geoseg.maskrcnn.weights_file import read_weights


def test_the_bundled_file_is_the_released_one() -> None:
    bundled.check_bundled()
    _, config = read_weights(bundled.BUNDLED_PATH)
    assert config.class_names == ("building",)


def test_the_bundled_model_loads() -> None:
    model = bundled.load_bundled()
    assert model.config == read_weights(bundled.BUNDLED_PATH)[1]


def test_another_file_in_its_place_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(b"abc")
    monkeypatch.setattr(bundled, "BUNDLED_PATH", path)
    with pytest.raises(
        WeightsError, match=r"other.npz must have sha256 .*; got ba7816bf8f01\.\.\."
    ):
        bundled.load_bundled()


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "BUNDLED_PATH", tmp_path / "gone.npz")
    with pytest.raises(WeightsError, match="gone.npz must come with geoseg"):
        bundled.check_bundled()
