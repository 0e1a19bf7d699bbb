"""Every command in the README is one that works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from geoseg.cli.main import cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KNOWN_PROGRAMS = {"geoseg", "make", "pip"}


def read_commands(text: str) -> Iterator[list[str]]:
    """Command lines of all bash blocks, split into words."""
    for block in re.findall(r"^```bash\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip():
                yield shlex.split(line, comments=True)


COMMANDS = list(read_commands(README))


def parse_command(words: list[str]) -> None:
    """Parse a geoseg command line as the command itself does, without running it."""
    context = click.Context(cli, info_name="geoseg")
    command = cli.get_command(context, words[1])
    assert command is not None, f"geoseg has no command {words[1]}"
    with CliRunner().isolation():
        command.make_context(words[1], words[2:], parent=context)


def test_the_readme_has_commands_of_known_programs_only() -> None:
    assert len(COMMANDS) > 10
    assert {words[0] for words in COMMANDS} == KNOWN_PROGRAMS


@pytest.mark.parametrize("words", [one for one in COMMANDS if one[0] == "geoseg"], ids=shlex.join)
def test_a_geoseg_command_line_is_understood(words: list[str]) -> None:
    parse_command(words)


def test_a_wrong_command_line_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse_command(["geoseg", "doctor", "--nonsense"])


@pytest.mark.parametrize("target", [one[1] for one in COMMANDS if one[0] == "make"])
def test_a_make_target_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


def read_demo_commands() -> list[list[str]]:
    """The geoseg commands of `make demo`, with a smaller sample."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    recipe = makefile.replace("$(DEMO)", "demo").split("\ndemo:")[1].split("\n\n")[0]
    commands = [
        shlex.split(line.split("$(BIN)/geoseg")[1])
        for line in recipe.splitlines()
        if "$(BIN)/geoseg" in line
    ]
    commands[0] += ["--size", "450"]
    return commands


def test_the_demo_works_and_may_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = read_demo_commands()
    assert [words[0] for words in commands] == ["sample", "predict", "evaluate"]
    for words in [*commands, *commands]:
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, result.output
    assert "F1" in result.stdout
    for name in ("buildings.geojson", "buildings.osm", "preview.png"):
        assert (tmp_path / "demo" / name).stat().st_size > 0


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_python_example_is_valid() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        compile(block, "README.md", "exec")
