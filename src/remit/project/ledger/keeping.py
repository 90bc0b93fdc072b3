"""Seal, export and erase, each by somebody who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from remit.definition.durations import parse_duration
from remit.errors import FileUnreadable, InvalidInput, Location, NotFound
from remit.project.ledger.anchoring import noted_in
from remit.project.ledger.keys import sealing_key, verifying_keys
from remit.project.people import require_role, who

if TYPE_CHECKING:
    from datetime import datetime

    from remit.definition.model import Accountability
    from remit.files.project_file import Person
    from remit.ledger import Broken, Inclusion, Seal
    from remit.project.folder import Project
    from remit.runtime.erasing import Erased
    from remit.runtime.exporting import Export, FileVerified
    from remit.store import Store

__all__ = [
    "Exported",
    "erase_item",
    "export_ledger",
    "inclusion_of",
    "retain_all",
    "seal_all",
    "seal_now",
    "verify_file",
]

_LINE = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was taken out, and into which file."""

    export: Export
    file: str


def seal_all(project: Project) -> tuple[Seal, ...]:
    """Seal all that is not sealed yet, of every work.

    Raises:
        LedgerBroken: a chain does not hold together; it is not sealed, and those before it are.
    """
    from remit.runtime.sealing import seal_work
    from remit.store.ledger_entries import chains

    key, now = sealing_key(project), project.ambient.now()
    return tuple(seal for work in chains(project.store) for seal in seal_work(project.store, work, key=key, now=now))


def seal_now(project: Project, store: Store, now: datetime) -> int:
    """Seal what is due: a task for the sweeper."""
    from remit.errors import LedgerBroken
    from remit.project.delivering.outbox import contact_of
    from remit.runtime.sealing import seal_due
    from remit.store.operations.alerts import AlertKind, open_alerts, raise_alert, settle_open

    told = {alert.work for alert in open_alerts(store) if alert.kind == AlertKind.LEDGER_BROKEN}

    def tell(work: str, broken: LedgerBroken | None) -> None:
        if (broken is not None) is (work in told):  # it is known, or there is nothing to know
            return
        with store.writing() as writing:
            if broken is None:
                settle_open(writing, work=work, kinds=(AlertKind.LEDGER_BROKEN,), about="", by="remit", now=now)
                return
            raise_alert(
                writing,
                id=project.ambient.new_id(),
                work=work,
                kind=AlertKind.LEDGER_BROKEN,
                about="",
                text=str(broken),
                contact=contact_of(project, work),
                now=now,
            )

    return seal_due(store, key=sealing_key(project), now=now, tell=tell)


def retain_all(project: Project, store: Store, now: datetime) -> int:
    """Erase what ``observe.retain`` of each work says is over: a task for the sweeper."""
    from remit.runtime.erasing import erase_due

    n = 0
    for id_ in project.work_ids:
        definition = project.work(id_).readable_definition()
        said = definition.observe.retain if definition is not None and definition.observe is not None else None
        retain = None if said is None else parse_duration(said)
        if retain is not None:
            n += erase_due(store, id_, retain=retain, now=now)
    return n


def inclusion_of(project: Project, work: str, seq: int) -> Inclusion:
    """Entry ``seq`` of a work, the seal that covers it, and the path between them.

    Raises:
        NotFound: there is no such entry, or no seal covers it yet.
    """
    from remit.runtime.sealing import inclusion_of

    return inclusion_of(project.store, work, seq)


def export_ledger(
    project: Project,
    work: str,
    path: Path,
    *,
    first: int | None,
    last: int | None,
    with_content: bool,
    by: str | None,
) -> Exported:
    """Write a range of the ledger of a work into a new file, and record that it was taken out.

    Raises:
        NotAllowed: by somebody else than an auditor or who answers for the work.
        NotFound: there are no such entries.
        FileUnreadable: the file is there already, or can't be written.
    """
    from remit.runtime.exporting import begin_export, export_lines

    person = who(project, by)
    _require(project, person, work, "auditor", "leader", what=f"take out the record of `{work}`")
    try:
        with path.open("x", encoding="ascii") as file:
            export = begin_export(
                project.store,
                work,
                first=first,
                last=last,
                with_content=with_content,
                by=person.id,
                now=project.ambient.now(),
            )
            for line in export_lines(project.store, export):
                file.write(line)
    except FileExistsError as error:
        raise FileUnreadable(
            f"{path} is there already", where=Location(file=str(path)), mend="name a new file"
        ) from error
    except OSError as error:
        raise FileUnreadable(
            f"{path} can't be written: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="check that the folder is there, writable, and on a disk with room",
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Exported(export=export, file=str(path))


def verify_file(project: Project | None, path: Path, *, anchor: Path | None, key: Path | None) -> FileVerified | Broken:
    """Verify an exported file by itself; ``project`` only gives the key where no file of keys is named.

    Raises:
        FileUnreadable, DocumentInvalid, UsageError: a file can't be used.
    """
    from remit.files.ledger.seal_key import read_key_file
    from remit.ledger import read_keys
    from remit.runtime.exporting import verify_lines

    if project is not None:
        keys = verifying_keys(project, key)
    else:
        keys = None if key is None else read_keys(read_key_file(key) or "", where=str(key))
    heads = {} if anchor is None else {work: [one.head for one in noted] for work, noted in noted_in(anchor).items()}
    return verify_lines(lambda: _lines(path), name=str(path), keys=keys, heads=heads)


def erase_item(project: Project, work: str, item: str, *, reason: str, by: str | None) -> Erased:
    """Erase the content of one item of a work, for good.

    Raises:
        NotAllowed: by somebody else than who answers for the work, or an admin.
        NotFound, Conflict, ArgumentInvalid: as :func:`remit.runtime.erasing.erase_item` says.
    """
    from remit.runtime.erasing import erase_item

    person = who(project, by)
    _require(project, person, work, what=f"erase content of `{work}`")
    return erase_item(project.store, work, item, reason=reason, by=person.id, now=project.ambient.now())


def _require(project: Project, person: Person, work: str, *roles: str, what: str) -> None:
    require_role(person, "accountable", "admin", *roles, accountable=_accountable(project, work), what=what)


def _accountable(project: Project, work: str) -> Accountability | None:
    """Who answers for a work; None where its file is gone or can't be used: then only roles of access count."""
    try:
        return project.work(work).definition.accountable
    except (NotFound, InvalidInput):
        return None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(_LINE + 1):
                if len(line) > _LINE:
                    raise FileUnreadable(f"{path} has a line that is too long", where=Location(file=str(path)))
                yield line
    except OSError as error:
        raise FileUnreadable(
            f"{path} can't be read: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="name a file that `remit ledger export` wrote",
        ) from error
