"""A small work whose cases are checked."""

import pytest

from remit.cases.case import Case, CaseUse
from remit.definition.reading import read

INPUTS = {
    "subject": "text <= 20",
    "amount": "optional number >= 0",
    "n": "optional integer",
    "vip": "optional yes/no",
    "at": "optional datetime",
    "lines": "optional list of {text: text <= 9, price: number}",
}


@pytest.fixture
def work():
    """Makes a definition with one decision `team`, an open output `note` and a slice `region`."""

    def make(**more):
        return read(
            {
                "remit": 1,
                "id": "triage",
                "inputs": {"fields": INPUTS, **more.pop("inputs", {})},
                "outputs": {"fields": {"team": ["orders", "fraud"], "note": "text <= 9"}},
                "decisions": [{"id": "team"}],
                **more,
            }
        )

    return make


@pytest.fixture
def case():
    """Makes a case."""

    def make(name, team="orders", use=None, **more):
        given = more.pop("input", {"subject": f"mail {name}"})
        return Case(id=name, input=given, expected={"team": team}, use=use and CaseUse(use), **more)

    return make
