"""Which rasters a user's words stand for: files, addresses, folders, patterns, STAC."""

from __future__ import annotations

import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rasterio.errors import RasterioError

from geoseg.errors import RasterError
from geoseg.raster.documents import public_address
from geoseg.raster.gdal import gdal_env, is_remote, no_place_warnings, open_dataset, short_name
from geoseg.raster.stac import is_stac, read_stac

# GDAL opens overviews and masks as rasters of their own; the rest only tells of a raster.
_SIDECARS = (".aux.xml", ".ovr", ".msk", ".json", ".geojson")
# A file with such a name is meant as a raster: if GDAL cannot open it, the user has to know.
_RASTER_ENDINGS = (".tif", ".tiff", ".vrt", ".jp2", ".img", ".mbtiles", ".ecw", ".sid")
_PICTURE_DRIVERS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
_MAX_NAMED = 3
_MAGIC = re.compile(r"[*?[]")


@dataclass(frozen=True)
class ListedRaster:
    """One raster of a list.

    Attributes:
        name: what GDAL opens: a path, an address, a /vsi name.
        label: short and different from those of the others in the list, for file names.
        title: how results call it: the file's name without its folder, or the id of the item.
        date: ISO date that its STAC item gives, else "".
    """

    name: str
    label: str
    title: str
    date: str = ""


def list_rasters(words: Sequence[str], asset: str | None = None) -> list[ListedRaster]:
    """Find the rasters that words stand for.

    A word is a file or an address; a folder, which stands for the rasters in it, not in its
    folders; a pattern with `*`, `?`, `[...]` or `**`; or STAC, see `geoseg.raster.stac`. From
    folders and patterns, overviews, masks and other sidecars are left out, and so are plain
    pictures without a place on Earth. A folder that GDAL opens by itself is one raster.

    Args:
        words: as typed, at least one.
        asset: key of the asset to take of STAC items.

    Returns:
        The rasters in the order of the words, those of a folder or pattern by name. Each file
        is there once, at its first place, however it was named.

    Raises:
        RasterError: a folder, pattern or STAC file holds no raster.

    Warns:
        UserWarning: pictures were left out; or a VRT is taken and a raster that it shows, too.
    """
    listed: dict[str, ListedRaster] = {}
    for word in words:
        for raster in _expand(word, asset):
            listed.setdefault(_identity(raster.name), raster)
    _warn_of_mosaics(listed)
    return _tell_apart(list(listed.values()))


def _expand(word: str, asset: str | None) -> Iterator[ListedRaster]:
    if is_stac(word):
        for found in read_stac(word, asset):
            label = re.sub(r"[^\w.-]+", "_", found.item_id) or "item"
            yield ListedRaster(found.href, label, found.item_id, found.date)
        return
    names = [word]
    if not _is_gdal_name(word):
        path = Path(word)
        if path.is_dir() and not _is_raster(word):
            names = _take_rasters(sorted(str(one) for one in path.iterdir()), word)
        elif _MAGIC.search(word) and not path.exists():
            start = Path(path.anchor)
            matches = start.glob(str(path.relative_to(start)))
            names = _take_rasters(sorted(str(one) for one in matches), word)
    for name in names:
        title = short_name(name)
        yield ListedRaster(name, Path(title).stem, title)


def _is_gdal_name(word: str) -> bool:
    """Whether a word is an address or a name of GDAL's own, such as `WMTS:https://...`."""
    return (
        is_remote(word)
        or "://" in word
        or word.startswith(("/vsi", "<"))
        or re.match(r"[A-Za-z][A-Za-z0-9_]+:", word) is not None
    )


def _take_rasters(names: list[str], word: str) -> list[str]:
    """Those that are rasters, of the contents of a folder or the matches of a pattern."""
    taken, pictures = [], []
    for name in names:
        lower = name.lower()
        if lower.endswith(_SIDECARS) or Path(name).name.startswith(".") or Path(name).is_dir():
            continue
        if _is_plain_picture(name):
            pictures.append(name)
        elif lower.endswith(_RASTER_ENDINGS) or _is_raster(name):
            taken.append(name)
    if not taken:
        what = "no raster in this folder" if Path(word).is_dir() else "no raster has such a name"
        without = f"; {len(pictures)} pictures without a place on Earth" if pictures else ""
        raise RasterError(f"{word}: {what}{without}.")
    if pictures:
        warnings.warn(
            f"{word}: {len(pictures)} pictures without a place on Earth are left out: "
            f"{_name_some(pictures)}.",
            stacklevel=2,
        )
    return taken


def _is_raster(name: str) -> bool:
    """Whether GDAL opens a file or folder as a raster with bands."""
    try:
        with gdal_env(name), no_place_warnings(), open_dataset(name) as dataset:
            return bool(dataset.count)
    except RasterError:
        return False


def _is_plain_picture(name: str) -> bool:
    try:
        with gdal_env(name), no_place_warnings(), open_dataset(name) as dataset:
            is_placed = not dataset.transform.is_identity or bool(dataset.gcps[0])
            return dataset.driver in _PICTURE_DRIVERS and not is_placed
    except RasterError:
        return False


def _identity(name: str) -> str:
    """Equal for two names of one file."""
    return name if _is_gdal_name(name) else os.path.realpath(name)


def _warn_of_mosaics(listed: dict[str, ListedRaster]) -> None:
    if len(listed) < 2:
        return
    for identity, raster in listed.items():
        if not identity.lower().endswith(".vrt") or _is_gdal_name(identity):
            continue
        shown = [name for name in _read_sources(identity) if name in listed]
        if shown:
            warnings.warn(
                f"{raster.name} shows {_name_some(shown)}, taken as well; to look at that "
                "ground once, give the VRT alone or leave it out.",
                stacklevel=2,
            )


def _read_sources(vrt: str) -> list[str]:
    """Real paths of the files that a VRT shows; none where it cannot be opened."""
    try:
        with gdal_env(vrt), no_place_warnings(), open_dataset(vrt) as dataset:
            return [os.path.realpath(name) for name in dataset.files[1:]]
    except (RasterError, RasterioError):
        return []


def _tell_apart(rasters: list[ListedRaster]) -> list[ListedRaster]:
    """Give those of one label their folder's name, and where that does not help, a number."""
    # Without case: on many disks `A.gpkg` and `a.gpkg` are one file.
    count = Counter(raster.label.lower() for raster in rasters)
    longer = [
        replace(raster, label=_with_folder(raster)) if count[raster.label.lower()] > 1 else raster
        for raster in rasters
    ]
    used: set[str] = set()
    result = []
    for raster in longer:
        label, number = raster.label, 2
        while label.lower() in used:
            label, number = f"{raster.label}_{number}", number + 1
        used.add(label.lower())
        result.append(replace(raster, label=label))
    return result


def _with_folder(raster: ListedRaster) -> str:
    folder = Path(public_address(raster.name)).parent.name
    return f"{folder}_{raster.label}" if folder else raster.label


def _name_some(names: Sequence[str]) -> str:
    some = ", ".join(short_name(name) for name in names[:_MAX_NAMED])
    more = len(names) - _MAX_NAMED
    return f"{some} and {more} more" if more > 0 else some
