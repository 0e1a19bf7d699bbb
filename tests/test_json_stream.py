"""Reading JSON in pieces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoseg import json_stream
from geoseg.errors import DatasetError
from geoseg.json_stream import stream_array, stream_members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def collect(path: Path) -> dict[str, Any]:
    """What the members amount to."""
    content: dict[str, Any] = {}
    arrays: set[str] = set()
    for key, value in stream_members(path):
        if key in arrays:
            content[key].append(value)
        elif value is None and key not in content:
            # An array begins, or the value is null: told apart by what the test writes.
            arrays.add(key)
            content[key] = []
        else:
            content[key] = value
    return content


@pytest.mark.parametrize("chunk_chars", [1, 7, 1 << 20])
@given(content=st.dictionaries(st.text(max_size=4), VALUES.filter(lambda one: one is not None)))
def test_any_object_is_read_as_the_standard_library_does(
    tmp_path_factory: pytest.TempPathFactory, chunk_chars: int, content: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    for indent in (None, 1):
        path.write_text(json.dumps(content, indent=indent, ensure_ascii=False), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_stream, "CHUNK_CHARS", chunk_chars)
            assert collect(path) == content


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": [1]}', encoding="utf-8-sig")
    assert collect(path) == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expecting { at character 0"),
        ("[1]", "expecting { at character 0"),
        ('{"a" 1}', "expecting : at character 5"),
        ('{"a": [1 2]}', "expecting , or ] at character 9"),
        ('{"a": [1, 2', "expecting , or ] at character 11"),
        ('{"a": "bc', "Unterminated string starting at at character 6"),
        ('{"a": [1,]}', "Expecting value at character 9"),
    ],
)
@pytest.mark.parametrize("chunk_chars", [1, 1 << 20])
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, reason: str, chunk_chars: int
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK_CHARS", chunk_chars)
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(DatasetError) as caught:
        list(stream_members(path))
    if chunk_chars > 1 or "Unterminated" not in reason:
        assert str(caught.value) == f"must be JSON; got {reason}."


def test_a_mistake_is_found_without_reading_on(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    # The mistake is farther from the end of the first chunk than any token is long.
    path.write_text('{"a": [{"b" 1}, ' + " " * (2 * json_stream.CHUNK_CHARS) + "1]}")
    with pytest.raises(DatasetError, match=r"Expecting ':' delimiter at character 12\.$"):
        list(stream_members(path))


@pytest.mark.parametrize("chunk_chars", [1, 7, 1 << 20])
@given(content=st.lists(VALUES))
def test_any_array_is_read_as_the_standard_library_does(
    tmp_path_factory: pytest.TempPathFactory, chunk_chars: int, content: list[Any]
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8-sig")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK_CHARS", chunk_chars)
        assert list(stream_array(path)) == content


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expecting [ at character 0"),
        ("{}", "expecting [ at character 0"),
        ("[1, 2", "expecting , or ] at character 5"),
        ("[1] 2", "expecting the end at character 4"),
    ],
)
def test_what_is_no_array_is_said_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DatasetError) as caught:
        list(stream_array(tmp_path / "a.json"))
    assert str(caught.value) == f"must be JSON; got {reason}."
