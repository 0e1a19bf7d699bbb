from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geoseg.errors import OutputError
from geoseg.jobs import FootprintSpool, MemorySpool
from geoseg.types import FootprintBatches, Footprints
from tests.jobs.made import METRIC, assert_same_footprints, make_footprints


def join(batches: list[Footprints]) -> Footprints:
    return Footprints(
        np.concatenate([one.polygons for one in batches]),
        np.concatenate([one.scores for one in batches]),
        np.concatenate([one.areas_m2 for one in batches]),
        METRIC,
    )


def test_many_small_batches_become_few_parts_in_their_order(tmp_path: Path) -> None:
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    batches = [make_footprints(number % 90, seed=number) for number in range(200)]
    for batch in batches:
        spool.append(batch)
    assert len(spool) == sum(map(len, batches)) == 8200
    whole = join(batches)
    for _ in range(2):
        parts = list(spool)
        assert sum(map(len, parts)) == 8200
        assert all(2048 <= len(part) < 2048 + 90 for part in parts[:-1])
        assert len(parts) == 4
        assert_same_footprints(replace(join(parts), crs=METRIC), whole)
        assert {id(part.crs) for part in parts} == {id(METRIC)}


def test_a_batch_is_never_split(tmp_path: Path) -> None:
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    for count in (5, 10_000, 3):
        spool.append(make_footprints(count))
    assert [len(part) for part in spool] == [10_005, 3]


def test_a_spool_that_was_gone_through_takes_more(tmp_path: Path) -> None:
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    spool.append(make_footprints(2))
    assert [len(part) for part in spool] == [2]
    spool.append(make_footprints(3))
    assert (len(spool), [len(part) for part in spool]) == (5, [2, 3])


@pytest.mark.parametrize("make", [FootprintSpool, lambda _, crs: MemorySpool(crs)])
def test_nothing_is_no_batch(tmp_path: Path, make: type[FootprintSpool]) -> None:
    spool = make(tmp_path / "spool", METRIC)
    batches: FootprintBatches = spool
    spool.append(make_footprints(0))
    assert (len(batches), list(batches), batches.crs) == (0, [], METRIC)


def test_memory_holds_the_same(tmp_path: Path) -> None:
    spool = MemorySpool(METRIC)
    for seed in (1, 2):
        spool.append(make_footprints(3, seed=seed))
    assert len(spool) == 6
    for _ in range(2):
        for found, seed in zip(spool, (1, 2), strict=True):
            assert_same_footprints(found, make_footprints(3, seed=seed))


def test_the_raster_of_each_footprint_is_kept(tmp_path: Path) -> None:
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    rasters = np.array([2, 0, 1], np.int32)
    spool.append(replace(make_footprints(3), rasters=rasters))
    spool.append(replace(make_footprints(3), rasters=rasters))
    (part,) = spool
    assert part.rasters is not None
    assert part.rasters.dtype == np.int32
    assert part.rasters.tolist() == [2, 0, 1, 2, 0, 1]


def test_parts_are_a_dataset_that_others_read(tmp_path: Path) -> None:
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    footprints = make_footprints(9)
    spool.append(footprints)
    spool.flush()
    table = geopandas.read_parquet(tmp_path / "spool")
    assert table.crs == METRIC
    assert shapely.equals_exact(table.geometry.to_numpy(), footprints.polygons).all()
    assert table["score"].tolist() == footprints.scores.tolist()


def test_what_was_in_the_folder_is_gone(tmp_path: Path) -> None:
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    spool.append(make_footprints(9))
    spool.flush()
    assert len(FootprintSpool(tmp_path / "spool", METRIC)) == 0
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"zeros", None])
def test_a_part_that_was_damaged_is_one_line(tmp_path: Path, damage: bytes | None) -> None:
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    spool.append(make_footprints(500))
    spool.flush()
    (part,) = (tmp_path / "spool").iterdir()
    content = bytearray(part.read_bytes())
    content[len(content) // 3] ^= 1
    part.write_bytes(content if damage is None else damage)
    with pytest.raises(OutputError, match=r"part-000000\.parquet: was damaged .* --resume"):
        list(spool)


def test_a_spool_whose_folder_vanished_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        FootprintSpool(tmp_path / "gone" / "spool", METRIC)
    spool = FootprintSpool(tmp_path / "spool", METRIC)
    (tmp_path / "spool").rmdir()
    spool.append(make_footprints(3))
    with pytest.raises(OutputError, match="cannot be written: No such file or directory; once"):
        list(spool)
