"""Write docs/reference/cli.md from the commands as they are."""

import inspect
import re
from pathlib import Path

import click

from remit.cli.main import cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"

HEAD = """\
# Command line

<!-- Made from the commands by `python tools/cli_page.py`. Do not edit by hand. -->

Commands work on the project of the folder you are in: the nearest folder upwards with a `remit.yaml`. `ID` is the name
of a file in `work/`, `NAME` the name of a file in `executors/`, both without `.yaml`.

## What holds for every command

- Answers go to stdout, everything else to stderr. There is no colour and no progress in a pipe; `NO_COLOR=1` takes the
  colour away, `FORCE_COLOR=1` keeps it.
- Text is folded to the width of the terminal, from 40 to 120 columns; in a pipe to `COLUMNS`, else 80.
- `--json` prints one versioned document, `{"remit": 1, "kind": ..., ...}`, and nothing else on stdout; an error is such
  a document too.
- `remit --debug COMMAND ...` shows the traceback of an error. Without it there is none.
- `--by PERSON` may be left out where `REMIT_BY` is set, or where `people` in `remit.yaml` names one person only.
- Files, formats and variables: [project files](project-files.md).

| exit code | means |
|---|---|
| 0 | yes |
| 1 | the answer is no: not ready, a target missed, two definitions that differ, a file not in the one layout |
| 2 | the command was called with words it does not know |
| 3 | a definition or an input is invalid |
| 4 | there is not enough evidence |
| 5 | what is asked contradicts what is recorded, or nothing of that name is there |
| 6 | the store can't be used, or the record does not verify |
| 7 | something outside Remit failed, or is not installed |
| 8 | a rule or a role forbids it |
| 70 | a bug in Remit |
| 130 | interrupted |

Every error has a code such as `E303`, whose first digit is the exit code: [errors](errors.md).

## Commands
"""


def cli_page() -> str:
    """The page of all commands."""
    parts = [HEAD]
    context = click.Context(cli, info_name="remit")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        parts += _command(command, click.Context(command, info_name=name, parent=context))
    return "\n".join(parts).rstrip() + "\n"


def _command(command: click.Command, context: click.Context) -> list[str]:
    if isinstance(command, click.Group):
        below = [command.get_command(context, name) for name in command.list_commands(context)]
        inner = [
            _command(one, click.Context(one, info_name=one.name, parent=context)) for one in below if one is not None
        ]
        return [f"### {context.command_path}", "", *_help(command), *(part for parts in inner for part in parts)]
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)]).replace(" [OPTIONS]", "")
    needed = "".join(f" {_spelling(one)}" for one in _options(command) if one.required)
    deep = "####" if context.parent is not None and context.parent.parent is not None else "###"
    text = [f"{deep} {context.command_path}", "", f"`{usage}{needed}`", "", *_help(command)]
    if rows := [_row(one, context) for one in _options(command)]:
        text += ["| option | what it does |", "|---|---|", *rows, ""]
    return text


def _options(command: click.Command) -> list[click.Option]:
    return [one for one in command.params if isinstance(one, click.Option)]


def _spelling(option: click.Option) -> str:
    metavar = "" if option.is_flag else f" {option.metavar or _choices(option)}"
    return f"{option.opts[0]}{metavar}"


def _choices(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(option.type.choices)
    return {"integer": "NUMBER", "float": "NUMBER"}.get(option.type.name, option.type.name.upper())


def _row(option: click.Option, context: click.Context) -> str:
    what = option.help or ""
    if option.required:
        what = f"{what} Needed.".strip()
    if option.show_default and option.default is not None:
        what = f"{what} Default: `{option.get_default(context)}`.".strip()
    cells = (f"`{_spelling(option)}`", what)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _help(command: click.Command) -> list[str]:
    """The help text: paragraphs as they are, examples as commands, exit codes as a sentence."""
    lines: list[str] = []
    for block in re.split(r"\n\s*\n|\n?\x08\n", inspect.cleandoc(command.help or "").replace("\b", "\x08")):
        if not block.strip():
            continue
        if block.startswith("Examples:"):
            examples = [line.strip() for line in block.splitlines()[1:] if line.strip()]
            lines += ["```bash", *(re.sub(r"(\s{2,})(?=\S)", r"\1# ", one) for one in examples), "```", ""]
        else:
            lines += [" ".join(block.split()), ""]
    return lines


if __name__ == "__main__":
    PAGE.write_text(cli_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
