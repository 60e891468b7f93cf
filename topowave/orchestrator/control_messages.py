"""The control messages between orchestrator and balancer: one JSON object a line (see docs/design.md).

To the balancer go `topology`, `node`, `done` and `refused`; from it come `replace`, `signal` and `shutdown`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from topowave.orchestrator.managed_process import ManagedProcess
from topowave.topology import Topology
from topowave.topology.flat_form import Row, to_rows

type_of = "kind"
RequestId = int | str


class Replace(msgspec.Struct, tag_field=type_of, tag="replace", frozen=True):
    """Replace the running network by another one."""

    id: RequestId
    topology: list[Row]


class SignalRequest(msgspec.Struct, tag_field=type_of, tag="signal", frozen=True):
    """Kill, stop or continue one node."""

    id: RequestId
    name: str
    action: Literal["kill", "stop", "continue"]


class Shutdown(msgspec.Struct, tag_field=type_of, tag="shutdown", frozen=True):
    """End the lab, as SIGTERM would."""


Request = Replace | SignalRequest | Shutdown
_decoder: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)


def decode(line: bytes | bytearray) -> Request:
    """Read one line from the balancer.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is none of the messages above.
        RecursionError: it is nested more deeply than any of them.
    """
    return _decoder.decode(line)


def topology_message(topology: Topology, version: int) -> bytes:
    """Say which network runs now."""
    return _line({"kind": "topology", "topology": to_rows(topology), "version": version})


def node_message(process: ManagedProcess) -> bytes:
    """Say what one process of nodes does now: `name` is one of them, `others` are those that share it."""
    return _line(
        {
            "kind": "node",
            "name": process.name,
            "others": process.others,
            "state": process.state.value,
            "pid": process.pid,
            "restarts": process.restarts,
            "reason": process.reason,
        }
    )


def done(request: RequestId) -> bytes:
    """Say that a request was carried out."""
    return _line({"kind": "done", "id": request})


def refused(request: RequestId, *problems: str) -> bytes:
    """Say that a request changed nothing, and why."""
    return _line({"kind": "refused", "id": request, "problems": problems})


def _line(message: dict[str, object]) -> bytes:
    return msgspec.json.encode(message) + b"\n"
