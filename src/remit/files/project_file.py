"""``remit.yaml``: where the store is, in which currency costs are given, who is who, and what sends effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from remit.definition.flaws import Flaw
from remit.definition.model import Duration, Slug, Text, record
from remit.definition.reading.shape import Shape
from remit.errors import ProjectInvalid
from remit.files.sending.sender_rules import alert_flaws, sender_flaws
from remit.files.shapes import read_as
from remit.files.yaml_reader import read_yaml

__all__ = ["Alerts", "Person", "ProjectFile", "Sender", "load_project_file"]

Variable = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        max_length=128,
        description="the name of an environment variable: letters, digits and `_`, not beginning with a digit",
    ),
]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="three capital letters, as banks write it (`EUR`)")]


@record
class Person:
    """Somebody of the project.

    ``roles`` are access roles (author, reviewer, accountable, leader, auditor, service, admin) and free titles, which
    definitions refer to ("senior clerk").
    """

    id: Slug
    name: Text | None = None
    roles: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    contact: Text | None = None


@record
class Sender:
    """A way out for effects, answers and alerts: a ``webhook`` or, by ``entry``, a function of the project.

    Secrets stand in environment variables: ``secret_env`` names the one that a webhook is signed with, and
    ``headers_env`` those with the values of further headers.  ``input`` says whether the item's input goes along.
    """

    webhook: Text | None = None
    secret_env: Variable | None = None
    headers_env: Annotated[Mapping[str, Variable], Field(max_length=20)] = field(default_factory=dict)
    entry: Text | None = None
    timeout: Duration = "10s"
    input: bool = False


@record
class Alerts:
    """Where alerts go."""

    sender: Slug


@record
class ProjectFile:
    """What ``remit.yaml`` says. Everything may be absent."""

    remit: Literal[1] = 1
    store: Text | None = None
    currency: Currency | None = None
    people: Annotated[tuple[Person, ...], Field(max_length=10_000)] = ()
    senders: Annotated[Mapping[Slug, Sender], Field(max_length=100)] = field(default_factory=dict)
    alerts: Alerts | None = None


_SHAPE: Final = Shape(ProjectFile, what="project file")


def load_project_file(path: Path) -> ProjectFile:
    """Read ``remit.yaml``. An empty file is a project, too.

    Raises:
        FileUnreadable: it can't be read.
        YamlInvalid: it is not plain YAML.
        ProjectInvalid: with every unknown key, wrong value, id that two people have, and sender that can't be one.
    """
    yaml = read_yaml(path, empty_is_mapping=True)
    also = chain(_twice(yaml.data.get("people")), sender_flaws(yaml.data), alert_flaws(yaml.data))
    return read_as(_SHAPE, yaml.data, yaml.source, ProjectInvalid, also)


def _twice(people: Any) -> Iterator[Flaw]:
    seen: set[str] = set()
    for i, person in enumerate(people if isinstance(people, list) else ()):
        id_ = person.get("id") if isinstance(person, dict) else None
        if isinstance(id_, str) and id_ in seen:
            yield Flaw(
                path=("people", i, "id"),
                message=f"two people have the id `{id_}`",
                expected="each id once",
                mend="give one of them another id",
            )
        elif isinstance(id_, str):
            seen.add(id_)
