"""A line of progress: for people on a terminal, not at once, and not for every item."""

import io
import sys
import time

import pytest

from remit.cli.output import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def shown(stream):
    return [one for one in stream.getvalue().split("\r\x1b[2K") if one]


def test_progress_is_written_ten_times_a_second_at_most_after_the_first_second(clock, monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    progress = Progress("decided", 5000)
    for done in range(1, 5001):  # a thousand a second
        clock[0] += 0.001
        progress(done)
    lines = shown(stream)
    assert 30 <= len(lines) <= 41
    assert lines[0].startswith("decided: 1,0")
    assert lines[-1].endswith("about 0 s left")
    progress.close()
    assert stream.getvalue().endswith("\r\x1b[2K")


def test_a_pipe_sees_no_progress(clock, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    progress = Progress("decided", 2)
    clock[0] += 5.0
    progress(1)
    progress.close()
    assert stream.getvalue() == ""
