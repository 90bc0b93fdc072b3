"""Find the two versions, compare them, and say which proofs and grants the change makes void."""

from __future__ import annotations

import json
import posixpath
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from remit.definition.differences import Compared, Differences, VoidGrant, VoidProof, compare
from remit.definition.digests import definition_digest
from remit.definition.levels import Level
from remit.definition.model import Definition
from remit.errors import DefinitionInvalid, InvalidInput, LedgerBroken, NotFound, Problem

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["compare_files", "compare_work"]

_DIGEST: Final = "digest:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    name: str
    definition: Definition


def compare_files(before: Path, after: Path) -> Compared:
    """Compare the definitions in two files, which may have any names.

    Raises:
        InvalidInput: everything that is wrong with one of them, or they are in different versions of the language.
    """
    from remit.files.definitions import load_definition

    _require_one_language(_language(before), _language(after))
    found = [load_definition(path, any_name=True).definition for path in (before, after)]
    return Compared(before=str(before), after=str(after), differences=compare(found[0], found[1]))


def compare_work(work: Work, *, from_: str, to: str | None) -> Compared:
    """Compare two versions of one work; ``to`` None is the file as it is now."""
    with tempfile.TemporaryDirectory(prefix="remit-diff-") as folder:
        places = [_place(work, version, Path(folder) / side) for version, side in ((from_, "from"), (to, "to"))]
        languages = [_language(place) for place in places if isinstance(place, Path)]
        if len(languages) == 2:
            _require_one_language(languages[0], languages[1])
        before, after = (_read(work, version, place) for version, place in ((from_, places[0]), (to, places[1])))
    differences = compare(before.definition, after.definition)
    return Compared(
        before=before.name,
        after=after.name,
        differences=differences,
        void_proofs=_void_proofs(work, differences),
        void_grants=_void_grants(work, differences),
    )


def _place(work: Work, version: str | None, folder: Path) -> Path | Definition:
    """Where a version can be read: its file, or the definition itself where the store has it."""
    if version is None:
        return work.project.at("work", f"{work.id}.yaml")
    if version.startswith(_DIGEST):
        return _kept(work, version.removeprefix(_DIGEST))
    return _checked_out(work, version, folder)


def _read(work: Work, version: str | None, place: Path | Definition) -> _Version:
    from remit.files.definitions import load_definition

    name = "the file as it is now" if version is None else version
    if isinstance(place, Definition):
        return _Version(name=name, definition=place)
    if version is None:
        return _Version(name=name, definition=work.definition)
    root = place.parents[1]
    with _told_of(version, root):
        return _Version(name=name, definition=load_definition(place, root=root).definition)


def _language(path: Path) -> Any:
    from remit.files.yaml_reader import read_yaml

    return read_yaml(path).data.get("remit")


def _require_one_language(before: Any, after: Any) -> None:
    if before != after and isinstance(before, int) and isinstance(after, int):
        raise DefinitionInvalid(
            "the two definitions are written in different versions of the language and can't be compared",
            expected="the same number after `remit:`",
            found=f"{before} and {after}",
            mend="bring the older one to the newer version of the language first",
        )


def _kept(work: Work, prefix: str) -> Definition:
    """The recorded definition whose digest begins so."""
    from remit.definition.reading import read
    from remit.store.definitions import kept_definitions

    every = kept_definitions(work.project.store, work.id) if _has_store(work) else ()
    found = [one for one in every if prefix and one.digest.startswith(prefix.lower())]
    if len(found) != 1:
        known = ", ".join(f"{one.digest[:12]} ({one.at.date().isoformat()})" for one in every[-5:])
        raise NotFound(
            f"{'several definitions' if found else 'no definition'} of `{work.id}` that was used "
            f"{'have digests that begin' if found else 'has a digest that begins'} with `{prefix[:64]}`",
            expected=f"one of {known}" if known else "a definition that something was decided, proved or granted with",
            found=prefix[:64],
            mend="write more of the digest" if found else "look at the digests in a proof or with `remit ledger`",
        )
    definition = read(json.loads(found[0].text))
    if definition_digest(definition) != found[0].digest:
        raise LedgerBroken(
            f"the definition that was kept as {found[0].digest[:12]} was changed in the store",
            expected=found[0].digest,
            found=definition_digest(definition),
        )
    return definition


def _checked_out(work: Work, revision: str, folder: Path) -> Path:
    """The definition and what it pulls in as they were at a revision, in files below ``folder``."""
    from remit.files.definitions import pulled_in
    from remit.files.yaml_reader import read_yaml
    from remit.project.comparing.git import Repository

    repository = Repository(work.project.root)
    commit = repository.commit(revision)
    name = f"work/{work.id}.yaml"
    content = repository.content(commit, name)
    if content is None:
        raise NotFound(
            f"there is no {name} at `{revision}`",
            expected="a revision that has the file",
            found=commit[:12],
            mend=f"`git log --oneline -- {name}` lists the revisions that changed it",
        )
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with _told_of(revision, folder):
        names = pulled_in(read_yaml(path).data)
    for pulled in names:
        beside = posixpath.normpath(f"work/{pulled}")
        found = None if beside.startswith(("..", "/")) else repository.content(commit, beside)
        if found is not None:
            target = folder / beside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(found)
    return path


@contextmanager
def _told_of(revision: str, folder: Path) -> Iterator[None]:
    """Name the revision, not the folder for a moment, in what is wrong with a file of it."""
    try:
        yield
    except InvalidInput as fault:
        raise type(fault)(
            problems=[_renamed(problem, f"{folder}/", f"{revision}:") for problem in fault.problems]
        ) from None


def _renamed(problem: Problem, path: str, name: str) -> Problem:
    where = problem.where
    file = None if where.file is None else where.file.replace(path, name)
    return replace(problem, message=problem.message.replace(path, name), where=replace(where, file=file))


def _has_store(work: Work) -> bool:
    """Whether there is a store: comparing makes none."""
    place = work.project.store_location
    return not isinstance(place, Path) or place.is_file()


def _void_proofs(work: Work, differences: Differences) -> tuple[VoidProof, ...]:
    from remit.store import proofs_of

    if not differences.voids_evidence or not _has_store(work):
        return ()
    newest = {run.executor: run for run in proofs_of(work.project.store, work.id) if run.finished_at is not None}
    return tuple(
        VoidProof(executor=run.executor, finished_at=run.finished_at)
        for run in newest.values()
        if run.evidence_digest == differences.before_evidence_digest and run.finished_at is not None
    )


def _void_grants(work: Work, differences: Differences) -> tuple[VoidGrant, ...]:
    from remit.store.grants import grants_of

    if not differences.voids_evidence or not _has_store(work):
        return ()
    newest = {one.executor: one for one in grants_of(work.project.store, work.id)}
    return tuple(
        VoidGrant(executor=one.executor, level=one.level, granted_at=one.granted_at)
        for one in newest.values()
        if one.evidence_digest == differences.before_evidence_digest and one.level is not Level.MANUAL
    )
