"""How a cluster of Ray is found and joined, or one of this machine's own is started."""

from __future__ import annotations

import importlib
import importlib.util
import os
import socket
from typing import Any

from topowave.ray_cluster.limits import CONNECT_S, STARTS, STORE_BYTES
from topowave.topology.problems import Problems

LOCAL = "local"
"""The address that stands for a cluster of Ray's own on this machine."""
AUTO = "auto"
"""The address that stands for the cluster which this machine is part of."""
IF_REFUSED = "a cluster with a token wants it in RAY_AUTH_TOKEN, with RAY_AUTH_MODE=token"


def check_installed(extras: str) -> None:
    """Raise Problems where Ray is not installed; `extras` are those that the caller needs."""
    if importlib.util.find_spec("ray") is None:
        raise Problems([f"--ray: Ray is not installed: pip install 'topowave[{extras}]'"])


def load_ray() -> Any:
    """Import Ray."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told of what is run here
    return importlib.import_module("ray")


def connect(ray: Any, address: str, cpus: int | None = None) -> None:
    """Join a cluster, or start one on this machine.

    Args:
        ray: the library.
        address: LOCAL, AUTO, HOST:PORT or ray://HOST:PORT.
        cpus: how many CPUs a cluster of this machine's own has; by default all.

    Raises:
        Problems: there is no cluster that could be joined, or none could be started.
    """
    quiet: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False}
    if address == LOCAL:
        own = {"num_cpus": cpus, "include_dashboard": False, "object_store_memory": STORE_BYTES}
        _start(ray, own | quiet)
        return
    check_address(address)
    try:
        ray.init(address=address, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        lines = [line.strip() for line in str(error).strip().splitlines()]
        why = " ".join(lines).rstrip(".")
        raise Problems([f"--ray {address}: {why}; {IF_REFUSED}"]) from None


def _start(ray: Any, options: dict[str, Any]) -> None:
    """Start Ray on this machine; it gives its processes 30 s, which is little where others are at work."""
    for tries_left in reversed(range(STARTS)):
        try:
            ray.init(address=LOCAL, **options)
        except Exception as error:  # noqa: BLE001 - Ray has no name for it
            ray.shutdown()
            if tries_left == 0:
                raise Problems([f"--ray: Ray does not start: {' '.join(str(error).split())}"]) from None
        else:
            return


def check_address(address: str) -> None:
    """See whether anybody listens at an address; Ray itself would try for long, and then end Python.

    Raises:
        Problems: nobody does, or it is no address.
    """
    if address == AUTO:
        return
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 2**16):
        raise Problems([f"--ray {address}: expected HOST:PORT, ray://HOST:PORT or auto"])
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
    except OSError as error:
        why = error.strerror or str(error)
        raise Problems(
            [f"--ray {address}: there is no cluster: {why}; `ray start --head` starts one"]
        ) from None
