"""What is wrong with a request, in our own words; and mends that somebody who speaks HTTP can use."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from remit.definition.flaws import shortened
from remit.definition.similar import did_you_mean
from remit.errors import Location, Problem

__all__ = ["for_http", "problem_of"]

_PREFIXES = ("body", "query", "path", "header")
_MOST_SHOWN = 60

# What pydantic calls a fault: what we say is expected instead, from its numbers.
_EXPECTED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "text",
    "string_too_short": lambda said: f"text, at least {said['min_length']:,} character",
    "string_too_long": lambda said: f"text, at most {said['max_length']:,} characters",
    "too_short": lambda said: f"at least {said['min_length']:,}",
    "too_long": lambda said: f"at most {said['max_length']:,}",
    "int_type": lambda _: "a whole number",
    "int_parsing": lambda _: "a whole number",
    "int_parsing_size": lambda _: "a whole number of a bearable size",
    "int_from_float": lambda _: "a whole number",
    "float_type": lambda _: "a number",
    "float_parsing": lambda _: "a number",
    "finite_number": lambda _: "a finite number",
    "bool_type": lambda _: "true or false",
    "bool_parsing": lambda _: "true or false",
    "dict_type": lambda _: "an object: {...}",
    "model_type": lambda _: "an object: {...}",
    "model_attributes_type": lambda _: "an object: {...}",
    "list_type": lambda _: "a list: [...]",
    "greater_than_equal": lambda said: f"a number, {said['ge']:g} or more",
    "less_than_equal": lambda said: f"a number, {said['le']:g} or less",
    "enum": lambda said: _one_of(said["expected"]),
    "literal_error": lambda said: _one_of(said["expected"]),
    "timezone_aware": lambda _: "a time with its zone, such as 2027-06-30T12:00:00Z",
}
_BY_KIND = {"datetime": "a time such as 2027-06-30T12:00:00Z", "date": "a day such as 2027-06-30"}

_ROUTES: tuple[tuple[str, str], ...] = (
    (r"remit review list(?: \S+?)?(?=`|$| )", "GET /v1/reviews"),
    (r"remit review show ([^\s`]+)", r"GET /v1/reviews/\1"),
    (r"remit review next", "POST /v1/definitions/ID/reviews/next"),
    (r"remit review answer ([^\s`]+) --text TEXT", r"POST /v1/reviews/\1/answer"),
    (r"remit alerts list", "GET /v1/alerts"),
    (r"remit outbox list --dead", "GET /v1/outbox?state=dead"),
    (r"remit ledger verify", "GET /v1/ledger/verify"),
    (r"remit autonomy ([^\s`]+)", r"GET /v1/definitions/\1/autonomy"),
    (r"remit check ([^\s`]+) --for ([^\s`]+)", r"GET /v1/definitions/\1/readiness?for=\2"),
    (r"remit drill status ([^\s`,]+)", r"GET /v1/definitions/\1/drills"),
    (r"remit outcome add ([^\s`]+) --value NUMBER", r"POST /v1/definitions/\1/outcomes"),
    (r"remit decide ([^\s`]+) --input ITEM", r"POST /v1/definitions/\1/decide"),
    (r"remit (resume|revoke|stop)(?=`)", r"POST /v1/definitions/ID/\1"),
)
_COMMAND = re.compile(r"\bremit [a-z]+")
_FIELDS = {
    "--comment TEXT": "`comment`",
    "--reason TEXT": "`reason`",
    "--text TEXT": "`text`",
    "--to-role ROLE": "`role`",
    "--to PERSON": "`person`",
    "--executor": "`executor`",
    "--until": "`until`",
    "--output '{...}'": "`output`",
    "--by PERSON": "the header X-Remit-By",
    "--at DAY": "`day`",
    "--value NUMBER": "`value`",
    "another --n": "another `n`",
}


def for_http(said: str | None) -> str | None:
    """A mend, or what was expected, with routes and fields in the place of commands and options.

    What only the command line can do is left as it is, with the place where that can be done.
    """
    if said is None:
        return None
    for command, route in _ROUTES:
        said = re.sub(command, route, said)
    if _COMMAND.search(said):
        return f"where the project is: {said}"
    for option, field in _FIELDS.items():
        said = said.replace(option, field)
    return said


def problem_of(fault: Mapping[str, Any], *, known: Collection[str]) -> Problem:
    """One fault that pydantic found, in our own words.

    Args:
        fault: as ``errors()`` gives it.
        known: the names of the fields that the request may have.
    """
    kind, path = str(fault["type"]), _inside(fault["loc"])
    where = Location(path=".".join(map(str, path)) or None)
    name = f"`{path[-1]}`" if path and isinstance(path[-1], str) else "a value" if path else "the body"
    if kind == "missing":
        return Problem(message=f"{name} is missing", where=where, found="nothing", mend=f"send {name}")
    if kind == "extra_forbidden":
        close = did_you_mean(str(path[-1]), known) if path else None
        return Problem(
            message=f"there is no field {_named(path)} here",
            where=where,
            expected="no more than " + (", ".join(sorted(known)) or "{}"),
            mend=f"did you mean `{close}`?" if close else "leave it out",
        )
    found = shortened(str(fault.get("input")))
    return Problem(message=f"{name} can't be used", where=where, expected=_expected(kind, fault), found=found)


def _named(path: tuple[Any, ...]) -> str:
    return f"`{str(path[-1])[:_MOST_SHOWN]}`" if path else "of that name"


def _expected(kind: str, fault: Mapping[str, Any]) -> str | None:
    said = _EXPECTED.get(kind)
    if said is not None:
        return said(fault.get("ctx") or {})
    return next((text for start, text in _BY_KIND.items() if kind.startswith(start)), None)


def _one_of(said: str) -> str:
    return "one of " + said.replace("'", "").replace(" or ", ", ")


def _inside(where: tuple[Any, ...]) -> tuple[Any, ...]:
    return where[1:] if where and where[0] in _PREFIXES else where
