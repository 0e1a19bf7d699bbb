"""The zip of the plugin: what is in it, and that what must not be in it is noticed."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

import geoseg
from scripts.make_plugin import (
    PACKAGE,
    PLUGIN,
    PluginError,
    collect_files,
    compile_translations,
    find_file_problems,
    find_icon_problems,
    find_invented_addresses,
    find_lrelease,
    find_metadata_problems,
    find_problems,
    make_plugin,
    read_metadata,
    scan,
    write_zip,
)

METADATA = (PLUGIN / "metadata.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return collect_files(PLUGIN, None)


@pytest.fixture(scope="module")
def lrelease() -> str:
    program = find_lrelease()
    if program is None:
        pytest.skip("Qt's lrelease is absent: sudo apt-get install qttools5-dev-tools")
    return program


def test_the_plugin_repository_has_nothing_to_remark(files: dict[str, bytes]) -> None:
    assert find_problems(files, geoseg.__version__) == []


@pytest.fixture
def unscanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the scanners out, which take some seconds and have a test of their own."""
    monkeypatch.setattr("scripts.make_plugin.scan", lambda files: iter(()))


@pytest.mark.usefixtures("unscanned")
def test_the_zip_is_named_after_the_version_and_has_one_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = make_plugin(tmp_path / "dist")
    assert path == tmp_path / "dist" / f"geoseg_qgis-{geoseg.__version__}.zip"
    assert "fill in before uploading" in capsys.readouterr().out
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert all(entry.external_attr >> 16 == 0o100644 for entry in archive.infolist())
    assert {name.split("/")[0] for name in names} == {PACKAGE}
    assert names == sorted(names)
    for name in ("__init__.py", "plugin.py", "metadata.txt", "LICENSE", "icons/geoseg.svg"):
        assert f"{PACKAGE}/{name}" in names
    kinds = {Path(name).suffix for name in names}
    assert kinds <= {".py", ".txt", ".svg", ".qml", ".qm", ""}


def test_the_environment_gets_the_versions_that_geoseg_is_tested_with(
    repository: Path, files: dict[str, bytes]
) -> None:
    assert files[f"{PACKAGE}/constraints.txt"] == (repository / "constraints.txt").read_bytes()


def test_tests_caches_and_sources_of_translations_are_left_out(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    assert not [name for name in files if name.endswith((".ts", ".pyc")) or "test" in name]
    for name in ("__init__.py", "__pycache__/a.pyc", ".ruff_cache/CACHEDIR.TAG", "i18n/a.ts"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert set(collect_files(tmp_path, None)) == {
        f"{PACKAGE}/{name}" for name in ("LICENSE", "__init__.py", "constraints.txt")
    }


def test_the_same_files_give_the_same_bytes(tmp_path: Path, files: dict[str, bytes]) -> None:
    write_zip(files, tmp_path / "a.zip")
    write_zip(dict(reversed(files.items())), tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_every_language_is_compiled_into_the_zip(lrelease: str) -> None:
    names = set(collect_files(PLUGIN, lrelease))
    assert {f"{PACKAGE}/i18n/geoseg_{language}.qm" for language in ("de", "es", "fr")} <= names


def test_a_broken_translation_is_one_line(tmp_path: Path, lrelease: str) -> None:
    (tmp_path / "geoseg_xx.ts").write_text("<TS><context>", encoding="utf-8")
    with pytest.raises(PluginError, match=r"geoseg_xx.ts cannot be compiled"):
        compile_translations(tmp_path, lrelease)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("name=geoseg\n", "", "name is missing"),
        ("category=Raster", "category=", "category is missing"),
        ("version=0", "version=1", "version must be that of geoseg"),
        ("author=The", "author=The/", "author must not contain slashes"),
        ("email=geoseg@", "email=", "email must be an address"),
        ("tracker=https://", "tracker=", "tracker must be an address"),
        ("changelog=0", "changelog=9", "changelog must start with"),
    ],
)
def test_a_fault_in_the_metadata_is_noticed(old: str, new: str, problem: str) -> None:
    metadata = read_metadata(METADATA.replace(old, new))
    found = list(find_metadata_problems(metadata, geoseg.__version__))
    assert len(found) == 1
    assert problem in found[0]


@pytest.mark.parametrize("text", ["", "name=geoseg\n", "[general]\nabout=9 % more\n", "[x]\n"])
def test_metadata_that_qgis_cannot_read_are_an_error(text: str) -> None:
    with pytest.raises(PluginError, match=r"metadata.txt cannot be read"):
        read_metadata(text)


@pytest.mark.usefixtures("unscanned")
def test_placeholders_are_told_and_are_faults_where_it_is_to_be_uploaded(tmp_path: Path) -> None:
    invented = find_invented_addresses(read_metadata(METADATA))
    assert invented == ["homepage", "repository", "tracker", "email"]
    real = METADATA.replace("geoseg.invalid", "example.org")
    assert find_invented_addresses(read_metadata(real)) == []
    with pytest.raises(PluginError, match="fill in before uploading"):
        make_plugin(tmp_path, is_for_upload=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        (".gitignore", b"", "hidden"),
        (".git/config", b"", "hidden"),
        ("run.sh", b"", "of a kind"),
        ("engine/fast.so", b"", "of a kind"),
        ("style.qml", b"\0", "binary"),
        ("new.py", b"match x:\n    case 1:\n        pass\n", "not for Python 3.9"),
        ("broken.py", b"def", "not for Python 3.9"),
        ("large.txt", b" " * 3_000_000, "the plugin may have"),
    ],
)
def test_a_file_that_does_not_belong_there_is_noticed(
    files: dict[str, bytes], name: str, content: bytes, problem: str
) -> None:
    found = list(find_file_problems({**files, f"{PACKAGE}/{name}": content}))
    assert len(found) == 1
    assert problem in found[0]


@pytest.mark.parametrize("name", ["__init__.py", "metadata.txt", "LICENSE", "constraints.txt"])
def test_a_file_that_is_missing_is_noticed(files: dict[str, bytes], name: str) -> None:
    rest = {path: content for path, content in files.items() if path != f"{PACKAGE}/{name}"}
    assert list(find_file_problems(rest)) == [f"{name} is missing"]


def test_an_icon_that_is_missing_is_noticed(files: dict[str, bytes]) -> None:
    rest = {path: content for path, content in files.items() if not path.endswith("geoseg.svg")}
    found = list(find_icon_problems(read_metadata(METADATA), rest))
    assert len(found) == 1
    assert "icon names a file that is not there" in found[0]


def test_what_the_scanners_find_is_told_with_its_place() -> None:
    code = (
        "import os\n"
        "assert 1\n"
        "exec('x = 1')\n"
        # Put together here, or the scan of this repository finds it as well.
        "address = 'https://joe:" + "hunter2hunter2@example.org'\n"
    )
    found = list(scan({f"{PACKAGE}/module.py": code.encode()}))
    for start in (
        f"flake8: ./{PACKAGE}/module.py:1:1: F401",
        f"bandit: {PACKAGE}/module.py:2: B101",
        f"bandit: {PACKAGE}/module.py:3: B102",
        f"detect-secrets: {PACKAGE}/module.py:4: Basic Auth",
    ):
        assert [line for line in found if line.startswith(start)], (start, found)


def read_changes(text: str) -> dict[str, str]:
    """The items below each version of a changelog, with single spaces."""
    parts = re.split(r"^(?:## )?(\d+\.\d+\.\d+[^\n]*)\n", text, flags=re.MULTILINE)[1:]
    return {
        version: " ".join(body.split())
        for version, body in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_changelog_of_the_plugin_is_a_part_of_the_projects(repository: Path) -> None:
    of_project = read_changes((repository / "CHANGELOG.md").read_text(encoding="utf-8"))
    of_plugin = read_changes(read_metadata(METADATA)["changelog"])
    assert next(iter(of_plugin)) == next(iter(of_project))
    for version, text in of_plugin.items():
        items = [item for item in text.split("- ") if item]
        assert items
        for item in items:
            assert item.strip() in of_project[version], item


def test_what_the_projects_changelog_says_of_qgis_is_in_the_plugins(repository: Path) -> None:
    of_project = read_changes((repository / "CHANGELOG.md").read_text(encoding="utf-8"))
    of_plugin = read_changes(read_metadata(METADATA)["changelog"])
    for version, text in of_project.items():
        items = [item.strip() for item in re.split(r"(?:^| )- (?=[A-Z`])", text)]
        about_qgis = [item for item in items if "QGIS" in item]
        assert [item for item in about_qgis if item not in of_plugin.get(version, "")] == []
