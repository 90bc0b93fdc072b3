"""Services on loopback that behave as badly as services do, and certificates made on the spot."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from remit.project.ambient import system

_START_S = 10.0


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self):
        return json.loads(self.body)


Behave = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Service:
    """A server on loopback in a thread of its own, bounded by its ``with`` block."""

    behave: Behave
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    greeting: bytes = b""
    n_connections: int = 0
    n_open: int = 0
    all_left: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(_START_S)
        return self

    def __exit__(self, *ignored: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(_START_S)
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        self._loop, self._over, self._tasks = asyncio.get_running_loop(), asyncio.Event(), set()
        self._loop.set_exception_handler(lambda loop, context: None)  # what breaks here is what is tested
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls, backlog=200)
        port = server.sockets[0].getsockname()[1]
        self.url = f"https://localhost:{port}/answer" if self.tls else f"http://127.0.0.1:{port}/answer"
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        self.n_connections += 1
        self.n_open += 1
        writer.write(self.greeting)
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) is not None:
                line, *lines = head.decode("latin-1").strip().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.asked.append(Asked(line, headers, body))
                await self.behave(self.asked[-1], writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()
            self.n_open -= 1
            if not self.n_open:
                self.all_left.set()


def response(
    content: object = None, *, status: str = "200 OK", kind: str = "application/json", **headers: str
) -> bytes:
    """One whole response."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def says(content: object = None, **more: str) -> Behave:
    """Always answers the same."""
    sent = response({"output": {"team": "orders"}} if content is None else content, **more)

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()

    return behave


def in_turn(*behaviours: Behave) -> Behave:
    """One after the other; the last one stays."""
    coming = list(behaviours)

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (coming.pop(0) if len(coming) > 1 else coming[0])(asked, writer)

    return behave


async def hangs(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drips(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, each in time for itself."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def leaves_half_way(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"output": ')
    await writer.drain()
    writer.close()


async def leaves(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def is_no_http(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
    await writer.drain()
    writer.close()


async def never_ends(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """JSON without an end, as fast as it is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"[" * 65536
    while True:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()


class Authority:
    """Certificates, with their keys, in files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key, self._certificate = self._made("Our authority", None)
        self.path = folder / "ca.pem"
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self, name: str, *, host: str = "localhost", days: int = 30, password: bytes | None = None
    ) -> tuple[Path, Path]:
        """A certificate and its key, signed by this authority."""
        key, certificate = self._made(name, host, days=days)
        cert_path, key_path = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        locked = serialization.NoEncryption() if password is None else serialization.BestAvailableEncryption(password)
        key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
        return cert_path, key_path

    def context(self, name: str = "service", *, asks_who: bool = False, **more: object) -> ssl.SSLContext:
        """What a server uses; with ``asks_who`` it takes nobody whose certificate is not of this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, **more))
        if asks_who:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path)
        return context

    def _made(self, name: str, host: str | None, *, days: int = 30):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        until = system().now() + timedelta(days=days)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if host is None else self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - timedelta(days=60))
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        )
        if host is not None:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return key, made.sign(key if host is None else self._key, hashes.SHA256())
