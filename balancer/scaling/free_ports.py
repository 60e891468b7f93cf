"""Ports for new nodes: such as neither the lab nor another program of this machine has."""

from __future__ import annotations

import socket
from collections.abc import Collection, Sequence

from topowave.topology.limits import MAX_PORT
from topowave.translation import text
from topowave.web.problem_details import Problem


def free_ports(
    host: str, count: int, after: int, taken: Collection[int], own: Sequence[int] = ()
) -> list[int]:
    """Return so many ports that can be opened now, the next ones after a number.

    Another program may take one of them in the next moment; whoever opens them then says so.

    Args:
        host: where the lab listens.
        count: how many.
        after: the highest port of the lab's nodes.
        taken: those that belong to the lab, open or not.
        own: the port of each node that has one already, and keeps it where it can be opened.

    Raises:
        Problem: (409) there are not so many.
    """
    kept = {port for port in own if _can_be_opened(host, port)}
    new: list[int] = []
    for port in (*range(after + 1, MAX_PORT + 1), *range(after - 1, 1023, -1)):
        if len(kept) + len(new) == count:
            break
        if port not in taken and _can_be_opened(host, port):
            new.append(port)
    if len(kept) + len(new) < count:
        free = len(kept) + len(new)
        raise Problem(
            409,
            text("No port is free"),
            text(
                "{count} ports are wanted, and {free} are free on {host}", count=count, free=free, host=host
            ),
        )
    others = iter(new)
    return [port if port in kept else next(others) for port in own] if own else new


def _can_be_opened(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError:
            return False
    return True
