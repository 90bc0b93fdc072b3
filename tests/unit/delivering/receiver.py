"""A receiver on this machine that answers as it is told to: real sockets, bounded, stopped at the end."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    """An answer of that status."""
    lines = [f"HTTP/1.1 {code} Whatever", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Request:
    """What came in."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> dict:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Gives each request the next of ``answers``, the last one for ever.

    An answer is bytes; None hangs up; ``HANG`` says nothing; a list of bytes trickles until the other side leaves.
    """

    answers: list[object] = field(default_factory=lambda: [OK])
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        self._thread.join(10)
        self._socket.close()
        assert not self._thread.is_alive()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=remit"

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._over.is_set():
                connection.close()
                return
            with connection, suppress(OSError):
                connection.settimeout(10)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            line = stream.readline().decode("latin-1").strip()
            if not line.startswith("POST "):
                return
            headers = {}
            while header := stream.readline().decode("latin-1").strip():
                name, _, value = header.partition(": ")
                headers[name.lower()] = value
            body = stream.read(int(headers.get("content-length", 0)))
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(Request(line=line, headers=headers, body=body))
        if answer is HANG:
            connection.recv(1)  # until the other side leaves
        elif isinstance(answer, list):
            for piece in answer:
                connection.sendall(piece)
                connection.settimeout(0.02)
                with suppress(TimeoutError):
                    if connection.recv(1) == b"":
                        return
        elif isinstance(answer, bytes):
            connection.sendall(answer)


HANG = object()
