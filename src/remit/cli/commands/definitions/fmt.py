"""``remit fmt``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from remit.cli.options import json_option, opened
from remit.cli.output import Output, shown_output
from remit.errors import FileUnreadable, InvalidInput, Location, Problem, UsageError

__all__ = ["fmt"]

_STDIN: Final = "-"
_LIMIT_BYTES: Final = 1_000_000


@click.command(short_help="Write definitions in the one layout.")
@click.argument("names", metavar="[ID|FILE...]", nargs=-1)
@click.option("--check", is_flag=True, help="Change nothing; list the files that would change, and exit 1 if any does.")
@json_option
def fmt(*, names: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Write definitions in the one layout: keys in the order of the language, long text folded. Comments stay.

    What a definition means never changes, nor does its digest. Without a name: every work of this project. A file
    that is not YAML is refused and left alone; the others are written.

    \b
    Examples:
      remit fmt                              every work of this project
      remit fmt work/digits.yaml             one file
      remit fmt --check                      in CI: exit 1 if a file is not in the one layout
      remit fmt - < draft.yaml               from stdin to stdout
    \b
    Exit codes: 0 done, or with --check nothing to do; 1 with --check, a file would change; 3 a file can't be read.
    """  # noqa: D301
    output = shown_output(as_json=as_json)
    from_stdin = _STDIN in names
    changes = _stdin(names, output, check=check) if from_stdin else _files(_paths(names), output, check=check)
    if check and changes:
        raise SystemExit(1)


def _stdin(names: Sequence[str], output: Output, *, check: bool) -> bool:
    from remit.files.text_file import decoded
    from remit.files.yaml_format import format_definition

    if len(names) > 1 or output.as_json:
        raise UsageError(
            "what comes from stdin goes to stdout, alone",
            expected="`-` without other names and without --json",
            mend="call it once for stdin and once for the files",
        )
    data = sys.stdin.buffer.read(_LIMIT_BYTES + 1)
    if len(data) > _LIMIT_BYTES:
        raise FileUnreadable(
            "stdin is too large", where=Location(file="stdin"), expected=f"at most {_LIMIT_BYTES:,} bytes"
        )
    text = decoded(data, name="stdin")
    made = format_definition(text, "stdin")
    would_change = made.encode() != data
    if not check:
        output.text(made.removesuffix("\n"))
    elif would_change:
        output.text("stdin")
    return would_change


def _paths(names: Sequence[str]) -> list[Path]:
    """The files that are meant, each once: a name with a dot or a slash is a file, another one a work."""
    files = {name for name in names if "." in name or "/" in name}
    if names and len(files) == len(set(names)):
        return [Path(name) for name in dict.fromkeys(names)]
    with opened() as project:
        ids = {name: project.work(name).id for name in names if name not in files}
        if not names:
            ids = {id_: id_ for id_ in project.work_ids}
        wanted = dict.fromkeys(names or ids)
        return [Path(name) if name in files else project.at("work", f"{ids[name]}.yaml") for name in wanted]


def _files(paths: Sequence[Path], output: Output, *, check: bool) -> bool:
    from remit.files.atomic import write_text
    from remit.files.text_file import has_bom, read_text
    from remit.files.yaml_format import format_definition
    from remit.report.documents import versioned

    changed: list[str] = []
    unchanged: list[str] = []
    refused: list[Problem] = []
    for path in paths:
        try:
            text = read_text(path, limit_bytes=_LIMIT_BYTES)
            made = format_definition(text, str(path))
            is_same = made == text and not has_bom(path)
        except InvalidInput as fault:
            refused += [replace(problem, code=problem.code or fault.code) for problem in fault.problems]
            continue
        if is_same:
            unchanged.append(str(path))
            continue
        changed.append(str(path))
        if not check:
            write_text(path, made)
    if not (refused and output.as_json):
        output.document(versioned("fmt", {"check": check, "changed": changed, "unchanged": unchanged}))
        _said(output, changed, unchanged, check=check)
    if refused:
        raise InvalidInput(problems=refused)
    return bool(changed)


def _said(output: Output, changed: Sequence[str], unchanged: Sequence[str], *, check: bool) -> None:
    verb = "would change" if check else "written anew"
    for path in changed:
        output.text(f"{verb}: {path}")
    n = len(unchanged)
    if n and not changed:
        output.text("the file is in the one layout" if n == 1 else f"all {n} files are in the one layout")
