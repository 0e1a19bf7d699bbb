"""Batches of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geoseg.config import DatasetConfig, MaskRCNNConfig, TrainConfig
from geoseg.training.batches import Batches
from geoseg.training.samples import SampleSource
from tests.training.labelled import flat, paint, write_dataset

HOUSE = [(10.0, 12.0), (44.0, 12.0), (44.0, 40.0), (10.0, 40.0)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One image with a house."""
    return write_dataset(
        tmp_path / "set",
        {"a.png": paint(HOUSE, (120, 120))},
        [{"image_id": 1, "segmentation": flat(HOUSE)}],
    )


def make_batches(folder: Path, *, batch_size: int = 3, seed: int = 0) -> Batches:
    """Batches of tiles of 64 px."""
    config = TrainConfig(
        datasets=(DatasetConfig(str(folder)),),
        model=MaskRCNNConfig(tile_size_px=64, num_proposals=20),
        steps=5,
        batch_size=batch_size,
        max_objects=6,
        seed=seed,
    )
    return Batches(SampleSource(config.datasets, tile_size_px=64, seed=seed), config)


def bytes_of(inputs: dict[str, NDArray[np.generic]]) -> dict[str, bytes]:
    """Arrays that can be compared."""
    return {name: array.tobytes() for name, array in inputs.items()}


def test_a_batch_has_all_inputs(folder: Path) -> None:
    batches = make_batches(folder)
    assert len(batches) == 5
    batch = batches[0]
    assert {name: array.shape for name, array in batch.inputs.items()} == {
        "images": (3, 64, 64, 3),
        "anchor_labels": (3, 1023),
        "anchor_deltas": (3, 1023, 4),
        "boxes": (3, 12, 4),
        "classes": (3, 12),
        "is_object": (3, 12),
        "masks": (3, 12, 56, 56),
        "noise": (3, 32),
    }
    assert (batch.step, batch.samples) == (0, (0, 1, 2))
    assert [Path(name).name for name in batch.images] == ["a.png"]
    assert batch.describe().startswith("samples 0 to 2, cut from ")


def test_a_batch_depends_on_seed_and_index_alone(folder: Path) -> None:
    batches = make_batches(folder)
    second = bytes_of(batches[1].inputs)
    assert second != bytes_of(batches[0].inputs)
    assert bytes_of(make_batches(folder)[1].inputs) == second
    assert bytes_of(make_batches(folder, seed=1)[1].inputs) != second


def test_the_batch_size_cuts_one_row_of_samples(folder: Path) -> None:
    small, large = make_batches(folder, batch_size=2), make_batches(folder, batch_size=4)
    np.testing.assert_array_equal(
        np.concatenate([small[0].inputs["images"], small[1].inputs["images"]]),
        large[0].inputs["images"],
    )


def test_parts_are_the_batch(folder: Path) -> None:
    batch = make_batches(folder, batch_size=4)[1]
    for num_parts in (1, 2, 4):
        parts = batch.split(num_parts)
        assert [len(part["images"]) for part in parts] == [4 // num_parts] * num_parts
        for name, array in batch.inputs.items():
            np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]), array)
