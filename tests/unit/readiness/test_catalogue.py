"""The catalogue is whole, and its messages can be filled."""

import re

import pytest

from remit.definition.levels import Level
from remit.readiness import Dimension, RuleKind, Severity
from remit.readiness.catalogue import CATALOGUE, card, filled
from remit.readiness.registry import rule, rules
from remit.readiness.rules import RULES

COUNTS = {"WD": 17, "TT": 15, "IO": 15, "FM": 12, "HE": 11, "OB": 11, "AX": 4, "AU": 8, "LV": 3}
ANSWERED_FROM_EVIDENCE = {
    "TT06", "TT07", "TT08", "TT09", "TT11", "TT12", "TT13", "TT14", "TT15",
    "FM06", "FM10", "IO13", "OB10", "OB11", "AX01", "AX02", "AX04", "AU05", "AU07",
    "WD13", "WD16", "IO15", "FM08", "FM09", "HE06", "HE07", "HE08", "HE09", "HE10", "HE11",
    "OB06", "OB07", "OB08", "AU06", "LV01", "LV03",
    "WD12", "WD15", "IO11", "TT10", "IO10", "IO12", "IO14", "FM11",
}  # fmt: skip


def test_every_id_is_there_once_and_in_its_dimension():
    wanted = [f"{letters}{number:02}" for letters, n in COUNTS.items() for number in range(1, n + 1)]
    assert sorted(one.id for one in CATALOGUE) == sorted(wanted)
    by_letters = {
        "WD": Dimension.WORK,
        "TT": Dimension.TESTS,
        "IO": Dimension.IO,
        "FM": Dimension.FAILURES,
        "HE": Dimension.ESCALATION,
        "OB": Dimension.OBSERVABLE,
        "AX": Dimension.GATE_EXECUTOR,
        "AU": Dimension.GATE_AUTONOMY,
        "LV": Dimension.GATE_VALUE,
    }
    assert all(one.dimension is by_letters[one.id[:2]] for one in CATALOGUE)


def test_every_rule_of_the_files_is_measured_and_the_evidence_that_can_be():
    static = {one.id for one in CATALOGUE if one.kind is not RuleKind.EVIDENCE}
    assert static <= RULES.keys()
    assert RULES.keys() - static == ANSWERED_FROM_EVIDENCE


def test_every_blocker_up_to_suggest_is_measured():
    early = {one.id for one in CATALOGUE if one.severity is Severity.BLOCKER and Level.SUGGEST.at_least(one.since)}
    assert early <= RULES.keys()


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.id)
def test_every_card_says_what_it_checks_and_what_to_do(one):
    for text in (one.title, one.how, one.message, one.mend, one.source, *one.variants.values()):
        assert text.strip() == text
        assert text
    slots = set(re.findall(r"\{(\w+)\}", " ".join((one.message, one.mend, *one.variants.values()))))
    message = filled(one.message, dict.fromkeys(slots, "x"))
    assert not re.search(r"\{\w+\}", message)


def test_a_card_is_found_by_its_id():
    assert card("WD01").title == "Unit of work is one countable item"
    assert card("XX99") is None


def test_only_slots_of_one_word_are_filled():
    assert filled("`{use: value}` for {f}, {f}", {"f": "body"}) == "`{use: value}` for body, body"
    with pytest.raises(KeyError):
        filled("{f}", {})


@pytest.mark.parametrize("id_", ["XX99", "WD01"])
def test_a_function_for_no_rule_or_for_a_rule_that_has_one_is_refused(id_):
    with pytest.raises(LookupError, match=id_):
        rule(id_)


def test_the_registry_can_be_read_and_not_changed():
    with pytest.raises(TypeError):
        rules()["WD01"] = None
