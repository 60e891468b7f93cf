"""The client by which the balancer asks nodes over HTTP."""

from __future__ import annotations

import httpx

from topowave.balancer.limits import MOVE_TIMEOUT
from topowave.wire.http_client import bounded_client
from topowave.wire.limits import IDLE_CONNECTION
from topowave.wire.token import Token, bearer

CONNECTIONS = httpx.Limits(
    max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE_CONNECTION
)
"""To the nodes, as many at a time."""


def node_client(token: Token | None) -> httpx.AsyncClient:
    """Return a client that says what the nodes want to see, and waits MOVE_TIMEOUT for an answer."""
    return bounded_client(MOVE_TIMEOUT, headers=bearer(token), connections=CONNECTIONS)
