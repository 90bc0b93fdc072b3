"""An executor file becomes an executor, or a refusal that points at the key."""

import pytest

from remit.errors import ExecutorInvalid
from remit.executors import load
from remit.executors.fingerprint import inside, only
from remit.items import ExecutorKind


@pytest.mark.parametrize("kind", [ExecutorKind.AGENT])
def test_kinds_of_a_later_release_say_so(tmp_path, work, spec, kind):
    with pytest.raises(ExecutorInvalid) as refused:
        load(spec(kind), root=tmp_path, definition=work())
    problem = refused.value.problems[0]
    assert problem.message == f"executors of kind `{kind}` come in a later release"
    assert problem.where.path == "kind"
    assert problem.expected == "person, table, function, model, http, llm or cascade"


def test_an_executor_of_other_work_is_refused(tmp_path, work, spec):
    with pytest.raises(ExecutorInvalid) as refused:
        load(spec(ExecutorKind.PERSON, work="other"), root=tmp_path, definition=work())
    assert refused.value.problems[0].where.path == "for"


@pytest.mark.parametrize("name", ["../x.csv", "a/../../x.csv", "{outside}"])
def test_no_file_outside_of_the_project_is_read(tmp_path, name):
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "x.csv").write_text("secret")
    with pytest.raises(ExecutorInvalid, match="leads out of the project"):
        inside(root, name.format(outside=tmp_path / "x.csv"), key="file")


def test_a_link_out_of_the_project_is_refused(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "x.csv").write_text("secret")
    (root / "x.csv").symlink_to(tmp_path / "x.csv")
    with pytest.raises(ExecutorInvalid, match="leads out of the project"):
        inside(root, "x.csv", key="file")


@pytest.mark.parametrize("name", ["\0", "folder", "gone/x.csv"])
def test_what_is_no_file_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExecutorInvalid) as refused:
        inside(tmp_path, name, key="file")
    assert refused.value.problems[0].where.path == "file"


def test_a_file_inside_is_found_by_any_way_that_stays_inside(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "x.csv").write_text("")
    assert inside(tmp_path, "a/../x.csv", key="file") == (tmp_path / "x.csv").resolve()


def test_a_setting_that_is_not_known_gets_the_nearest_one(spec):
    with pytest.raises(ExecutorInvalid) as refused:
        only(spec(settings={"feature": []}), settings=("features", "output"))
    problem = refused.value.problems[0]
    assert problem.where.path == "settings.feature"
    assert problem.mend == "did you mean `features`?"


@pytest.mark.parametrize(
    ("kind", "given", "key"),
    [
        (ExecutorKind.PERSON, {"files": ("a.csv",)}, "files"),
        (ExecutorKind.PERSON, {"confidence": "high"}, "confidence"),
        (ExecutorKind.PERSON, {"entry": "a.py:b"}, "entry"),
        (ExecutorKind.TABLE, {"confidence": "high"}, "confidence"),
        (ExecutorKind.TABLE, {"files": ("a.csv",)}, "files"),
        (ExecutorKind.MODEL, {"files": ("a.csv",)}, "files"),
        (ExecutorKind.MODEL, {"entry": "a.py:b"}, "entry"),
        (ExecutorKind.FUNCTION, {"file": "a.csv"}, "file"),
    ],
)
def test_what_a_kind_does_not_know_is_refused_and_never_ignored(tmp_path, work, spec, kind, given, key):
    with pytest.raises(ExecutorInvalid) as refused:
        load(spec(kind, **given), root=tmp_path, definition=work())
    problem = refused.value.problems[0]
    assert problem.message == f"an executor of kind `{kind}` has no `{key}`"
    assert problem.where.path == key


def test_that_there_is_no_confidence_may_be_said_of_every_kind(tmp_path, work, spec):
    assert not load(spec(ExecutorKind.PERSON, confidence="none"), root=tmp_path, definition=work()).gives_confidence
