"""A proof reads a case file whose rows were all checked before: quicker, and never by another content."""

import json

import pytest

from remit.errors import CasesInvalid, FrozenChanged
from remit.files.case_file import stream_cases
from remit.project.measuring import frozen_set, prove_cases


@pytest.fixture
def as_jsonl(frozen):
    """The same project, its cases as JSONL with whole numbers and nulls."""
    with frozen.opened() as work:
        cases = list(stream_cases(work.case_path, definition=work.definition))
    rows = [
        {
            "case": one.id,
            "input": {**one.input, "amount": int(one.input["amount"]), "note": None},
            "expected": dict(one.expected),
            "tags": list(one.tags),
            "labelled_by": list(one.labelled_by),
            "split": one.use.value,
            "region": one.slices["region"],
        }
        for one in cases
    ]
    frozen.write("cases/refunds.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    frozen.change("work/refunds.yaml", "refunds.csv", "refunds.jsonl")
    for stale in (frozen.root / "cases").glob("*frozen*"):
        stale.unlink()
    return frozen


def test_the_rows_read_again_are_the_rows_that_were_checked(as_jsonl):
    with as_jsonl.opened() as work:
        path, definition = work.case_path, work.definition
        once = list(stream_cases(path, definition=definition))
        again = list(stream_cases(path, definition=definition, measured=True))
    assert [one.id for one in again] == [one.id for one in once]
    for name in ("expected", "tags", "labelled_by", "slices", "use", "row"):
        assert [getattr(one, name) for one in again] == [getattr(one, name) for one in once]
    assert {type(one.input["amount"]) for one in once} == {float}


def test_whole_numbers_and_nulls_come_to_the_executor_as_ever(as_jsonl):
    as_jsonl.write(
        "functions/desk.py",
        "def answer(given):\n"
        "    right = type(given['amount']) is float and 'note' not in given\n"
        "    return {'refund': 'yes' if right else 'no'}\n",
    )
    with as_jsonl.opened() as work:
        work.freeze_cases()
        document = work.prove("desk").document
    assert document.n_cases == 120
    assert {cell.answered for cell in document.confusion} == {"yes"}


def test_a_case_file_that_changes_while_it_is_read_ends_the_proof(frozen):
    with frozen.opened() as work:
        proving = prove_cases(work, frozen_set(work))
        next(proving)
        frozen.change("cases/refunds.csv", "note 1,", "another,")
        with pytest.raises(FrozenChanged, match="changed while it was read"):
            list(proving)


def test_what_was_measured_for_another_definition_is_measured_again(frozen):
    """A row of the tune cases that fits no longer: its file is the same, the frozen set is too."""
    head, *lines = frozen.read("cases/refunds.csv").splitlines()
    tune = next(i for i, line in enumerate(lines) if line.endswith(",tune"))
    lines[tune] = lines[tune].replace(",web,", ",fax,").replace(",shop,", ",fax,")
    frozen.write("cases/refunds.csv", "\n".join([head, *lines]))
    wider = frozen.read("work/refunds.yaml")
    assert "[web, shop]" in wider
    frozen.write("work/refunds.yaml", wider.replace("[web, shop]", "[web, shop, fax]"))
    with frozen.opened() as work:
        work.check_cases()
    frozen.write("work/refunds.yaml", wider)
    with frozen.opened() as work, pytest.raises(CasesInvalid):
        work.prove("desk")
