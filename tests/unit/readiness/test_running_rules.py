"""What running shows: drills, paths in use, load, reviewers, records, drift, value."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.readiness.conftest import NOW, SVM

from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.levels import Level
from remit.readiness.facts import GrantFact
from remit.readiness.operation_facts import (
    AlarmDrillFact,
    AskedBackFact,
    DriftFact,
    FieldDrift,
    LoadFact,
    ModeRate,
    OperationFacts,
    OutcomeFact,
    PathLoad,
    PlantedFact,
    RecordsFact,
    ReplayFact,
    Share,
    SignalFact,
    SkillFact,
    StopDrillFact,
    UseFact,
)
from remit.readiness.rules.running.failures import occurrence_class

FED = (
    *("WD13", "WD16", "IO15", "FM08", "FM09", "HE06", "HE07", "HE08", "HE09", "HE10", "HE11"),
    *("OB06", "OB07", "OB08", "LV01", "LV03"),
)
DAY = timedelta(days=1)


def share(k, n, lower, upper):
    return Share(k=k, n=n, lower=lower, upper=upper)


def ran(work, **facts):
    """What running showed, and nothing else."""
    return work.with_facts(operation=OperationFacts(measured_at=NOW, **facts))


@pytest.mark.parametrize("rule", FED)
def test_without_a_measurement_the_rule_is_unknown_and_says_how_to_get_one(work, rule):
    assert work.unknown(rule).startswith("not measured yet: ")
    assert "remit " in work.result(rule).findings[0].mend or rule == "HE09"


@pytest.mark.parametrize("rule", FED)
def test_measuring_a_work_that_never_ran_shows_nothing(work, rule):
    assert ran(work).unknown(rule)


# the stop


def stopped(work, days=1, **changes):
    drill = StopDrillFact(at=NOW - days * DAY, works=True, seconds=0.01)
    return ran(work, stop_drill=replace(drill, **changes))


def test_a_stop_that_was_drilled_passes_until_it_has_to_be_drilled_again(work):
    work.put("escalation.stop.tested_every", "30d")
    assert stopped(work, 30).passes("HE10")
    assert stopped(work, 31).unknown("HE10") == "Stop was last tested 31 days ago."
    work.put("escalation.stop.tested_every", "40d")
    assert work.passes("HE10")
    work.drop("escalation.stop.tested_every")
    assert work.unknown("HE10") == "Stop was last tested 31 days ago."


def test_a_stop_after_which_something_acts_or_acts_for_long_fails(work):
    assert stopped(work, works=False).fails("HE10") == ["The stop was pressed and something could still act."]
    assert stopped(work, seconds=1.5).fails("HE10") == ["Something could still act 1.5 s after the stop."]
    assert stopped(work, seconds=1.0).passes("HE10")


def test_a_drill_that_was_interrupted_leaves_its_stop_and_says_so(work):
    ran(work, interrupted_stop=NOW - DAY, stop_drill=StopDrillFact(at=NOW, works=True, seconds=0.1))
    assert work.unknown("HE10") == "a drill of 2026-11-21 was interrupted, and its stop stands"
    assert work.result("HE10").findings[0].mend.startswith("remit resume")


# paths and responses


def used(work, **changes):
    one = UseFact(id="", n=3, n_in_time=2, in_time_at=NOW - DAY)
    paths = [path["id"] for path in work.data["escalation"]["paths"]]
    modes = [mode["id"] for mode in work.data["failure_modes"] if "id" in mode]
    return ran(
        work,
        paths=tuple(replace(one, id=id_, **changes) for id_ in paths),
        modes=tuple(replace(one, id=id_, **changes) for id_ in modes),
    )


def test_every_path_has_to_be_answered_in_time_within_thirty_days(work):
    first = work.data["escalation"]["paths"][0]["id"]
    assert used(work).passes("HE07")
    assert used(work, in_time_at=NOW - 31 * DAY).unknown("HE07").startswith(f"{first} was last used 31 days ago.")
    late = used(work, n_in_time=0, in_time_at=None).fails("HE07")
    assert late[0] == f"{first} was used 3 times in 30 days and never in time."
    waits = used(work, n=0, n_in_time=0, in_time_at=None, n_waiting=2).unknown("HE07")
    assert waits.startswith(f"{first} was not used in 30 days: 2 wait now.")
    assert work.drop("escalation.paths").not_applicable("HE07") == "there are no paths yet"


def test_every_response_has_to_be_rehearsed_within_thirty_days(work):
    assert used(work).passes("FM08")
    assert used(work, in_time_at=NOW - 31 * DAY).unknown("FM08").startswith("Never rehearsed.")
    slow = used(work, n_in_time=0, in_time_at=None, slowest_s=7200.0).fails("FM08")
    assert slow[0] == "Took 2 h, allowed less by its path."
    assert "remit drill path" in work.result("FM08").findings[0].mend
    assert work.put("failure_modes", []).not_applicable("FM08") == "there are no failure modes yet"


# load


def loaded(work, **changes):
    for path in work.data["escalation"]["paths"]:
        path["capacity_per_hour"] = 100
    work.put("today.peak_per_hour", 200)
    paths = work.data["escalation"]["paths"]
    load = LoadFact(
        evidence_digest=evidence_digest(work.definition),
        asked=share(100, 1000, 0.08, 0.12),
        peak_per_hour=150,
        n_days=10,
        per_day=100.0,
        paths=tuple(PathLoad(path=p["id"], n=50, capacity_per_hour=100.0, p95_s=60.0) for p in paths),
    )
    return ran(work, load=replace(load, **changes))


def test_people_can_take_what_was_measured(work):
    assert loaded(work).passes("HE06")
    n = 100 * len(work.data["escalation"]["paths"])
    work.put("today.peak_per_hour", n / 0.1)
    assert "At the measured 10 %" in work.unknown("HE06")
    work.put("today.peak_per_hour", n / 0.07)
    assert "come to people at peak" in work.fails("HE06")[0]


def test_the_measured_peak_counts_where_it_is_above_the_written_one(work):
    assert "come to people at peak" in loaded(work, peak_per_hour=100_000).fails("HE06")[0]


def test_a_queue_that_reaches_beyond_its_time_fails(work):
    first = work.data["escalation"]["paths"][0]["id"]
    slow = PathLoad(path=first, n=50, capacity_per_hour=100.0, p95_s=400 * 3600.0)
    assert loaded(work, paths=(slow,)).fails("HE06") == ["At the measured 10 % the queue reaches 400 hours."]


def test_a_load_is_of_enough_items_of_this_definition_and_these_capacities(work):
    assert "99 items could have been acted on" in loaded(work, asked=share(9, 99, 0.05, 0.15)).unknown("HE06")
    assert "another version" in loaded(work, evidence_digest="other").unknown("HE06")
    loaded(work).put("escalation.paths.0.capacity_per_hour", 101)
    assert "another capacity" in work.unknown("HE06")
    work.drop("escalation.paths.0.capacity_per_hour")
    assert "nobody said how many items" in work.unknown("HE06")
    assert work.drop("escalation.paths").not_applicable("HE06")


def test_the_written_volume_is_within_a_quarter_of_the_counted_one(work):
    work.put("today.volume_per_day", 100)
    assert loaded(work, per_day=125.0).passes("WD13")
    assert loaded(work, per_day=74.0).fails("WD13") == ["You wrote 100 a day; the log shows 74."]
    assert "6 whole days" in loaded(work, n_days=6).unknown("WD13")
    assert "not written" in work.put("today.volume_per_day", "unknown").unknown("WD13")


def test_few_reviews_come_back_with_a_question(work):
    def back(k, lower, upper):
        return ran(work, asked_back=AskedBackFact(asked=share(k, 100, lower, upper), question="which form?"))

    assert back(2, 0.005, 0.06).passes("HE11")
    assert back(30, 0.22, 0.39).fails("HE11") == ["30 % came back with a question: which form?."]
    assert "too few" in back(8, 0.04, 0.14).unknown("HE11")
    assert work.drop("escalation.paths").not_applicable("HE11")


# people


def planted(work, **changes):
    fact = PlantedFact(caught=share(99, 100, 0.95, 0.999), approved_s=2.0, review_s=9.0, solo_fifth_s=4.0)
    return ran(work, planted=replace(fact, **changes))


def test_people_catch_what_was_planted(work):
    assert planted(work).passes("HE08")
    wrong = planted(work, caught=share(50, 100, 0.4, 0.6))
    assert wrong.fails("HE08") == ["50 % of seeded errors were approved in 2 seconds."]
    assert "too few" in planted(work, caught=share(9, 10, 0.6, 0.99)).unknown("HE08")


def test_people_who_are_faster_with_a_suggestion_than_nearly_anybody_alone_wave_it_through(work):
    assert planted(work, review_s=3.9).fails("HE08")[0].startswith("Suggestions are decided in 3.9 seconds")
    assert planted(work, review_s=4.0).passes("HE08")
    assert "how long people look" in planted(work, solo_fifth_s=None).unknown("HE08")
    assert "how long people look" in planted(work, review_s=None).unknown("HE08")


def test_people_keep_their_skill_where_something_acts_alone(work):
    def skilled(k, lower, upper):
        now = share(k, 200, lower, upper)
        return ran(work, skill=SkillFact(before=share(4, 200, 0.005, 0.04), now=now))

    assert work.not_applicable("AU06") == "nothing acts alone yet"
    work.with_facts(grants=(GrantFact(executor="svm", level=Level.SUPERVISED, granted_at=NOW - DAY),))
    assert work.unknown("AU06").startswith("not measured yet")
    assert "too few known cases" in ran(work).unknown("AU06")
    assert skilled(5, 0.01, 0.069).passes("AU06")
    assert skilled(40, 0.15, 0.26).fails("AU06") == ["Clerks now miss 18 % more."]
    assert "too few to tell" in skilled(8, 0.02, 0.09).unknown("AU06")


def signalled(work, **changes):
    fact = SignalFact(
        executor="svm",
        executor_digest="d-svm",
        evidence_digest=evidence_digest(work.definition),
        acted=share(1, 200, 0.001, 0.03),
        escalated=share(40, 200, 0.15, 0.26),
    )
    return ran(work.with_executors(SVM), signals=(replace(fact, **changes),))


def test_what_goes_to_people_has_to_be_wrong_more_often(work):
    assert signalled(work).passes("HE09")
    assert signalled(work, acted=share(80, 200, 0.33, 0.47)).fails("HE09")
    assert "can't be told apart" in signalled(work, acted=share(5, 50, 0.03, 0.2)).unknown("HE09")


def test_errors_of_another_executor_or_definition_are_stale(work):
    assert signalled(work, executor_digest="old").unknown("HE09") == "stale: since it was measured svm changed"
    assert "the definition changed" in signalled(work, evidence_digest="old").unknown("HE09")
    work.executor = "tree"
    assert "not measured yet" in signalled(work).unknown("HE09")


# records


def replayed(work, **changes):
    fact = ReplayFact(
        at=NOW - DAY,
        executor="svm",
        executor_digest="d-svm",
        evidence_digest=evidence_digest(work.definition),
        same=share(200, 200, 0.985, 1.0),
    )
    return ran(work.with_executors(SVM), replays=(replace(fact, **changes),))


def test_a_replay_comes_out_the_same(work):
    assert replayed(work).passes("OB06")
    other = replayed(work, same=share(198, 200, 0.96, 0.998), sample=("d1", "d2"))
    assert other.fails("OB06") == ["2 of 200 can't be reproduced."]
    assert "shows too little" in replayed(work, same=share(29, 29, 0.9, 1.0)).unknown("OB06")


def test_a_replay_may_differ_as_far_as_the_consistency_target_says(work):
    target = {"id": "Q9", "metric": "consistency", "at_least": 0.95}
    work.put("quality.targets", [*work.data["quality"]["targets"], target])
    assert replayed(work, same=share(198, 200, 0.96, 0.998)).passes("OB06")
    assert replayed(work, same=share(150, 200, 0.7, 0.8)).fails("OB06")
    assert "shows too little" in replayed(work, same=share(192, 200, 0.92, 0.98)).unknown("OB06")


def test_a_replay_of_something_else_or_of_long_ago_is_stale(work):
    assert replayed(work, executor_digest="old").unknown("OB06") == "stale: since the replay svm changed"
    assert "the definition changed" in replayed(work, evidence_digest="old").unknown("OB06")
    assert replayed(work, at=NOW - 31 * DAY).unknown("OB06").startswith("stale: the last replay is 31 days old")
    assert replayed(work, at=NOW - 30 * DAY).passes("OB06")


def test_several_replays_are_of_nobody_in_particular(work):
    replayed(work)
    other = replace(work.facts.operation.replays[0], executor="tree")
    ran(work, replays=(*work.facts.operation.replays, other))
    assert work.unknown("OB06").startswith("not measured yet")
    work.executor = "svm"
    assert work.passes("OB06")


def test_next_to_no_item_is_without_a_record(work):
    def counted(k, lower, upper, days=1):
        missing = share(k, 5000, lower, upper)
        return ran(work, records=RecordsFact(at=NOW - days * DAY, source="scanner", missing=missing))

    assert counted(0, 0.0, 0.0006).passes("OB07")
    assert counted(50, 0.008, 0.013).fails("OB07") == ["50 items left no trace."]
    assert "too few items" in counted(3, 0.0002, 0.0015).unknown("OB07")
    assert counted(0, 0.0, 0.0006, days=31).unknown("OB07").startswith("stale: ")


def test_the_alarm_has_to_reach_somebody_in_time(work):
    def rang(hours, days=1):
        at = NOW - days * DAY
        delivered = None if hours is None else at + timedelta(hours=hours)
        return ran(work, alarm=AlarmDrillFact(at=at, delivered_at=delivered))

    work.put("observe.window", "28d")
    assert rang(24).passes("OB08")
    assert rang(25).fails("OB08") == ["We broke it on purpose; somebody was told 25 hours later."]
    assert rang(None, days=2).fails("OB08") == ["We broke it on purpose; no one was told."]
    assert "waits to be delivered" in rang(None).unknown("OB08")
    assert rang(1, days=31).unknown("OB08").startswith("stale: ")
    work.put("observe.window", "2h")
    assert rang(3).fails("OB08")


# failure modes, inputs


@pytest.mark.parametrize(
    ("rate", "class_"), [(0.0, 1), (1e-6, 2), (0.0001, 4), (0.0021, 6), (0.01, 7), (0.05, 9), (0.1, 10), (1.0, 10)]
)
def test_a_rate_is_in_its_class(rate, class_):
    assert occurrence_class(rate) == class_


def rated(work, noticed, digest=None):
    digest = evidence_digest(work.definition) if digest is None else digest
    modes = [mode["id"] for mode in work.data["failure_modes"] if "id" in mode]
    return ran(work, rates=tuple(ModeRate(mode=id_, evidence_digest=digest, noticed=noticed) for id_ in modes))


def test_the_written_occurrence_is_within_one_class_of_the_measured_one(work):
    for mode in work.data["failure_modes"]:
        if "id" in mode:
            mode["occurrence"] = 7
    assert rated(work, share(12, 1000, 0.008, 0.018)).passes("FM09")
    assert "not shown" in rated(work, share(20, 300, 0.005, 0.09)).unknown("FM09")
    message = rated(work, share(200, 1000, 0.18, 0.22)).fails("FM09")[0]
    assert message == "You rated 7; measured 10."
    assert rated(work, share(0, 10**6, 0.0, 3e-6)).fails("FM09")
    assert "not shown" in rated(work, share(12, 1000, 0.008, 0.018), digest="old").unknown("FM09")
    work.data["failure_modes"] = []
    assert work.not_applicable("FM09") == "there are no failure modes yet"


def test_inputs_stay_where_the_prove_set_has_them(work):
    def drifted(stability, n=500, digest="p1"):
        fields = (FieldDrift(field="subject", stability=stability),)
        return ran(work.with_cases(), drift=DriftFact(case_set_digest=digest, n_cases=600, n_items=n, fields=fields))

    assert drifted(0.2).passes("IO15")
    assert drifted(0.21).fails("IO15") == ["subject has changed since the proof."]
    assert "too few" in drifted(0.0, n=299).unknown("IO15")
    assert "the prove set changed" in drifted(0.0, digest="old").unknown("IO15")
    assert "no cases were read" in work.with_facts(cases=None).unknown("IO15")


# value


def test_value_shows_from_half_of_the_time_on(work):
    work.put("intent.outcome.by", "2026-12-31").put("intent.outcome.measure", "days")

    def values(k, n, lower, first=NOW - 200 * DAY, measure="days"):
        fact = OutcomeFact(measure=measure, first_at=first, last_at=NOW, last=3.0, better=share(k, n, lower, 1.0))
        return ran(work, outcome=fact)

    assert values(8, 8, 0.7).passes("LV01")
    assert values(4, 8, 0.2).fails("LV01") == ["No visible change after 200 days."]
    assert "4 values since the first" in values(4, 4, 0.47).unknown("LV01")
    assert "no value of days" in values(8, 8, 0.7, measure="other").unknown("LV01")
    assert "half of its time" in values(8, 8, 0.7, first=NOW - 10 * DAY).not_applicable("LV01")
    assert work.drop("intent.outcome").not_applicable("LV01") == "there is no outcome with a date yet"


def test_something_new_is_learned_every_thirty_days(work):
    assert ran(work, evidence_at=NOW - 30 * DAY).passes("LV03")
    assert ran(work, evidence_at=NOW - 31 * DAY).fails("LV03") == ["Nothing new for 31 days."]
    assert "remit check" in work.result("LV03").findings[0].mend


def test_a_definition_is_alive_that_was_signed_or_changed_lately(work):
    digest = definition_digest(work.definition)
    old = datetime(2026, 1, 1, tzinfo=UTC)
    assert ran(work, definition_digest=digest, used_since=old, signed_at=NOW - 180 * DAY).passes("WD16")
    assert ran(work, definition_digest=digest, used_since=old).fails("WD16") == [
        "Nobody has confirmed this for 325 days."
    ]
    assert ran(work, definition_digest=digest, signed_at=old, used_since=NOW - DAY).passes("WD16")
    assert ran(work, definition_digest="before", used_since=old).passes("WD16")
    assert "nothing was decided" in ran(work, definition_digest=digest).unknown("WD16")
