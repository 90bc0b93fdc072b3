"""What a file of a cascade may say, and where it is wrong."""

import json

import pytest

from remit.errors import ExecutorInvalid
from remit.executors import load
from remit.executors.cascade import cascade_digest, load_cascade, read_parts
from remit.executors.cascade.tuned import Step, rank, read_tuned
from remit.items import ExecutorKind


@pytest.fixture
def file(spec):
    def make(*parts, **more):
        settings = {"parts": [one if isinstance(one, dict) else {"executor": one} for one in parts]}
        settings.update(more.pop("settings", {}))
        return spec(ExecutorKind.CASCADE, name="cascade", settings=settings, **more)

    return make


@pytest.fixture
def known(part, siblings, said, spec):
    """table (no confidence), svm and gpt (confidence), clerks (a person), other (a cascade)."""
    return siblings(
        part("table", said("a"), sure=False, kind=ExecutorKind.TABLE, cost=0.0).executor,
        part("svm", said("a", 0.9), cost=0.01, assumes=("input.subject != ''",)).executor,
        part("gpt", said("a", 0.9), cost=2.0).executor,
        part("clerks", said("a"), sure=False, kind=ExecutorKind.PERSON).executor,
        part("other", said("a"), kind=ExecutorKind.CASCADE).executor,
    )


def problems(refused):
    return [(one.where.path, one.message) for one in refused.value.problems]


AT = "settings.parts[0].at_least"


@pytest.mark.parametrize(
    ("settings", "path", "message"),
    [
        ({}, "settings.parts", "a cascade needs its parts"),
        ({"parts": []}, "settings.parts", "a cascade needs its parts"),
        ({"parts": "svm"}, "settings.parts", "a cascade needs its parts"),
        ({"parts": [{"executor": f"p{i}"} for i in range(9)]}, "settings.parts", "a cascade needs its parts"),
        ({"parts": ["svm"]}, "settings.parts[0]", "this is no part of a cascade"),
        ({"parts": [{"at_least": 0.5}]}, "settings.parts[0].executor", "a part of a cascade names an executor"),
        ({"parts": [{"executor": 3}]}, "settings.parts[0].executor", "a part of a cascade names an executor"),
        ({"parts": [{"executor": "a", "least": 1}]}, "settings.parts[0].least", "a part of a cascade has no `least`"),
        ({"parts": [{"executor": "a", "at_least": 1.01}]}, AT, "`at_least` is no confidence"),
        ({"parts": [{"executor": "a", "at_least": -0.1}]}, AT, "`at_least` is no confidence"),
        ({"parts": [{"executor": "a", "at_least": True}]}, AT, "`at_least` is no confidence"),
        ({"parts": [{"executor": "a", "at_least": "high"}]}, AT, "`at_least` is no confidence"),
        ({"parts": [{"executor": "a"}, {"executor": "a"}]}, "settings.parts[1].executor", "`a` is asked twice"),
        ({"parts": [{"executor": "a"}], "tune_where": 3}, "settings.tune_where", "`tune_where` is no expression"),
        ({"parts": [{"executor": "a"}], "order": 1}, "settings.order", "an executor of kind `cascade` has no setting"),
    ],
)
def test_what_is_no_list_of_parts_is_refused_with_its_place(spec, settings, path, message):
    with pytest.raises(ExecutorInvalid) as refused:
        read_parts(spec(ExecutorKind.CASCADE, name="cascade", settings=settings))
    assert [(one, said.startswith(message)) for one, said in problems(refused)] == [(path, True)]


def test_everything_that_is_wrong_is_said_at_once(spec):
    settings = {"parts": [{"executor": "a", "at_least": 2}, {"executr": "b"}]}
    with pytest.raises(ExecutorInvalid) as refused:
        read_parts(spec(ExecutorKind.CASCADE, settings=settings, retries=2))
    assert [path for path, _ in problems(refused)] == [
        "retries",
        "settings.parts[0].at_least",
        "settings.parts[1].executr",
        "settings.parts[1].executor",
    ]
    assert refused.value.problems[2].mend == "did you mean `executor`?"


@pytest.mark.parametrize(
    ("key", "value"), [("cost_per_item", 0.0), ("retries", 1), ("confidence", "none"), ("confidence", "votes")]
)
def test_what_a_cascade_has_from_its_parts_is_not_written_in_its_own_file(file, key, value):
    with pytest.raises(ExecutorInvalid) as refused:
        read_parts(file("svm", **{key: value}))
    assert refused.value.problems[0].where.path == key


@pytest.mark.parametrize("key", ["entry", "file"])
def test_keys_of_other_kinds_are_refused(file, key):
    with pytest.raises(ExecutorInvalid, match=f"has no `{key}`"):
        read_parts(file("svm", **{key: "x.py"}))


@pytest.mark.parametrize(
    ("parts", "path", "message"),
    [
        (["svn", "gpt"], "settings.parts[0].executor", "there is no executor `svn`"),
        (["cascade", "gpt"], "settings.parts[0].executor", "there is no executor `cascade`"),
        (["other", "gpt"], "settings.parts[0].executor", "`other` is a cascade itself"),
        (["clerks", "gpt"], "settings.parts[0].executor", "`clerks` is a person, and people come last"),
        (["clerks"], "settings.parts[0].executor", "a cascade of people only has nobody to ask"),
        ([{"executor": "table", "at_least": 0.5}, "gpt"], "settings.parts[0].at_least", "`table` gives no confidence"),
        ([{"executor": "table", "at_least": "tuned"}, "gpt"], "settings.parts[0].at_least", "`table` gives no confid"),
        (["table", {"executor": "gpt", "at_least": 0.5}], "settings.parts[1].at_least", "`gpt` is the last part"),
        (["svm", "gpt"], "settings.parts[0].executor", "from which confidence on `svm` is taken was not tuned yet"),
        ([{"executor": "svm", "at_least": "tuned"}, "gpt"], "settings.parts[0].at_least", "from which confidence on"),
        (["table", "gpt", {"executor": "clerks", "at_least": 0.5}], "settings.parts[2].at_least", "a person has no"),
    ],
)
def test_a_part_that_can_be_none_is_refused_with_its_place(tmp_path, file, known, parts, path, message):
    with pytest.raises(ExecutorInvalid) as refused:
        load_cascade(file(*parts), root=tmp_path, siblings=known)
    assert [(one, said.startswith(message)) for one, said in problems(refused)] == [(path, True)]


def test_a_cascade_that_asks_itself_is_refused(tmp_path, file, part, siblings, said):
    itself = part("cascade", said("a"), kind=ExecutorKind.CASCADE).executor
    with pytest.raises(ExecutorInvalid, match="a cascade can't ask itself"):
        load_cascade(file("cascade"), root=tmp_path, siblings=siblings(itself))


SURE = {"executor": "svm", "at_least": 0.9}


def test_what_a_cascade_has_from_its_parts(tmp_path, file, known):
    whole = load_cascade(file("table", SURE, "gpt"), root=tmp_path, siblings=known)
    assert whole.spec.cost_per_item == 2.01
    assert whole.spec.assumes == ("input.subject != ''",)
    assert [one.at_least for one in whole.members] == [None, 0.9, None]
    assert whole.gives_confidence


def test_without_a_project_there_are_no_parts(tmp_path, file, work):
    with pytest.raises(ExecutorInvalid, match="there is no executor `svm`"):
        load(file("svm"), root=tmp_path, definition=work())


def test_the_digest_is_over_parts_order_and_limits(tmp_path, file, known, part, siblings, said):
    def digest(*parts, of=known, **more):
        return cascade_digest(file(*parts, **more), root=tmp_path, siblings=of)

    whole = digest("table", SURE, "gpt")
    assert whole == load_cascade(file("table", SURE, "gpt"), root=tmp_path, siblings=known).digest
    assert whole == digest("table", SURE, "gpt", author="sam")
    others = {
        digest(SURE, "table", "gpt"),
        digest("table", {**SURE, "at_least": 0.91}, "gpt"),
        digest("table", SURE),
        digest("table", SURE, "gpt", version="2"),
        digest("table", SURE, "gpt", "clerks"),
    }
    assert len(others) == 5
    assert whole not in others
    changed = part("gpt", said("a", 0.9)).executor
    changed.digest = "f" * 64
    again = siblings(known.executor("table"), known.executor("svm"), changed)
    assert digest("table", SURE, "gpt", of=again) != whole


def tuned(root, **changes):
    document = {
        "remit": 1,
        "kind": "tuned cascade",
        "work": "triage",
        "executor": "cascade",
        "tune_digest": "t",
        "prove_digest": "p",
        "error_budget": 0.05,
        "n_cases": 100,
        "parts": [
            {
                "executor": name,
                "digest": "d",
                "at_least": limit,
                "steps": [{"at": 0.0, "right": 0.4}, {"at": 0.8, "right": 0.96}],
                "n_asked": 100,
                "n_taken": 70,
                "n_wrong": 2,
            }
            for name, limit in (("svm", 0.8), ("gpt", None))
        ],
        **changes,
    }
    (root / "executors").mkdir(exist_ok=True)
    (root / "executors" / "cascade.tuned.json").write_text(json.dumps(document))
    return document


def test_what_was_tuned_is_taken_and_is_part_of_the_digest(tmp_path, file, known):
    described = file({"executor": "svm", "at_least": "tuned"}, "gpt")
    tuned(tmp_path)
    whole = load_cascade(described, root=tmp_path, siblings=known)
    assert [one.at_least for one in whole.members] == [0.8, None]
    assert whole.answer({"subject": "x"}).confidence == pytest.approx(0.96, abs=0.001)
    before = cascade_digest(described, root=tmp_path, siblings=known)
    assert before == whole.digest
    document = tuned(tmp_path)
    document["parts"][0]["steps"][0]["right"] = 0.41
    tuned(tmp_path, parts=document["parts"])
    assert cascade_digest(described, root=tmp_path, siblings=known) != before
    tuned(tmp_path, n_cases=99)  # what decides no answer is no part of it
    assert cascade_digest(described, root=tmp_path, siblings=known) == before


@pytest.mark.parametrize(
    "parts",
    [["svm", "table"], ["gpt", "svm"], [{"executor": "svm", "at_least": 0.7}, "gpt"], ["table", SURE, "gpt"]],
    ids=["another", "another order", "another limit", "more"],
)
def test_parts_that_are_not_those_that_were_tuned_are_refused(tmp_path, file, known, parts):
    tuned(tmp_path)
    with pytest.raises(ExecutorInvalid) as refused:
        load_cascade(file(*parts), root=tmp_path, siblings=known)
    assert problems(refused) == [("settings.parts", "the parts are not those that were tuned")]
    assert refused.value.problems[0].mend == "`remit tune triage --executor cascade`"


def test_what_was_tuned_for_a_cascade_with_a_person_at_the_end_counts(tmp_path, file, known):
    tuned(tmp_path)
    whole = load_cascade(file("svm", "gpt", "clerks"), root=tmp_path, siblings=known)
    assert [one.name for one in whole.members] == ["svm", "gpt", "clerks"]


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"remit": 1, "kind": "proof"}',
        '{"remit": 1, "kind": "tuned cascade"}',
        "\\ud800",
        "[" * 100_000,
    ],
)
def test_a_file_that_tune_did_not_write_is_refused(tmp_path, text):
    (tmp_path / "executors").mkdir()
    (tmp_path / "executors" / "cascade.tuned.json").write_text(text)
    with pytest.raises(ExecutorInvalid) as refused:
        read_tuned(tmp_path, "cascade")
    assert refused.value.problems[0].where.file == "executors/cascade.tuned.json"


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"at": 0.8, "right": 0.9}, {"at": 0.2, "right": 0.95}],
        [{"at": 0.0, "right": 1.5}],
        [{"at": "0", "right": 0.5}],
    ],
)
def test_steps_that_are_none_are_refused(tmp_path, steps):
    document = tuned(tmp_path)
    document["parts"][0]["steps"] = steps
    tuned(tmp_path, parts=document["parts"])
    with pytest.raises(ExecutorInvalid):
        read_tuned(tmp_path, "cascade")


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    tuned(tmp_path)
    with (tmp_path / "executors" / "cascade.tuned.json").open("a") as file:
        file.write(" " * 2_000_001)
    with pytest.raises(ExecutorInvalid, match=r"can't be used"):
        read_tuned(tmp_path, "cascade")


@pytest.mark.parametrize("changes", [{"work": "other"}, {"executor": "another"}])
def test_what_was_tuned_for_another_one_does_not_count(tmp_path, file, known, changes):
    tuned(tmp_path, **changes)
    with pytest.raises(ExecutorInvalid, match="the parts are not those that were tuned"):
        load_cascade(file("svm", "gpt"), root=tmp_path, siblings=known)


def test_nothing_tuned_is_nothing(tmp_path):
    assert read_tuned(tmp_path, "cascade") is None


def test_the_rank_grows_with_the_confidence_of_a_part_within_a_step_and_over_steps():
    steps = (Step(at=0.2, right=0.5), Step(at=0.8, right=0.9))
    sure = [0.0, 0.1, 0.2, 0.5, 0.79, 0.8, 0.81, 1.0]
    ranks = [rank(steps, one) for one in sure]
    assert ranks == sorted(set(ranks))
    assert all(0.0 <= one <= 1.0 for one in ranks)
    assert ranks[0] == pytest.approx(0.5, abs=0.001)
    assert ranks[-1] == pytest.approx(0.9, abs=0.001)
