"""Makes the plugin's package importable without QGIS."""

from __future__ import annotations

import sys
from pathlib import Path

_PLUGINS = str(Path(__file__).resolve().parents[2] / "qgis_plugin")
if _PLUGINS not in sys.path:
    sys.path.insert(0, _PLUGINS)
