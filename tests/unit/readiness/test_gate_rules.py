"""AI is an implementation detail, and autonomy comes last."""

from datetime import UTC, datetime

import pytest

from remit.definition.levels import Level
from remit.items import ExecutorKind
from remit.readiness import State
from remit.readiness.facts import ExecutorFact, GrantFact, ProjectFacts


def executor(name="svm", kind=ExecutorKind.MODEL, digest="d", **more):
    return ExecutorFact(name=name, kind=kind, digest=digest, **more)


def granted(level, name="svm"):
    return GrantFact(executor=name, level=level, granted_at=datetime(2026, 11, 1, tzinfo=UTC))


def test_executors_nobody_read_are_unknown(work):
    assert work.unknown("AX03").startswith("not measured yet")


def test_a_project_without_an_executor_is_unknown(work):
    assert work.with_executors().unknown("AX03") == "no executor is described in the project yet"
    work.executor = "svm"
    assert work.with_executors(executor("other")).unknown("AX03") == "svm is not described in the project yet"


def test_people_need_no_pin(work):
    assert work.with_executors(executor(kind=ExecutorKind.PERSON, digest=None)).not_applicable("AX03")


@pytest.mark.parametrize("version", [None, "2.1.0", "2026-01-31", "gpt-5.1-2026-01-01", "mainframe-3", "1.x3"])
def test_an_executor_with_a_digest_and_an_exact_version_passes(work, version):
    assert work.with_executors(executor(version=version), executor("ada", ExecutorKind.PERSON)).passes("AX03")


@pytest.mark.parametrize("version", ["latest", "model:latest", "main", "^1.2", ">=2", "1.*", "nightly"])
def test_a_version_that_moves_is_refused(work, version):
    assert work.with_executors(executor(version=version)).fails("AX03") == ["svm may change tonight."]


def test_an_executor_without_a_digest_is_refused_with_the_reason(work):
    work.with_executors(executor(digest=None, fault="model.skops is not there"))
    assert work.fails("AX03") == ["svm has no digest, so nobody can tell whether it changed."]
    assert work.result("AX03").findings[0].found == "model.skops is not there"


@pytest.mark.parametrize("kind", [ExecutorKind.HTTP, ExecutorKind.LLM, ExecutorKind.AGENT])
def test_what_runs_elsewhere_needs_a_version(work, kind):
    assert work.with_executors(executor(kind=kind)).fails("AX03") == ["svm may change tonight."]
    assert work.with_executors(executor(kind=kind, version="7")).passes("AX03")


def test_only_the_executor_that_is_asked_about_has_to_be_pinned(work):
    work.with_executors(executor(), executor("other", version="latest"))
    work.executor = "svm"
    assert work.passes("AX03")


@pytest.mark.parametrize(
    ("held", "ceiling", "since", "message"),
    [
        (None, "supervised", Level.SUGGEST, "From manual straight to suggest."),
        (Level.SHADOW, "supervised", Level.SUPERVISED, "From shadow straight to supervised."),
        (Level.SUGGEST, "autonomous", Level.AUTONOMOUS, "From suggest straight to autonomous."),
        (Level.SUGGEST, "supervised", Level.AUTONOMOUS, "autonomous is above the ceiling."),
        (Level.SHADOW, "suggest", Level.SUPERVISED, "supervised is above the ceiling."),
        (Level.SUPERVISED, "suggest", Level.SUPERVISED, "supervised is above the ceiling."),
        (Level.SUGGEST, None, Level.SUPERVISED, "Nobody wrote how far it may go, so supervised is too far."),
    ],
)
def test_levels_are_taken_one_by_one_and_end_at_the_ceiling(work, held, ceiling, since, message):
    if ceiling is None:
        work.drop("autonomy.ceiling")
    else:
        work.put("autonomy.ceiling.level", ceiling)
    if held is not None:
        work.with_facts(grants=(granted(held),))
    assert work.fails("AU01") == [message]
    assert work.result("AU01").since is since


@pytest.mark.parametrize(
    ("asked", "ceiling", "message", "mend"),
    [
        (Level.SUPERVISED, "supervised", "From manual straight to supervised.", "Take shadow first."),
        (
            Level.SUPERVISED,
            "suggest",
            "supervised is above the ceiling.",
            "Ask for suggest at most, or raise the ceiling.",
        ),
        (
            Level.AUTONOMOUS,
            "suggest",
            "autonomous is above the ceiling.",
            "Ask for suggest at most, or raise the ceiling.",
        ),
        (Level.SHADOW, "suggest", "From manual straight to suggest.", "Take shadow first."),
    ],
)
def test_the_level_that_is_asked_about_is_the_one_that_is_spoken_of(work, asked, ceiling, message, mend):
    work.put("autonomy.ceiling.level", ceiling).level = asked
    (finding,) = work.result("AU01").findings
    assert (finding.message, finding.mend) == (message, mend)
    assert work.result("AU01").since is Level.SUGGEST


def test_the_way_up_is_clear_where_the_next_level_is_the_last(work):
    work.put("autonomy.ceiling.level", "autonomous").with_facts(grants=(granted(Level.SUPERVISED),))
    assert work.passes("AU01")


def test_a_skipped_level_is_missing_only_from_there_on(work):
    missing = work.judge().missing
    assert "AU01" not in missing[Level.SHADOW]
    assert "AU01" in missing[Level.SUGGEST]


def test_work_without_autonomy_may_be_suggested_at_most(work):
    assert work.drop("autonomy").with_facts(grants=(granted(Level.SHADOW),)).result("AU01").since is Level.SUPERVISED


def test_a_judgement_that_can_be_undone_may_act(work):
    assert work.passes("AU03")


def test_a_judgement_that_cannot_be_undone_goes_no_further_than_suggest(work):
    work.put("outputs.effects.0.reversible", value=False)
    assert work.fails("AU03") == ["A person must say yes before the e-mail appears in the team's queue."]
    assert work.places("AU03") == ["autonomy.ceiling.level"]
    assert work.put("decisions.0.kind", "rule").passes("AU03")
    work.put("decisions.0.kind", "judgement")
    assert work.put("autonomy.ceiling.level", "suggest").not_applicable("AU03") == "the ceiling lets nothing act alone"


def test_a_judgement_nobody_named_or_an_effect_nobody_rated_is_unknown(work):
    work.drop("outputs.effects.0.reversible")
    assert work.unknown("AU03").startswith("nobody said whether a judgement")
    work.put("outputs.effects.0.reversible", value=False).drop("decisions.0.kind")
    assert work.unknown("AU03").startswith("nobody said whether a judgement")
    assert work.drop("outputs").passes("AU03")


def test_judgements_are_not_asked_about_without_a_ceiling(work):
    assert work.drop("autonomy").not_applicable("AU03") == "the ceiling lets nothing act alone"


def test_a_budget_no_looser_than_people_passes(work):
    assert work.put("today.error_rate", 0.05).passes("AU08")


def test_a_budget_looser_than_people_is_refused(work):
    assert work.put("today.error_rate", 0.03).fails("AU08") == ["You allow software 0.05; people make 0.03 today."]
    assert work.places("AU08") == ["autonomy.error_budget"]


def test_work_without_a_budget_is_refused(work):
    assert work.drop("autonomy").fails("AU08") == ["Nobody wrote how many of the acted-on items may be wrong."]


def test_a_budget_is_not_compared_with_a_rate_nobody_knows(work):
    assert work.not_applicable("AU08") == "today's error rate is not known"
    assert work.drop("today").not_applicable("AU08") == "today's error rate is not known"


def test_the_project_without_executors_is_a_fact_too(work):
    assert work.with_facts(project=ProjectFacts()).result("AX03").state is State.UNKNOWN


def test_only_an_agent_has_parts_to_prove(work):
    assert work.unknown("AU05").startswith("not measured yet")
    assert work.with_executors(executor()).not_applicable("AU05") == "no executor is an agent"
    assert "agents" in work.with_executors(executor(kind=ExecutorKind.AGENT)).unknown("AU05")
    work.executor = "svm"
    assert work.with_executors(executor(), executor("other", ExecutorKind.AGENT)).not_applicable("AU05")


def test_approval_is_for_granting_to_judge(work):
    assert "remit grant" in work.not_applicable("AU07")
