"""``remit diff``."""

from __future__ import annotations

from pathlib import Path

import click

from remit.cli.options import json_option, opened
from remit.cli.output import shown_output
from remit.errors import UsageError

__all__ = ["diff"]


@click.command(short_help="What changed between two definitions.")
@click.argument("names", metavar="A B | ID", nargs=-1, required=True)
@click.option("--from", "from_", metavar="REV", help="With an ID: the earlier version (default: HEAD).")
@click.option("--to", metavar="REV", help="With an ID: the later version (default: the file as it is now).")
@json_option
def diff(*, names: tuple[str, ...], from_: str | None, to: str | None, as_json: bool) -> None:
    """Say in sentences what changed between two definitions, which way each change goes, and what it voids.

    Two files, or two versions of one work: a revision of git, or `digest:` and the beginning of the digest of a
    definition that something was decided, proved or granted with.

    \b
    Examples:
      remit diff digits                          what changed since the last commit
      remit diff digits --from v1.0 --to main    between two revisions of git
      remit diff digits --from digest:3fa2b1c    since a definition that was used
      remit diff old.yaml new.yaml               two files
    \b
    Exit codes: 0 they say the same; 1 they do not; 3 one of them is invalid; 5 no such revision; 7 git is not there.
    """  # noqa: D301
    from remit.project.comparing import compare_files
    from remit.report.differences import differences_document
    from remit.report.terminal import render_differences

    output = shown_output(as_json=as_json)
    if len(names) == 1:
        with opened() as project:
            found = project.work(names[0]).diff(from_ if from_ is not None else "HEAD", to)
    elif len(names) == 2 and from_ is None and to is None:
        found = compare_files(Path(names[0]), Path(names[1]))
    else:
        raise UsageError(
            "name two files, or one work",
            expected="remit diff OLD.yaml NEW.yaml, or remit diff ID [--from REV] [--to REV]",
            found=f"{len(names)} names" + (" with --from or --to" if from_ is not None or to is not None else ""),
        )
    output.document(differences_document(found))
    output.text(render_differences(found, width=output.width, colour=output.colour))
    if found.differences.changes:
        raise SystemExit(1)
