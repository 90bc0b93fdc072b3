"""``remit import`` and ``remit export``: other people's formats."""

from __future__ import annotations

import click

from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import shown_output

__all__ = ["export", "import_"]


@click.group(name="import", short_help="Read other people's formats.")
def import_() -> None:
    """Read other people's formats, as the draft of a work definition."""


@import_.command(name="dmn", short_help="Decision tables of a DMN file.")
@click.argument("file", metavar="FILE")
@click.option("--id", "id_", metavar="ID", help="The id of the work (default: made from the name in the file).")
@json_option
def import_dmn(*, file: str, id_: str | None, as_json: bool) -> None:
    """Print the decision tables of a DMN file (1.3 to 1.5) as the draft of a work definition.

    What tables of Remit can't say (expressions, contexts, functions, decisions that build on others) is refused with
    its name and line. Names that became others, and what was left out, are told on stderr. `-` is stdin.

    \b
    Examples:
      remit import dmn claims.dmn > work/claims.yaml
      remit import dmn claims.dmn --id parcel-claim
    \b
    Exit codes: 0 read; 3 the file is no DMN, or says what tables can't.
    """  # noqa: D301
    from remit.cli.objects import read_bytes
    from remit.interchange import read_dmn
    from remit.interchange.draft_yaml import draft_yaml
    from remit.interchange.xml_reader import MAX_BYTES
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    name = "stdin" if file == "-" else file
    found = read_dmn(read_bytes(file, limit_bytes=MAX_BYTES, what="DMN file"), file=name, id_=id_)
    output.document(versioned("import", {"definition": found.definition, "told": list(found.told)}))
    output.text(draft_yaml(found.definition).rstrip("\n"))
    if not as_json:
        for line in found.told:
            output.aside(line)


@click.group(short_help="Write other people's formats.")
def export() -> None:
    """Write other people's formats."""


@export.command(name="dmn", short_help="Decision tables as a DMN file.")
@work_argument
@click.option("--decision", metavar="NAME", help="The decision whose table is wanted (default: every table).")
def export_dmn(*, work_id: str, decision: str | None) -> None:
    """Print the decision tables of a work as a DMN 1.3 file, which modellers open.

    \b
    Examples:
      remit export dmn mortgage > mortgage.dmn
    \b
    Exit codes: 0 written; 3 a column is computed, or of a type that DMN does not know; 5 there is no table.
    """  # noqa: D301
    from remit.interchange import write_dmn

    with opened() as project:
        file = project.work(work_id).file
        text = write_dmn(file.definition, decision=decision, source=file.source)
    shown_output(as_json=False).text(text.rstrip("\n"))
