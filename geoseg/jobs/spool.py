"""Final footprints on disk, on their way to the outputs."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoseg.errors import OutputError
from geoseg.jobs.disk_errors import HOW_TO_GO_ON, explain_disk_errors, write_atomically
from geoseg.types import Footprints

if TYPE_CHECKING:
    import pyarrow
    from pyproj import CRS

# About 0.5 MB; a part for each of the many small batches would be slow to read again.
_MIN_PART = 2048


class FootprintSpool:
    """Footprints in a partitioned GeoParquet dataset; a `geoseg.types.FootprintBatches`.

    Batches are gathered into parts of some thousand footprints; a batch is never split, so the
    footprints of two parts do not touch either. Coordinates keep every bit.

    Attributes:
        crs: CRS of all batches.
    """

    def __init__(self, folder: Path, crs: CRS) -> None:
        """Begin an empty dataset.

        Args:
            folder: what is in it is lost.
            crs: CRS of all batches.

        Raises:
            OutputError: the folder cannot be emptied or made.
        """
        self.crs = crs
        self._folder = folder
        self._num_written = self._num_waiting = self._num_parts = 0
        self._waiting: list[Footprints] = []
        with explain_disk_errors(folder):
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir()

    def __len__(self) -> int:
        return self._num_written + self._num_waiting

    def __iter__(self) -> Iterator[Footprints]:
        """The parts, one in memory at a time.

        Raises:
            OutputError: a part cannot be written or read.
        """
        self.flush()
        for number in range(self._num_parts):
            yield self._read(self._find_path(number))

    def append(self, footprints: Footprints) -> None:
        """Add a batch; an empty one is left out.

        Raises:
            OutputError: it cannot be written.
        """
        if not len(footprints):
            return
        self._waiting.append(footprints)
        self._num_waiting += len(footprints)
        if self._num_waiting >= _MIN_PART:
            self.flush()

    def flush(self) -> None:
        """Write what waits in memory.

        Raises:
            OutputError: it cannot be written.
        """
        if not self._waiting:
            return
        import pyarrow.parquet as pq

        content = io.BytesIO()
        pq.write_table(self._make_table(), content, compression="zstd", write_page_checksum=True)
        path = self._find_path(self._num_parts)
        with explain_disk_errors(path):
            write_atomically(path, content.getvalue())
        self._num_parts += 1
        self._num_written += self._num_waiting
        self._waiting, self._num_waiting = [], 0

    def _make_table(self) -> pyarrow.Table:
        import pyarrow as pa

        boxes = np.array([shapely.total_bounds(batch.polygons) for batch in self._waiting])
        column = {
            "encoding": "WKB",
            "geometry_types": ["Polygon"],
            "crs": self.crs.to_json_dict(),
            "orientation": "counterclockwise",
            "bbox": [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()],
        }
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        table = pa.concat_tables(map(_as_table, self._waiting))
        return table.replace_schema_metadata({"geo": json.dumps(geo)})

    def _read(self, path: Path) -> Footprints:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            content = io.BytesIO(path.read_bytes())
            table = pq.read_table(content, page_checksum_verification=True)
        except (OSError, pa.ArrowException):
            raise OutputError(f"{path}: was damaged after it was written; {HOW_TO_GO_ON}") from None
        rasters = table["raster"]
        return Footprints(
            shapely.from_wkb(table["geometry"].to_numpy()),
            table["score"].to_numpy(),
            table["area_m2"].to_numpy(),
            self.crs,
            None if rasters.null_count else rasters.to_numpy(),
        )

    def _find_path(self, number: int) -> Path:
        return self._folder / f"part-{number:06d}.parquet"


def _as_table(batch: Footprints) -> pyarrow.Table:
    import pyarrow as pa

    rasters = pa.nulls(len(batch), pa.int32()) if batch.rasters is None else batch.rasters
    return pa.table(
        {
            "score": pa.array(batch.scores, pa.float32()),
            "area_m2": pa.array(batch.areas_m2, pa.float64()),
            "raster": rasters,
            "geometry": pa.array(shapely.to_wkb(batch.polygons, byte_order=1), pa.binary()),
        }
    )
