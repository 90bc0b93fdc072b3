"""The engines by their names: `local` is this process, `ray` a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from remit.definition.similar import did_you_mean
from remit.errors import UsageError
from remit.project.running.engine import Engine, LocalEngine
from remit.project.scaling.asking import RayAsking
from remit.project.scaling.deciding import RayEngine

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.project.work import Work

__all__ = ["ENGINES", "asking_engine", "deciding_engine"]

ENGINES: Final = ("local", "ray")
ADDRESS_SETTING: Final = "RAY_ADDRESS"


def deciding_engine(project: Project, name: str, address: str | None) -> Engine:
    """The engine that decides items.

    Args:
        project: the project.
        name: one of ``ENGINES``.
        address: of the cluster; what ``RAY_ADDRESS`` says when not given, else a cluster of this machine.

    Raises:
        UsageError: there is no such engine, or an address is given where there is no cluster.
    """
    return RayEngine(_address(project, address)) if _is_ray(name, address) else LocalEngine()


def asking_engine(
    work: Work, name: str, address: str | None, *, executors: tuple[str | Callable[..., Any], ...]
) -> RayAsking | None:
    """The engine that asks executors about cases; None for this process. As :func:`deciding_engine`.

    Raises:
        UsageError: also where an executor is a function of this process, which no other process has.
    """
    if not _is_ray(name, address):
        return None
    for one in executors:
        if not isinstance(one, str):
            raise UsageError(
                f"the engine `ray` can't ask {getattr(one, '__name__', 'this function')}",
                expected="the name of an executor file, which every machine of the cluster can read",
                found="a function of this process",
                mend="write executors/<name>.yaml with `kind: function`, or leave the engine out",
            )
    return RayAsking(work, _address(work.project, address))


def _address(project: Project, address: str | None) -> str | None:
    return address or project.ambient.setting(ADDRESS_SETTING) or None


def _is_ray(name: str, address: str | None) -> bool:
    if name not in ENGINES:
        close = did_you_mean(name, ENGINES)
        raise UsageError(
            f"there is no engine `{name}`",
            expected="one of " + ", ".join(ENGINES),
            found=name,
            mend=f"did you mean `{close}`?" if close else "use one of these names",
        )
    if name != "ray" and address is not None:
        raise UsageError(
            "an address is given, and no engine that has one",
            expected="an address with the engine `ray`",
            found=f"the engine `{name}`",
            mend=f"add `--engine ray`, or take `--address {address}` away",
        )
    return name == "ray"
