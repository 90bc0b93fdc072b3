"""The one layout of a definition file: ``format_definition`` gives the same text whoever wrote it, comments kept."""

from remit.files.yaml_format.canonical import format_definition

__all__ = ["format_definition"]
