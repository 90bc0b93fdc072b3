"""A server on this machine that speaks as services of language models do, and says whatever a test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Said = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""


class SpeakingServer:
    """Answers each call with what ``says`` makes of its body; keeps what it was asked.

    ``says`` may be one callable for all calls, or a list with one for each; the last one answers the rest.
    """

    def __init__(self, *says: Callable[[dict[str, Any]], Said]) -> None:
        self._says = list(says)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.release = threading.Event()
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with outer._lock:
                    nth = len(outer.asked)
                    outer.asked.append(body)
                    outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                    outer.paths.append(self.path)
                status, headers, content = outer._says[min(nth, len(outer._says) - 1)](body)
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever asked went away
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def hang(self, body: dict[str, Any]) -> Said:
        """Say nothing until the test ends."""
        del body
        self.release.wait(20)
        return 200, {}, b"{}"

    def stop(self) -> None:
        """Stop serving, and let everybody go who hangs."""
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def raw(status: int, content: bytes = b"{}", **headers: str) -> Callable[[dict[str, Any]], Said]:
    """Always the same bytes."""
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def completion(
    content: str | None,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    tools: Sequence[str] = (),
    logprobs: Any = None,
    usage: Any = None,
    model: str = "small-1",
) -> Callable[[dict[str, Any]], Said]:
    """A chat completion of OpenAI's protocol."""
    message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": refusal}
    if tools:
        message["tool_calls"] = [
            {"id": f"call{i}", "type": "function", "function": {"name": "answer", "arguments": arguments}}
            for i, arguments in enumerate(tools)
        ]
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": finish}
    if logprobs is not None:
        choice["logprobs"] = {"content": logprobs}
    document = {
        "id": "one",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [choice],
        "usage": usage or {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return raw(200, json.dumps(document).encode())


def message(
    *texts: str, stop: str = "end_turn", tools: Sequence[Any] = (), model: str = "claude-small"
) -> Callable[[dict[str, Any]], Said]:
    """A message of Anthropic's protocol."""
    content: list[dict[str, Any]] = [{"type": "text", "text": one} for one in texts]
    content += [{"type": "tool_use", "id": f"t{i}", "name": "answer", "input": one} for i, one in enumerate(tools)]
    document = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10},
    }
    return raw(200, json.dumps(document).encode())


def openai_error(status: int, code: str, **headers: str) -> Callable[[dict[str, Any]], Said]:
    """An error of OpenAI's protocol; it repeats what it was asked, as services may."""

    def say(body: dict[str, Any]) -> Said:
        told = {"error": {"message": json.dumps(body)[:5000], "type": code, "code": code, "param": None}}
        return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(told).encode()

    return say


def anthropic_error(status: int, kind: str, **headers: str) -> Callable[[dict[str, Any]], Said]:
    """An error of Anthropic's protocol."""

    def say(body: dict[str, Any]) -> Said:
        told = {"type": "error", "error": {"type": kind, "message": json.dumps(body)[:5000]}}
        return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(told).encode()

    return say
