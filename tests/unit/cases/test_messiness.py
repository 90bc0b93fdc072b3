import pytest

from remit.cases.messiness import MEASURES, messiness


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": "good day", "b": 1.0}, (0, 8, 0.0, 0.0)),
        ({"a": "g@@d"}, (1, 4, 0.5, 0.0)),
        ({"a": "größe", "b": None}, (1, 5, 0.0, 0.4)),
        ({}, (2, 0, 0.0, 0.0)),
        ({"a": ["x", {"y": "#1"}], "b": 2.0}, (0, 3, 1 / 3, 0.0)),
    ],
)
def test_an_item_is_as_messy_as_it_looks(given, expected):
    assert messiness(given, fields=("a", "b")) == pytest.approx(expected)
    assert len(expected) == len(MEASURES)
