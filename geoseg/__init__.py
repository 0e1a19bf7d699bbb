"""Building footprints from georeferenced images.

    raster  ->  tiles  ->  detections  ->  footprints  ->  export

The names below are loaded when they are first used, so that `import geoseg` costs nothing.

Example:
    >>> import geoseg
    >>> buildings = geoseg.predict("raster.tif")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geoseg.api import evaluate, make_sample, predict, train
    from geoseg.errors import GeosegError

__version__ = "0.1.0"

__all__ = ["GeosegError", "__version__", "evaluate", "make_sample", "predict", "train"]

_HOME_OF = {
    "GeosegError": "geoseg.errors",
    "evaluate": "geoseg.api",
    "make_sample": "geoseg.api",
    "predict": "geoseg.api",
    "train": "geoseg.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'geoseg' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
