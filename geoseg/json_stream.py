"""Reading a JSON file member by member, its arrays element by element.

A gigabyte of labels would take many times its size as Python objects. The parser of the standard
library does the parsing; unlike stricter ones it takes the NaN that some programs write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from geoseg.errors import DatasetError

CHUNK_CHARS = 1 << 20

_SPACE = re.compile(r"[ \t\r\n]*")
# No number or literal is longer: an error this near the end may come from what is not read yet.
_LONGEST_TOKEN = 64


def stream_members(path: Path) -> Iterator[tuple[str, Any]]:
    """Read the members of the object that a JSON file holds.

    Args:
        path: a file in UTF-8, with or without a byte order mark.

    Yields:
        Key and value; for an array the key and None, then the key and each element.

    Raises:
        DatasetError: the file is no JSON object; the message starts with "must be JSON" and
            does not name the file.
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.
    """
    with path.open(encoding="utf-8-sig") as file:
        text = _Text(file)
        text.expect("{")
        if text.next_char() == "}":
            return
        while True:
            key = text.read_value()
            text.expect(":")
            if text.next_char() == "[":
                yield key, None
                for element in _stream_array(text):
                    yield key, element
            else:
                yield key, text.read_value()
            if text.expect(",}") == "}":
                return


def stream_array(path: Path) -> Iterator[Any]:
    """Read the elements of the array that a JSON file holds.

    Args:
        path: a file in UTF-8, with or without a byte order mark.

    Raises:
        DatasetError: the file is no JSON array; the message starts with "must be JSON" and does
            not name the file.
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.
    """
    with path.open(encoding="utf-8-sig") as file:
        text = _Text(file)
        yield from _stream_array(text)
        text.expect_end()


def _stream_array(text: _Text) -> Iterator[Any]:
    text.expect("[")
    if text.next_char() == "]":
        text.expect("]")
        return
    while True:
        yield text.read_value()
        if text.expect(",]") == "]":
            return


class _Text:
    """A window that moves over the text of a file."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._num_dropped = 0

    def next_char(self) -> str:
        """The next character that is no space, without taking it; "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_more():
                return ""

    def expect(self, chars: str) -> str:
        """Take the next character, which must be one of these."""
        found = self.next_char()
        if not found or found not in chars:
            raise self._error(f"expecting {' or '.join(chars)}", self._at)
        self._at += 1
        return found

    def expect_end(self) -> None:
        """Nothing may follow but space."""
        if self.next_char():
            raise self._error("expecting the end", self._at)

    def read_value(self) -> Any:
        """Take the next value."""
        self.next_char()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                may_go_on = (
                    error.msg.startswith("Unterminated string")
                    or error.pos > len(self._text) - _LONGEST_TOKEN
                )
                if not (may_go_on and self._read_more()):
                    raise self._error(error.msg, error.pos) from error
                continue
            # A number may go on after the text that is there: 10 is read of "10." and of "10.5e".
            may_go_on = isinstance(value, int | float) and end > len(self._text) - _LONGEST_TOKEN
            if not (may_go_on and self._read_more()):
                self._at = end
                return value

    def _read_more(self) -> bool:
        # At least as much as there is, so that a long value is not parsed again and again.
        part = self._file.read(max(CHUNK_CHARS, len(self._text) - self._at))
        if part:
            self._num_dropped += self._at
            self._text = self._text[self._at :] + part
            self._at = 0
        return bool(part)

    def _error(self, reason: str, position: int) -> DatasetError:
        where = self._num_dropped + position
        return DatasetError(f"must be JSON; got {reason} at character {where}.")
