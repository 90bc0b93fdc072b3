"""What of an executor that calls a service changes its answers, and so belongs into its digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from remit.executors.fingerprint import digest_of_executor
from remit.items import ExecutorSpec, Json

__all__ = ["digest_of_remote"]


def digest_of_remote(spec: ExecutorSpec, made_of: Mapping[str, Json], *, leaves_out: Iterable[str]) -> str:
    """The digest of an executor: as :func:`digest_of_executor`, without settings that do not change its answers.

    ``limits`` are left out always, and ``leaves_out`` besides: where a key comes from, and how the way is protected.
    """
    without = {"limits", *leaves_out}
    settings = {name: value for name, value in spec.settings.items() if name not in without}
    return digest_of_executor(replace(spec, settings=settings), made_of)
