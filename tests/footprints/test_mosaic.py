from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.crs import WGS84, local_metric_crs, transform_polygons
from geoseg.footprints.mosaic import MosaicFootprints, RasterFootprints
from geoseg.footprints.settle import NEAR_M
from geoseg.types import FootprintList, Footprints

UTM = CRS.from_epsg(32645)
NEXT_UTM = CRS.from_epsg(32646)
# Near the edge of zone 45, so that both zones hold it well.
X, Y = 790_000.0, 3_000_000.0
Box = tuple[float, float, float, float]


def place(boxes: Sequence[Box]) -> NDArray[np.object_]:
    """Rectangles in metres from (X, Y)."""
    shapes = [shapely.box(X + x1, Y + y1, X + x2, Y + y2) for x1, y1, x2, y2 in boxes]
    return np.array(shapes, dtype=object)


def make_raster(
    boxes: Sequence[Box],
    extent: Box = (0, 0, 100, 100),
    *,
    cut: Sequence[int] = (),
    crs: CRS = UTM,
    gsd_m: float = 0.3,
    date: str = "",
    num_batches: int = 1,
) -> RasterFootprints:
    """A raster on the ground of `extent` where these boxes were found, some of them cut."""
    polygons = transform_polygons(place(boxes), UTM, crs)
    (outline,) = transform_polygons(place([extent]), UTM, crs)
    keys = {polygons[index].wkb for index in cut}

    def find_cut(asked: NDArray[np.object_]) -> NDArray[np.bool_]:
        return np.array([polygon.wkb in keys for polygon in asked], dtype=bool)

    batches = tuple(
        Footprints(part, np.full(len(part), 0.5, np.float32), shapely.area(part), crs)
        for part in np.array_split(polygons, num_batches)
    )
    return RasterFootprints(FootprintList(batches, crs), outline, crs, gsd_m, date, find_cut)


def join(*rasters: RasterFootprints, crs: CRS = UTM, **options: Any) -> MosaicFootprints:
    joined = MosaicFootprints(rasters, crs, **options)
    assert len(joined) == sum(map(len, joined))
    return joined


def gather(joined: MosaicFootprints) -> list[tuple[int, Box]]:
    """Raster and bounds of each footprint, in metres from (X, Y)."""
    found = []
    for batch in joined:
        assert batch.rasters is not None
        assert batch.crs == joined.crs
        here = transform_polygons(batch.polygons, batch.crs, UTM)
        for number, polygon in zip(batch.rasters.tolist(), here, strict=True):
            bounds = np.round(np.array(polygon.bounds) - [X, Y, X, Y], 3) + 0.0
            found.append((number, tuple(bounds.tolist())))
    return sorted(found)


HOUSE = (40.0, 40.0, 50.0, 50.0)
SHIFTED = (41.0, 40.0, 51.0, 50.0)


def test_one_building_of_two_rasters_is_there_once() -> None:
    assert gather(join(make_raster([HOUSE]), make_raster([SHIFTED]))) == [(0, HOUSE)]


def test_the_better_raster_keeps_the_ground() -> None:
    first = make_raster([HOUSE])
    for better in (
        make_raster([SHIFTED], gsd_m=0.2),
        make_raster([SHIFTED], date="2024-01-01"),
    ):
        assert gather(join(first, better)) == [(1, SHIFTED)]
    finer, newer = make_raster([HOUSE], gsd_m=0.2), make_raster([SHIFTED], date="2024-01-01")
    assert gather(join(newer, finer)) == [(1, HOUSE)]
    # The same pixels but for rounding: the date decides.
    alike = make_raster([HOUSE], gsd_m=0.2999, date="2023-12-31")
    assert gather(join(alike, newer)) == [(1, SHIFTED)]


def test_a_whole_building_goes_before_one_that_is_cut() -> None:
    half = make_raster([(40, 40, 46, 50)], (0, 0, 46, 100), cut=[0], gsd_m=0.1, date="2024-01-01")
    assert gather(join(half, make_raster([HOUSE]))) == [(1, HOUSE)]


def test_a_neighbour_that_loses_little_is_clipped() -> None:
    joined = join(make_raster([HOUSE]), make_raster([(48, 40, 68, 50)]))
    assert gather(joined) == [(0, HOUSE), (1, (50, 40, 68, 50))]
    (batch,) = joined
    assert batch.areas_m2 == pytest.approx([100, 180])


def test_what_clipping_leaves_too_small_is_dropped() -> None:
    rasters = make_raster([HOUSE]), make_raster([(48, 40, 56, 42)])
    assert len(join(*rasters, min_area_m2=10)) == 2
    assert gather(join(*rasters, min_area_m2=13)) == [(0, HOUSE)]


def test_small_buildings_that_meet_no_other_are_kept() -> None:
    rasters = make_raster([HOUSE]), make_raster([(60, 40, 62, 42)])
    assert len(join(*rasters, min_area_m2=13)) == 2


def test_buildings_of_one_raster_are_not_compared() -> None:
    # As its own run left them, be it with a sliver between them.
    boxes = [HOUSE, (50, 40, 60, 50), (0, 0, 5, 5)]
    found = gather(join(make_raster(boxes), make_raster([(80, 80, 90, 90)])))
    assert [box for number, box in found if number == 0] == sorted(boxes)


def test_a_dropped_building_takes_no_ground() -> None:
    # The third loses to the second, but that is the first again.
    rasters = make_raster([HOUSE]), make_raster([SHIFTED]), make_raster([(50.5, 40, 60, 50)])
    joined = join(*rasters)
    assert gather(joined) == [(0, HOUSE), (2, (50.5, 40, 60, 50))]
    kept = {polygon.wkb for batch in joined for polygon in batch.polygons}
    assert kept == {place([HOUSE])[0].wkb, place([(50.5, 40, 60, 50)])[0].wkb}


def test_rasters_apart_pass_through_bit_by_bit() -> None:
    first = make_raster([HOUSE, (1, 1, 9, 9)], num_batches=2)
    second = make_raster([(140, 40, 150, 50)], (110, 0, 200, 100))
    batches = list(join(first, second))
    assert [len(batch) for batch in batches] == [1, 1, 1]
    given = [polygon for raster in (first, second) for part in raster.footprints
             for polygon in part.polygons]  # fmt: skip
    assert [polygon.wkb for batch in batches for polygon in batch.polygons] == [
        polygon.wkb for polygon in given
    ]


def test_rasters_in_two_zones_are_compared_in_one_frame() -> None:
    west = make_raster([HOUSE, (10, 10, 20, 20)])
    east = make_raster([SHIFTED, (70, 70, 80, 80)], crs=NEXT_UTM, gsd_m=0.2)
    for crs in (UTM, NEXT_UTM, WGS84):
        found = gather(join(west, east, crs=crs))
        assert [number for number, _ in found] == [0, 1, 1]
        assert np.allclose(
            [box for _, box in found], [(10, 10, 20, 20), SHIFTED, (70, 70, 80, 80)], atol=0.002
        )


def test_rasters_on_both_sides_of_the_antimeridian_meet() -> None:
    crs = local_metric_crs(WGS84, 180.0, -17.0)

    def on_line(x: float, target: CRS) -> RasterFootprints:
        box = np.array([shapely.box(x, 0, x + 10, 10)], dtype=object)
        outline = np.array([shapely.box(-60, -60, 60, 60)], dtype=object)
        batch = Footprints(
            transform_polygons(box, crs, target), np.ones(1, np.float32), np.array([100.0]), target
        )
        return RasterFootprints(
            FootprintList((batch,), target),
            transform_polygons(outline, crs, target)[0],
            target,
            0.3,
            "",
            lambda asked: np.zeros(len(asked), dtype=bool),
        )

    joined = join(on_line(-4, CRS.from_epsg(32760)), on_line(-3, CRS.from_epsg(32701)), crs=crs)
    assert len(joined) == 1


def test_batches_do_not_touch() -> None:
    # A row of houses, wall to wall, leads from the shared ground far into the first raster.
    row = [(x, 40.0, x + 10, 50.0) for x in range(0, 100, 10)]
    first = make_raster([*row, (0, 0, 5, 5)])
    second = make_raster([(92, 40, 102, 50), (120, 0, 130, 9)], (90, 0, 190, 100))
    joined = join(first, second)
    batches = [shapely.union_all(batch.polygons) for batch in joined]
    for index, one in enumerate(batches):
        for other in batches[index + 1 :]:
            assert shapely.distance(one, other) > NEAR_M
    assert gather(joined)[:11] == [(0, box) for box in sorted([*row, (0, 0, 5, 5)])]


def test_rasters_side_by_side_have_neighbours_in_one_batch() -> None:
    # Two halves that only touch are no doubles, but neighbours.
    left = make_raster([(90, 40, 100, 50)])
    right = make_raster([(100, 40, 108, 50)], (100, 0, 200, 100))
    (batch,) = join(left, right)
    assert len(batch) == 2


def test_only_shared_ground_is_held() -> None:
    boxes = [(x, y, x + 2.0, y + 2.0) for x in range(0, 98, 5) for y in range(0, 98, 5)]
    raster = make_raster(boxes, num_batches=4)
    other = make_raster([(95, 0, 98, 2)], (94, 0, 200, 100))
    joined = join(raster, other)
    assert sum(map(len, joined._settled)) == 20
    assert len(joined) == 400


def test_large_shared_ground_comes_in_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoseg.footprints.mosaic._BATCH_SIZE", 3)
    boxes = [(x, 0.0, x + 5.0, 5.0) for x in range(0, 90, 9)]
    sizes = [len(batch) for batch in join(make_raster(boxes), make_raster(boxes))]
    assert sizes == [3, 3, 3, 1]


def test_no_footprints_give_no_batches() -> None:
    joined = join(make_raster([]), make_raster([]))
    assert (len(joined), list(joined)) == (0, [])


def test_one_raster_passes_through() -> None:
    assert gather(join(make_raster([HOUSE, SHIFTED]))) == [(0, HOUSE), (0, SHIFTED)]


def test_find_cut_is_asked_only_where_rasters_disagree() -> None:
    asked: list[shapely.Polygon] = []

    def find_cut(polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
        asked.extend(polygons)
        return np.zeros(len(polygons), dtype=bool)

    one = make_raster([HOUSE, (10, 10, 20, 20)])
    spied = RasterFootprints(one.footprints, one.outline, one.crs, 0.3, "", find_cut)
    join(spied, make_raster([SHIFTED]))
    assert [polygon.wkb for polygon in asked] == [place([HOUSE])[0].wkb]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[Box], float, float]:
    """Houses apart from each other, and the ends of two crops that share some ground."""
    xs = draw(st.lists(st.integers(0, 18), min_size=0, max_size=12, unique=True))
    boxes: list[Box] = [
        (x * 10.0, 0.0, x * 10.0 + draw(st.integers(3, 9)), float(draw(st.integers(3, 9))))
        for x in xs
    ]
    start = draw(st.integers(20, 150))
    return boxes, float(start), float(start + draw(st.integers(20, 40)))


@given(scene=scenes(), order=st.booleans(), is_finer=st.booleans())
@settings(max_examples=20)
def test_overlapping_crops_give_the_whole_once(
    scene: tuple[list[Box], float, float], order: bool, is_finer: bool
) -> None:
    # No house is wider than the ground that the crops share, so each is whole in one of them.
    boxes, start, end = scene

    def crop(low: float, high: float, gsd_m: float) -> RasterFootprints:
        clipped = [(max(x1, low), y1, min(x2, high), y2) for x1, y1, x2, y2 in boxes
                   if min(x2, high) - max(x1, low) >= 1]  # fmt: skip
        cut = [index for index, (x1, _, x2, _) in enumerate(clipped)
               if (x1 == low and low > 0) or (x2 == high and high < 200)]  # fmt: skip
        return make_raster(clipped, (low, 0, high, 100), cut=cut, gsd_m=gsd_m)

    crops = [crop(0, end, 0.2 if is_finer else 0.3), crop(start, 200, 0.3)]
    found = gather(join(*(crops if order else crops[::-1])))
    assert sorted(box for _, box in found) == sorted(boxes)


@given(seed=st.integers(0, 999))
@settings(max_examples=8)
def test_no_ground_is_there_twice_and_order_plays_no_part(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def random_raster(number: int) -> RasterFootprints:
        # On a grid, so that those of one raster are apart.
        cells = rng.permutation(36)[:12]
        corners = np.column_stack([cells % 6, cells // 6]) * 12 + rng.integers(0, 3, (12, 2))
        sizes = rng.integers(4, 9, (12, 2))
        boxes = np.hstack([corners, corners + sizes]).astype(float).tolist()
        cut = rng.integers(0, 12, 3).tolist()
        return make_raster(boxes, cut=cut, date=f"202{number}-01-01", num_batches=2)

    rasters = [random_raster(number) for number in range(3)]
    joined = join(*rasters)
    polygons = np.concatenate([batch.polygons for batch in joined])
    assert shapely.is_valid(polygons).all()
    assert shapely.area(polygons).sum() - shapely.union_all(polygons).area < 1e-3
    again = join(*(rasters[index] for index in (2, 0, 1)))
    renumbered = sorted(([2, 0, 1][number], box) for number, box in gather(again))
    assert gather(joined) == renumbered
