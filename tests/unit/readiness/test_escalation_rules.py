"""Who gets what the software does not decide, how soon, and who can stop it."""

import pytest


def test_one_path_that_takes_everything_passes(work):
    assert work.passes("HE01")
    assert work.drop("escalation.paths.0.when").passes("HE01")


def test_work_without_a_path_leaves_everybody_out(work):
    assert work.put("escalation.paths", []).fails("HE01") == [
        "Nobody gets what the software does not decide: there is no path."
    ]
    assert work.drop("escalation").places("HE01") == ["escalation.paths"]


def test_every_doubt_that_no_path_takes_is_named(work):
    work.put("escalation.paths.0.when", "reason.kind == 'constraint'")
    work.put("scope.excludes.1.when", "input.body == 'law'")
    work.put("autonomy.never", [{"when": "output.team == 'fraud'"}, {"when": "input.business"}])
    work.put("inputs.when_missing", {"subject": {"use": ""}, "country": "review", "body": "reject", "*": "review"})
    assert work.fails("HE01") == [
        f"If {doubt}, nobody gets it."
        for doubt in (
            "the answer is too uncertain",
            "`the e-mail tells the reader what to do` is noticed",
            "`no answer in time` is noticed",
            "`nothing to decide on` is noticed",
            "`an e-mail for nobody here` is noticed",
            "`two teams could answer` is noticed",
            "`a review waits too long` is noticed",
            "never rule 1 holds",
            "never rule 2 holds",
            "it is out of scope: letters from lawyers and regulators",
            "`country` is missing",
            "an input is missing",
            "there is no answer",
            "the answer is late",
            "the answer does not fit the outputs",
            "the level lets nothing act alone",
            "the confidence is below the limit",
            "a cap is reached",
            "the error budget is spent",
        )
    ]


def test_a_constraint_that_no_path_takes_is_named_with_its_kind_and_id(work):
    work.put("escalation.paths.0.when", "reason.id != 'C1'")
    (finding,) = work.result("HE01").findings
    assert finding.message == "If constraint C1 is broken, nobody gets it."
    assert finding.expected == "a path whose `when` is true for kind 'constraint' and id 'C1'"


def test_a_path_that_does_not_compile_takes_nothing(work):
    assert len(work.put("escalation.paths.0.when", "reason.kind ==").fails("HE01")) > 10


def test_what_is_only_known_afterwards_and_what_does_not_compile_is_no_doubt(work):
    work.data = {
        "remit": 1,
        "id": "small",
        "escalation": {"paths": [{"id": "E1", "when": "reason.kind != 'failure_mode'"}]},
        "failure_modes": [
            {"id": "F1", "kind": "wrong", "mode": "a", "detect": "expected.team != output.team"},
            {"id": "F2", "kind": "wrong", "mode": "b", "detect": "output.team =="},
            {"id": "F3", "kind": "wrong", "mode": "c"},
        ],
    }
    assert work.passes("HE01")


def test_a_complete_path_passes(work):
    assert work.passes("HE02")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("role", "role"),
        ("within", "time limit"),
        ("show", "list of what is shown"),
        ("on_timeout", "answer to a time-out"),
    ],
)
def test_what_a_path_lacks_is_named(work, key, words):
    assert work.drop(f"escalation.paths.0.{key}").fails("HE02") == [f"E1 has no {words}."]
    assert work.places("HE02") == [f"escalation.paths.0.{key}"]


def test_paths_are_not_asked_where_there_are_none(work):
    assert work.put("escalation.paths", []).not_applicable("HE02") == "there are no paths yet"
    assert work.not_applicable("HE03") == "there are no paths yet"


def test_a_receiver_who_is_another_passes(work):
    assert work.passes("HE03")


def test_a_time_out_has_to_go_to_other_people(work):
    work.put("escalation.paths.0.on_timeout", {"reassign": "Senior  Clerk"})
    assert work.fails("HE03") == ["When nobody answers, it goes to the same people again."]
    assert work.places("HE03") == ["escalation.paths.0.on_timeout.reassign"]
    assert work.put("escalation.paths.0.on_timeout", "keep").passes("HE03")


def test_a_sender_that_is_called_like_a_role_is_nobody(work):
    work.put("outputs.effects.0.sender", "senior-clerk").put("escalation.paths.0.role", "senior-clerk")
    assert work.passes("HE03")


def test_the_owner_does_not_check_what_is_severe(work):
    work.put("owner.role", "senior clerk")
    assert work.passes("HE03")
    work.put("failure_modes.1.severity", 8)
    (finding,) = work.result("HE03").findings
    assert finding.message == "The one who made it checks it."
    assert finding.expected.endswith("because the severity of F2 is 8 or more")


def test_the_owner_may_receive_what_is_not_severe(work):
    work.put("owner.role", "senior clerk").put("failure_modes.1.severity", 9)
    assert work.put("escalation.paths.0.when", "reason.id != 'F2'").passes("HE03")
    work.drop("failure_modes.0.severity")
    assert work.passes("HE03")


def test_people_are_not_compared_where_they_are_not_named(work):
    work.drop("escalation.paths.0.role").drop("owner").drop("outputs")
    assert work.passes("HE03")
    assert work.put("escalation.paths.0.role", "clerk").passes("HE03")


def test_a_stop_with_people_and_a_safe_state_passes(work):
    assert work.passes("HE04")


def test_work_nobody_can_stop_is_refused(work):
    assert work.put("escalation.stop", {"safe_state": "review"}).fails("HE04") == ["Nobody can switch it off."]
    assert work.put("escalation.stop", {"who": ["clerk"]}).fails("HE04") == [
        "Nobody knows what becomes of the work when it is switched off."
    ]
    assert work.drop("escalation").places("HE04") == ["escalation.stop.who", "escalation.stop.safe_state"]


def test_people_who_can_take_the_peak_pass(work):
    assert work.passes("HE05")
    assert work.put("escalation.paths.0.capacity_per_hour", 108.5).passes("HE05")


def test_people_who_would_be_flooded_are_refused(work):
    work.put("escalation.paths.0.capacity_per_hour", 100)
    assert work.fails("HE05") == ["108.5/h would be escalated at peak; people can take 100/h."]
    assert work.drop("escalation").fails("HE05") == ["108.5/h would be escalated at peak; people can take 0/h."]


def test_capacities_of_all_paths_add_up(work):
    work.put("escalation.paths.0.capacity_per_hour", 100)
    work.data["escalation"]["paths"].append({"id": "E2", "capacity_per_hour": 20})
    assert work.passes("HE05")


@pytest.mark.parametrize("target", [None, {"id": "Q1", "metric": "review_rate", "at_most": 0.3, "where": "true"}])
def test_without_a_target_for_reviews_the_load_is_unknown(work, target):
    work.put("quality.targets", [target] if target else [])
    assert "there is no review_rate target" in work.unknown("HE05")
    assert "there is no review_rate target" in work.drop("quality").unknown("HE05")


def test_without_peak_or_capacity_the_load_is_unknown(work):
    work.drop("escalation.paths.0.capacity_per_hour")
    assert work.unknown("HE05") == "nobody said how many items an hour the people of E1 can take"
    work.put("today.peak_per_hour", "unknown")
    assert work.unknown("HE05") == "the peak per hour is not known"
    assert work.drop("today").unknown("HE05") == "the peak per hour is not known"
