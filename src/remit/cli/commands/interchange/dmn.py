"""``remit import`` and ``remit export``: other people's formats."""

from __future__ import annotations

import os
from pathlib import Path

import click

from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import shown_output
from remit.errors import Conflict

__all__ = ["export", "import_"]


@click.group(name="import", short_help="Read other people's formats.")
def import_() -> None:
    """Read other people's formats, as the draft of a work definition."""


@import_.command(name="dmn", short_help="Decision tables of a DMN file.")
@click.argument("file", metavar="FILE")
@click.option("--id", "id_", metavar="ID", help="The id of the work (default: made from --output, else from the file).")
@click.option("--output", "into", metavar="FILE", help="Write the draft into FILE, which must not be there yet.")
@json_option
def import_dmn(*, file: str, id_: str | None, into: str | None, as_json: bool) -> None:
    """Print the decision tables of a DMN file (1.3 to 1.5) as the draft of a work definition.

    What tables of Remit can't say (expressions, contexts, functions, decisions that build on others) is refused with
    its name and line. Names that became others, and what was left out, are told on stderr. `-` is stdin.

    \b
    Examples:
      remit import dmn claims.dmn --output work/claims.yaml
      remit import dmn claims.dmn --id parcel-claim
    \b
    Exit codes: 0 read; 3 the file is no DMN, or says what tables can't; 5 FILE of --output is there already.
    """  # noqa: D301
    from remit.cli.objects import read_bytes
    from remit.files.atomic import write_text
    from remit.interchange import read_dmn
    from remit.interchange.draft_yaml import draft_yaml
    from remit.interchange.xml_reader import MAX_BYTES
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    target = Path(into) if into is not None else None
    if target is not None:
        _refuse_existing(target)
        id_ = id_ if id_ is not None else target.stem
    name = "stdin" if file == "-" else file
    found = read_dmn(read_bytes(file, limit_bytes=MAX_BYTES, what="DMN file"), file=name, id_=id_)
    output.document(versioned("import", {"definition": found.definition, "told": list(found.told)}))
    draft = draft_yaml(found.definition)
    if target is None:
        output.text(draft.rstrip("\n"))
    else:
        write_text(target, draft)
        output.text(f"written: {target}")
    if not as_json:
        for line in found.told:
            output.aside(line)
        output.aside("DMN does not say which inputs may be missing: every one is required")


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise Conflict(
            f"{path} is there already",
            expected="a file that is not there yet",
            found=str(path),
            mend="give it another name, or move the old one away: nothing is written over",
        )


@click.group(short_help="Write other people's formats.")
def export() -> None:
    """Write other people's formats."""


@export.command(name="dmn", short_help="Decision tables as a DMN file.")
@work_argument
@click.option("--decision", metavar="NAME", help="The decision whose table is wanted (default: every table).")
def export_dmn(*, work_id: str, decision: str | None) -> None:
    """Print the decision tables of a work as a DMN 1.3 file, which modellers open.

    What such a file does not say, so that it would not come in again, is told on stderr.

    \b
    Examples:
      remit export dmn mortgage > mortgage.dmn
    \b
    Exit codes: 0 written; 3 a column is computed, or of a type that DMN does not know; 5 there is no table.
    """  # noqa: D301
    from remit.interchange import lost_in_dmn, write_dmn

    with opened() as project:
        file = project.work(work_id).file
        text = write_dmn(file.definition, decision=decision, source=file.source)
    output = shown_output(as_json=False)
    output.text(text.rstrip("\n"))
    for line in lost_in_dmn(file.definition, decision=decision):
        output.aside(line)
