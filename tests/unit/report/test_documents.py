"""Documents are versioned, whole and strict."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.unit.report.samples import DECISION, ERROR, NOT_CERTIFIED, PROOF, READINESS

from remit.errors import DocumentInvalid, OutsideError
from remit.report.documents import (
    decision_document,
    document_digest,
    document_text,
    from_json,
    from_text,
    plain,
    readiness_document,
    to_json,
    versioned,
)
from remit.report.problems import problems_document

DATA = Path(__file__).resolve().parents[2] / "data"


def refused(data):
    with pytest.raises(DocumentInvalid) as caught:
        from_json(data)
    return caught.value.problems


def test_a_proof_reads_back():
    for proof in (PROOF, NOT_CERTIFIED):
        assert from_text(document_text(to_json(proof))) == proof


def test_a_proof_written_before_slices_were_certified_is_read():
    text = (DATA / "proof-before-slice-certificates.json").read_text(encoding="utf-8")
    assert "slice_certificates" not in text
    found = from_text(text)
    assert (found.work, found.slice_certificates, found.warnings, found.second_person) == ("triage-email", (), (), None)
    assert from_json(to_json(found)) == found


@pytest.mark.parametrize("version", [0, 2, "1", 1.0, True, None])
def test_another_version_is_refused(version):
    (problem,) = refused({**to_json(PROOF), "remit": version})
    assert (problem.where.path, problem.expected) == ("remit", "1")


@pytest.mark.parametrize("kind", ["readiness", None, 1])
def test_another_kind_is_refused(kind):
    (problem,) = refused({**to_json(PROOF), "kind": kind})
    assert problem.where.path == "kind"


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "nonsense"])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(DocumentInvalid):
        from_text(text)


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_what_is_no_object_is_refused(data):
    refused(data)


def test_a_key_that_nobody_knows_is_refused_wherever_it_stands():
    made = to_json(PROOF)
    made["executor"] = {**made["executor"], "colour": "red"}
    made["targets"][0] = {**made["targets"][0], "score": 1}
    assert [problem.where.path for problem in refused({**made, "more": 1})] == [
        "executor.colour",
        "targets[0].score",
        "more",
    ]


def test_every_wrong_type_is_named_with_its_path():
    made = to_json(PROOF)
    problems = refused({**made, "n_cases": "2000", "work": 7, "curve": [{**made["curve"][0], "rate": None}]})
    assert [problem.where.path for problem in problems] == ["work", "n_cases", "curve[0].rate"]
    assert [problem.found for problem in problems] == ["7", '"2000"', "null"]


def test_a_missing_key_is_refused_and_said_to_be_missing():
    made = to_json(PROOF)
    del made["n_cases"]
    (problem,) = refused(made)
    assert (problem.where.path, problem.found) == ("n_cases", "nothing")


def test_a_key_with_a_default_may_be_missing_in_an_older_document():
    made = to_json(PROOF)
    del made["is_own_table"]
    (problem,) = refused(made)
    assert problem.where.path == "document_digest"
    assert from_json({**made, "document_digest": problem.expected}) == PROOF


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("n_cases", -1),
        ("attempt", -2),
        ("assurance", 1.5),
        ("delta", -0.1),
        ("made_at", "2026-10-29T10:24:00"),
    ],
)
def test_a_value_outside_its_domain_is_refused(key, value):
    (problem,) = refused({**to_json(PROOF), key: value})
    assert problem.where.path == key


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_know_is_refused(value):
    (problem,) = refused({**to_json(PROOF), "executor_seconds": value})
    assert "not JSON" in problem.message


def test_a_document_changed_by_hand_is_noticed():
    (problem,) = refused({**to_json(PROOF), "n_wrong": 3})
    assert problem.where.path == "document_digest"
    assert problem.message == "the document was changed after it was written"


def test_a_document_without_its_digest_is_refused():
    made = to_json(PROOF)
    del made["document_digest"]
    (problem,) = refused(made)
    assert problem.found == "null"


def test_a_program_that_writes_one_point_zero_as_one_changed_nothing():
    proof = replace(PROOF, executor_seconds=3.0)
    assert from_json({**to_json(proof), "executor_seconds": 3}) == proof


def test_the_digest_is_that_of_the_content():
    assert document_digest(PROOF) == to_json(PROOF)["document_digest"]
    assert document_digest(PROOF) != document_digest(replace(PROOF, n_wrong=1))
    assert len(document_digest(PROOF)) == 64


def test_times_are_written_in_utc():
    at = datetime(2026, 10, 29, 12, 24, tzinfo=timezone(timedelta(hours=2)))
    assert to_json(replace(PROOF, made_at=at))["made_at"] == "2026-10-29T10:24:00Z"
    assert plain(date(2026, 10, 29)) == "2026-10-29"
    assert plain(timedelta(minutes=2)) == 120.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1), object(), {1, 2}])  # noqa: DTZ001
def test_what_no_document_can_hold_is_refused(value):
    with pytest.raises(DocumentInvalid):
        plain({"value": [value]})


def test_half_a_character_is_written_as_an_escape():
    text = document_text({"value": "a\ud800b é"})
    assert text == '{\n  "value": "a\\ud800b é"\n}'
    assert json.loads(text) == {"value": "a\ud800b é"}


def test_a_number_that_is_none_is_not_written():
    with pytest.raises(DocumentInvalid):
        document_text({"value": float("nan")})


def test_a_document_of_any_kind_begins_with_version_and_kind():
    assert list(versioned("check", {"works": ()}).items()) == [("remit", 1), ("kind", "check"), ("works", [])]


def test_readiness_says_for_every_level_what_is_missing():
    made = readiness_document(READINESS)
    assert made["reached"] is False
    assert [(one["level"], one["reached"], len(one["missing"])) for one in made["levels"]] == [
        ("shadow", True, 0),
        ("suggest", False, 2),
        ("supervised", False, 2),
        ("autonomous", False, 3),
    ]
    assert len(made["rules"]) == len(READINESS.results)
    assert made["rules"][2]["findings"][0]["where"]["line"] == 31


def test_a_decision_document_holds_the_whole_decision():
    made = decision_document(DECISION, work="triage-email", key="m-1", review="R-4")
    assert (made["route"], made["review"], made["executor"]) == ("review", "R-4", None)
    assert made["input"] == DECISION.input
    assert [reason["id"] for reason in made["reasons"]] == ["C1", ""]
    assert datetime.fromisoformat(made["input"]["received"]).astimezone(UTC).year == 2026


def test_an_error_document_has_every_problem_with_its_code():
    made = problems_document(ERROR)
    assert (made["kind"], made["code"], made["exit_code"], made["error"]) == ("error", "E303", 3, "DefinitionInvalid")
    assert [problem["code"] for problem in made["problems"]] == ["E303", "E302", "E303"]
    assert problems_document(OutsideError("gone"))["problems"][0]["message"] == "gone"


def test_a_tuple_with_named_fields_keeps_their_names():
    class Point(NamedTuple):
        x: int
        y: int

    assert plain({"at": Point(1, 2)}) == {"at": {"x": 1, "y": 2}}
