"""What the plugin remembers, and which Python it finds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkProxy

from geoseg_qgis.engine.errors import EnvironmentMissing
from geoseg_qgis.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("GEOSEG_PYTHON", raising=False)
    return Settings(tmp_path)


def test_values_come_back_as_they_were_kept(settings: Settings) -> None:
    values = {"score": 0.5, "files": ["ä.gpkg"], "area": None, "live": True}
    settings.keep_values("dock", values)
    assert Settings(settings.folder).load_values("dock") == values
    assert settings.load_values("environment") == {}


@pytest.mark.parametrize("damaged", ["{", "[1]", "", "7"])
def test_damaged_values_are_none(settings: Settings, damaged: str) -> None:
    from qgis.core import QgsSettings

    QgsSettings().setValue("geoseg/dock", damaged)
    assert settings.load_values("dock") == {}


def test_the_environment_variable_goes_before_the_chosen_python(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "python"
    chosen.touch()
    settings.python_path = str(chosen)
    assert settings.find_python() == chosen
    monkeypatch.setenv("GEOSEG_PYTHON", sys.executable)
    assert settings.find_python() == Path(sys.executable)


def test_a_python_that_is_gone_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.python_path = "/gone/python"
    with pytest.raises(EnvironmentMissing, match="/gone/python"):
        settings.find_python()
    monkeypatch.setenv("GEOSEG_PYTHON", "/lost/python")
    with pytest.raises(EnvironmentMissing, match=r"GEOSEG_PYTHON.*/lost/python"):
        settings.find_python()


def test_without_any_it_is_said_what_to_do(settings: Settings) -> None:
    with pytest.raises(EnvironmentMissing, match=r"geoseg panel.*GEOSEG_PYTHON"):
        settings.find_python()


def test_the_proxy_of_qgis_is_handed_on(settings: Settings) -> None:
    manager = QgsNetworkAccessManager.instance()
    before = manager.fallbackProxy(), manager.excludeList(), manager.noProxyList()
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "proxy.example", 3128, "joe", "a:b")
    try:
        manager.setFallbackProxyAndExcludes(proxy, ["http://intra.example/maps"], [])
        variables = settings.make_variables()
        assert variables["https_proxy"] == "http://joe:a%3Ab@proxy.example:3128"
        assert variables["no_proxy"] == "intra.example"
        manager.setFallbackProxyAndExcludes(
            QNetworkProxy(QNetworkProxy.ProxyType.Socks5Proxy, "s", 1080), [], []
        )
        assert settings.make_variables()["https_proxy"] == "socks5h://s:1080"
        manager.setFallbackProxyAndExcludes(
            QNetworkProxy(QNetworkProxy.ProxyType.DefaultProxy), [], []
        )
        assert settings.make_variables() == {}
    finally:
        manager.setFallbackProxyAndExcludes(*before)
