from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from geoseg_qgis.engine.lines import Line, LineQueue, LineSplitter


@given(st.lists(st.binary()))
def test_lines_are_the_same_however_the_bytes_arrive(chunks: list[bytes]) -> None:
    splitter = LineSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.finish()
    whole = b"".join(chunks).split(b"\n")
    expected = whole if whole[-1] else whole[:-1]
    assert lines == [one.decode("utf-8", errors="replace").rstrip("\r") for one in expected]


def test_letters_that_arrive_in_two_parts_are_whole() -> None:
    first, second = "Gebäude\n".encode()[:4], "Gebäude\n".encode()[4:]
    splitter = LineSplitter()
    assert splitter.feed(first) == []
    assert splitter.feed(second) == ["Gebäude"]


def test_line_that_is_too_long_is_cut_and_the_next_one_is_whole() -> None:
    splitter = LineSplitter(max_bytes=10_000)
    for _ in range(100):
        assert splitter.feed(b"x" * 1000) == []
    cut, following = splitter.feed(b"x\nnext\n")
    assert cut.startswith("x" * 2000)
    assert cut.endswith("... (a line of 100,001 bytes)")
    assert len(cut) < 2100
    assert following == "next"


def test_line_just_not_too_long_is_whole() -> None:
    splitter = LineSplitter(max_bytes=10)
    assert splitter.feed(b"0123456789\n") == ["0123456789"]


def test_writer_waits_for_room() -> None:
    lines = LineQueue(num_writers=1, max_bytes=1000)
    num_put = 0

    def write() -> None:
        nonlocal num_put
        for _ in range(100):
            lines.put([Line("out", "x" * 100)])
            num_put += 1
        lines.end_writer()

    thread = threading.Thread(target=write)
    thread.start()
    taken = 0
    while not lines.is_finished:
        taken += len(lines.take(5.0))
        # Four lines fill it, and it may take one that begins while there is room.
        assert num_put <= taken + 5
    thread.join()
    assert taken == 100


def test_closing_lets_a_writer_go() -> None:
    lines = LineQueue(num_writers=1, max_bytes=1)
    lines.put([Line("out", "first")])
    thread = threading.Thread(target=lines.put, args=([Line("out", "second")],))
    thread.start()
    lines.close()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert lines.take(0.0) == []


def test_taking_ends_when_no_more_can_come() -> None:
    lines = LineQueue(num_writers=1)
    lines.end_writer()
    # Would wait for an hour otherwise.
    assert lines.take(3600.0) == []
    assert lines.is_finished
