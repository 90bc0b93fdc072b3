"""The two examples are built from installed packages: the same bytes every time, split before anything is looked at."""

import csv
import json
import runpy
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from remit.autonomy.route import Terms
from remit.cases.case import Case
from remit.deciding.decide import decide
from remit.deciding.prepare import prepare
from remit.definition.levels import Level
from remit.definition.schemas import input_schema, properties
from remit.executors.loading import load
from remit.files.case_file import stream_cases
from remit.files.definitions import load_definition
from remit.files.executor_file import load_executor
from remit.files.project_file import load_project_file
from remit.files.waivers_file import load_waivers
from remit.items import Answer, ExecutorKind, Item, Route
from remit.readiness.catalogue import CATALOGUE
from remit.readiness.facts import ExecutorFact, Facts, ProjectFacts
from remit.readiness.finding import RuleKind
from remit.readiness.judge import judge

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CASES_DIGEST = {
    "digits": "ef24c00b839d8a495d2a9fd5ff523e14e58dc80404e36493ffeff2207fe37550",
    "mortgage": "22076e34ec17f76c8dde5a1bcf549fda733c49633fc65829019ee73e53bf9ead",
}
"""The cases of both examples, byte for byte. They change only when somebody means it."""

PROTECTED = {"group", "sex", "marital", "age", "black", "hispan", "white", "male", "married", "old", "dep", "min30"}


@dataclass(frozen=True)
class Built:
    """One example, copied and built."""

    name: str
    folder: Path

    @property
    def case_file(self) -> Path:
        return self.folder / "cases" / f"{self.name}.csv"

    def rows(self, use: str | None = None) -> list[dict[str, str]]:
        with self.case_file.open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if use is None or row["split"] == use]


def build(name: str, folder: Path) -> Built:
    ignored = shutil.ignore_patterns("cases", "models", "__pycache__")
    shutil.copytree(EXAMPLES / name, folder, ignore=ignored)
    runpy.run_path(str(folder / "build.py"))["build"](folder)
    return Built(name=name, folder=folder)


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return build("digits", tmp_path_factory.mktemp("examples") / "digits")


@pytest.fixture(scope="module")
def mortgage(tmp_path_factory):
    return build("mortgage", tmp_path_factory.mktemp("examples") / "mortgage")


@pytest.fixture(params=["digits", "mortgage"])
def built(request):
    return request.getfixturevalue(request.param)


def tags(rows):
    return Counter(tag for row in rows for tag in row["tags"].split(";"))


def inputs(row):
    return tuple(value for column, value in row.items() if column.startswith("input."))


def test_the_same_seed_gives_the_same_cases_byte_for_byte(built):
    assert sha256(built.case_file.read_bytes()).hexdigest() == CASES_DIGEST[built.name]


def test_building_again_gives_the_same_answers(built, tmp_path):
    import numpy as np
    from skops.io import get_untrusted_types, load

    again = build(built.name, tmp_path / "again")
    rng = np.random.default_rng(1)
    for file in sorted((built.folder / "models").glob("*.skops")):
        first, second = (
            load(path, trusted=get_untrusted_types(file=path)) for path in (file, again.folder / "models" / file.name)
        )
        asked = rng.integers(0, 17, (50, 64)) if built.name == "digits" else rng.uniform(0, 2, (50, 17))
        assert first.predict(asked).tolist() == second.predict(asked).tolist()
        assert np.allclose(first.predict_proba(asked), second.predict_proba(asked))


def test_nine_hundred_real_cases_prove_and_the_others_tune(built):
    real = [row for row in built.rows("prove") if "constructed" not in row["tags"]]
    assert len(real) == 900
    assert len(real) + len(built.rows("tune")) == {"digits": 1797, "mortgage": 1989}[built.name]
    assert {row["split"] for row in built.rows()} == {"tune", "prove"}
    assert len({row["case"] for row in built.rows()}) == len(built.rows())


def test_no_constructed_case_is_used_for_tuning(built):
    assert "constructed" not in tags(built.rows("tune"))


def test_no_prove_case_was_seen_in_tuning(built):
    tuned = {inputs(row) for row in built.rows("tune")}
    assert [row["case"] for row in built.rows("prove") if inputs(row) in tuned] == []


def test_no_protected_column_is_an_input(built):
    definition = load_definition(built.folder / "work" / f"{built.name}.yaml").definition
    fields = set(properties(input_schema(definition)))
    assert not fields & PROTECTED
    assert {f"input.{field}" for field in fields} == {one for one in built.rows()[0] if one.startswith("input.")}
    assert definition.quality is not None
    assert set(definition.quality.slices) <= set(built.rows()[0])
    assert not fields & set(definition.quality.slices)


def test_every_failure_mode_has_cases_that_can_show_it(built):
    found = tags(built.rows("prove"))
    for mode in load_definition(built.folder / "work" / f"{built.name}.yaml").definition.modes:
        assert mode.severity is not None
        assert found[mode.tag] >= (30 if mode.severity >= 8 else 10), mode.id


def test_every_file_of_the_project_reads_and_points_to_what_was_built(built):
    assert load_project_file(built.folder / "remit.yaml").currency is not None
    load_waivers(built.folder / "waivers.yaml")
    specs = [load_executor(path).spec for path in sorted((built.folder / "executors").glob("*.yaml"))]
    assert {spec.work for spec in specs} == {built.name}
    assert [spec.name for spec in specs if spec.incumbent] == [{"digits": "clerks", "mortgage": "officers"}[built.name]]
    for spec in specs:
        for file in (*spec.files, *([spec.file] if spec.file else [])):
            assert (built.folder / file).is_file(), spec.name


def test_every_role_of_a_definition_is_held_by_somebody_of_the_project(built):
    definition = load_definition(built.folder / "work" / f"{built.name}.yaml").definition
    held = {role for person in load_project_file(built.folder / "remit.yaml").people for role in person.roles}
    assert definition.owner
    assert definition.accountable
    assert definition.escalation
    assert definition.escalation.stop
    named = {definition.owner.role, definition.accountable.role, *definition.escalation.stop.who}
    assert named | {path.role for path in definition.escalation.paths} <= held


def cases_of(built, definition):
    return list(stream_cases(built.case_file, definition=definition))


def test_every_case_fits_its_definition(built):
    definition = load_definition(built.folder / "work" / f"{built.name}.yaml").definition
    assert [case for case in cases_of(built, definition) if not isinstance(case, Case)] == []


def test_every_constructed_case_is_kept_for_a_person_before_an_executor_is_asked(built):
    definition = load_definition(built.folder / "work" / f"{built.name}.yaml").definition
    work, terms = prepare(definition), Terms(level=Level.SUPERVISED, certified=True)
    asked = []

    def answer(given):
        asked.append(given)
        return Answer(output=None, confidence=1.0)

    constructed = [case for case in cases_of(built, definition) if "constructed" in case.tags]
    routes = {
        decide(work, Item(key=case.id, input=case.input), perform=answer, terms=terms).route for case in constructed
    }
    assert len(constructed) == {"digits": 48, "mortgage": 12}[built.name]
    assert routes == {Route.REVIEW}
    assert asked == []


def test_no_rule_that_reads_the_project_stands_against_its_own_ceiling(built):
    file = load_definition(built.folder / "work" / f"{built.name}.yaml")
    definition = file.definition
    assert definition.autonomy is not None
    assert definition.autonomy.ceiling is not None
    specs = [load_executor(path).spec for path in sorted((built.folder / "executors").glob("*.yaml"))]
    # A cascade is made of the others, and can be loaded once it was tuned.
    made_alone = [spec for spec in specs if spec.kind is not ExecutorKind.CASCADE]
    loaded = [load(spec, root=built.folder, definition=definition) for spec in made_alone]
    executors = tuple(
        ExecutorFact(
            name=one.spec.name,
            kind=one.spec.kind,
            digest=one.digest,
            version=one.spec.version,
            author=one.spec.author,
            incumbent=one.spec.incumbent,
            gives_confidence=one.gives_confidence,
        )
        for one in loaded
    )
    facts = Facts(
        project=ProjectFacts(related={definition.id: ()}, executors=executors),
        waivers=load_waivers(built.folder / "waivers.yaml"),
    )
    level = definition.autonomy.ceiling.level
    found = judge(definition, facts, now=datetime(2026, 1, 1, tzinfo=UTC), source=file.source, for_level=level)
    static = {one.id for one in CATALOGUE if one.kind is not RuleKind.EVIDENCE}
    # AU01 is about the next step of the ladder, which nobody has taken yet.
    assert [rule for rule in found.missing[level] if rule in static and rule != "AU01"] == []


def test_a_new_hand_is_in_the_prove_set_only(digits):
    assert {row["writer"] for row in digits.rows("tune")} == {"known"}
    assert tags(digits.rows("prove"))["new_writer"] == 130


def test_the_simple_function_of_the_digits_answers(digits):
    answer = runpy.run_path(str(digits.folder / "functions" / "averages.py"))["nearest_average"]
    rows = [row for row in digits.rows("prove") if "constructed" not in row["tags"]]
    n_right = sum(answer({"pixels": json.loads(row["input.pixels"])})["digit"] == row["expected.digit"] for row in rows)
    assert 780 < n_right < 840


def test_each_example_can_be_planned_before_anything_is_proved(built):
    from remit.project import Project

    with Project.open(built.folder) as project:
        work = project.work(built.name)
        work.freeze_cases()
        found = work.plan()
    n_min = {"digits": 368, "mortgage": 72}[built.name]
    assert (found.budget.n_min, found.not_known, found.is_frozen) == (n_min, (), True)
    assert found.n_prove == len(built.rows("prove"))
    assert all(one.days_likely is not None for one in found.levels)
    assert [one.id for one in found.targets] == [one.id for one in work.definition.quality.targets]
