"""A small work and files with its cases."""

import pytest

from remit.cases.case import Case
from remit.definition.reading import read
from remit.files.case_file import stream_cases


@pytest.fixture
def work():
    def make(**more):
        return read(
            {
                "remit": 1,
                "id": "triage",
                "inputs": {
                    "fields": {
                        "subject": "text <= 200",
                        "amount": "optional number",
                        "vip": "optional yes/no",
                        "lines": "optional list of number",
                    },
                    **more.pop("inputs", {}),
                },
                "outputs": {"fields": {"team": ["orders", "fraud"]}},
                "decisions": [{"id": "team"}],
                **more,
            }
        )

    return make


@pytest.fixture
def write(tmp_path):
    def make(content, name="cases.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


@pytest.fixture
def streamed(work, write):
    """What a file holds: cases and problems."""

    def make(content, name="cases.csv", limit_problems=20, **more):
        path = write(content, name)
        return list(stream_cases(path, definition=work(**more), limit_problems=limit_problems))

    return make


@pytest.fixture
def said(streamed):
    """Line and message of every problem of a file."""

    def make(content, name="cases.csv", **more):
        found = streamed(content, name, **more)
        return [(one.where.line, one.message) for one in found if not isinstance(one, Case)]

    return make
