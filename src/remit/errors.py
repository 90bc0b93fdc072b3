"""Every error Remit raises on purpose, one class and one code each.

The first digit of a code is the exit code of the command line (``E3..`` ends with 3).  The docstring of a class is
what ``remit explain CODE`` prints and what the documentation shows.

::

    RemitError
    ├── UsageError                    E201  a command was called with words it does not know
    ├── InvalidInput                  E300  something a user wrote can't be used
    │   ├── FileUnreadable            E301  a file is missing, too large, or not text
    │   ├── YamlInvalid               E302  a file is not the plain YAML that Remit reads
    │   ├── DefinitionInvalid         E303  a work definition breaks the language
    │   ├── ExpressionInvalid         E304  a CEL expression does not compile
    │   ├── TableInvalid              E305  a decision table can't be used
    │   ├── CasesInvalid              E306  a case file does not fit its definition
    │   ├── ExecutorInvalid           E307  an executor file, or what it points to, can't be used
    │   ├── ProjectInvalid            E308  remit.yaml, waivers.yaml or the folder is not a project
    │   ├── ItemInvalid               E309  an item given on the command line or by a caller can't be read
    │   ├── ArgumentInvalid           E310  a function was called outside its domain (also a ValueError)
    │   └── DocumentInvalid           E311  a proof or facts document can't be read
    ├── NotEnough                     E401  there is not enough evidence for what was asked
    ├── Conflict                      E500  what is asked contradicts what is recorded
    │   ├── KeyConflict               E501  the same key came with another input
    │   ├── AlreadyDecided            E502  somebody else decided this review first
    │   ├── FrozenChanged             E503  a frozen case set is not what it was
    │   ├── RunInProgress             E504  another process is at the same work
    │   ├── NotFound                  E505  nothing of that name is there
    │   ├── ContentErased             E506  the content was erased
    │   └── ReviewPending             E507  the item waits for a person
    ├── StoreError                    E600  the store can't be used
    │   ├── StoreOutdated             E601  the store was made by another version
    │   └── LedgerBroken              E602  the record does not verify
    ├── OutsideError                  E701  a service or program outside Remit failed
    └── NotAllowed                    E800  a rule or a role forbids it
        ├── GrantRefused              E801  the evidence or the readiness does not allow this grant
        ├── OverrideRefused           E802  a blocking constraint holds for people too
        └── SpendingReached           E803  an executor has spent what it may
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "AlreadyDecided",
    "ArgumentInvalid",
    "CasesInvalid",
    "Conflict",
    "ContentErased",
    "DefinitionInvalid",
    "DocumentInvalid",
    "ExecutorInvalid",
    "ExpressionInvalid",
    "FileUnreadable",
    "FrozenChanged",
    "GrantRefused",
    "InvalidInput",
    "ItemInvalid",
    "KeyConflict",
    "LedgerBroken",
    "Location",
    "NotAllowed",
    "NotEnough",
    "NotFound",
    "OutsideError",
    "OverrideRefused",
    "Problem",
    "ProjectInvalid",
    "RemitError",
    "ReviewPending",
    "RunInProgress",
    "SpendingReached",
    "StoreError",
    "StoreOutdated",
    "TableInvalid",
    "UsageError",
    "YamlInvalid",
    "all_errors",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where something is: a file, and in it a line and a column (both from 1, counted in characters).

    ``path`` is the dotted way to the value inside the document (``quality.targets[0].metric``), ``excerpt`` the
    whole source line, for the caret.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    excerpt: str | None = None

    def __str__(self) -> str:
        """``file:line:column``, as far as known, else the path."""
        known = [str(part) for part in (self.file, self.line, self.column) if part is not None]
        return ":".join(known) or (self.path or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, in the form every door shows: what, where, expected, found, the mend."""

    message: str
    where: Location = Location()
    expected: str | None = None
    found: str | None = None
    mend: str | None = None
    code: str | None = None  # the code of the error class, when this problem belongs to another one


class RemitError(Exception):
    """Something Remit refuses, with the reason and the mend. The base of every error below."""

    code: ClassVar[str] = "E700"
    exit_code: ClassVar[int] = 70

    def __init__(
        self,
        message: str | None = None,
        *,
        where: Location | None = None,
        expected: str | None = None,
        found: str | None = None,
        mend: str | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        if not problems:
            text = message if message is not None else (type(self).__doc__ or "").split("\n", 1)[0]
            problems = (Problem(message=text, where=where or Location(), expected=expected, found=found, mend=mend),)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(message if message is not None else "; ".join(str_problem(p) for p in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args[0] if self.args else None, self.problems))


def _rebuild(cls: type[RemitError], message: str | None, problems: tuple[Problem, ...]) -> RemitError:
    return cls(message, problems=problems)


def str_problem(problem: Problem) -> str:
    """One problem on one line: ``file:line:column: message``."""
    where = str(problem.where)
    return f"{where}: {problem.message}" if where else problem.message


class UsageError(RemitError):
    """A command was called with words it does not know.

    Look at ``remit COMMAND --help``: it starts with examples.
    """

    code = "E201"
    exit_code = 2


class InvalidInput(RemitError):
    """Something a user wrote can't be used as it is."""

    code = "E300"
    exit_code = 3


class FileUnreadable(InvalidInput):
    """A file is missing, too large, or not UTF-8 text.

    Remit reads UTF-8 only and puts a limit on the size of every file that it loads whole.
    """

    code = "E301"


class YamlInvalid(InvalidInput):
    """A file is not the plain YAML that Remit reads.

    YAML 1.2 with JSON's types: no tags, no duplicate keys, no tabs for indentation, at most 100 levels, and anchors
    only as far as they do not run away.
    """

    code = "E302"


class DefinitionInvalid(InvalidInput):
    """A work definition breaks the language.

    Every fault in the file is listed at once, with its line. ``remit schema`` prints the JSON Schema of the language
    for your editor.
    """

    code = "E303"


class ExpressionInvalid(InvalidInput):
    """A CEL expression does not compile.

    Expressions are CEL. A number field holds doubles, so write ``input.amount > 10.0``; an integer field
    takes ``10``. Only the names that the place allows are in scope.
    """

    code = "E304"


class TableInvalid(InvalidInput):
    """A decision table can't be used.

    Input columns are CEL, cells are unary tests (``-``, ``"a", "b"``, ``< 10``, ``[1..5]``, ``not(...)``). A DMN file
    may hold what such tables can say, and nothing else.
    """

    code = "E305"


class CasesInvalid(InvalidInput):
    """A case file does not fit its definition.

    Columns are ``case``, ``input.*``, ``expected.*``, ``tags``, ``labelled_by``, ``split`` and slice columns. Every
    row is checked against the schemas of the definition.
    """

    code = "E306"


class ExecutorInvalid(InvalidInput):
    """An executor file, or what it points to, can't be used.

    The file says ``for``, ``kind`` and, by kind, ``entry``, ``file`` or settings. Models are loaded with skops, never
    with pickle.
    """

    code = "E307"


class ProjectInvalid(InvalidInput):
    """The folder is not a Remit project, or remit.yaml or waivers.yaml is wrong.

    A project is a folder with a ``remit.yaml``; definitions are in ``work/``, executors in ``executors/``.
    """

    code = "E308"


class ItemInvalid(InvalidInput):
    """An item could not be read: it has to be one JSON object, of a bounded size."""

    code = "E309"


class ArgumentInvalid(InvalidInput, ValueError):
    """A function was called outside its domain. The message names the argument, the index and the domain."""

    code = "E310"


class DocumentInvalid(InvalidInput):
    """A proof or facts document can't be read: not JSON, of another version, or changed by hand."""

    code = "E311"


class NotEnough(RemitError):
    """There is not enough evidence for what was asked. The message says how much more would do."""

    code = "E401"
    exit_code = 4


class Conflict(RemitError):
    """What is asked contradicts what is already recorded."""

    code = "E500"
    exit_code = 5


class KeyConflict(Conflict):
    """The same key came with another input.

    A key names one item for ever: the same key with the same input gives the stored decision, with another input it
    is refused.
    """

    code = "E501"


class AlreadyDecided(Conflict):
    """Somebody else decided this review first. Their decision stands."""

    code = "E502"


class FrozenChanged(Conflict):
    """A frozen case set is not what it was when it was frozen.

    Proof needs cases that nobody touched since. Freeze a new set under a new name, or restore the file.
    """

    code = "E503"


class RunInProgress(Conflict):
    """Another process is at the same work. Wait for it, or stop it first."""

    code = "E504"


class NotFound(Conflict):
    """Nothing of that name is there."""

    code = "E505"


class ContentErased(Conflict):
    """The content was erased, on request or when its time was over.

    Input, output and what the executor said are gone for good. That something was decided, when, by whom and why stays
    in the record, which still verifies; the act of erasing is in it too.
    """

    code = "E506"


class ReviewPending(Conflict):
    """The item waits for a person: a function under ``@remit.executor(..., incumbent=True)`` has no answer for it yet.

    ``id`` is the review. Wait for it, or write ``on_review="incumbent"`` to have the function answer meanwhile.
    """

    code = "E507"

    @property
    def id(self) -> str:
        """The review, or the decision where nobody has to look at it."""
        return self.problems[0].found or ""


class StoreError(RemitError):
    """The store can't be used: it can't be opened, is full, or is locked for too long."""

    code = "E600"
    exit_code = 6


class StoreOutdated(StoreError):
    """The store was made by another version of Remit. ``remit db upgrade`` brings an older one up to date."""

    code = "E601"


class LedgerBroken(StoreError):
    """The record does not verify: an entry was changed, removed or reordered.

    ``remit ledger verify`` names the first entry that does not fit.
    """

    code = "E602"


class OutsideError(RemitError):
    """A service or program outside Remit failed."""

    code = "E701"
    exit_code = 7


class NotAllowed(RemitError):
    """A rule or a role forbids it."""

    code = "E800"
    exit_code = 8


class GrantRefused(NotAllowed):
    """The evidence or the readiness does not allow this grant. Each reason is listed with its mend."""

    code = "E801"


class OverrideRefused(NotAllowed):
    """A blocking constraint holds for people too: the answer given would break it."""

    code = "E802"


class SpendingReached(NotAllowed):
    """An executor has spent what its file allows for this hour or day.

    A proof stops there. What was answered is kept: prove again when the next hour or day has begun, and only what is
    missing is asked.
    """

    code = "E803"


def all_errors() -> dict[str, type[RemitError]]:
    """Every error class by its code, in the order of the codes."""
    found: dict[str, type[RemitError]] = {}
    pending: list[type[RemitError]] = [RemitError]
    while pending:
        cls = pending.pop()
        found[cls.code] = cls
        pending.extend(cls.__subclasses__())
    return dict(sorted(found.items()))
