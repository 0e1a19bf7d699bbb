"""Indexes that are kept."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from geoseg.datasets import index_cache
from geoseg.datasets.coco import index_coco
from geoseg.datasets.faults import Faults
from geoseg.datasets.index_cache import cache_folder, index_cached
from geoseg.datasets.label_index import LabelIndex
from geoseg.errors import DatasetError
from tests.datasets.made import write_coco


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An annotation with a broken polygon, and an empty cache that keeps files of any size."""
    monkeypatch.setenv("GEOSEG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(index_cache, "MIN_BYTES", 0)
    path = write_coco(tmp_path / "set", ["a.png", "b.png"], classes={1: "häuser", 2: "b"})
    path = path / "annotation.json"
    content = json.loads(path.read_text())
    content["annotations"].append({**content["annotations"][0], "segmentation": [[1, 2]]})
    path.write_text(json.dumps(content))
    return path


def refuse(path: Path, faults: Faults) -> LabelIndex:
    """Stands for a reader that must not be asked."""
    raise AssertionError(f"{path} is read again")


def test_the_second_time_nothing_is_read(path: Path) -> None:
    faults, again = Faults("set"), Faults("set")
    index = index_cached(path, faults, index_coco)
    kept = index_cached(path, again, refuse)
    assert (faults.counts, faults.named) == (again.counts, again.named)
    assert faults.total == 1
    assert kept.fingerprint() == index.fingerprint()
    for field in fields(LabelIndex):
        value, other = getattr(index, field.name), getattr(kept, field.name)
        assert np.array_equal(value, other, equal_nan=field.name == "gsd_m")
        assert type(value) is type(other)
    # Nothing lies beside the labels, and no half-written file in the cache.
    assert {one.name for one in path.parent.iterdir()} == {"annotation.json", "images"}
    assert [one.suffix for one in cache_folder().iterdir()] == [".npz"]


def test_faults_that_are_known_are_fatal_too(path: Path) -> None:
    index_cached(path, Faults("set"), index_coco)
    with pytest.raises(DatasetError, match=r"has no ring of 3 points\.$"):
        index_cached(path, Faults("set", is_strict=True), refuse)


def test_a_changed_file_is_read_again(path: Path) -> None:
    index_cached(path, Faults("set"), index_coco)
    os.utime(path, ns=(0, 0))
    with pytest.raises(AssertionError, match="read again"):
        index_cached(path, Faults("set"), refuse)


def test_a_damaged_or_absent_cache_is_passed_over(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    index = index_cached(path, Faults("set"), index_coco)
    (kept,) = cache_folder().iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert index_cached(path, Faults("set"), index_coco).fingerprint() == index.fingerprint()
    assert index_cached(path, Faults("set"), refuse).fingerprint() == index.fingerprint()
    (tmp_path / "file").touch()
    monkeypatch.setenv("GEOSEG_CACHE", str(tmp_path / "file"))
    assert index_cached(path, Faults("set"), index_coco).fingerprint() == index.fingerprint()


def test_small_files_are_not_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_cache, "MIN_BYTES", 10**6)
    index_cached(path, Faults("set"), index_coco)
    assert not cache_folder().exists()


def test_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GEOSEG_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == tmp_path / "geoseg"
