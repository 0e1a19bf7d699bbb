"""Proxies: what they become, and that sizes and pip go through them."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg_qgis.environment.manager import EnvironmentManager, InstallOptions
from geoseg_qgis.environment.plan import Package
from geoseg_qgis.environment.proxies import ProxySettings, find_proxy, is_excluded, mask_secrets
from geoseg_qgis.environment.sizes import measure_sizes
from tests.qgis.environment.reporting import Notes
from tests.qgis.environment.servers import Index, keep_silent, serve

USER, PASSWORD = "jo e@firm", "pass:w/o@rd %"


def never() -> bool:
    return False


def test_variables_have_both_spellings() -> None:
    variables = ProxySettings("proxy", 3128, excluded=("localhost", "https://intra.org/maps"))
    assert variables.make_variables() == {
        "HTTP_PROXY": "http://proxy:3128",
        "HTTPS_PROXY": "http://proxy:3128",
        "ALL_PROXY": "http://proxy:3128",
        "NO_PROXY": "localhost,intra.org",
        "http_proxy": "http://proxy:3128",
        "https_proxy": "http://proxy:3128",
        "all_proxy": "http://proxy:3128",
        "no_proxy": "localhost,intra.org",
    }


def test_no_host_is_no_proxy() -> None:
    assert ProxySettings("", 3128, "joe", "secret").make_variables() == {}


def test_address_of_version_6_is_bracketed() -> None:
    assert ProxySettings("fe80::1", 80).make_url() == "http://[fe80::1]:80"


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_user_and_password_come_back_from_the_url(user: str, password: str) -> None:
    # What cannot be written as UTF-8 cannot be typed in, either.
    user, password = (one.encode(errors="replace").decode() for one in (user, password))
    settings = ProxySettings("proxy", 3128, user, password)
    parts = urlsplit(settings.make_url())
    assert (parts.hostname, parts.port) == ("proxy", 3128)
    assert (unquote(parts.username or ""), unquote(parts.password or "")) == (user, password)


@given(st.text(min_size=8))
def test_password_shows_nowhere(password: str) -> None:
    password = password.encode(errors="replace").decode()
    settings = ProxySettings("proxy", 3128, "joe", password)
    for text in (repr(settings), mask_secrets(f"tried {settings.make_url()} and failed")):
        assert "***@proxy:3128" in text
        assert unquote(text).count(password) == unquote("tried and failed http").count(password)


def test_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="ftp"):
        ProxySettings("proxy", scheme="ftp")


@pytest.mark.parametrize(
    ("host", "expected"),
    [("intra.org", True), ("maps.intra.org", True), ("notintra.org", False), ("LOCALHOST", True)],
)
def test_excluded_hosts(host: str, expected: bool) -> None:
    assert is_excluded(host, {"no_proxy": "localhost, .intra.org"}) is expected
    assert is_excluded(host, {"NO_PROXY": "*"})
    assert not is_excluded(host, {})


def test_proxy_of_a_scheme_is_found() -> None:
    assert find_proxy({"ALL_PROXY": "http://all"}, "https") == "http://all"
    assert find_proxy({"https_proxy": "http://one", "ALL_PROXY": "http://all"}, "https") == (
        "http://one"
    )
    assert find_proxy({"HTTPS_PROXY": ""}, "https") == ""


def make_package(url: str) -> Package:
    return Package("geoseg", "0.1.0", url=url)


def test_sizes_are_asked_through_the_proxy_with_its_login(wheel_folder: Path) -> None:
    wheel = sorted(wheel_folder.iterdir())[0]
    index = Index(wheel_folder)
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    index.login = f"Basic {login}"
    with serve(index):
        proxy = ProxySettings("127.0.0.1", index.port, USER, PASSWORD)
        url = f"http://packages.invalid/files/{wheel.name}"
        (sized,) = measure_sizes(
            [make_package(url)], variables=proxy.make_variables(), is_cancelled=never
        )
    assert sized.size_bytes == wheel.stat().st_size
    assert index.asked == [("HEAD", url, index.login)]


def test_excluded_host_is_asked_without_the_proxy(wheel_folder: Path) -> None:
    wheel = sorted(wheel_folder.iterdir())[0]
    with serve(Index(wheel_folder)) as index, serve(Index(wheel_folder)) as proxy:
        settings = ProxySettings("127.0.0.1", proxy.port, excluded=("127.0.0.1",))
        url = f"http://127.0.0.1:{index.port}/files/{wheel.name}"
        (sized,) = measure_sizes(
            [make_package(url)], variables=settings.make_variables(), is_cancelled=never
        )
    assert sized.size_bytes == wheel.stat().st_size
    assert proxy.asked == []


def test_size_that_is_not_told_is_unknown(wheel_folder: Path) -> None:
    with serve(Index(wheel_folder)) as index:
        urls = [
            f"http://127.0.0.1:{index.port}/simple/absent",
            "file:///absent.whl",
            "git+https://example.org/a",
            "https://[broken",
        ]
        sized = measure_sizes([make_package(url) for url in urls], variables={}, is_cancelled=never)
    assert [one.size_bytes for one in sized] == [None] * len(urls)


def test_asking_a_silent_server_can_be_cancelled() -> None:
    with keep_silent() as (url, asked):
        packages = [make_package(f"{url}/{number}.whl") for number in range(20)]
        with pytest.raises(Exception, match="Cancelled"):
            measure_sizes(packages, variables={}, is_cancelled=asked.is_set)


def test_pip_goes_through_the_proxy(
    manager: EnvironmentManager,
    options: InstallOptions,
    wheel_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name of the index means nothing: only the proxy can have answered."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://packages.invalid/simple")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "packages.invalid")
    index = Index(wheel_folder)
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    index.login = f"Basic {login}"
    with serve(index):
        proxies = ProxySettings("127.0.0.1", index.port, USER, PASSWORD).make_variables()
        online = replace(options, wheel_folder=None, is_offline=False, proxies=proxies)
        notes = Notes()
        prepared = manager.prepare(online, notes)
        sizes = [path.stat().st_size for path in sorted(wheel_folder.iterdir())]
        assert [one.size_bytes for one in prepared.plan.packages] == sizes
        assert prepared.plan.download_bytes == sum(sizes)
        environment = manager.install(prepared, notes)
    assert manager.find_current() == environment
    assert {url.split("/")[2] for _, url, _ in index.asked} == {"packages.invalid"}
    assert not any(word in line for line in notes.log for word in ("w%2Fo", PASSWORD))
