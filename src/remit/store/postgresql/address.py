"""Where a database is, and how to speak of it without its password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from remit.errors import StoreError

__all__ = ["Address", "read_address"]

_PATIENCE = {  # a server that is gone without a word is noticed in seconds, not in hours
    "application_name": "remit",
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database on a server: ``options`` as its driver takes them, and ``shown``, which may be shown to anybody."""

    shown: str
    options: Mapping[str, str] = field(repr=False)

    def without_password(self, text: str) -> str:
        """``text`` with the password, wherever it stands in it, left out."""
        password = self.options.get("password")
        return text.replace(password, "***") if password else text


def read_address(url: str) -> Address:
    """Read ``postgresql://user:password@host:port/database?option=value``; what is left out is as ``psql`` has it.

    Raises:
        StoreError: it can't be read. The message does not show it, because a password may be in it.
    """
    try:
        read = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise StoreError(
            "the address of the store can't be read",
            expected="postgresql://user:password@host:port/database",
            found="it is not shown, because a password may be in it",
            mend="write signs such as @ : / # ? in a password as %40 %3A %2F %23 %3F",
        ) from None
    options = dict(_PATIENCE)
    for name, value in read.query.items():
        options[name] = value if isinstance(value, str) else ",".join(value)
    parts = {"host": read.host, "user": read.username, "password": read.password, "dbname": read.database}
    options |= {name: value for name, value in parts.items() if value}
    if read.port is not None:
        options["port"] = str(read.port)
    shown = sa.URL.create("postgresql", username=read.username, host=read.host, port=read.port, database=read.database)
    return Address(shown=shown.render_as_string(hide_password=True), options=options)
