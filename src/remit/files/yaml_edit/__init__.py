"""Changing one value of a YAML file that people write too: every other character stays as it is."""

from remit.files.yaml_edit.edit import with_entry, with_value
from remit.files.yaml_edit.emit import emitted

__all__ = ["emitted", "with_entry", "with_value"]
