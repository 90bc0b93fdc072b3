"""Who somebody is: the people of ``remit.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from remit.errors import NotAllowed, UsageError

if TYPE_CHECKING:
    from remit.definition.model import Accountability
    from remit.files.project_file import Person, ProjectFile
    from remit.project.folder import Project

__all__ = ["ACCESS_ROLES", "Acting", "acting", "person_of", "require_role", "who"]

BY_SETTING = "REMIT_BY"

ACCESS_ROLES = ("author", "reviewer", "accountable", "leader", "auditor", "service", "admin")
"""The roles that say what somebody may ask a server for; every other role of a person is a title of the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """On whose behalf something is done that came through a door of its own: a person, with these roles of access."""

    person: str
    roles: frozenset[str]


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(one: Acting | None) -> Iterator[None]:
    """Within this block nobody else can act, and the person counts with no more roles of access than these."""
    before = _acting.set(one)
    try:
        yield
    finally:
        _acting.reset(before)


def who(project: Project, by: str | None) -> Person:
    """The person who acts: ``by``, else the setting ``REMIT_BY``, else the only one of the project.

    Raises:
        UsageError: nobody is named and there are several, or none.
        NotAllowed: the project does not know this person.
    """
    people = project.file.people
    one = _acting.get()
    if one is not None:
        return _as_acting(project.file, one, by)
    named = by or project.ambient.setting(BY_SETTING)
    if named is not None:
        return person_of(project.file, named)
    if len(people) == 1:
        return people[0]
    known = ", ".join(person.id for person in people)
    raise UsageError(
        "it has to be known who does this",
        expected=f"--by with one of {known}" if known else "--by, and people in remit.yaml",
        found="nobody",
        mend="add --by PERSON" if known else "add `people: [{id: ..., roles: [...]}]` to remit.yaml",
    )


def _as_acting(file: ProjectFile, one: Acting, by: str | None) -> Person:
    if by is not None and by != one.person:
        raise NotAllowed(
            f"{one.person} may not act as {by}", expected=one.person, found=by, mend="everybody acts as themselves"
        )
    person = person_of(file, one.person)
    return replace(person, roles=tuple(r for r in person.roles if r not in ACCESS_ROLES or r in one.roles))


def require_role(person: Person, *roles: str | None, accountable: Accountability | None, what: str) -> None:
    """Let only these roles do something; the accountable person may always, and anybody where no role is named.

    Raises:
        NotAllowed: the person has none of them.
    """
    named = [role for role in roles if role is not None]
    allowed = {*named, *([accountable.role] if accountable is not None else [])}
    if not named or allowed & set(person.roles):
        return
    raise NotAllowed(
        f"{person.id} may not {what}",
        expected=" or ".join(sorted(allowed)),
        found=", ".join(person.roles) or "no role",
        mend=f"ask somebody with that role, or give it to {person.id} in remit.yaml",
    )


def person_of(file: ProjectFile, id_: str) -> Person:
    """The person of that id.

    Raises:
        NotAllowed: the project does not know them.
    """
    for person in file.people:
        if person.id == id_:
            return person
    known = ", ".join(person.id for person in file.people)
    raise NotAllowed(
        f"`{id_}` is not known in this project",
        expected=f"one of {known}" if known else "people in remit.yaml",
        found=id_,
        mend="add them to `people` in remit.yaml, with their roles",
    )
