"""Polygons of buildings from vector files of any format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoseg.crs import transform_polygons
from geoseg.errors import VectorError

# All that is read besides geometries.
_COLUMNS = ["id", "score"]
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class Buildings:
    """Polygons of one file.

    Attributes:
        polygons: object (N,) of valid shapely Polygon.
        ids: N ids; parts of one feature have the same.
        scores: float64 (N,), nan for those without one; None where the file has no column
            `score`.
        crs: CRS of the polygons.
        num_repaired: features that were invalid and made valid.
    """

    polygons: NDArray[np.object_]
    ids: list[object]
    scores: NDArray[np.float64] | None
    crs: CRS
    num_repaired: int

    def __len__(self) -> int:
        return len(self.polygons)

    def take(self, is_kept: NDArray[np.bool_]) -> Buildings:
        """Those where `is_kept`, bool (N,), is True."""
        return replace(
            self,
            polygons=self.polygons[is_kept],
            ids=[own for own, kept in zip(self.ids, is_kept, strict=True) if kept],
            scores=None if self.scores is None else self.scores[is_kept],
        )

    def to_crs(self, crs: CRS) -> Buildings:
        """The same in another CRS."""
        return replace(self, polygons=transform_polygons(self.polygons, self.crs, crs), crs=crs)


def read_buildings(path: Path, *, layer: str | None = None, where: str | None = None) -> Buildings:
    """Read the polygons of a vector file: anything GDAL reads, or GeoParquet.

    Of several layers the first with polygons is read; of OSM data the objects with a tag
    `building`. Multipolygons are taken apart and invalid polygons made valid.

    Args:
        path: the file.
        layer: to read in the place of the first.
        where: only features of which this condition in the SQL of GDAL is true.

    Returns:
        The polygons; none for a file without features.

    Raises:
        VectorError: the file is missing or cannot be read, has no CRS, has features but no
            polygon among them, or neither the layer nor what the condition names.
    """
    if not path.is_file() and not path.is_dir():
        raise VectorError(f"{path}: no such file.")
    frame = _read_frame(path, layer, where)
    geometries = np.asarray(frame.geometry.array, dtype=object)
    is_polygonal = np.isin(shapely.get_type_id(geometries), _POLYGONAL)
    is_polygonal &= ~shapely.is_empty(geometries)
    if len(geometries) and not is_polygonal.any():
        raise VectorError(f"{path}: must have polygons; got {len(geometries)} other features.")
    if frame.crs is None:
        raise VectorError(f"{path}: must have a coordinate reference system; got none.")

    rows = np.flatnonzero(is_polygonal)
    solid = shapely.force_2d(geometries[rows])
    is_bad = ~shapely.is_valid(solid)
    solid[is_bad] = shapely.make_valid(solid[is_bad])
    polygons, owners = _take_apart(solid)
    ids = frame["id"].tolist() if "id" in frame.columns else list(range(1, len(frame) + 1))
    return Buildings(
        polygons=polygons,
        ids=[ids[row] for row in rows[owners].tolist()],
        scores=_read_scores(path, frame)[rows[owners]] if "score" in frame.columns else None,
        crs=CRS.from_user_input(frame.crs),
        num_repaired=int(is_bad.sum()),
    )


def _take_apart(
    geometries: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Polygons of any geometries, and the index of the one that each comes from."""
    parts, owners = shapely.get_parts(geometries, return_index=True)
    # What was made valid may be a collection that holds a multipolygon.
    parts, inner = shapely.get_parts(parts, return_index=True)
    owners = owners[inner]
    is_polygon = shapely.area(parts) > 0
    return parts[is_polygon], owners[is_polygon]


def _read_scores(path: Path, frame: Any) -> NDArray[np.float64]:
    try:
        return frame["score"].to_numpy(dtype=np.float64, na_value=np.nan)  # type: ignore[no-any-return]
    except (TypeError, ValueError) as error:
        raise VectorError(f"{path}: the column score must hold numbers: {error}.") from error


def list_polygon_layers(path: Path) -> list[str]:
    """Names of the layers with polygons that a file of GDAL's has; none of a GeoParquet."""
    import pyogrio

    if path.suffix.lower() == ".parquet":
        return []
    layers = pyogrio.list_layers(path)
    return [str(name) for name, kind in layers if kind is not None and "Polygon" in kind]


def _read_frame(path: Path, layer: str | None, where: str | None) -> Any:
    import geopandas

    if path.suffix.lower() == ".parquet":
        import pyarrow
        import pyarrow.parquet as pq

        if layer is not None or where is not None:
            raise VectorError(f"{path}: a GeoParquet has no layers, and no SQL chooses from it.")
        try:
            # Only what is needed: others may have hundreds of columns.
            wanted = [name for name in pq.read_schema(path).names if name in _COLUMNS]
            geometry = [_find_geometry_column(path)]
            return geopandas.read_parquet(path, columns=[*wanted, *geometry])
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise VectorError(f"{path}: cannot be read as GeoParquet: {_line(error)}") from error
    return _read_with_gdal(path, layer, where)


def _find_geometry_column(path: Path) -> str:
    import json

    import pyarrow.parquet as pq

    described = json.loads((pq.read_schema(path).metadata or {}).get(b"geo", b"{}"))
    return str(described.get("primary_column", "geometry"))


def _read_with_gdal(path: Path, layer: str | None, where: str | None) -> Any:
    import geopandas
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    is_osm = path.suffix.lower() in (".osm", ".pbf")
    conditions = [one for one in ("building IS NOT NULL" if is_osm else None, where) if one]
    # GDAL's own index of OSM nodes knows no negative ids.
    pyogrio.set_gdal_config_options({"OSM_USE_CUSTOM_INDEXING": False if is_osm else None})
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        if layer is not None and layer not in names:
            raise VectorError(f"{path}: layer must be one of {', '.join(names)}; got {layer}.")
        frame = pyogrio.read_dataframe(
            path,
            layer=layer or (list_polygon_layers(path) or names)[0],
            where=" AND ".join(f"({one})" for one in conditions) or None,
            # Only what is needed: others may have hundreds of columns.
            columns=_COLUMNS,
        )
    except VectorError:
        raise
    except (DataLayerError, DataSourceError, FeatureError, IndexError, ValueError) as error:
        if where is not None:
            raise VectorError(f"{path}: {_explain_condition(path, layer, where)}") from error
        if isinstance(error, ValueError):
            raise
        raise VectorError(f"{path}: cannot be read as vector data: {_line(error)}") from error
    finally:
        pyogrio.set_gdal_config_options({"OSM_USE_CUSTOM_INDEXING": None})
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise VectorError(f"{path}: must have polygons; got a table without geometry.")
    return frame


def _explain_condition(path: Path, layer: str | None, where: str) -> str:
    """Why a condition cannot be understood: most often a column is called otherwise."""
    import pyogrio

    chosen = layer or next(iter(list_polygon_layers(path)), None)
    columns = ", ".join(map(str, pyogrio.read_info(path, layer=chosen)["fields"]))
    return f"a condition must be SQL on its columns ({columns}); got {where}."


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
