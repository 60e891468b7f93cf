"""The listening sockets of an agent's processes, and why one cannot be had."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable

from topowave.orchestrator.ports import close_all, listen


def open_listeners(host: str, ports: Iterable[int]) -> list[socket.socket]:
    """Listen on all of these ports, or on none. Raises OSError, whose text says why in a sentence."""
    opened: list[socket.socket] = []
    try:
        for port in ports:
            try:
                opened.append(listen(host, port))
            except OSError as error:
                raise OSError(error.errno, _why(error, host, port)) from None
    except OSError:
        close_all(opened)
        raise
    return opened


def own_address_problem(host: str) -> str | None:
    """Return why processes of this machine cannot listen on an address; None where they can."""
    try:
        listen(host, 0).close()
    except OSError as error:
        return _why(error, host, 0)
    return None


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken on {host}"
    if error.errno == errno.EACCES:
        return f"port {port} may not be opened by this user; ports below 1024 are root's"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{host} is no address of this machine"
    return f"port {port} on {host} could not be opened: {os.strerror(error.errno or 0)}"
