"""``waivers.yaml``: rules of readiness that the accountable person set aside, each with a reason and an end."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from remit.definition.flaws import problems_of
from remit.definition.model import Date, Slug, Text, record
from remit.definition.reading.shape import Shape
from remit.errors import ProjectInvalid
from remit.files.yaml_reader import read_yaml_list
from remit.readiness.facts import Waiver

__all__ = ["load_waivers"]

_MAX_WAIVERS: Final = 1000

Rule = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{2,3}$", description="the id of a rule of readiness (`WD06`)")]


@record
class _Line:
    """One waiver as it is written."""

    rule: Rule
    work: Slug | None = None
    reason: Text
    by: Text
    until: Date


@record
class _Lines:
    """All of them, under a name so that the list has a shape."""

    waivers: Annotated[tuple[_Line, ...], Field(max_length=_MAX_WAIVERS)]


_SHAPE: Final = Shape(_Lines, what="list of waivers")


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read ``waivers.yaml``: a list of ``{rule, work, reason, by, until}``; without ``work`` it is for all work.

    A project without the file has no waivers.

    Raises:
        FileUnreadable: it is there and can't be read.
        YamlInvalid: it is not plain YAML, or no list.
        ProjectInvalid: with every unknown or missing key and wrong value.
    """
    if not path.exists():
        return ()
    yaml = read_yaml_list(path)
    shaped = _SHAPE.read({"waivers": yaml.items})
    if shaped.value is None:
        raise ProjectInvalid(problems=problems_of((flaw.below(1) for flaw in shaped.flaws), yaml.source))
    return tuple(
        Waiver(rule=line.rule, work=line.work, reason=line.reason, by=line.by, until=date.fromisoformat(line.until))
        for line in shaped.value.waivers
    )
