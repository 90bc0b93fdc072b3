"""``remit diff``: files, revisions of git, definitions that were used; what is void, and what is refused."""

import json
import shutil
import sqlite3
import subprocess

import pytest
from tests.integration.small_project import DEFINITION
from tests.integration.test_command_line_words import FILES

from remit.cli.main import run
from remit.definition.digests import definition_digest, evidence_digest
from remit.errors import LedgerBroken, NotFound, OutsideError
from remit.project import Project
from remit.project.comparing import git
from remit.store import ProofRun, begin_proof, finish_proof

GIT = ("git", "-c", "user.name=ana", "-c", "user.email=ana@parcels.example", "-c", "init.defaultBranch=main")
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


@pytest.fixture
def committed(folder):
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "first")):
        subprocess.run([*GIT, *arguments], check=True, cwd=folder)
    return folder


def edit(folder, old, new, name="work/claim.yaml"):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(capsys, *arguments, code=1):
    capsys.readouterr()
    assert run(["diff", *arguments]) == code
    return capsys.readouterr()


def test_two_files_of_any_name_are_compared(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.yaml").write_text(DEFINITION, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(DEFINITION.replace("at_least: 0.80", "at_least: 0.85"), encoding="utf-8")
    out = said(capsys, "old.yaml", "new.yaml").out
    assert "+ Target `Q1`: the least that is asked is 0.85 instead of 0.8." in out
    assert "because `quality` changed" in out
    assert "They say the same." in said(capsys, "old.yaml", "old.yaml", code=0).out


def test_every_line_fits_the_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "old.yaml").write_text(DEFINITION, encoding="utf-8")
    (tmp_path / "new.yaml").write_text("remit: 1\nid: other\n", encoding="utf-8")
    lines = said(capsys, "old.yaml", "new.yaml").out.splitlines()
    assert len(lines) > 30
    assert max(map(len, lines)) <= 80


@needs_git
def test_the_file_is_compared_with_the_last_commit_and_commits_with_each_other(committed, capsys):
    said(capsys, "claim", code=0)
    edit(committed, "unit: one parcel claim", "unit: one claim")
    assert 'The unit of work is "one claim" instead of "one parcel claim".' in said(capsys, "claim").out
    subprocess.run([*GIT, "commit", "-qam", "second"], check=True, cwd=committed)
    said(capsys, "claim", code=0)
    assert "The unit of work" in said(capsys, "claim", "--from", "HEAD~1").out
    assert "from HEAD~1 to HEAD" in said(capsys, "claim", "--from", "HEAD~1", "--to", "HEAD").out


@needs_git
def test_tables_are_taken_as_they_were_at_the_revision(folder, capsys):
    edit(folder, "kind: judgement,", "kind: rule, table: {in: [input.damaged], out: [desk], file: desks.csv},")
    table = folder / "work" / "desks.csv"
    table.write_text("damaged,desk\ntrue,damage\nfalse,late\n", encoding="utf-8")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "first")):
        subprocess.run([*GIT, *arguments], check=True, cwd=folder)
    said(capsys, "claim", code=0)
    table.write_text("damaged,desk\ntrue,damage\nfalse,damage\n", encoding="utf-8")
    assert "`desk` is `damage` instead of `late`" in said(capsys, "claim").out.replace("\n    ", " ")


@needs_git
def test_a_fault_in_an_earlier_version_names_the_revision(committed, capsys):
    edit(committed, "title", "titel") if "title" in FILES["work/claim.yaml"] else edit(committed, "scope:", "scoop:")
    subprocess.run([*GIT, "commit", "-qam", "broken"], check=True, cwd=committed)
    (committed / "work" / "claim.yaml").write_text(FILES["work/claim.yaml"], encoding="utf-8")
    assert "HEAD:work/claim.yaml:7:1: E303 unknown key `scoop`" in said(capsys, "claim", code=3).err


@needs_git
@pytest.mark.parametrize("revision", ["nope", "--help", "HEAD:work", "", "a b", "HEAD\n"])
def test_a_revision_that_is_none_is_refused(committed, capsys, revision):
    assert "git knows no revision" in said(capsys, "claim", "--from", revision, code=5).err


@needs_git
def test_a_work_that_was_not_there_yet_is_told(committed, capsys):
    other = committed / "work" / "other.yaml"
    other.write_text("remit: 1\nid: other\n", encoding="utf-8")
    assert "there is no work/other.yaml at `HEAD`" in said(capsys, "other", code=5).err


@needs_git
def test_without_a_repository_the_mend_is_told(folder, capsys):
    assert "the project is in no git repository" in said(capsys, "claim", code=7).err


def test_without_git_the_mend_is_told(folder, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    assert "git is not installed" in said(capsys, "claim", code=7).err


def test_git_is_given_a_bounded_time(folder, capsys, monkeypatch):
    slow = folder / "git"
    slow.write_text("#!/bin/sh\nexec sleep 5\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(git, "_SECONDS", 0.2)
    assert "git did not answer within 0.2 seconds" in said(capsys, "claim", code=7).err


def test_a_definition_that_was_used_is_found_by_its_digest_and_grants_that_fall_are_named(folder, capsys):
    assert run(["grant", "claim", "--executor", "rules", "--level", "shadow", "--reason", "a try"]) == 0
    with Project.open(folder) as project:
        digest = definition_digest(project.work("claim").definition)
    edit(folder, "desk: [late, damage]", "desk: [late, damage, loss]")
    out = said(capsys, "claim", "--from", f"digest:{digest[:10]}").out
    assert "- The output `desk` may also be loss." in out
    assert "× rules at shadow, granted" in out
    document = json.loads(said(capsys, "claim", "--from", f"digest:{digest}", "--json").out)
    assert document["kind"] == "diff"
    assert document["before"]["definition_digest"] == digest
    assert [one["kind"] for one in document["changes"]] == ["loosening"]
    assert document["evidence_changed"] == ["outputs"]
    assert [one["executor"] for one in document["void_grants"]] == ["rules"]
    assert document["void_proofs"] == []
    edit(folder, "desk: [late, damage, loss]", "desk: [late, damage]")
    edit(folder, "claims@parcels.example", "desk@parcels.example")
    out = said(capsys, "claim", "--from", f"digest:{digest}").out
    assert "Proofs and grants stay" in out
    assert "×" not in out


def test_a_proof_of_the_first_version_is_named_as_void(folder, capsys):
    with Project.open(folder) as project:
        work = project.work("claim")
        work.keep_definition()
        digests = {
            "definition_digest": definition_digest(work.definition),
            "evidence_digest": evidence_digest(work.definition),
        }
        for name, more in (("rules", {}), ("older", {"evidence_digest": "e" * 64})):
            run_ = ProofRun(
                id=name,
                work="claim",
                executor=name,
                executor_digest="x" * 64,
                case_set_digest="c" * 64,
                asked_digest="a" * 64,
                started_at=project.ambient.now(),
                **{**digests, **more},
            )
            finish_proof(project.store, begin_proof(project.store, run_), document="{}", at=project.ambient.now())
    edit(folder, "desk: [late, damage]", "desk: [damage, late]")
    out = said(capsys, "claim", "--from", f"digest:{digests['definition_digest']}").out
    assert "× the proof of rules of " in out
    assert "older" not in out


def test_what_a_definition_was_decided_with_is_kept(folder, capsys):
    with Project.open(folder) as project:
        work = project.work("claim")
        work.decide({"damaged": True})
        digest = definition_digest(work.definition)
        assert work.diff(f"digest:{digest}").differences.changes == ()


def test_a_digest_that_fits_none_or_several_is_refused_and_no_store_is_made(folder):
    with Project.open(folder) as project, pytest.raises(NotFound, match="no definition"):
        project.work("claim").diff("digest:12")
    assert not (folder / ".remit").exists()
    with Project.open(folder) as project:
        project.work("claim").decide({"damaged": True})
        with pytest.raises(NotFound, match="no definition"):
            project.work("claim").diff("digest:")


def test_a_kept_definition_that_was_changed_is_noticed(folder):
    with Project.open(folder) as project:
        project.work("claim").decide({"damaged": True})
        digest = definition_digest(project.work("claim").definition)
    with sqlite3.connect(folder / ".remit" / "remit.db") as connection:
        connection.execute("UPDATE definitions SET text = replace(text, 'damage', 'damages')")
    connection.close()
    with Project.open(folder) as project, pytest.raises(LedgerBroken, match="was changed in the store"):
        project.work("claim").diff(f"digest:{digest}")


def test_versions_of_the_language_are_not_compared_with_each_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.yaml").write_text(DEFINITION, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(DEFINITION.replace("remit: 1", "remit: 2"), encoding="utf-8")
    assert "different versions of the language" in said(capsys, "old.yaml", "new.yaml", code=3).err


@pytest.mark.parametrize("arguments", [("a", "b", "c"), ("a", "b", "--from", "HEAD")])
def test_other_names_are_refused(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "name two files, or one work" in said(capsys, *arguments, code=2).err


def test_a_file_too_large_in_a_revision_is_refused(monkeypatch, committed, capsys):
    monkeypatch.setattr(git, "_LIMIT_BYTES", 10)
    with Project.open(committed) as project, pytest.raises(OutsideError, match="too large"):
        project.work("claim").diff()
