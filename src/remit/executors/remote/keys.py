"""Keys of services: named in the file by an environment variable, read when an executor is loaded to be used.

A key is in no digest, no error, no log, no record and no ``repr``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, NoReturn

from pydantic import Field

from remit.definition.positions import Path, dotted
from remit.errors import ExecutorInvalid, Location, Problem
from remit.items import ExecutorSpec

__all__ = ["Key", "VariableName", "is_secret_name", "read_key", "refuse_secrets"]

_VARIABLE: Final = r"^[A-Z_][A-Z0-9_]*$"
_MAX_VARIABLE: Final = 128

VariableName = Annotated[
    str,
    Field(
        pattern=_VARIABLE,
        max_length=_MAX_VARIABLE,
        description="the name of an environment variable: capital letters, digits and `_`",
    ),
]
"""Capitals only: a key that somebody wrote here by mistake has none of this form."""

_MOST = 8000
_SECRET_NAME = re.compile(
    r"^key$|(^|[_.-])(private[_-]?key|api[_-]?key|access[_-]?key|secret|token|password|passwd|pwd|authorization|credentials?|cookie|bearer)s?$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^\s*(bearer|basic|token)\s+\S{8,}"
    r"|^\s*(sk|pk|rk)[-_][A-Za-z0-9_-]{12,}"
    r"|^\s*(gh[pousr]_|github_pat_|glpat-|hf_|xox[abprs]-|AIza|ya29\.|npm_|pypi-)[A-Za-z0-9_.-]{8,}"
    r"|^\s*(AKIA|ASIA)[A-Z0-9]{12,}"
    r"|^\s*eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----",
    re.IGNORECASE,
)
_MAX_DEPTH: Final = 20


class Key:
    """A key, with the name of the variable that it stood in. It shows itself to nobody who does not ask for it."""

    __slots__ = ("_value", "variable")

    def __init__(self, value: str, *, variable: str) -> None:
        self._value = value
        self.variable = variable

    def reveal(self) -> str:
        """The key itself, for the one place where it leaves."""
        return self._value

    def __repr__(self) -> str:
        return f"<key from {self.variable}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")


def read_key(
    spec: ExecutorSpec,
    variable: str,
    *,
    path: str,
    setting: Callable[[str], str | None],
    at_least: int = 1,
) -> Key:
    """The key that stands in an environment variable.

    Args:
        spec: what the executor file says.
        variable: the name of the variable.
        path: the setting that names it (``settings.key_from``).
        setting: gives the value of a variable.
        at_least: how many characters it must have.

    Raises:
        ExecutorInvalid: the variable is not set, or holds what can't be a key. The value is never repeated.
    """
    value = (setting(variable) or "").strip()
    expected = f"a key in the environment variable {variable}"
    if at_least > 1:
        expected += f", of {at_least} characters or more"
    fault = None
    if not value:
        fault = "nothing"
    elif not (value.isascii() and value.isprintable()):
        fault = "characters that no key has"
    elif not at_least <= len(value) <= _MOST:
        fault = f"{len(value)} characters"
    if fault is None:
        return Key(value, variable=variable)
    raise ExecutorInvalid(
        f"`{spec.name}` can't be asked: {variable} is not what it needs",
        where=Location(path=path),
        expected=expected,
        found=fault,
        mend=f"set {variable} where Remit runs",
    )


def refuse_secrets(settings: Mapping[str, Any], *, texts: frozenset[str] = frozenset()) -> None:
    """Refuse settings that look like a secret: they would be kept, digested and shown.

    Args:
        settings: as the executor file has them.
        texts: settings whose texts are prose, where only their names are looked at.

    Raises:
        ExecutorInvalid: with every such setting; what stands there is not repeated.
    """
    problems = [
        Problem(
            message=f"`{dotted(path)}` looks like a secret, and secrets do not stand in files",
            where=Location(path=dotted(("settings", *path)), excerpt=""),  # the line is not shown either
            expected="the name of an environment variable, in `key_from`",
            found="what may be a secret",
            mend="put it into an environment variable, name that in `key_from`, and change the secret: it was written",
        )
        for path, value in _texts((), settings, _MAX_DEPTH)
        if _looks_secret(path, value, is_prose=bool(path) and path[0] in texts)
    ]
    if problems:
        raise ExecutorInvalid(problems=problems)


def is_secret_name(name: str) -> bool:
    """Whether what goes by this name is a secret, as names go."""
    return _SECRET_NAME.search(name) is not None


def _looks_secret(path: Path, value: str, *, is_prose: bool) -> bool:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if name.endswith("_from"):  # what is no name may be the key itself
        return len(value) > _MAX_VARIABLE or re.search(_VARIABLE, value) is None
    return (is_secret_name(name) and bool(value)) or (not is_prose and _SECRET_VALUE.search(value) is not None)


def _texts(path: Path, value: object, depth: int) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif depth and isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts((*path, str(name)), one, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for i, one in enumerate(value):
            yield from _texts((*path, i), one, depth - 1)
