"""The origin of a result that was written before, where it is still to be found."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

from geoseg.export.outputs import origin_path
from geoseg.types import Origin, RasterOrigin

# The member of a GeoJSON stands before its features.
_HEAD_BYTES = 1 << 20
_MEMBER = re.compile(r'"geoseg"\s*:\s*(?=\{)')


def find_origin(path: Path, layer: str | None = None) -> Origin | None:
    """The origin that is in a vector file, else in `<name>.origin.json` beside it.

    Args:
        path: GeoPackage, FlatGeobuf, GeoParquet, GeoJSON, or any other vector file.
        layer: of the file; None takes the first.

    Returns:
        None where there is none, or what is there is none of geoseg's.
    """
    texts = [_read_inside(path, layer)]
    if origin_path(path).is_file():
        texts.append(origin_path(path).read_text(encoding="utf-8", errors="replace"))
    return next((found for text in texts if (found := parse_origin(text)) is not None), None)


def parse_origin(text: str) -> Origin | None:
    """Read what `geoseg.export.table.dump_origin` has written; None for anything else."""
    try:
        values = json.loads(text)
    except ValueError:
        return None
    needed = {field.name for field in dataclasses.fields(Origin)} - {"rasters"}
    if not isinstance(values, dict) or not needed <= set(values):
        return None
    texts = needed - {"config"}
    rasters = values.get("rasters", [])
    is_origin = (
        all(isinstance(values[name], str) for name in texts)
        and isinstance(values["config"], dict)
        and isinstance(rasters, list)
        and all(isinstance(one, dict) and set(one) == {"name", "date"} for one in rasters)
    )
    if not is_origin:
        return None
    known = {name: values[name] for name in needed}
    return Origin(**known, rasters=tuple(RasterOrigin(**one) for one in rasters))


def _read_inside(path: Path, layer: str | None) -> str:
    """The text of the origin within a file; "" for none."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        metadata = pq.read_metadata(path).metadata or {}
        return bytes(metadata.get(b"geoseg", b"")).decode("utf-8", errors="replace")
    if suffix in (".geojson", ".json"):
        return _read_member(path)
    import pyogrio

    facts = pyogrio.read_info(path, layer=layer).get("layer_metadata") or {}
    return str(facts.get("geoseg") or facts.get("DESCRIPTION") or "")


def _read_member(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).decode("utf-8", errors="replace")
    start = _MEMBER.search(head)
    if start is None:
        return ""
    try:
        _, end = json.JSONDecoder().raw_decode(head, start.end())
    except ValueError:
        return ""
    return head[start.end() : end]
