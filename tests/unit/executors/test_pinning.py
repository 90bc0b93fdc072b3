"""The digest that needs no loading is the one that the loaded executor has."""

from importlib.metadata import PackageNotFoundError

import pytest

from remit.errors import ExecutorInvalid
from remit.executors import load
from remit.executors.fingerprint import library_versions
from remit.executors.pinning import pinned_digest
from remit.items import ExecutorKind

TABLE = {"in": ["input.subject"], "out": ["team"], "rules": [["-", "orders"]]}


@pytest.fixture
def pinned(tmp_path, work, spec):
    def make(kind, **given):
        made = spec(kind, **given)
        return pinned_digest(made, root=tmp_path, definition=work()), made

    return make


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (ExecutorKind.PERSON, {}),
        (ExecutorKind.PERSON, {"settings": {"answers": "answers.csv"}}),
        (ExecutorKind.TABLE, {"settings": TABLE}),
        (ExecutorKind.FUNCTION, {"entry": "rules:decide", "files": ("answers.csv",)}),
    ],
)
def test_it_is_the_same(pinned, tmp_path, work, kind, given):
    (tmp_path / "answers.csv").write_text("case,output.team\nc1,orders\n")
    (tmp_path / "rules.py").write_text("def decide(given):\n    return 'orders'\n")
    digest, spec = pinned(kind, **given)
    assert digest == load(spec, root=tmp_path, definition=work()).digest


def test_no_code_of_the_user_runs(pinned, tmp_path):
    (tmp_path / "rules.py").write_text("raise SystemExit\n")
    assert len(pinned(ExecutorKind.FUNCTION, entry="rules.py:decide")[0]) == 64


@pytest.mark.parametrize(
    ("kind", "key"), [(ExecutorKind.FUNCTION, "entry"), (ExecutorKind.MODEL, "file"), (ExecutorKind.AGENT, "kind")]
)
def test_what_can_not_be_pinned_points_at_its_key(pinned, kind, key):
    with pytest.raises(ExecutorInvalid) as refused:
        pinned(kind)
    assert refused.value.problems[0].where.path == key


def test_without_the_libraries_of_models_the_extra_is_named(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("remit.executors.fingerprint.version", missing)
    with pytest.raises(ExecutorInvalid) as refused:
        library_versions()
    assert refused.value.problems[0].mend == "pip install 'remit[model]'"
