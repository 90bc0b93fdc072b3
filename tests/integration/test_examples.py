"""Every example reads, and has no static finding at its own ceiling; evidence may be outstanding."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remit.definition.levels import Level
from remit.project import Project, system
from remit.readiness.catalogue import CATALOGUE
from remit.readiness.finding import Readiness, RuleKind, State

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WORKS = sorted((path.parent.parent.name, path.stem) for path in EXAMPLES.glob("*/work/*.yaml"))
STATIC = {card.id for card in CATALOGUE if card.kind is not RuleKind.EVIDENCE}
NEXT_STEP = "AU01"
"""It is about the next step of the ladder, which nobody has taken yet."""


@dataclass(frozen=True)
class Opened:
    """One example, copied, and one work of it."""

    project: Project
    work: str
    is_built: bool

    @property
    def ceiling(self) -> Level:
        autonomy = self.project.work(self.work).definition.autonomy
        assert autonomy is not None
        assert autonomy.ceiling is not None
        return autonomy.ceiling.level


def copied(name: str, folder: Path) -> Path:
    ignored = shutil.ignore_patterns("arriving", "cases", "downloads", "models", "__pycache__", ".remit", "proofs")
    return Path(shutil.copytree(EXAMPLES / name, folder / name, ignore=ignored))


@pytest.fixture(params=WORKS, ids=lambda one: one[1])
def opened(request, tmp_path):
    name, work = request.param
    ambient = replace(system(), now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    with Project.open(copied(name, tmp_path), ambient=ambient) as project:
        yield Opened(project=project, work=work, is_built=not (EXAMPLES / name / "build.py").exists())


def failed(readiness: Readiness, level: Level) -> set[str]:
    return {
        one.rule
        for one in readiness.results
        if one.rule in STATIC and one.state is State.FAIL and level.at_least(one.since) and one.waived_until is None
    }


def test_every_folder_of_the_examples_is_a_project_with_a_page():
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == {name for name, _ in WORKS}
    assert all((EXAMPLES / name / "remit.yaml").is_file() for name in folders)
    pages = {name: (EXAMPLES / name / "README.md").read_text(encoding="utf-8").count("\n") for name in folders}
    assert {name for name, n_lines in pages.items() if n_lines > 60} == set()


def test_no_static_rule_fails_at_the_ceiling(opened):
    found = opened.project.work(opened.work).check(for_level=opened.ceiling)
    # Executors that build.py makes have no digest before it ran.
    outstanding = {NEXT_STEP} if opened.is_built else {NEXT_STEP, "AX03"}
    assert failed(found, opened.ceiling) <= outstanding


def test_every_role_is_held_by_somebody_of_the_project(opened):
    definition = opened.project.work(opened.work).definition
    held = {role for person in opened.project.file.people for role in person.roles}
    assert definition.owner
    assert definition.accountable
    assert definition.escalation
    assert definition.escalation.stop
    named = {definition.owner.role, definition.accountable.role, *definition.escalation.stop.who}
    assert named | {path.role for path in definition.escalation.paths} <= held


def test_every_work_has_exactly_one_incumbent_whose_digest_is_known(opened):
    work = opened.project.work(opened.work)
    incumbents = [name for name, file in work.executor_files.items() if file.spec.incumbent]
    assert len(incumbents) == 1
    assert work.executor_digest(incumbents[0])


@pytest.mark.parametrize("name", ["child-safety"])
def test_a_work_that_is_not_to_be_automated_is_ready_as_it_stands(name, tmp_path):
    with Project.open(copied(name, tmp_path)) as project:
        found = project.work(name).check()
        assert (found.for_level, found.reached) == (Level.MANUAL, True)
        assert found.ceiling_because
        above = project.work(name).check(for_level=Level.SHADOW)
        assert above.missing[Level.SHADOW] == (NEXT_STEP,)


def test_the_second_of_two_works_takes_what_the_first_gives_in_the_same_words(tmp_path):
    from remit.definition.schemas import answers, input_schema, leaf, output_schema

    with Project.open(copied("repairs", tmp_path)) as project:
        first, second = (project.work(id_).definition for id_ in ("repair-report", "repair-order"))
        assert first.scope is not None
        assert first.scope.related == (second.id,)
        for decision in first.decisions:
            taken = leaf(input_schema(second), decision.id)
            assert taken is not None
            assert taken["enum"] == list(answers(output_schema(first), decision.id) or ())
