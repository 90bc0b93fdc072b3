"""``intents/<id>.yaml``: a strategy statement, who sponsors it, and the measure by which it would be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from remit.definition.model import Slug, Text, record
from remit.definition.reading.shape import Shape
from remit.errors import ProjectInvalid
from remit.files.shapes import read_as
from remit.files.yaml_reader import read_yaml

__all__ = ["IntentFile", "load_intent"]


@record
class IntentFile:
    """One intent; several works may serve it (``intent.of``)."""

    id: Slug
    statement: Text
    sponsor: Text | None = None
    measure: Text | None = None


_SHAPE: Final = Shape(IntentFile, what="intent")


def load_intent(path: Path) -> IntentFile:
    """Read one intent file.

    Raises:
        FileUnreadable: it can't be read.
        YamlInvalid: it is not plain YAML.
        ProjectInvalid: with every unknown or missing key and wrong value.
    """
    yaml = read_yaml(path)
    return read_as(_SHAPE, yaml.data, yaml.source, ProjectInvalid)
