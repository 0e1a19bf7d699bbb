"""Pack the QGIS plugin into one zip, and check it as the plugin repository of QGIS does.

Usage: make_plugin.py [-o FOLDER] [--for-upload]

The zip holds what a user of QGIS installs: the plugin, its licence, the versions that its
environment gets, and the compiled translations. The same files give the same bytes. What the
repository would reject ends in one line for each fault and exit code 1, with no zip left behind.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = "geoseg_qgis"
PLUGIN = REPOSITORY / "qgis_plugin" / PACKAGE

SUFFIXES = {".py", ".qm", ".qml", ".svg", ".txt"}
LEFT_OUT = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
LRELEASE_NAMES = ("lrelease", "lrelease-qt5", "lrelease-qt6", "lrelease6", "pyside6-lrelease")
# Below the first date that a zip can hold, some programs show nothing.
FIXED_TIME = (2020, 1, 1, 0, 0, 0)
FILE_MODE = 0o100644
# The repository takes 25 MB; a plugin without data that nears this has caught something.
MAX_BYTES = 2_000_000
OLDEST_PYTHON = (3, 9)

REQUIRED_KEYS = (
    "name", "description", "about", "version", "qgisMinimumVersion", "qgisMaximumVersion",
    "author", "email", "homepage", "repository", "tracker", "tags", "category", "icon",
    "changelog", "experimental", "hasProcessingProvider",
)  # fmt: skip
ADDRESS_KEYS = ("homepage", "repository", "tracker")
# B404 remarks that subprocess is imported at all, which the repository leaves out, too; E203
# contradicts how the formatter writes slices.
SCANS = {
    "flake8": ("flake8", "--isolated", "--max-line-length=120", "--extend-ignore=E203", "."),
    "bandit": ("bandit", "--quiet", "--recursive", "--skip=B404", "--format=custom",
               "--msg-template={relpath}:{line}: {test_id} {msg}", "."),
}  # fmt: skip


class PluginError(Exception):
    """The plugin cannot be packed."""


def find_lrelease() -> str | None:
    """Path of Qt's compiler of translations; None where there is none that starts."""
    for name in LRELEASE_NAMES:
        path = shutil.which(name)
        # Debian's is a link to a chooser, which may have nothing to choose.
        if path and subprocess.run([path, "-version"], capture_output=True).returncode == 0:
            return path
    return None


def compile_translations(sources: Path, lrelease: str) -> dict[str, bytes]:
    """Compile all .ts files of a folder.

    Returns:
        The content of each .qm file by its name, sorted.

    Raises:
        PluginError: If a file cannot be compiled.
    """
    compiled = {}
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(sources.glob("*.ts")):
            target = Path(folder) / f"{source.stem}.qm"
            words = [lrelease, "-silent", str(source), "-qm", str(target)]
            done = subprocess.run(words, capture_output=True, text=True)
            if done.returncode != 0 or not target.is_file():
                raise PluginError(f"{source.name} cannot be compiled: {done.stderr.strip()}")
            compiled[target.name] = target.read_bytes()
    return compiled


def collect_files(plugin: Path, lrelease: str | None) -> dict[str, bytes]:
    """Read all that goes into the zip.

    Args:
        plugin: The plugin's folder in the working tree.
        lrelease: Program that compiles the translations; without it they are left out.

    Returns:
        Contents by their paths in the zip, which all start with the name of the package.
    """
    files = {"LICENSE": (REPOSITORY / "LICENSE").read_bytes()}
    files["constraints.txt"] = (REPOSITORY / "constraints.txt").read_bytes()
    for path in plugin.rglob("*"):
        relative = path.relative_to(plugin)
        if path.is_file() and not LEFT_OUT & set(relative.parts) and path.suffix != ".ts":
            files[relative.as_posix()] = path.read_bytes()
    if lrelease is not None:
        for name, content in compile_translations(plugin / "i18n", lrelease).items():
            files[f"i18n/{name}"] = content
    return {f"{PACKAGE}/{name}": files[name] for name in sorted(files)}


def write_zip(files: Mapping[str, bytes], path: Path) -> None:
    """Write files into a zip whose bytes depend on nothing but them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = FILE_MODE << 16
            archive.writestr(entry, files[name], compresslevel=9)


def read_metadata(text: str) -> dict[str, str]:
    """Read metadata.txt as QGIS and the repository do.

    Raises:
        PluginError: If it has another form.
    """
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
        return dict(parser["general"])
    except (configparser.Error, KeyError) as error:
        raise PluginError(f"metadata.txt cannot be read: {error}") from error


def find_metadata_problems(metadata: Mapping[str, str], version: str) -> Iterator[str]:
    """What the repository or a user would miss in the metadata, as sentences.

    Args:
        metadata: As of `read_metadata`.
        version: The version of geoseg, which the plugin's has to be.
    """
    for key in REQUIRED_KEYS:
        if not metadata.get(key, "").strip():
            yield f"metadata.txt: {key} is missing"
    found = metadata.get("version")
    if found != version:
        yield f"metadata.txt: version must be that of geoseg, {version}; got {found}"
    if "/" in metadata.get("author", ""):
        yield "metadata.txt: author must not contain slashes"
    if "@" not in metadata.get("email", ""):
        yield "metadata.txt: email must be an address"
    for key in ADDRESS_KEYS:
        parts = urlsplit(metadata.get(key, ""))
        if parts.scheme not in ("http", "https") or "." not in parts.netloc:
            yield f"metadata.txt: {key} must be an address; got {metadata.get(key)}"
    if not metadata.get("changelog", "").startswith(version):
        yield f"metadata.txt: changelog must start with {version}"


def find_invented_addresses(metadata: Mapping[str, str]) -> list[str]:
    """Keys whose address is a placeholder, under the domain that is reserved for that."""
    return [
        key
        for key in (*ADDRESS_KEYS, "email")
        if re.search(r"\.invalid(/|$)", metadata.get(key, ""))
    ]


def find_file_problems(files: Mapping[str, bytes]) -> Iterator[str]:
    """What must not be in the zip, or is missing in it, as sentences."""
    for name in ("__init__.py", "metadata.txt", "LICENSE", "constraints.txt"):
        if f"{PACKAGE}/{name}" not in files:
            yield f"{name} is missing"
    total = sum(len(content) for content in files.values())
    if total > MAX_BYTES:
        yield f"the plugin may have {MAX_BYTES} bytes; it has {total}"
    for name, content in files.items():
        path = Path(name)
        if any(part.startswith(".") for part in path.parts):
            yield f"{name}: hidden"
        elif path.suffix not in SUFFIXES and path.name != "LICENSE":
            yield f"{name}: of a kind that does not belong into the plugin"
        elif path.suffix == ".py":
            yield from find_syntax_problems(name, content)
        elif path.suffix != ".qm" and b"\0" in content:
            yield f"{name}: binary"


def find_syntax_problems(name: str, content: bytes) -> Iterator[str]:
    """Why the oldest Python that QGIS brings could not read a file."""
    try:
        ast.parse(content, name, feature_version=OLDEST_PYTHON)
    except (SyntaxError, ValueError) as error:
        yield f"{name}: not for Python {'.'.join(map(str, OLDEST_PYTHON))}: {error}"


def find_icon_problems(metadata: Mapping[str, str], files: Mapping[str, bytes]) -> Iterator[str]:
    """Whether the icon that the metadata name is there."""
    icon = f"{PACKAGE}/{metadata.get('icon', '')}"
    if icon not in files:
        yield f"metadata.txt: icon names a file that is not there: {icon}"


def scan(files: Mapping[str, bytes]) -> Iterator[str]:
    """What the repository's scanners remark: flake8, bandit and detect-secrets."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for module, words in SCANS.items():
            yield from (f"{module}: {line}" for line in run_scanner(words, folder))
        yield from find_secrets(folder)


def run_scanner(words: tuple[str, ...], folder: str) -> list[str]:
    """Run a scanner of this Python in a folder; the lines that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True
    )
    if done.returncode not in (0, 1) or "No module named" in done.stderr:
        raise PluginError(f"{words[0]} failed: {done.stderr.strip()}")
    return [line for line in done.stdout.splitlines() if line.strip()]


def find_secrets(folder: str) -> Iterator[str]:
    """What looks like a password or a key."""
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import default_settings

    for path in sorted(Path(folder).rglob("*")):
        # The repository leaves the metadata out as well.
        if path.is_file() and path.name != "metadata.txt":
            secrets = SecretsCollection()
            with default_settings():
                secrets.scan_file(str(path))
            for _, secret in secrets:
                name = path.relative_to(folder).as_posix()
                yield f"detect-secrets: {name}:{secret.line_number}: {secret.type}"


def find_problems(files: Mapping[str, bytes], version: str) -> list[str]:
    """All that the plugin repository would reject or remark, as sentences."""
    problems = list(find_file_problems(files))
    metadata_file = files.get(f"{PACKAGE}/metadata.txt")
    if metadata_file is not None:
        metadata = read_metadata(metadata_file.decode("utf-8"))
        problems += find_metadata_problems(metadata, version)
        problems += find_icon_problems(metadata, files)
    return problems + list(scan(files))


def make_plugin(folder: Path, *, is_for_upload: bool = False) -> Path:
    """Make dist/geoseg_qgis-X.Y.Z.zip.

    Args:
        folder: Where to; made where it is missing.
        is_for_upload: Whether placeholders and missing translations are faults.

    Returns:
        The zip.

    Raises:
        PluginError: If there are faults; a line for each.
    """
    sys.path.insert(0, str(REPOSITORY))
    from geoseg import __version__

    lrelease = find_lrelease()
    files = collect_files(PLUGIN, lrelease)
    problems = find_problems(files, __version__)
    invented = find_invented_addresses(
        read_metadata(files[f"{PACKAGE}/metadata.txt"].decode("utf-8"))
    )
    remarks = []
    if lrelease is None:
        remarks.append(
            "without translations, because Qt's lrelease is absent"
            " (sudo apt-get install qttools5-dev-tools)"
        )
    if invented:
        remarks.append(f"fill in before uploading: {', '.join(invented)} of metadata.txt")
    if is_for_upload:
        problems += remarks
    if problems:
        raise PluginError("\n".join(problems))
    for remark in remarks:
        print(remark)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PACKAGE}-{__version__}.zip"
    write_zip(files, path)
    return path


def main() -> int:
    """Run the program; its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, default=REPOSITORY / "dist")
    parser.add_argument("--for-upload", action="store_true", help="be as strict as the repository")
    arguments = parser.parse_args()
    try:
        path = make_plugin(arguments.output, is_for_upload=arguments.for_upload)
    except PluginError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path} ({path.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
