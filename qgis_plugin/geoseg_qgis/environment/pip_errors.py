"""Says in one line why pip failed: `explain_pip`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

# What pip writes, and what it means; the first that fits counts. What lies deeper comes first: a
# proxy that refuses ends as "No matching distribution found", too.
_CAUSES = (
    (r"No space left on device|\[Errno 28\]|not enough space on the disk", "The disk is full."),
    (
        r"Windows Long Path support",
        "A path is too long for Windows. Allow long paths in Windows, or keep the environment in "
        "a folder with a shorter name.",
    ),
    (
        r"DO NOT MATCH THE HASHES|HashMismatch",
        "A package is not what its index promises (its hash differs). It may have been damaged "
        "on the way: try again.",
    ),
    (
        r"BadZipFile|has an invalid wheel|is not a zip file|Wheel '.*' located at .* is invalid",
        "A wheel is damaged. Make or download it again.",
    ),
    (
        r"Missing dependencies for SOCKS support",
        "pip cannot use a SOCKS proxy. Enter an HTTP proxy in QGIS's settings, or install from a "
        "folder of wheels.",
    ),
    (
        r"ProxyError|Cannot connect to proxy|Tunnel connection failed",
        "The proxy refused the connection. Look at the proxy in QGIS's settings.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError",
        "The certificate of the package index is not trusted. Where a firewall looks into "
        "connections, pip needs its certificate (setting `cert`).",
    ),
    (
        r"NewConnectionError|ConnectTimeoutError|Failed to establish|Name or service not known"
        r"|name resolution|getaddrinfo failed|Network is unreachable|Connection refused"
        r"|Read timed out|ReadTimeoutError|Connection aborted|Max retries exceeded"
        r"|IncompleteRead",
        "The package index cannot be reached. Look at the network, or install from a folder of "
        "wheels.",
    ),
)
_NO_VERSION = re.compile(
    r"No matching distribution found for ([\w.-]+)|satisfies the requirement ([\w.-]+)"
)


def explain_pip(lines: Sequence[str], *, wheel_folder: Path | None, is_offline: bool) -> str:
    """One line on why pip failed.

    Args:
        lines: what it wrote.
        wheel_folder: folder of wheels that it was given.
        is_offline: whether it was to take nothing from anywhere else.
    """
    text = "\n".join(lines)
    for pattern, meaning in _CAUSES:
        if re.search(pattern, text):
            return meaning
    found = _NO_VERSION.search(text)
    if found:
        name = (found.group(1) or found.group(2)).lower()
        return _explain_absent(name, text, wheel_folder, is_offline=is_offline)
    denied = re.search(r"Permission denied: '([^']+)'", text)
    if denied:
        return f"{denied.group(1)} cannot be written."
    errors = [line for line in lines if line.startswith("ERROR: ")]
    if errors:
        return errors[-1][len("ERROR: ") :].strip()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return last or "pip failed and did not say why."


def _explain_absent(name: str, text: str, folder: Path | None, *, is_offline: bool) -> str:
    if "require a different python version" in text.lower():
        return f"The {name} that was found is for another version of Python."
    place = f"in {folder}" if is_offline else "on the package index"
    if folder is not None and not is_offline:
        place += f" or in {folder}"
    if name != "geoseg":
        return f"There is no wheel of {name} for this Python and system {place}."
    return (
        f"There is no geoseg of the plugin's version {place}. Choose a folder of wheels that has "
        "it; `make wheels` in the source code of geoseg makes one in dist/wheels."
    )
