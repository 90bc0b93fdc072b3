"""Whatever comes back is plain JSON with a confidence in [0, 1], or a fault that says why."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from math import inf, nan
from types import MappingProxyType

import numpy as np
import pytest

from remit.executors.perform.accept import accept, describe_error
from remit.items import Answer, Fault, FaultKind


def accepted(output=None, **given):
    return accept(Answer(output={"team": "orders"} if output is None else output, **given), seconds=0.5)


def test_a_plain_answer_comes_through_with_the_time_it_took_and_what_it_cost():
    answer = Answer(output={"team": "orders", "n": 3, "x": 0.5, "ok": True, "why": None}, confidence=0.9)
    found = accept(answer, seconds=0.25, cost=2.0)
    assert found.output == answer.output
    assert (found.confidence, found.seconds, found.cost, found.fault) == (0.9, 0.25, 2.0, None)


def test_the_output_is_a_copy():
    shared = {"team": "orders", "lines": [{"n": 1}]}
    found = accepted(shared)
    found.output["lines"][0]["n"] = 2
    assert shared == {"team": "orders", "lines": [{"n": 1}]}
    flat = {"team": "orders"}
    accepted(flat).output["team"] = "fraud"
    assert flat == {"team": "orders"}


def test_values_that_mean_the_same_in_json_become_plain():
    class Colour(StrEnum):
        RED = "red"

    class Size(IntEnum):
        BIG = 9

    class Team(str, Enum):  # noqa: UP042
        A = "a"

    found = accepted(
        {
            "a": np.float32(0.5),
            "b": np.int64(3),
            "c": np.bool_(1),
            "d": np.array([1, 2]),
            "e": (1, "x"),
            "f": Colour.RED,
            "g": Size.BIG,
            "h": Team.A,
            "i": date(2027, 6, 30),
            "j": datetime(2027, 6, 30, 14, 5, tzinfo=UTC),
            "k": np.str_("é"),
            "l": np.float64(1.5),
            np.str_("m"): 1,
            "n": MappingProxyType({"x": 1}),
        }
    ).output
    assert found == {
        "a": 0.5,
        "b": 3,
        "c": True,
        "d": [1, 2],
        "e": [1, "x"],
        "f": "red",
        "g": 9,
        "h": "a",
        "i": "2027-06-30",
        "j": "2027-06-30T14:05:00+00:00",
        "k": "é",
        "l": 1.5,
        "m": 1,
        "n": {"x": 1},
    }
    types = {name: type(value) for name, value in found.items()}
    assert set(types.values()) == {float, int, bool, list, str, dict}
    assert {type(name) for name in found} == {str}


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (None, "no output"),
        ("orders", "a str"),
        (["orders"], "a list"),
        ({"team": b"orders"}, "output.team is a bytes"),
        ({"team": {1, 2}}, "output.team is a set"),
        ({"n": nan}, "output.n is nan"),
        ({"n": inf}, "output.n is inf"),
        ({"n": [1, {"x": nan}]}, r"output.n\[1\].x is nan"),
        ({"n": np.float64("nan")}, "output.n is nan"),
        ({1: "x"}, "a field name that is a int"),
        ({"n": Decimal("1.5")}, "output.n is a Decimal"),
        ({"n": 1j}, "output.n is a complex"),
        ({"t": datetime(2027, 6, 30)}, "output.t is a datetime"),  # noqa: DTZ001
        ({"t": "\ud800"}, "lone surrogate"),
        ({"n": object()}, "output.n is a object"),
        ({"n": list(range(100_001))}, "larger than 100000 values"),
        ({"n": dict.fromkeys(map(str, range(100_001)))}, "larger than 100000 values"),
        ({"n": {1: 2}}, "output.n has a field name that is a int"),
    ],
)
def test_what_is_no_json_is_rubbish(output, why):
    found = accept(Answer(output=output, confidence=0.9), seconds=0.5, cost=1.0)
    assert found.output is None
    assert found.confidence is None
    assert found.fault.kind is FaultKind.RUBBISH
    assert re.search(why, found.fault.text), found.fault.text
    assert (found.seconds, found.cost) == (0.5, 1.0)


def test_an_output_that_holds_itself_is_rubbish():
    loop = {}
    loop["loop"] = loop
    assert "nested more than" in accepted(loop).fault.text


@pytest.mark.parametrize("name", ["refund", "x" * 400])
def test_the_path_to_what_is_wrong_leaves_room_for_the_reason(name):
    loop = {}
    loop[name] = [loop]
    found = accepted(loop).fault.text
    assert found.startswith(f"output.{name[:30]}")
    assert found.endswith("… is nested more than 32 levels deep")
    assert len(found) < 160
    wide = [1]
    for _ in range(25):
        wide = [wide, wide]
    assert "larger than" in accepted({"wide": wide}).fault.text


@pytest.mark.parametrize("confidence", [nan, inf, -inf, -0.01, 1.01, "0.9", True, [0.9], 2])
def test_a_confidence_that_is_no_number_from_0_to_1_is_a_fault_and_no_zero(confidence):
    found = accepted(confidence=confidence)
    assert found.output is None
    assert found.confidence is None
    assert found.fault.kind is FaultKind.RUBBISH
    assert found.fault.text.startswith("confidence is")


@pytest.mark.parametrize("confidence", [0, 1, 0.0, 1.0, np.float32(0.5), np.int64(1)])
def test_a_confidence_becomes_a_plain_float(confidence):
    assert type(accepted(confidence=confidence).confidence) is float


def test_no_confidence_stays_none():
    assert accepted().confidence is None


@pytest.mark.parametrize("field", ["seconds", "cost"])
@pytest.mark.parametrize("value", [nan, -1.0, "1", inf])
def test_a_cost_or_time_that_is_none_is_rubbish(field, value):
    found = accepted(**{field: value})
    assert found.fault.kind is FaultKind.RUBBISH
    assert found.fault.text.startswith(field)


def test_an_executor_may_report_more_seconds_than_measured_but_not_less():
    assert accepted(seconds=90.0).seconds == 90.0
    assert accepted(seconds=0.1).seconds == 0.5


def test_the_cost_that_the_answer_says_comes_before_the_declared_one():
    assert accept(Answer(output={}, cost=0.25), seconds=0.0, cost=2.0).cost == 0.25
    assert accept(Answer(output={}), seconds=0.0).cost is None


def test_a_fault_comes_through_without_an_output():
    given = Answer(output={"team": "x"}, confidence=0.9, fault=Fault(kind=FaultKind.UNAVAILABLE, text="x" * 999))
    found = accept(given, seconds=0.5)
    assert (found.output, found.confidence, found.fault.kind) == (None, None, FaultKind.UNAVAILABLE)
    assert len(found.fault.text) == 300
    assert accept(Answer(output=None, fault=Fault(kind=FaultKind.ERROR, text="")), seconds=0.0).fault.text == "error"


@pytest.mark.parametrize("answer", [None, {"team": "x"}, "x", 3])
def test_something_else_than_an_answer_is_rubbish(answer):
    found = accept(answer, seconds=0.5)
    assert found.fault.kind is FaultKind.RUBBISH
    assert "instead of an answer" in found.fault.text


def test_signals_are_plain_names_with_a_yes_or_no_a_number_or_text():
    found = accepted(signals={"injection": np.bool_(1), "similarity": np.float32(0.5), "language": "en"})
    assert dict(found.signals) == {"injection": True, "similarity": 0.5, "language": "en"}
    for signals in ({"x": [1]}, {"x": None}, {1: True}, ["x"], {"x": nan}):
        assert accepted(signals=signals).fault.kind is FaultKind.RUBBISH


def test_a_trace_is_text_of_a_bounded_length():
    assert len(accepted(trace="x" * 9999).trace) == 2000
    assert accepted(trace=3).fault.kind is FaultKind.RUBBISH


class TestAnErrorIsDescribedWithoutTheItem:
    def test_type_and_message_on_one_line(self):
        assert describe_error(ValueError("no such\n  team"), {}) == "ValueError: no such team"
        assert describe_error(ValueError(), {}) == "ValueError"

    def test_a_repeated_field_becomes_its_name(self):
        error = ValueError("could not convert string to float: 'my secret'")
        given = {"body": "my secret"}
        assert describe_error(error, given) == "ValueError: could not convert string to float: '<input.body>'"

    @pytest.mark.parametrize(
        ("message", "given"),
        [
            ("bad 4711.25", {"amount": 4711.25}),
            ("bad country 'DE'", {"country": "DE"}),
            ("in {'a': {'b': ['hidden thing']}}", {"a": {"b": ["hidden thing"]}}),
            ("line one line two", {"body": "line one\nline two"}),
            (repr({"body": "tab\there"}), {"body": "tab\there"}),
        ],
    )
    def test_no_value_of_the_item_is_left(self, message, given):
        text = describe_error(ValueError(message), given)
        for secret in ("4711", "'DE'", "hidden thing", "line one", "tab"):
            assert secret not in text
        assert "<input." in text

    def test_a_message_that_repeats_a_long_part_of_the_item_is_left_out(self):
        body = "Dear all, my account number is 12345678 and I am not happy."
        text = describe_error(ValueError(f"can't parse: {body[10:40]}..."), {"body": body})
        assert text == "ValueError (its message repeats the item and is left out)"

    def test_a_message_is_cut(self):
        assert len(describe_error(ValueError("x" * 5000), {})) <= 300

    def test_an_error_whose_message_fails_is_still_a_text(self):
        class Broken(Exception):
            def __str__(self):
                raise RuntimeError

        assert describe_error(Broken(), {}) == "Broken (its message can't be read)"


def test_a_fault_keeps_what_was_found_on_the_way():
    fault = Fault(kind=FaultKind.RUBBISH, text="no JSON")
    answer = accept(Answer(output=None, fault=fault, signals={"tokens_in": 5}, trace="asked once"), seconds=0.1)
    assert (answer.fault, answer.signals, answer.trace) == (fault, {"tokens_in": 5}, "asked once")


def test_signals_of_a_fault_are_held_to_what_signals_are():
    fault = Fault(kind=FaultKind.ERROR, text="no")
    answer = accept(Answer(output=None, fault=fault, signals={"a": [1]}), seconds=0.1)
    assert answer.fault.kind is FaultKind.RUBBISH
