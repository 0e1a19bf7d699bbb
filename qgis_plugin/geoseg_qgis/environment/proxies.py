"""A proxy, as the variables that pip, uv and GDAL read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

_SECRET = re.compile(r"(?<=://)[^/@\s]+@")
_SCHEMES = ("http", "https", "socks5", "socks5h")


@dataclass(frozen=True)
class ProxySettings:
    """A proxy as somebody entered it.

    Attributes:
        host: its name or address, or "" for none.
        port: 0 for that of the scheme.
        user: "" for none.
        password: "" for none.
        scheme: how the proxy itself is spoken to: "http", "https", "socks5", "socks5h".
        excluded: hosts or addresses that are asked without it; a URL is taken by its host.
    """

    host: str
    port: int = 0
    user: str = ""
    password: str = ""
    scheme: str = "http"
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.scheme not in _SCHEMES:
            raise ValueError(
                f"The scheme of a proxy must be one of {', '.join(_SCHEMES)}; got {self.scheme!r}."
            )

    def __repr__(self) -> str:
        return f"ProxySettings({mask_secrets(self.make_url())!r}, excluded={self.excluded})"

    def make_url(self) -> str:
        """The proxy as a URL, user and password percent-encoded; "" without a host."""
        if not self.host:
            return ""
        login = quote(self.user, safe="")
        if login and self.password:
            login += ":" + quote(self.password, safe="")
        host = f"[{self.host}]" if ":" in self.host and self.host[0] != "[" else self.host
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{login}{'@' if login else ''}{host}{port}"

    def make_variables(self) -> dict[str, str]:
        """Environment variables, in both spellings; none without a host.

        Example:
            >>> variables = ProxySettings("proxy", 3128, excluded=("localhost",)).make_variables()
            >>> variables["HTTPS_PROXY"], variables["no_proxy"]
            ('http://proxy:3128', 'localhost')
        """
        url = self.make_url()
        if not url:
            return {}
        values = {"HTTP_PROXY": url, "HTTPS_PROXY": url, "ALL_PROXY": url}
        if self.excluded:
            values["NO_PROXY"] = ",".join(_find_hosts(self.excluded))
        # Some programs read one spelling, some the other; on Windows they are the same.
        return {**values, **{name.lower(): value for name, value in values.items()}}


def mask_secrets(text: str) -> str:
    """Replace the user and the password in every URL of a text.

    Example:
        >>> mask_secrets("proxy http://joe@proxy:3128 refused")
        'proxy http://***@proxy:3128 refused'
    """
    return _SECRET.sub("***@", text)


def find_proxy(variables: Mapping[str, str], scheme: str) -> str:
    """The proxy for URLs of a scheme among environment variables; "" for none."""
    names = (f"{scheme}_proxy", "all_proxy")
    lower = {name.lower(): value for name, value in variables.items() if value}
    return next((lower[name] for name in names if name in lower), "")


def is_excluded(host: str, variables: Mapping[str, str]) -> bool:
    """Whether a host is asked without a proxy, by NO_PROXY among environment variables.

    Example:
        >>> is_excluded("maps.intra.org", {"NO_PROXY": "localhost,intra.org"})
        True
    """
    excluded = variables.get("NO_PROXY") or variables.get("no_proxy") or ""
    names = [one.strip().lower().lstrip(".") for one in excluded.split(",") if one.strip()]
    host = host.lower()
    return any(name == "*" or host == name or host.endswith(f".{name}") for name in names)


def _find_hosts(excluded: Iterable[str]) -> list[str]:
    """Hosts of what QGIS calls excluded URLs: "http://intra.org/maps" is all of intra.org."""
    hosts = (re.sub(r"^[a-z]+://", "", one.strip()).split("/")[0] for one in excluded)
    return [host for host in hosts if host]
