"""Errors on a terminal: their place can be copied, whatever the width."""

import pytest

from remit.errors import DefinitionInvalid, Location
from remit.report.problems import render_problems


def lines(file, width):
    fault = DefinitionInvalid(
        "the metric is not known to anybody who reads this", where=Location(file=file, line=7, column=3)
    )
    return render_problems(fault, colour=False, width=width).splitlines()


def test_what_is_wrong_stands_behind_a_short_place():
    assert lines("work/refunds.yaml", 100)[0].startswith("work/refunds.yaml:7:3: E303 the metric")


@pytest.mark.parametrize("file", [f"a/{'long/' * 12}refunds.yaml", "a folder/with spaces/refunds.yaml"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_place_is_never_broken(file, width):
    first, second, *_ = lines(file, width)
    assert first == f"{file}:7:3:"
    assert second.startswith("E303 the metric")
    assert all(len(line) <= width for line in lines(file, width)[1:])
