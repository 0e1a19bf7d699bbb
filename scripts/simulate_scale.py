"""Simulate the joining of a country's shards: seconds and bytes a shard, and memory.

    python scripts/simulate_scale.py ../shared/data/banepa/ortho.tif --cols 30 --cols 530 --rows 3

A square of the raster, mirrored without end, makes a country whose shards are, but for their
place, four different ones. The network sees these four with all their neighbours; they are then
put at each place of rasters of any width, and what runs on one machine only, however many do the
shards, is done for each: the file of the result is read, borders are joined, and footprints are
spooled. All material is real: fragments, views of two tiles of the same roof, neighbours.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.config import PredictConfig
from geoseg.crs import local_metric_crs
from geoseg.detections.views import load_views
from geoseg.errors import GeosegError, RasterError
from geoseg.jobs import FootprintSpool, ShardFiles
from geoseg.pipeline import Frame, SeamJoiner, ShardWork
from geoseg.provenance import describe_weights
from geoseg.raster import open_raster
from geoseg.tiles import ShardPlan, make_grid
from geoseg.tiles.plan import TILES_PER_SIDE
from geoseg.types import (
    Detection,
    Footprints,
    ImageBlock,
    PendingOutlines,
    RasterSource,
    ShardResult,
    Window,
)

# Two shards make one period: the square and its mirror image.
PATTERN_SHARDS = 2
# Where the mirror stands, from a shard's start: far from its borders.
PHASE = 0.47


def main() -> int:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description="Simulate joining at the scale of a country.")
    parser.add_argument("raster", help="real imagery to make the country of")
    parser.add_argument(
        "--at",
        type=float,
        nargs=2,
        default=(0.5, 0.5),
        metavar=("X", "Y"),
        help="middle of the square, shares of the raster's width and height",
    )
    parser.add_argument("--cols", type=int, action="append", help="shards in a row; repeatable")
    parser.add_argument("--rows", type=int, default=3, help="rows of shards")
    arguments = parser.parse_args()
    try:
        country = Country(arguments.raster, tuple(arguments.at))
        country.report()
        for num_cols in arguments.cols or [30]:
            simulate(country, num_cols, arguments.rows)
    except GeosegError as error:
        print(f"simulate_scale: {error}", file=sys.stderr)
        return 1
    return 0


class MirroredSource:
    """An endless raster made of a square and its mirror images; a `RasterSource`."""

    name = "mirrored"

    def __init__(self, square: ImageBlock, frame: Frame) -> None:
        self._image, self._valid = square.image, square.valid
        self.shape_hw, self.transform, self.crs = frame.shape_hw, frame.transform, frame.crs
        self.gsd_m = frame.gsd_m

    def read(self, window: Window) -> ImageBlock:
        """Read any window."""
        y1, x1, y2, x2 = window.box_yx
        places = np.ix_(self._fold(y1, y2), self._fold(x1, x2))
        return ImageBlock(window, self._image[places], self._valid[places])

    def close(self) -> None:
        """Nothing is open."""

    def _fold(self, start: int, stop: int) -> NDArray[np.int64]:
        side = len(self._image)
        within = (np.arange(start, stop) + round(PHASE * side)) % (2 * side)
        return np.minimum(within, 2 * side - 1 - within)


@dataclass(frozen=True)
class Cost:
    """What one shard took: CPU seconds of the stages and bytes of the file."""

    read_s: float
    detect_s: float
    finish_s: float
    put_s: float
    num_bytes: int


class Country:
    """The four shards that a country is made of, with their costs.

    Attributes:
        config: all settings.
        side_px: distance between the starts of shards.
        gsd_m: ground metres per pixel.
        metric_crs: CRS of the footprints.
        results: by row and column within the pattern, at the place they were seen at.
        costs: likewise.
    """

    def __init__(self, raster: str, at_xy: tuple[float, float]) -> None:
        """Run the network over the pattern.

        Args:
            raster: path or address.
            at_xy: middle of the square, shares of the raster's width and height.

        Raises:
            RasterError: a shard there reaches beyond the raster at the model's GSD.
        """
        model, _, _ = describe_weights(None)
        self.config = PredictConfig().fit_tiles(model.tile_size_px)
        self.side_px = TILES_PER_SIDE * self.config.tiles.stride_px
        with open_raster(raster, self.config.raster, model_gsd_m=model.gsd_m) as source:
            self.gsd_m = source.gsd_m
            height, width = source.shape_hw
            middle = source.transform @ (width / 2, height / 2)
            self.metric_crs: CRS = local_metric_crs(source.crs, *middle)
            square = _read_square(source, self.side_px, at_xy)
        # One shard more on each side, so that the four have all their neighbours.
        self._plan, frame = self.lay_out(PATTERN_SHARDS + 2, PATTERN_SHARDS + 2)
        load = functools.partial(load_views, self.config.detect)
        work = ShardWork(MirroredSource(square, frame), load, self._plan, frame, self.config)
        work.load()
        self.results: dict[tuple[int, int], ShardResult] = {}
        self.costs: dict[tuple[int, int], Cost] = {}
        with tempfile.TemporaryDirectory() as folder:
            store = ShardFiles(Path(folder) / "shards", self.metric_crs)
            for shard in self._plan:
                if {shard.row, shard.col} <= {1, 2}:
                    place = (shard.row % PATTERN_SHARDS, shard.col % PATTERN_SHARDS)
                    self.results[place], self.costs[place] = _measure(work, store, shard.index)

    def lay_out(self, num_rows: int, num_cols: int) -> tuple[ShardPlan, Frame]:
        """The plan and the frame of a raster of whole shards."""
        overlap_px = self.config.tiles.overlap_px
        shape_hw = (num_rows * self.side_px + overlap_px, num_cols * self.side_px + overlap_px)
        # In the metric CRS itself, where a step in pixels is the same step on the ground.
        transform = Affine(self.gsd_m, 0, 0, 0, -self.gsd_m, 0)
        plan = ShardPlan(make_grid(shape_hw, self.config.tiles))
        return plan, Frame(shape_hw, transform, self.metric_crs, self.metric_crs, self.gsd_m)

    def make_results(self, plan: ShardPlan, num_cols: int) -> Iterator[ShardResult]:
        """The results of all shards of a raster, in their order."""
        for index in range(len(plan)):
            row, col = divmod(index, num_cols)
            pattern = self.results[row % PATTERN_SHARDS, col % PATTERN_SHARDS]
            seen_row, seen_col = divmod(pattern.index, PATTERN_SHARDS + 2)
            yield self._move(pattern, index, row - seen_row, col - seen_col, plan)

    def _move(
        self, result: ShardResult, index: int, rows: int, cols: int, plan: ShardPlan
    ) -> ShardResult:
        """A result so many shards farther down and to the right."""
        dy, dx = rows * self.side_px, cols * self.side_px
        step = np.array([dy, dx, dy, dx], np.float32)

        def move_polygons(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
            return shapely.transform(polygons, lambda xy: xy + [dx * self.gsd_m, -dy * self.gsd_m])

        def move_tile(tile_index: int) -> int:
            tile = self._plan.grid.tile_at(tile_index)
            row, col = tile.row + rows * TILES_PER_SIDE, tile.col + cols * TILES_PER_SIDE
            return row * plan.grid.num_cols + col

        def move_detection(one: Detection) -> Detection:
            return replace(one, box=one.box + step, tile_index=move_tile(one.tile_index))

        footprints, outlines = result.footprints, result.outlines
        return replace(
            result,
            index=index,
            footprints=replace(footprints, polygons=move_polygons(footprints.polygons)),
            outlines=PendingOutlines(
                move_polygons(outlines.polygons), outlines.scores, outlines.boxes + step
            ),
            detections=tuple(map(move_detection, result.detections)),
        )

    def report(self) -> None:
        """Print what the four shards are like."""
        km2 = (self.side_px * self.gsd_m) ** 2 / 1e6
        print(f"a shard owns {self.side_px} px a side at {self.gsd_m:.3f} m: {km2:.4f} km2")
        for place, result in self.results.items():
            cost = self.costs[place]
            print(
                f"shard {place}: {result.num_found} found, {len(result.footprints)} footprints, "
                f"{len(result.outlines)} outlines, {len(result.detections)} raw; "
                f"{cost.num_bytes:,} bytes; read {cost.read_s:.2f}, detect {cost.detect_s:.2f}, "
                f"finish {cost.finish_s:.2f}, write {cost.put_s:.3f} s of CPU",
                flush=True,
            )


def _read_square(source: RasterSource, side_px: int, at_xy: tuple[float, float]) -> ImageBlock:
    height, width = source.shape_hw
    left = round(at_xy[0] * width - side_px / 2)
    top = round(at_xy[1] * height - side_px / 2)
    window = Window(left, top, side_px, side_px)
    if min(top, left) < 0 or top + side_px > height or left + side_px > width:
        raise RasterError(
            f"{source.name}: window {tuple(window)} must lie within {width} x {height} pixels."
        )
    return source.read(window)


def _measure(work: ShardWork, store: ShardFiles, index: int) -> tuple[ShardResult, Cost]:
    clock = [time.process_time()]
    given = work.read(index)
    clock.append(time.process_time())
    found = work.detect(given)
    clock.append(time.process_time())
    result = work.finish(found)
    clock.append(time.process_time())
    store.put(result)
    clock.append(time.process_time())
    num_bytes = sum(path.stat().st_size for path in store.folder.glob(f"*/{index:08d}.npz"))
    return result, Cost(*np.diff(clock).tolist(), num_bytes)


def simulate(country: Country, num_cols: int, num_rows: int) -> None:
    """Join one raster, and print what each row took."""
    plan, frame = country.lay_out(num_rows, num_cols)
    joiner = SeamJoiner(plan, frame, country.config)
    width_px = frame.shape_hw[1]
    print(f"raster {width_px:,} px wide, {num_cols} x {num_rows} shards")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = ShardFiles(folder / "shards", country.metric_crs)
        spool = FootprintSpool(folder / "spool", country.metric_crs)
        spent = np.zeros((3, 2))
        most_waiting, before = 0, 0
        for result in country.make_results(plan, num_cols):
            spent += _take(result, store, joiner, spool)
            most_waiting = max(most_waiting, joiner.num_waiting)
            if (result.index + 1) % num_cols == 0:
                ms = spent / num_cols * 1e3
                print(
                    f"row {result.index // num_cols}: read {ms[0, 0]:.1f}, join {ms[1, 0]:.1f}, "
                    f"spool {ms[2, 0]:.1f} ms of CPU a shard ({ms[:, 1].sum():.1f} ms of time); "
                    f"{(len(spool) - before) / num_cols:.0f} buildings a "
                    f"shard; most waiting {most_waiting:,}; memory {_read_memory_mb()}",
                    flush=True,
                )
                spent[:], most_waiting, before = 0, 0, len(spool)
        spool.flush()
        num_bytes = sum(path.stat().st_size for path in (folder / "spool").iterdir())
        print(f"spool: {num_bytes / max(1, len(spool)):.0f} bytes a building")


def _take(
    result: ShardResult, store: ShardFiles, joiner: SeamJoiner, spool: FootprintSpool
) -> NDArray[np.float64]:
    """CPU seconds and seconds of reading, joining and spooling one shard: (3, 2)."""
    store.put(result)
    clock = [_read_clocks()]
    taken = store.take(result.index)
    clock.append(_read_clocks())
    batches: list[Footprints] = list(joiner.add(taken))
    clock.append(_read_clocks())
    for batch in batches:
        spool.append(batch)
    clock.append(_read_clocks())
    next(store.folder.glob(f"*/{result.index:08d}.npz")).unlink()
    return np.diff(clock, axis=0)


def _read_clocks() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


def _read_memory_mb() -> str:
    """What this process holds, and the most that it has held; Linux tells."""
    lines = Path("/proc/self/status").read_text().splitlines()
    values = dict(line.split(":", 1) for line in lines)
    held, most = (int(values[name].split()[0]) / 1000 for name in ("VmRSS", "VmHWM"))
    return f"{held:.0f} MB, peak {most:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
