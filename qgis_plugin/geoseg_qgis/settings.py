"""What the plugin remembers, and what it takes over from the settings of QGIS."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtNetwork import QNetworkProxy

from geoseg_qgis.engine.errors import EnvironmentMissing
from geoseg_qgis.environment.manager import EnvironmentManager
from geoseg_qgis.environment.proxies import ProxySettings
from geoseg_qgis.translation import tr

# Goes before everything else, for tests, for administrators and for qgis_process.
PYTHON_VARIABLE = "GEOSEG_PYTHON"
_SECTION = "geoseg/"
_SCHEMES = {
    QNetworkProxy.ProxyType.HttpProxy: "http",
    QNetworkProxy.ProxyType.HttpCachingProxy: "http",
    # The h: the proxy looks names up, as Qt has it do.
    QNetworkProxy.ProxyType.Socks5Proxy: "socks5h",
}


class Settings:
    """The plugin's part of QGIS's settings; values are written at once.

    Call it in the main thread.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open the settings.

        Args:
            folder: Where the plugin keeps its files; by default beside QGIS's settings.
        """
        self._store = QgsSettings()
        self.folder = folder or Path(QgsApplication.qgisSettingsDirPath()) / "geoseg"

    @property
    def environments_folder(self) -> Path:
        """Where the environment manager keeps environments."""
        return self.folder / "environments"

    @property
    def jobs_folder(self) -> Path:
        """Where finished parts of runs that were cancelled wait for the next start."""
        return self.folder / "jobs"

    @property
    def python_path(self) -> str:
        """The Python with geoseg in it that the user has chosen; "" for none."""
        return str(self._store.value(_SECTION + "python", "", type=str))

    @python_path.setter
    def python_path(self, path: str) -> None:
        self._store.setValue(_SECTION + "python", path)

    def load_values(self, group: str) -> dict[str, object]:
        """What `keep_values` has kept; empty where there is nothing, or nothing that can be read.

        Args:
            group: What the values belong to, such as "dock" or "environment".
        """
        try:
            values = json.loads(self._store.value(_SECTION + group, "{}", type=str))
        except ValueError:
            return {}
        return values if isinstance(values, dict) else {}

    def keep_values(self, group: str, values: Mapping[str, object]) -> None:
        """Keep values until the next session, in the place of those that were there.

        Args:
            group: What the values belong to.
            values: Anything that JSON holds.
        """
        self._store.setValue(_SECTION + group, json.dumps(dict(values)))

    def find_python(self) -> Path:
        """The Python that runs geoseg.

        That of the environment variable GEOSEG_PYTHON, else the one that the user has chosen,
        else the one of the environment that the plugin has set up. Whether geoseg works in it is
        not looked at.

        Raises:
            EnvironmentMissing: There is none, or the one that was named is not there.
        """
        named = os.environ.get(PYTHON_VARIABLE, "")
        if named:
            return _check_file(named, PYTHON_VARIABLE)
        if self.python_path:
            return _check_file(self.python_path, tr("The Python chosen in the settings of geoseg"))
        current = EnvironmentManager(self.environments_folder).find_current()
        if current is None:
            raise EnvironmentMissing(
                tr(
                    "geoseg is not set up yet. Open the geoseg panel and set it up there, or name "
                    "a Python that has geoseg in the environment variable GEOSEG_PYTHON."
                )
            )
        return current.python

    def find_proxy(self) -> ProxySettings:
        """QGIS's own proxy; without a host where QGIS uses none.

        Where it uses that of the operating system there is none, too: other programs find that by
        themselves.
        """
        manager = QgsNetworkAccessManager.instance()
        proxy = manager.fallbackProxy()
        scheme = _SCHEMES.get(proxy.type())
        if scheme is None:
            return ProxySettings("")
        return ProxySettings(
            proxy.hostName(),
            proxy.port(),
            proxy.user(),
            proxy.password(),
            scheme,
            (*manager.excludeList(), *manager.noProxyList()),
        )

    def make_variables(self) -> dict[str, str]:
        """Environment variables that geoseg and pip are started with, besides those of QGIS."""
        return self.find_proxy().make_variables()


def _check_file(path: str, what: str) -> Path:
    if not Path(path).is_file():
        raise EnvironmentMissing(
            tr("{what} must be a program; there is none at {path}.").format(what=what, path=path)
        )
    return Path(path)
