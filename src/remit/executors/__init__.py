"""Who does the work: person, table, function, model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remit.executors.baselines import majority, own_table
    from remit.executors.function import bind, executor, spec_of
    from remit.executors.loading import load
    from remit.executors.perform import Performer, decide_each, performer

__all__ = ["Performer", "bind", "decide_each", "executor", "load", "majority", "own_table", "performer", "spec_of"]

_HOMES = {
    "Performer": "perform",
    "bind": "function",
    "decide_each": "perform",
    "executor": "function",
    "load": "loading",
    "majority": "baselines",
    "own_table": "baselines",
    "performer": "perform",
    "spec_of": "function",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: reading definitions needs none of them."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
