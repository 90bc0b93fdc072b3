"""Serving: a socket, uvicorn, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from importlib.metadata import version
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn

from remit.api.application import application
from remit.api.service import Limits, Service
from remit.api.sweeping import Delivering, Sweeping
from remit.errors import OutsideError, UsageError
from remit.project.logs import say
from remit.project.telemetry.gauges import observe

if TYPE_CHECKING:
    from remit.project.folder import Project

__all__ = ["is_own_machine", "listening", "serve"]

GRACE_S = 20
BACKLOG = 2048


def is_own_machine(host: str) -> bool:
    """Whether only this machine can reach a server that is bound to ``host``."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def listening(project: Project, host: str, port: int) -> socket.socket:
    """A bound socket.

    Raises:
        UsageError: others could reach it, and nobody needs a token yet.
        OutsideError: the address can't be bound.
    """
    from remit.store.operations.tokens import has_tokens

    if not is_own_machine(host) and not has_tokens(project.store):
        raise UsageError(
            f"whoever reaches {host} could do everything: nobody needs a token yet",
            expected="a token, or --host 127.0.0.1",
            found=f"--host {host}, and no token",
            mend="`remit token make PERSON` makes the first one",
        )
    try:
        kind, how, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(kind, how, protocol)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
        except BaseException:
            found.close()
            raise
    except (OSError, OverflowError) as error:
        raise OutsideError(
            f"{host}:{port} can't be bound: {getattr(error, 'strerror', None) or error}",
            expected="an address of this machine and a free port",
            mend="take another one: --port 8322",
        ) from error
    return found


def serve(
    project: Project,
    bound: socket.socket,
    *,
    own_machine: bool,
    limits: Limits | None = None,
    with_sweeper: bool = True,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT: then nobody more is let in, what is inside is finished, and this returns.

    Args:
        project: the project; it is not closed.
        bound: where to listen.
        own_machine: whether only this machine can reach it.
        limits: how much it takes.
        with_sweeper: what happens by itself (time-outs, claims that end) happens here, too.
        on_ready: called once requests are answered.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    service = Service(project, own_machine=own_machine, limits=limits)
    config = uvicorn.Config(
        application(service),
        access_log=False,
        backlog=BACKLOG,
        date_header=True,
        lifespan="off",
        log_config=None,
        loop="asyncio",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=15,
        ws="none",
    )
    served = service.served
    telemetry = project.ambient.telemetry
    observe(telemetry, lambda: served.now)

    def ready() -> None:
        host, port = bound.getsockname()[:2]
        say(
            "started",
            address=f"{host}:{port}",
            version=version("remit"),
            works=project.work_ids,
            store="postgresql" if "://" in str(project.store_location) else "sqlite",
            sweeper=with_sweeper,
            telemetry=telemetry.on,
        )
        on_ready()

    server = _Server(config, ready)
    sweeping = Sweeping(served) if with_sweeper else nullcontext()
    delivering = Delivering(served) if with_sweeper else nullcontext()
    with closing(served), sweeping, delivering:
        asyncio.run(server.serve(sockets=[bound]))
    say("ended")


class _Server(uvicorn.Server):
    """uvicorn that ends in peace: a signal ends the serving, not the process."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
