"""What can go wrong, how it shows, and what happens then."""

import pytest

from remit.readiness.priority import BANDS, PRIORITY_TABLE, Priority, priority


def test_every_decision_and_effect_with_a_failure_mode_passes(work):
    assert work.passes("FM01")


def test_a_decision_or_effect_nothing_is_written_about_is_named(work):
    work.put("failure_modes", [{"id": "F1", "of": ["queued"], "kind": "wrong", "mode": "parked"}])
    assert work.fails("FM01") == ["Nothing is written for a wrong team."]
    work.put("failure_modes", [{"id": "F1", "kind": "wrong", "mode": "parked"}])
    assert work.fails("FM01") == ["Nothing is written for a wrong queued."]
    assert work.places("FM01") == ["outputs.effects.0"]
    assert work.drop("failure_modes").places("FM01") == ["decisions.0", "outputs.effects.0"]


def test_failure_modes_are_not_asked_where_nothing_is_done(work):
    assert work.drop("decisions").drop("outputs").not_applicable("FM01") == "no decision and no effect is written yet"


def test_all_eight_classic_modes_pass(work):
    assert work.passes("FM02")


def test_classic_modes_that_are_not_considered_are_listed(work):
    work.data["failure_modes"] = work.data["failure_modes"][:6]
    assert work.fails("FM02") == ["Not considered: late, drifted."]
    work.data["failure_modes"].append({"not_applicable": {"late": "there is no hurry", "drifted": "a fixed form"}})
    assert work.passes("FM02")


def test_complete_failure_modes_pass(work):
    assert work.passes("FM03")


def test_what_a_failure_mode_lacks_is_named(work):
    work.drop("failure_modes.0.detect").drop("failure_modes.1.response").drop("failure_modes.2.tag")
    assert work.fails("FM03") == [
        "'a confident wrong team' would not be noticed.",
        "'the e-mail tells the reader what to do' has no response.",
        "'no answer in time' has no tag, so no case shows it.",
    ]
    assert work.places("FM03") == ["failure_modes.0.detect", "failure_modes.1.response", "failure_modes.2.tag"]


def test_a_detect_that_does_not_compile_notices_nothing(work):
    assert work.put("failure_modes.0.detect", "output.team !=").fails("FM03") == [
        "'a confident wrong team' would not be noticed."
    ]


def test_what_modes_lack_is_not_asked_where_there_are_none(work):
    assert work.drop("failure_modes").not_applicable("FM03") == "there are no failure modes yet"
    assert work.not_applicable("FM04") == "there are no failure modes yet"


def high(work, response):
    for rating in ("severity", "occurrence", "detection"):
        work.put(f"failure_modes.0.{rating}", 9)
    return work.put("failure_modes.0.response", response)


@pytest.mark.parametrize(
    "response", ["the audit finds it and moves it", "log it and block the order", "a clerk takes over", "audits demote"]
)
def test_a_high_priority_with_a_response_that_acts_passes(work, response):
    assert high(work, response).passes("FM04")


@pytest.mark.parametrize("response", ["log", "monitor it on the dashboard", "nothing", "we record and count it"])
def test_a_high_priority_that_is_only_watched_is_refused(work, response):
    assert high(work, response).fails("FM04") == ["'a confident wrong team' is high priority and only logged."]
    assert work.places("FM04") == ["failure_modes.0.response"]


def test_a_lower_priority_may_be_watched(work):
    assert work.put("failure_modes.0.response", "log it").passes("FM04")


def test_a_missing_response_is_said_once(work):
    assert high(work, "log").drop("failure_modes.0.response").passes("FM04")


def test_a_mode_without_ratings_has_no_known_priority(work):
    work.drop("failure_modes.0.severity").drop("failure_modes.1.occurrence").drop("failure_modes.2.detection")
    assert work.unknown("FM04") == (
        "the priority of F1, F2, F3 is not known without severity, occurrence and detection"
    )
    work.put("failure_modes.3.response", "log")
    for rating in ("severity", "occurrence", "detection"):
        work.put(f"failure_modes.3.{rating}", 9)
    assert work.fails("FM04") == ["'nothing to decide on' is high priority and only logged."]


def test_effects_that_can_be_undone_need_no_stop_before_them(work):
    assert work.passes("FM05")


def test_an_irreversible_effect_needs_a_blocking_constraint(work):
    work.put("outputs.effects.0.reversible", value=False)
    assert work.fails("FM05") == ["'the e-mail appears in the team's queue' can't be undone and has no stop before it."]
    assert work.places("FM05") == ["outputs.effects.0"]
    assert work.put("constraints.0.on_violation", "block").passes("FM05")


def test_an_effect_nobody_said_anything_about_is_unknown(work):
    assert work.drop("outputs.effects.0.reversible").unknown("FM05") == "nobody said whether `queued` can be undone"
    work.data["outputs"]["effects"].append({"id": "paid", "what": "money leaves", "reversible": False})
    assert work.fails("FM05") == ["'money leaves' can't be undone and has no stop before it."]


def test_stops_are_not_asked_where_nothing_is_done(work):
    assert work.drop("outputs").not_applicable("FM05") == "there are no effects"


@pytest.mark.parametrize(
    ("severity", "occurrence", "detection", "found"),
    [
        (10, 10, 10, Priority.HIGH),
        (9, 4, 1, Priority.MEDIUM),
        (9, 2, 7, Priority.HIGH),
        (9, 3, 5, Priority.MEDIUM),
        (9, 3, 4, Priority.LOW),
        (9, 1, 10, Priority.LOW),
        (8, 7, 1, Priority.MEDIUM),
        (7, 4, 10, Priority.HIGH),
        (7, 5, 6, Priority.MEDIUM),
        (7, 2, 5, Priority.MEDIUM),
        (7, 2, 4, Priority.LOW),
        (6, 8, 5, Priority.HIGH),
        (4, 6, 2, Priority.MEDIUM),
        (5, 6, 1, Priority.LOW),
        (5, 5, 8, Priority.MEDIUM),
        (3, 9, 5, Priority.MEDIUM),
        (3, 9, 4, Priority.LOW),
        (2, 7, 10, Priority.LOW),
        (1, 10, 10, Priority.LOW),
    ],
)
def test_the_priority_is_the_one_of_the_table(severity, occurrence, detection, found):
    assert priority(severity=severity, occurrence=occurrence, detection=detection) is found


def test_the_table_has_a_letter_for_every_band():
    assert len(PRIORITY_TABLE) == len(BANDS["severity"])
    for row in PRIORITY_TABLE:
        assert [len(group) for group in row] == [len(BANDS["detection"])] * len(BANDS["occurrence"])


def test_no_rating_falls_between_the_bands_and_worse_is_never_lower():
    order = [Priority.LOW, Priority.MEDIUM, Priority.HIGH]
    ratings = range(1, 11)
    for severity in ratings:
        for occurrence in ratings:
            row = [
                order.index(priority(severity=severity, occurrence=occurrence, detection=detection))
                for detection in ratings
            ]
            assert row == sorted(row)
