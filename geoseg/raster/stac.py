"""Rasters that STAC items tell of: where they lie, and when they were taken.

https://github.com/radiantearth/stac-spec, read with pystac. Everything that one file or address
may hold is taken: an item, an item collection, the answer of a search, a catalog with links.
"""

from __future__ import annotations

import urllib.parse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoseg.errors import RasterError
from geoseg.raster.documents import MAX_BYTES, is_address, public_address, read_json
from geoseg.raster.stac_assets import choose_asset

if TYPE_CHECKING:
    from pystac import Item

_ENDINGS = (".json", ".geojson")


@dataclass(frozen=True)
class StacRaster:
    """The raster of one item.

    Attributes:
        href: path or address of the chosen asset.
        item_id: id of the item.
        date: ISO date of its `datetime`, else of its `start_datetime`, else "".
    """

    href: str
    item_id: str
    date: str


def is_stac(word: str) -> bool:
    """Whether a path or address stands for STAC rather than for a raster.

    A local file is looked into. An address is taken by its name: it ends in .json or .geojson,
    or is one of a STAC API, .../items, .../items/ID or .../search.
    """
    if is_address(word):
        path = public_address(word).rstrip("/")
        parts = path.split("/")
        return path.lower().endswith(_ENDINGS) or "items" in parts[-2:] or parts[-1] == "search"
    path_here = Path(word)
    if path_here.suffix.lower() not in _ENDINGS or not path_here.is_file():
        return False
    if path_here.stat().st_size > MAX_BYTES:
        return False
    try:
        return _is_stac_document(read_json(word))
    except RasterError:
        return False


def read_stac(place: str, asset: str | None = None) -> list[StacRaster]:
    """Find the rasters of all items in a file.

    Relative addresses in an item start from the file that the item is in; in a collection of
    items, from the item's own `self` link where it has one.

    Args:
        place: path, or address with http:// or https://, of an item, an item collection or
            GeoJSON FeatureCollection of items, or a catalog or collection with `item` links.
        asset: key of the asset to take, see `choose_asset`.

    Returns:
        One raster for each item, in the order of the file; at least one.

    Raises:
        RasterError: the file cannot be read, holds no items, or an item has no fitting asset.

    Warns:
        UserWarning: the answer of a search has further pages.
    """
    rasters = []
    for item in _read_items(place):
        chosen = choose_asset(item, asset)
        href = chosen.get_absolute_href() or chosen.href
        when = item.datetime or item.common_metadata.start_datetime
        rasters.append(
            StacRaster(_local_path(href), item.id, "" if when is None else when.date().isoformat())
        )
    if not rasters:
        raise RasterError(f"{public_address(place)}: the file holds no STAC items.")
    return rasters


def _is_stac_document(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    features = document.get("features")
    first = features[0] if isinstance(features, list) and features else None
    return "stac_version" in document or (isinstance(first, dict) and "stac_version" in first)


def _read_items(place: str) -> Iterator[Item]:
    document = read_json(place)
    name = public_address(place)
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        yield _make_item(document, place, name)
    elif kind == "FeatureCollection" and isinstance(document.get("features"), list):
        features = document["features"]
        if _find_links(document, "next") and features:
            warnings.warn(
                f"{name}: the search has more pages; only the {len(features)} items of this one "
                "are taken.",
                stacklevel=2,
            )
        for feature in features:
            yield _make_item(feature, _own_place(feature) or place, name)
    elif kind in ("Catalog", "Collection"):
        yield from _follow_links(document, place)
    else:
        raise RasterError(f"{name}: must be a STAC item or a collection of items.")


def _follow_links(document: dict[str, Any], place: str) -> Iterator[Item]:
    links = _find_links(document, "item")
    if not links:
        raise RasterError(
            f"{public_address(place)}: this STAC {document['type'].lower()} has no items of its "
            "own; give an item, an item collection, or the answer of a search saved as a file."
        )
    for href in links:
        target = _resolve(href, place)
        yield _make_item(read_json(target), target, public_address(target))


def _make_item(document: Any, place: str, name: str) -> Item:
    from pystac import Item, STACError

    is_item = isinstance(document, dict) and document.get("type") == "Feature"
    if not is_item or "stac_version" not in document:
        raise RasterError(f"{name}: must hold STAC items; got something else.")
    try:
        with warnings.catch_warnings():
            # Remarks on old versions of the standard help nobody here.
            warnings.simplefilter("ignore")
            # Links are not needed, and pystac lays relative ones from the working folder.
            item = Item.from_dict({**document, "links": []})
    except (STACError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise RasterError(f"{name}: the STAC item is damaged: {error}.") from error
    item.set_self_href(place if is_address(place) else str(Path(place).absolute()))
    return item


def _find_links(document: dict[str, Any], relation: str) -> list[str]:
    links = document.get("links")
    return [
        str(link["href"])
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict) and link.get("rel") == relation and link.get("href")
    ]


def _own_place(feature: Any) -> str | None:
    """The `self` link of an item, where it is an address."""
    links = _find_links(feature, "self") if isinstance(feature, dict) else []
    return next((href for href in links if is_address(href)), None)


def _resolve(href: str, place: str) -> str:
    if is_address(href) or is_address(place):
        return urllib.parse.urljoin(place, href)
    return str(Path(place).absolute().parent / _local_path(href))


def _local_path(href: str) -> str:
    """`file:///a/b.tif` as a path; other addresses and paths as they are."""
    if not href.startswith("file://"):
        return href
    from urllib.request import url2pathname

    return url2pathname(urllib.parse.urlsplit(href).path)
