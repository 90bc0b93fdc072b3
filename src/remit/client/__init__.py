"""A typed client of ``remit serve``, sync and async: the same errors as the library, and calls that may be repeated.

::

    with remit.Client("http://127.0.0.1:8321", token) as client:
        decided = client.decide("refunds", {"amount": 20}, key="order-1")
        if decided["waiting"]:
            decided = client.wait(decided["id"], timeout_s=3600)
"""

from remit.client.awaiting import AsyncClient
from remit.client.blocking import Client

__all__ = ["AsyncClient", "Client"]
