"""TLS of the calls of one executor: who is trusted, and as whom we come."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from remit.errors import ExecutorInvalid, Location
from remit.executors.fingerprint import inside, is_file
from remit.executors.http.settings import Tls
from remit.executors.remote.keys import read_key
from remit.items import ExecutorSpec

__all__ = ["tls_context"]


def tls_context(
    spec: ExecutorSpec, tls: Tls | None, *, root: Path, setting: Callable[[str], str | None]
) -> ssl.SSLContext:
    """What is trusted, with our own certificate where one is asked for. Nothing of the private key is kept but this.

    Args:
        spec: what the executor file says.
        tls: what it says of TLS.
        root: the folder of the project; files are named from there, or by an absolute path.
        setting: the value of an environment variable.

    Raises:
        ExecutorInvalid: a file is missing, or is not what it has to be.
    """
    if tls is None:
        return ssl.create_default_context()
    ca = None if tls.ca is None else _file(root, tls.ca, key="settings.tls.ca")
    try:
        context = ssl.create_default_context(cafile=ca)
    except (ssl.SSLError, OSError):
        raise _unusable("ca", "certificates that can be trusted, as PEM") from None
    if tls.cert is not None and tls.key_from is not None:
        named = read_key(spec, tls.key_from, path="settings.tls.key_from", setting=setting).reveal()
        key = (root / named).resolve()
        cert = _file(root, tls.cert, key="settings.tls.cert")
        if not is_file(key):
            raise ExecutorInvalid(
                f"{tls.key_from} names no file",
                where=Location(path="settings.tls.key_from"),
                expected=f"in {tls.key_from}, the path of the file with the private key",
                found="no such file",
                mend=f"set {tls.key_from} where Remit runs",
            )
        try:
            context.load_cert_chain(cert, key, password="")  # else OpenSSL asks on the terminal
        except (ssl.SSLError, OSError, ValueError):
            raise _unusable("cert", "a certificate as PEM, and its private key, not locked") from None
    return context


def _file(root: Path, name: str, *, key: str) -> Path:
    if not Path(name).is_absolute():
        return inside(root, name, key=key)
    if not is_file(Path(name)):
        raise ExecutorInvalid(
            f"there is no file `{name}`", where=Location(path=key), expected="a file", found="nothing"
        )
    return Path(name)


def _unusable(what: str, expected: str) -> ExecutorInvalid:
    return ExecutorInvalid(
        f"`tls.{what}` can't be used",
        where=Location(path=f"settings.tls.{what}"),
        expected=expected,
        found="something else",
    )
