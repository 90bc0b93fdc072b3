"""``remit.yaml``: where the store is, in which currency costs are given, and who is who."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from remit.definition.flaws import Flaw
from remit.definition.model import Slug, Text, record
from remit.definition.reading.shape import Shape
from remit.errors import ProjectInvalid
from remit.files.shapes import read_as
from remit.files.yaml_reader import read_yaml

__all__ = ["Person", "ProjectFile", "load_project_file"]

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
class ProjectFile:
    """What ``remit.yaml`` says. Everything may be absent."""

    remit: Literal[1] = 1
    store: Text | None = None
    currency: Currency | None = None
    people: Annotated[tuple[Person, ...], Field(max_length=10_000)] = ()


_SHAPE: Final = Shape(ProjectFile, what="project file")


def load_project_file(path: Path) -> ProjectFile:
    """Read ``remit.yaml``. An empty file is a project, too.

    Raises:
        FileUnreadable: it can't be read.
        YamlInvalid: it is not plain YAML.
        ProjectInvalid: with every unknown key, wrong value, and id that two people have.
    """
    yaml = read_yaml(path, empty_is_mapping=True)
    return read_as(_SHAPE, yaml.data, yaml.source, ProjectInvalid, _twice(yaml.data.get("people")))


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
