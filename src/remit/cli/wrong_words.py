"""What is wrong with the words of a call, in the form of every other refusal: what, expected, found, the mend."""

from __future__ import annotations

import re
from typing import Any

import click

from remit.definition.similar import did_you_mean
from remit.errors import UsageError

__all__ = ["usage_error"]

_MOST_SHOWN = 60
_IS_NOT = re.compile(r"(?:'(?P<text>.*)'|(?P<number>\S+)) is not ", re.S)  # how click says that a value does not fit
_TOO_MANY = re.compile(r"Got unexpected extra arguments? \((?P<words>.*)\)", re.S)


def usage_error(fault: click.ClickException) -> UsageError:
    """The fault that the parser found, as every other refusal of the command line."""
    context = getattr(fault, "ctx", None)
    match fault:
        case click.NoSuchOption():
            return _no_option(fault.option_name, context)
        case click.exceptions.NoSuchCommand():
            return _no_command(fault.command_name, context)
        case click.MissingParameter():
            return _missing(fault, context)
        case click.BadParameter():
            return _bad_value(fault, context)
        case click.BadOptionUsage():
            return _bad_option(fault, context)
        case _:
            more = _TOO_MANY.match(fault.message)
            said = _sentence(fault.message) if more is None else f"nothing is known to do with `{more['words']}`"
            return UsageError(said, expected=_usage(context), mend=_look(context))


def _no_option(given: str, context: click.Context | None) -> UsageError:
    known = _options(context)
    close = did_you_mean(given, known)
    if given == "--format" and "--json" in known:
        close = "--json"
    return UsageError(
        f"there is no option `{given[:_MOST_SHOWN]}`",
        expected=_usage(context),
        found=given[:_MOST_SHOWN],
        mend=f"did you mean `{close}`?" if close else _look(context),
    )


def _no_command(given: str, context: click.Context | None) -> UsageError:
    command = None if context is None else context.command
    known = command.list_commands(context) if isinstance(command, click.Group) and context is not None else []
    path = "remit" if context is None else context.command_path
    close = did_you_mean(given, known)
    return UsageError(
        f"there is no command `{path} {given[:_MOST_SHOWN]}`",
        expected=f"one of {', '.join(known)}" if len(known) <= 12 else None,
        found=given[:_MOST_SHOWN],
        mend=f"did you mean `{path} {close}`?" if close else f"`{path} --help` lists the commands",
    )


def _missing(fault: click.MissingParameter, context: click.Context | None) -> UsageError:
    return UsageError(f"{_named(fault)} is missing", expected=_usage(context), found="nothing", mend=_look(context))


def _bad_value(fault: click.BadParameter, context: click.Context | None) -> UsageError:
    expected = None if fault.param is None else _expected(fault.param.type)
    given = _IS_NOT.match(fault.message)
    if expected is None or given is None:  # words of our own
        return UsageError(f"{_named(fault)} can't be used: {_sentence(fault.message)}", mend=_look(context))
    found = (given["text"] or given["number"] or "")[:_MOST_SHOWN]
    return UsageError(f"{_named(fault)} can't be `{found}`", expected=expected, found=found, mend=_look(context))


def _bad_option(fault: click.BadOptionUsage, context: click.Context | None) -> UsageError:
    name = fault.option_name
    if "requires an argument" in fault.message:
        return UsageError(
            f"the option `{name}` has no value", expected=f"`{name} VALUE`", found="nothing", mend=_look(context)
        )
    return UsageError(
        f"the option `{name}` is not used so: {_sentence(fault.message)}", expected=_usage(context), mend=_look(context)
    )


def _named(fault: click.BadParameter) -> str:
    param = fault.param
    if param is None:
        return "a word of the call"
    if isinstance(param, click.Argument):
        return f"the argument {param.make_metavar(fault.ctx or click.Context(click.Command(None)))}"
    return f"the option `{param.opts[-1]}`"


def _expected(kind: click.ParamType[Any]) -> str | None:
    match kind:
        case click.Choice():
            return "one of " + ", ".join(str(one) for one in kind.choices)
        case click.IntRange():
            most = "" if kind.max is None else f", at most {kind.max:,}"
            return f"a whole number{'' if kind.min is None else f', at least {kind.min:,}'}{most}"
        case click.types.IntParamType():
            return "a whole number"
        case click.types.FloatParamType():
            return "a number"
        case _:
            return None


def _options(context: click.Context | None) -> list[str]:
    params = [] if context is None else context.command.get_params(context)
    return [name for one in params if isinstance(one, click.Option) for name in (*one.opts, *one.secondary_opts)]


def _usage(context: click.Context | None) -> str | None:
    return None if context is None else context.get_usage().removeprefix("Usage: ")


def _look(context: click.Context | None) -> str:
    return f"`{'remit' if context is None else context.command_path} --help` starts with examples"


def _sentence(said: str) -> str:
    """Words of the parser as a part of ours."""
    return (said[:1].lower() + said[1:]).removesuffix(".")
