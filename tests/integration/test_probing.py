"""An executor is asked about tune cases again, without each field, and with values of other cases."""

import pytest

from remit.errors import NotEnough, UsageError

RANDOM = '''\
"""Answers by how often it was asked, and needs a note."""

CALLS = []


def answer(given: dict) -> dict:
    CALLS.append(1)
    if "note" not in given:
        raise ValueError("no note")
    return {"refund": ["yes", "no", "ask"][len(CALLS) % 3]}
'''


def test_a_sound_executor_repeats_itself_and_misses_fields_as_declared(frozen):
    found = frozen.work.probe("desk", n=40)
    n = found.n_cases  # of 40; some are for people from the start
    assert 30 <= n < 40
    assert (found.repeats, found.n_changed) == (3, 0)
    missing = {one.field: (one.declared, one.n, one.n_other) for one in found.missing}
    assert missing == {
        "amount": ("review", n, 0),
        "channel": ("review", n, 0),
        "note": ("an answer", n, 0),
        "dealer": ("an answer with false", n, 0),
    }
    swapped = {one.field: one.n_changed for one in found.swapped}
    assert swapped["amount"] > 0
    assert swapped["channel"] == swapped["note"] == 0


def test_what_was_probed_is_judged_by_readiness(frozen):
    frozen.work.probe("desk", n=40)
    found = {one.rule: one for one in frozen.work.check(executor="desk").results}
    assert [found[rule].state.value for rule in ("FM11", "IO12", "IO14")] == ["pass", "pass", "fail"]
    assert "'channel' changed nothing" in found["IO14"].findings[0].message
    frozen.change("functions/desk.py", "0.6 + near", "0.61 + near")
    found = {one.rule: one for one in frozen.work.check(executor="desk").results}
    assert found["IO12"].findings[0].message == "stale: desk is not what was probed"


def test_an_executor_that_changes_its_mind_or_fails_without_a_field_is_found(frozen):
    frozen.write("functions/generous.py", RANDOM)
    found = frozen.work.probe("generous", n=10)
    assert found.n_changed == 10
    missing = {one.field: one for one in found.missing}
    assert missing["note"].n_other == 10
    assert "no answer" in missing["note"].found


def test_only_tune_cases_are_probed_and_no_attempt_is_spent(frozen, small_calls):
    tune = {line.split(",")[1] for line in frozen.read("cases/refunds.csv").splitlines() if line.endswith(",tune")}
    frozen.work.probe("desk", n=1000)
    asked = {line for line in frozen.read("functions/calls.log").split() if line}
    assert asked <= {str(float(one)) for one in tune}
    with frozen.opened() as work:
        assert work.prove("desk").document.attempt == 1


@pytest.fixture
def small_calls(frozen):
    """The desk writes down what it is asked."""
    from tests.integration.small_project import COUNTING

    frozen.write("functions/desk.py", COUNTING)


def test_the_command_probes_before_it_proves(frozen, remit):
    said = remit("prove", "refunds", "--executor", "desk", "--probe", "20")
    assert "probed on 19 tune cases: asked 3 times, 0 changed" in said.err
    assert "fields that changed nothing: channel, note" in said.err
    assert said.out


def test_without_tune_cases_nothing_is_probed(small):
    with pytest.raises(NotEnough, match="no tune case"):
        small.work.probe("desk")


def test_people_are_not_asked_again(frozen):
    with pytest.raises(UsageError, match="is a person"):
        frozen.work.probe("clerks")
