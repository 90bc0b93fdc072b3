"""Remit: the missing layer between an AI strategy and its execution.

::

    import remit

    project = remit.Project.open("remit-demo/digits")
    work = project.work("digits")
    work.check()                      # readiness, computed
    work.prove("svm")                 # run, measure, judge, certify
    work.decide({"pixels": [...]})    # one item, with its reason and its record

Everything is imported at its first use, so that ``import remit`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.client import AsyncClient, Client
    from remit.definition.levels import Level
    from remit.errors import RemitError
    from remit.items import Answer, Item
    from remit.project import Project, Work
    from remit.project.adopting import executor
    from remit.wire.signature import verify_webhook

__all__ = [
    "Answer",
    "AsyncClient",
    "Client",
    "Item",
    "Level",
    "Project",
    "RemitError",
    "Work",
    "executor",
    "verify_webhook",
]

_HOMES = {
    "Answer": "remit.items",
    "AsyncClient": "remit.client",
    "Client": "remit.client",
    "Item": "remit.items",
    "Level": "remit.definition.levels",
    "Project": "remit.project",
    "RemitError": "remit.errors",
    "Work": "remit.project",
    "executor": "remit.project.adopting",
    "verify_webhook": "remit.wire.signature",
}


_PACKAGES = ("errors", "stats")


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _PACKAGES:
        return import_module(f"remit.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
