"""One real piece of work to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Item", "Json", "JsonObject"]

Json = Any
"""A JSON value: null, bool, int, float, str, list or dict of these."""

JsonObject = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: its key (one item for ever), what is to be looked at, and when it came (aware UTC)."""

    key: str
    input: JsonObject
    received_at: datetime | None = None
