"""Which asset of a STAC item is the picture to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geoseg.errors import RasterError
from geoseg.raster.documents import public_address

if TYPE_CHECKING:
    from pystac import Asset, Item

_NOT_IMAGERY = {"thumbnail", "overview", "metadata", "data-mask", "cloud", "snow-ice"}
_COLOURS = {"red", "green", "blue"}


def choose_asset(item: Item, key: str | None = None) -> Asset:
    """Pick the asset that shows the ground in natural colours.

    In this order: the one with the wanted key; the key `visual`; a GeoTIFF with the role
    `visual`; the only GeoTIFF with the role `data` that has red, green and blue or three bands
    and more; the only GeoTIFF that is no thumbnail, mask or other extra.

    Args:
        item: a STAC item.
        key: of the asset that the user wants.

    Raises:
        RasterError: there is no such asset, or several would do; all are named.
    """
    if key is not None:
        if key not in item.assets:
            raise RasterError(f"item {item.id}: it has no asset {key}; {_name_assets(item)}.")
        return item.assets[key]
    if "visual" in item.assets:
        return item.assets["visual"]
    imagery = [
        asset
        for asset in item.assets.values()
        if _is_geotiff(asset) and not _NOT_IMAGERY & set(asset.roles or ())
    ]
    coloured = [asset for asset in imagery if _shows_colours(asset)]
    for candidates in (
        [asset for asset in imagery if "visual" in (asset.roles or ())][:1],
        [asset for asset in coloured if "data" in (asset.roles or ())],
        imagery,
    ):
        if len(candidates) == 1:
            return candidates[0]
    raise RasterError(
        f"item {item.id}: choose the picture among its assets with --asset; {_name_assets(item)}."
    )


def _is_geotiff(asset: Asset) -> bool:
    if asset.media_type:
        return asset.media_type.lower().startswith(("image/tiff", "image/vnd.stac.geotiff"))
    return public_address(asset.href).lower().endswith((".tif", ".tiff"))


def _shows_colours(asset: Asset) -> bool:
    """Whether the metadata tell of red, green and blue, or of three bands and more."""
    bands = [
        band
        for name in ("bands", "eo:bands", "raster:bands")
        for band in _read_bands(asset.extra_fields, name)
    ]
    names = {band.get("eo:common_name", band.get("common_name")) for band in bands}
    most = max(
        len(_read_bands(asset.extra_fields, name)) for name in ("bands", "eo:bands", "raster:bands")
    )
    return names >= _COLOURS or most >= len(_COLOURS)


def _read_bands(fields: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    bands = fields.get(name)
    return [band for band in bands if isinstance(band, dict)] if isinstance(bands, list) else []


def _name_assets(item: Item) -> str:
    if not item.assets:
        return "it has none"
    names = [
        f"{key} ({asset.media_type or 'no type'})" for key, asset in sorted(item.assets.items())
    ]
    return f"there are {', '.join(names)}"
