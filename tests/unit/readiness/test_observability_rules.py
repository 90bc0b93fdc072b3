"""How would anybody know that it goes wrong, and for how long can it be told."""

import pytest


def test_records_that_live_long_enough_pass(work):
    assert work.passes("OB01")


def test_records_have_to_outlive_the_window_and_the_undo(work):
    work.put("observe.retain", "28d")
    (finding,) = work.result("OB01").findings
    assert finding.message == "A wrong answer could not be replayed."
    assert finding.expected == "at least 29d: the window and the longest undo_within"
    assert work.put("observe.retain", "29d").passes("OB01")
    assert work.put("observe.retain", "28d").drop("outputs.effects.0.undo_within").passes("OB01")
    assert work.drop("outputs").passes("OB01")


def test_records_nobody_said_anything_about_are_refused(work):
    assert work.drop("observe.window").places("OB01") == ["observe.window"]
    assert work.drop("observe").places("OB01") == ["observe.retain", "observe.window"]


def test_targets_that_audits_would_show_pass(work):
    assert work.passes("OB02")


def test_targets_nothing_would_show_after_release_are_named(work):
    work.drop("observe.audit_share")
    assert work.fails("OB02") == ["Q1 can't be seen after release.", "Q2 can't be seen after release."]


def test_signals_are_not_asked_where_there_are_no_targets(work):
    assert work.drop("quality").not_applicable("OB02") == "there are no targets yet"


def test_enough_audits_pass(work):
    assert work.passes("OB03")


def test_too_few_audits_say_how_many_would_do(work):
    # 10 a day for 28 days of which 65 % are acted on: 182 items, and 5 % wrong takes 59 faultless audits.
    work.put("today.volume_per_day", 10)
    assert work.fails("OB03") == ["9 audits in 28d can't show that at most 0.05 are wrong."]
    (finding,) = work.result("OB03").findings
    assert finding.expected == "at least 59 audits in a window"
    assert finding.mend == "Audit at least 0.325 of what is acted on."
    assert work.put("observe.audit_share", 0.325).passes("OB03")


def test_work_too_small_to_be_audited_says_so(work):
    work.put("today.volume_per_day", 1)
    (finding,) = work.result("OB03").findings
    assert finding.mend == "Even auditing everything is too little: widen the window or the limit."


def test_a_limit_of_no_error_can_be_shown_by_no_audits(work):
    work.put("quality.targets", [{"id": "Q1", "metric": "error_rate", "at_most": 0}])
    (finding,) = work.result("OB03").findings
    assert finding.expected == "a limit above 0"


def test_the_tightest_limit_is_the_one_that_counts(work):
    work.drop("autonomy").put("quality.targets", [{"id": "Q1", "metric": "accuracy", "at_least": 0.999}])
    work.put("today.volume_per_day", 1000)
    assert work.fails("OB03") == ["1400 audits in 28d can't show that at most 0.001 are wrong."]


def test_audits_are_not_asked_where_nothing_says_how_much_may_be_wrong(work):
    work.drop("quality").drop("autonomy")
    assert work.not_applicable("OB03") == "no error budget and no target says how much may be wrong"
    work.put("autonomy.error_budget", 0.05)
    assert work.passes("OB03")


@pytest.mark.parametrize("key", ["audit_share", "window"])
def test_audits_of_an_unknown_number_are_unknown(work, key):
    assert work.drop(f"observe.{key}").unknown("OB03") == "the size of the audit sample is not written"


def test_audits_of_an_unknown_volume_are_unknown(work):
    assert work.put("today.volume_per_day", "unknown").unknown("OB03") == "the volume per day is not known"
    assert work.drop("today").unknown("OB03") == "the volume per day is not known"


@pytest.mark.parametrize("alert", ["support@shop.example", "Senior Clerk", "team lead", "Head of Customer Support"])
def test_an_alert_to_a_mail_address_or_a_known_role_passes(work, alert):
    assert work.put("observe.alert", alert).passes("OB04")


@pytest.mark.parametrize("alert", ["the office", "somebody@home"])
def test_an_alert_to_nobody_is_refused(work, alert):
    work.data["escalation"]["paths"].append({"id": "E2", "on_timeout": {"answer": {"team": "other"}}})
    assert work.put("observe.alert", alert).fails("OB04") == ["Alarms go nowhere."]
    assert work.drop("escalation.stop").fails("OB04") == ["Alarms go nowhere."]
    assert work.drop("escalation").drop("owner").fails("OB04") == ["Alarms go nowhere."]
    assert work.drop("observe").places("OB04") == ["observe.alert"]


@pytest.mark.parametrize("words", ["high-risk (Annex III)", "a high risk system"])
def test_the_law_asks_for_six_months_of_logs(work, words):
    work.put("obligations.eu_ai_act", words)
    assert work.put("observe.retain", "183d").passes("OB05")
    assert work.put("observe.retain", "182d").fails("OB05") == ["Logs kept 182d; law asks 183d."]
    assert work.drop("observe").fails("OB05") == ["Logs kept not at all; law asks 183d."]


@pytest.mark.parametrize("words", [None, "not high-risk", "no high-risk system"])
def test_six_months_of_logs_are_not_asked_of_everybody(work, words):
    if words:
        work.put("obligations.eu_ai_act", words)
    else:
        work.drop("obligations")
    assert work.not_applicable("OB05") == "no obligation of a high-risk system is written"
