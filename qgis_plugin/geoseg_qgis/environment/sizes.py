"""Asks servers how large files are: `measure_sizes`."""

from __future__ import annotations

import http.client
import os
import queue
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from geoseg_qgis.engine.errors import CommandCancelled
from geoseg_qgis.environment.plan import Package
from geoseg_qgis.environment.proxies import find_proxy, is_excluded

_NUM_THREADS = 8
_TIMEOUT_S = 10.0
# Sizes are a help, not a need: nobody waits longer for all of them.
_MAX_SECONDS = 30.0
_POLL_S = 0.05


def measure_sizes(
    packages: Sequence[Package],
    *,
    variables: Mapping[str, str],
    is_cancelled: Callable[[], bool],
) -> list[Package]:
    """Find the sizes of the wheels of packages.

    Args:
        packages: with their URLs.
        variables: environment variables that tell of proxies.
        is_cancelled: asked every 0.05 s.

    Returns:
        The same packages with sizes; those that are not to be had in half a minute have none.

    Raises:
        CommandCancelled: `is_cancelled` said so.
    """
    sizes: dict[str, int | None] = {}
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    remote = [one.url for one in packages if one.url.startswith(("http:", "https:"))]
    for url in remote:
        waiting.put(url)
    asker = SizeAsker(variables)

    def work() -> None:
        while True:
            try:
                url = waiting.get_nowait()
            except queue.Empty:
                return
            sizes[url] = asker.ask(url)

    # Daemons: one that waits for a server that is silent holds up nobody.
    for _ in range(min(_NUM_THREADS, len(remote))):
        threading.Thread(target=work, daemon=True).start()
    deadline = time.monotonic() + _MAX_SECONDS
    pause = threading.Event()
    while len(sizes) < len(set(remote)) and time.monotonic() < deadline:
        if is_cancelled():
            raise CommandCancelled("Cancelled.")
        pause.wait(_POLL_S)
    known = dict(sizes)
    return [replace(one, size_bytes=known.get(one.url, _stat(one.url))) for one in packages]


class SizeAsker:
    """Asks servers, through the proxies and with the certificates that pip would use.

    Args:
        variables: environment variables that tell of proxies.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        proxies = {scheme: find_proxy(variables, scheme) for scheme in ("http", "https")}
        self._proxied = _make_opener({scheme: url for scheme, url in proxies.items() if url})
        self._direct = _make_opener({})
        self._variables = variables

    def ask(self, url: str) -> int | None:
        """Size of a file on a server; None if it does not tell."""
        try:
            host = urlsplit(url).hostname or ""
            opener = self._direct if is_excluded(host, self._variables) else self._proxied
            request = urllib.request.Request(url, method="HEAD")
            with opener.open(request, timeout=_TIMEOUT_S) as answer:
                length = answer.headers.get("Content-Length")
        except (OSError, http.client.HTTPException, ValueError):
            return None
        return int(length) if length and length.isdigit() else None


def _make_opener(proxies: dict[str, str]) -> urllib.request.OpenerDirector:
    bundle = os.environ.get("PIP_CERT") or os.environ.get("REQUESTS_CA_BUNDLE")
    has_bundle = bundle is not None and Path(bundle).is_file()
    context = ssl.create_default_context(cafile=bundle if has_bundle else None)
    return urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context)
    )


def _stat(url: str) -> int | None:
    """Size of a file on this machine."""
    if not url.startswith("file:"):
        return None
    try:
        return Path(urllib.request.url2pathname(urlsplit(url).path)).stat().st_size
    except OSError:
        return None
