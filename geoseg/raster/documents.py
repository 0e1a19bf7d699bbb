"""Small JSON files, from the disk or over http."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from geoseg.errors import RasterError

MAX_BYTES = 64 * 1024 * 1024
"""An item collection of 10,000 STAC items; larger files are refused."""

_TIMEOUT_S = 30.0


def is_address(place: str) -> bool:
    """Whether a file is reached over http."""
    return place.startswith(("http://", "https://"))


def public_address(place: str) -> str:
    """A path, or an address without its query, which may hold a key."""
    return place.split("?", 1)[0] if is_address(place) else place


def read_json(place: str) -> Any:
    """Read a JSON file of at most `MAX_BYTES`.

    Args:
        place: a path, or an address with http:// or https://.

    Raises:
        RasterError: it cannot be reached, is too large, or is no JSON.
    """
    content = _fetch(place) if is_address(place) else _read(place)
    name = public_address(place)
    if len(content) > MAX_BYTES:
        raise RasterError(f"{name}: a STAC file must be below {MAX_BYTES >> 20} MB; got more.")
    try:
        return json.loads(content)
    # A number of thousands of digits is a ValueError, brackets without end a RecursionError.
    except (ValueError, RecursionError) as error:
        raise RasterError(f"{name}: must be JSON, e.g. a STAC item; got something else.") from error


def _read(place: str) -> bytes:
    try:
        with Path(place).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RasterError(f"{place}: cannot be read: {error.strerror or error}.") from error


def _fetch(place: str) -> bytes:
    name = public_address(place)
    headers = {"Accept": "application/geo+json, application/json", "User-Agent": "geoseg"}
    try:
        request = urllib.request.Request(place, headers=headers)
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
            content: bytes = response.read(MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise RasterError(f"{name}: the server answers {error.code} {error.reason}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise RasterError(f"{name}: cannot be read over the network: {reason}.") from error
    return content
