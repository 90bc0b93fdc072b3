"""A Ray cluster to hand work to: one that is there, or one of this machine that ends with the block.

A cluster of our own listens on the loopback only, asks everybody who connects for a token that is made for it, tells
nobody outside that it is used, and keeps its files in the system's folder for such, until it ends.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from remit.errors import InvalidInput, OutsideError, RemitError, UsageError

__all__ = ["Cluster", "WorkerDied", "cluster"]

_PREFIX: Final = "remit-ray-"
_LOOPBACK: Final = "127.0.0.1"
_STORE_BYTES: Final = 128 * 1024 * 1024  # what is handed over is small, and this is taken from /dev/shm
_ANSWERS_S: Final = 5.0
_QUIET: Final = {"log_to_driver": False, "configure_logging": False, "logging_level": "ERROR"}


class WorkerDied(Exception):
    """The process that was at it ended, or its machine did, as often as it was tried."""


class Cluster:
    """A cluster that is connected to. Made by :func:`cluster`.

    ``n_workers`` is how many processes it has room for.
    """

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._remote: dict[Callable[..., Any], Any] = {}
        self.n_workers = max(int(ray.cluster_resources().get("CPU", 1)), 1)

    def submit(self, call: Callable[..., Any], *given: object, tries: int) -> Any:
        """Have ``call``, a function of a module, called in a worker; tried again where its process ends."""
        if call not in self._remote:
            self._remote[call] = self._ray.remote(call)
        return self._remote[call].options(num_cpus=1, max_retries=tries - 1, retry_exceptions=False).remote(*given)

    def first_done(self, running: Collection[Any]) -> Any:
        """Wait until one of what was submitted is done."""
        done, _ = self._ray.wait(list(running), num_returns=1)
        return done[0]

    def result(self, submitted: Any) -> Any:
        """What it came to.

        Raises:
            WorkerDied: its process ended each time.
            OutsideError: the code of Remit failed there, or the cluster is gone.
        """
        faults = self._ray.exceptions
        try:
            return self._ray.get(submitted)
        except faults.RayTaskError as error:
            raise OutsideError(
                f"a worker of the cluster failed: {str(error.cause)[:200] if error.cause else _last_line(error)}",
                expected="the same version of Remit and Python, and the same packages, on every machine of the cluster",
                mend="look at the logs of the cluster; what was recorded stays",
            ) from error
        except (faults.WorkerCrashedError, faults.OutOfMemoryError, faults.NodeDiedError) as error:
            raise WorkerDied from error
        except faults.RayError as error:
            raise OutsideError(
                f"the cluster failed: {_last_line(error)}", mend="the same again goes on where it was"
            ) from error


@contextmanager
def cluster(address: str | None = None) -> Iterator[Cluster]:
    """The cluster that this process is connected to already, or the one at ``address``, else one of this machine.

    Args:
        address: ``host:port`` of the head, or ``auto``; None for a cluster of this machine, a process for each of its
            cores, that ends with the block.

    Raises:
        InvalidInput: Ray is not installed.
        OutsideError: there is no such cluster, or it can't be started.
    """
    connected = sys.modules.get("ray")
    if connected is not None and connected.is_initialized():
        yield Cluster(connected)
        return
    ray = _ray(local=address is None)
    folder = None if address is not None else _new_folder()
    try:
        _connect(ray, address, folder)
        if folder is not None:
            _refuse_open(ray)
        yield Cluster(ray)
    finally:
        with suppress(Exception):  # a cluster that is gone can't be left in peace
            ray.shutdown()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _connect(ray: Any, address: str | None, folder: Path | None) -> None:
    try:
        if address is not None:
            _refuse_silent(address)
            ray.init(address=address, **_QUIET)
            return
        ray.init(
            address="local",
            num_cpus=len(os.sched_getaffinity(0)),
            include_dashboard=False,
            object_store_memory=_STORE_BYTES,
            _node_ip_address=_LOOPBACK,
            _temp_dir=str(folder),
            **_QUIET,
        )
    except RemitError:
        raise
    except Exception as error:
        what = "of this machine can't be started" if folder is not None else f"at {address} can't be reached"
        raise OutsideError(
            f"the Ray cluster {what}: {_last_line(error)}",
            mend="`ray status` says what is there; without --engine everything is done in this process",
        ) from error


def _refuse_silent(address: str) -> None:
    """Refuse an address where nobody answers: Ray ends the whole process there, without a word of ours.

    Raises:
        UsageError: it is no address.
        OSError: nobody answers.
    """
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "//" in host:
        raise UsageError(
            f"`{address}` is no address of a Ray cluster",
            expected="host:port of its head, such as 10.0.0.5:6379, or `auto` for the one of this machine",
            found=address,
            mend="`ray start --head` says the address; clients with ray:// are not used",
        )
    socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWERS_S).close()


def _refuse_open(ray: Any) -> None:
    """Refuse a cluster of this machine that others can reach: whoever reaches it has it run what they like."""
    found = ray.util.get_node_ip_address()
    if found != _LOOPBACK:
        raise OutsideError(
            "the cluster of this machine could be reached from others, so it is not used",
            expected=_LOOPBACK,
            found=found,
            mend="name a cluster with an address, or leave the engine out",
        )


def _ray(*, local: bool) -> Any:
    """The package.

    Raises:
        InvalidInput: it is not installed, or was imported too early: it reads its settings then.
    """
    ours = {"RAY_USAGE_STATS_ENABLED": "0"}
    if local:
        if "ray" in sys.modules and os.environ.get("RAY_AUTH_TOKEN") != _token():  # noqa: TID251
            raise InvalidInput(
                "ray was imported in this process before it was told to keep a cluster to itself",
                expected="a process that leaves the import to Remit, or is connected to a cluster",
                mend="import ray later, call ray.init first, or name a cluster with an address",
            )
        # On Linux Ray takes an address that others reach, whatever it is told, unless it may have no other machines.
        ours |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _token()}
        ours["RAY_worker_niceness"] = "0"  # by itself its workers give way to everything else on the machine
    os.environ.update(ours)  # noqa: TID251 - Ray takes these from nowhere else, and reads them when it is imported
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise InvalidInput(
            "the engine `ray` needs Ray, and that is not installed",
            mend="pip install 'remit[ray]', or leave --engine out",
        ) from error
    return ray


@cache
def _token() -> str:
    return secrets.token_hex(32)


def _new_folder() -> Path:
    """A folder for the cluster; those that killed processes left are removed."""
    place = Path(tempfile.gettempdir())
    for left in place.glob(f"{_PREFIX}*"):
        pid = left.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))


def _last_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
