"""Where the programs of a lab are reached, and which node an address means."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine that stay on this machine."""


def websocket_url(host: str, port: int, path: str = "/ws") -> str:
    """Return the address of a WebSocket."""
    return f"ws://{_bracketed(host)}:{port}{path}"


def http_url(host: str, port: int, path: str = "") -> str:
    """Return the address of a page or an operation."""
    return f"http://{_bracketed(host)}:{port}{path}"


def host_and_port(url: str) -> tuple[str, int | None]:
    """Return host (in lower case, "" if none) and port (None if none or no number) of `url`."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "", parts.port)
    except ValueError:
        return ("", None)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
