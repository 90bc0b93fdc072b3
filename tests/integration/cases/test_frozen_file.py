"""What was frozen is kept beside the cases, and nobody replaces it by accident."""

import json
from datetime import UTC, datetime

import pytest

from remit.cases.case import Case, CaseUse
from remit.cases.freeze import freeze
from remit.errors import DocumentInvalid, FrozenChanged
from remit.files.case_file import frozen_path, read_frozen, write_frozen

AT = datetime(2027, 6, 30, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def frozen(work):
    def make(n=4):
        uses = (CaseUse.TUNE, CaseUse.PROVE)
        cases = [
            Case(id=f"c{i}", input={"subject": "x"}, expected={"team": "orders"}, use=uses[i % 2]) for i in range(n)
        ]
        return freeze(cases, definition=work(), at=AT)

    return make


def test_it_is_kept_beside_the_cases(tmp_path):
    assert frozen_path(tmp_path / "cases" / "mail.csv", "triage") == tmp_path / "cases" / "triage.frozen.json"


def test_what_is_written_is_read(tmp_path, frozen):
    path = tmp_path / "triage.frozen.json"
    assert read_frozen(path) is None
    write_frozen(path, frozen())
    assert read_frozen(path) == frozen()
    document = json.loads(path.read_text())
    assert (document["remit"], document["kind"], document["prove"]["n"]) == (1, "frozen cases", 2)


def test_another_prove_set_does_not_take_its_place_unasked(tmp_path, frozen):
    path = tmp_path / "triage.frozen.json"
    write_frozen(path, frozen())
    write_frozen(path, frozen(5))  # one tune case more
    with pytest.raises(FrozenChanged, match="another prove set is frozen already"):
        write_frozen(path, frozen(6))
    assert read_frozen(path).prove.n == 2
    write_frozen(path, frozen(6), replace=True)
    assert read_frozen(path).prove.n == 3


@pytest.mark.parametrize(
    "change",
    [
        {"remit": 2},
        {"kind": "proof"},
        {"work": 3},
        {"frozen_at": "yesterday"},
        {"frozen_at": "2027-06-30T12:00:00"},
        {"schemas_digest": "abc"},
        {"prove": None},
        {"prove": {"n": -1, "digest": "0" * 64}},
        {"prove": {"n": True, "digest": "0" * 64}},
        {"prove": {"n": 1, "digest": "x" * 64}},
    ],
)
def test_a_file_that_was_changed_by_hand_is_refused(tmp_path, frozen, change):
    path = tmp_path / "triage.frozen.json"
    write_frozen(path, frozen())
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(DocumentInvalid, match="no frozen case set"):
        read_frozen(path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "no JSON: Expecting value at line 1, character 1"),
        ("[]", "an empty list"),
        ("{}", "no `remit`"),
        ("[" * 50_000, "values that are nested too deep"),
        ("null", "null"),
        ('{"remit": ' + "1" * 5_000 + "}", "a number of more than 4,300 digits"),
        ('{"remit": 1, "kind": null}', "`kind` is null"),
        ('{"remit": 1, "kind": "frozen cases", "work": 5}', "`work` is the number 5"),
        ('{"remit": 1, "kind": "frozen cases", "work": "triage", "tune": []}', "an empty list"),
    ],
)
def test_a_file_that_is_something_else_is_refused_in_the_words_of_json(tmp_path, text, found):
    path = tmp_path / "triage.frozen.json"
    path.write_text(text)
    with pytest.raises(DocumentInvalid) as caught:
        read_frozen(path)
    assert caught.value.problems[0].found == found
