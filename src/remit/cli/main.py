"""``remit``: the command line. Commands are imported when they are called, so that ``--help`` answers at once."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from remit.cli.output import Output, shown_output
from remit.errors import RemitError

if TYPE_CHECKING:
    from remit.project.ambient import Ambient

__all__ = ["main", "run"]

INTERRUPTED = 130
BUG = 70

# name: (module, attribute, one line of help). Kept here so that listing the commands imports none of them.
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": (
        "remit.cli.commands.demo.command",
        "demo",
        "Real work, the whole way and up the whole ladder, in ./remit-demo.",
    ),
    "intent": (
        "remit.cli.commands.defining.intent",
        "intent",
        "Is this strategy sentence executable? What to ask next.",
    ),
    "define": (
        "remit.cli.commands.defining.define",
        "define",
        "The interview: questions one by one, and the YAML grows.",
    ),
    "check": ("remit.cli.commands.check", "check", "Readiness: what is missing for which autonomy level, and why."),
    "fmt": ("remit.cli.commands.definitions.fmt", "fmt", "Write definitions in the one layout; comments stay."),
    "diff": (
        "remit.cli.commands.definitions.diff",
        "diff",
        "What changed between two definitions, in sentences, and what it voids.",
    ),
    "cases": ("remit.cli.commands.cases", "cases", "Import, label, check, split, freeze and count cases."),
    "plan": ("remit.cli.commands.plan", "plan", "How many cases, audits and days until which claim could be made."),
    "tune": ("remit.cli.commands.tuning.tune", "tune", "Find the limits of a cascade from the tune cases."),
    "prove": ("remit.cli.commands.prove", "prove", "Run an executor over the frozen cases, judge it, certify it."),
    "executor": (
        "remit.cli.commands.asking.executor",
        "executor",
        "What a language model is told, word for word.",
    ),
    "grant": ("remit.cli.commands.grant", "grant", "Allow an executor to work at a level, on the evidence there is."),
    "revoke": ("remit.cli.commands.grant", "revoke", "Take a grant back."),
    "stop": ("remit.cli.commands.grant", "stop", "Stop a work, one executor of it, or everything."),
    "resume": ("remit.cli.commands.grant", "resume", "End a stop."),
    "autonomy": (
        "remit.cli.commands.watching.autonomy",
        "autonomy",
        "Who holds which level since when, and what the next one still needs.",
    ),
    "decide": ("remit.cli.commands.decide", "decide", "Decide one item, with its reason and its record."),
    "run": ("remit.cli.commands.running.run", "run", "Decide the items of a file, each once."),
    "review": (
        "remit.cli.commands.reviewing.review",
        "review",
        "What waits for a person: list, next, decide, ask, hand on, undo.",
    ),
    "audit": ("remit.cli.commands.reviewing.audit", "audit", "Check again, blind, what software acted on."),
    "sweep": ("remit.cli.commands.sweep", "sweep", "Do what is due: time-outs of reviews, claims, and the rest."),
    "outbox": ("remit.cli.commands.delivering.outbox", "outbox", "What leaves: list it, deliver it, send it again."),
    "alerts": ("remit.cli.commands.delivering.alerts", "alerts", "What somebody has to look at, until it is settled."),
    "truth": ("remit.cli.commands.watching.truth", "truth", "Take in what turned out to be right."),
    "outcome": ("remit.cli.commands.watching.truth", "outcome", "Record the measure that the intent names."),
    "ledger": ("remit.cli.commands.ledger.commands", "ledger", "Verify, seal, anchor and export the record."),
    "erase": ("remit.cli.commands.ledger.erase", "erase", "Erase the content of one item; its record stays."),
    "drill": (
        "remit.cli.commands.drilling.drill",
        "drill",
        "Try the stop, the paths, replay, the records, the alarm.",
    ),
    "import": ("remit.cli.commands.interchange.dmn", "import_", "Read decision tables of a DMN file as a draft."),
    "export": ("remit.cli.commands.interchange.dmn", "export", "Write decision tables as a DMN file."),
    "explain": ("remit.cli.commands.explain", "explain", "What a rule, an error code, a level or a word means."),
    "schema": ("remit.cli.commands.explain", "schema", "The JSON Schema of work definitions, for your editor."),
    "serve": ("remit.cli.commands.serving.serve", "serve", "Serve this project over HTTP."),
    "token": ("remit.cli.commands.serving.token", "token", "What lets people and machines in: make, list, revoke."),
    "db": ("remit.cli.commands.db", "db", "The state of the store, and bringing it up to date."),
}


class _Commands(click.Group):
    """The commands by name, each imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            raise click.exceptions.NoSuchCommand(args[0], ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, _, short) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="remit", message="remit %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(*, debug: bool) -> None:
    """Write down one unit of work, prove who can do it, and let software act only as far as the evidence reaches.

    \b
    Examples:
      remit demo                                  the whole way, on real data
      remit check                                 what is missing, for every work of this project
      remit prove digits --executor svm           run, measure, judge, certify
      remit decide digits --input item.json       decide one item, with its reason
    """  # noqa: D301
    del debug


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:] if args is None else args))


def run(arguments: list[str], *, ambient: Ambient | None = None) -> int:
    """Run one command and return its exit code; what is wrong is said in the form every door uses.

    ``ambient`` is the clock and what else a project takes from the machine, where it is to be another one: the demo
    tells of weeks in seconds.  Nobody can set it from outside the process.
    """
    debug = "--debug" in arguments  # anywhere: who has just seen an error adds it at the end
    arguments = [one for one in arguments if one != "--debug"]
    try:
        code = cli.main(args=arguments, prog_name="remit", standalone_mode=False, obj=ambient)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 0
    except click.ClickException as told:
        from remit.cli.wrong_words import usage_error

        if isinstance(told, click.exceptions.NoArgsIsHelpError) and not _wants_document(arguments):
            told.show()  # the help of a group of commands
            return told.exit_code
        return _refuse(usage_error(told), arguments)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except RemitError as fault:
        if debug:
            raise
        return _refuse(fault, arguments)
    except BrokenPipeError:  # the reader of our output went away: nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:
        if debug:
            raise
        return _own_fault(fault, arguments)
    return code if isinstance(code, int) else 0


def _refuse(fault: RemitError, arguments: list[str]) -> int:
    """Say what is wrong in the form every door uses: on stderr, with --json as the one document on stdout."""
    output: Output = shown_output(as_json=_wants_document(arguments))
    output.error(fault)
    return fault.exit_code


def _own_fault(fault: Exception, arguments: list[str]) -> int:
    """Say that the fault is Remit's own, without a traceback."""
    message = f"this is a bug in Remit: {type(fault).__name__}: {fault}"
    mend = "run the same command with `remit --debug ...` and report what it prints"
    if _wants_document(arguments):
        _refuse(RemitError(message, mend=mend), arguments)
    else:
        click.echo(f"{message}\n  mend: {mend}", err=True)
    return BUG


def _wants_document(arguments: list[str]) -> bool:
    """Whether the command was asked for its one document, however little of it could be read."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return "--json" in arguments or "--format=json" in arguments or ("--format", "json") in pairs
