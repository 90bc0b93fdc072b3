import copy
import pickle  # noqa: TID251  # errors cross process borders this way

import pytest

from remit.errors import (
    ArgumentInvalid,
    DefinitionInvalid,
    Location,
    NotEnough,
    Problem,
    RemitError,
    all_errors,
    str_problem,
)


def test_a_location_says_what_is_known_of_it():
    assert str(Location(file="work/x.yaml", line=3, column=7)) == "work/x.yaml:3:7"
    assert str(Location(file="work/x.yaml")) == "work/x.yaml"
    assert str(Location(path="quality.targets[0]")) == "quality.targets[0]"
    assert str(Location()) == ""


def test_a_problem_is_one_line_with_its_place_first():
    assert str_problem(Problem(message="no", where=Location(file="a", line=1))) == "a:1: no"
    assert str_problem(Problem(message="no")) == "no"


def test_an_error_with_a_message_is_one_problem():
    where = Location(file="a.yaml", line=2, column=1)
    error = DefinitionInvalid("unknown key", where=where, expected="title", found="titel", mend="write `title`")
    assert str(error) == "unknown key"
    assert error.problems == (
        Problem(message="unknown key", where=where, expected="title", found="titel", mend="write `title`"),
    )


def test_an_error_without_a_message_says_the_first_line_of_its_class():
    assert (
        str(NotEnough()) == "There is not enough evidence for what was asked. The message says how much more would do."
    )


def test_an_error_with_several_problems_keeps_and_says_them_all():
    error = DefinitionInvalid(problems=[Problem(message="one"), Problem(message="two", where=Location(path="id"))])
    assert [problem.message for problem in error.problems] == ["one", "two"]
    assert str(error) == "one; id: two"


@pytest.mark.parametrize("cls", all_errors().values(), ids=lambda cls: cls.__name__)
def test_an_error_survives_the_way_between_processes(cls):
    error = cls(problems=[Problem(message="one", where=Location(file="a", line=1), mend="mend it")])
    for copied in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(copied) is cls
        assert copied.problems == error.problems
        assert str(copied) == str(error)


def test_a_wrong_argument_is_also_a_value_error():
    with pytest.raises(ValueError, match="alpha"):
        raise ArgumentInvalid("alpha must be in (0, 1)")


def test_all_errors_are_found_in_the_order_of_their_codes():
    codes = list(all_errors())
    assert codes == sorted(codes)
    assert all_errors()["E700"] is RemitError
