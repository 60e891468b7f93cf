import json

import msgspec
import pytest

from tests.unit.orchestrator.support import tree
from topowave.orchestrator.control_messages import (
    Replace,
    Shutdown,
    SignalRequest,
    decode,
    done,
    node_message,
    refused,
    topology_message,
)
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.topology import Topology, generate
from topowave.topology.flat_form import to_rows


def test_the_balancers_messages_are_read() -> None:
    assert decode(b'{"kind": "shutdown"}') == Shutdown()
    assert decode(b'{"kind": "signal", "id": 7, "name": "a", "action": "stop"}') == SignalRequest(
        7, "a", "stop"
    )
    replace = decode(b'{"kind": "replace", "id": "x", "topology": [{"name": "root"}]}')
    assert replace == Replace("x", [{"name": "root"}])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b'{"kind": "signal", "id": 7, "name": "a", "action": "burn"}',
        b'{"kind": "signal", "name": "a", "action": "kill"}',
        b'{"kind": "sing"}',
        b"\xff",
    ],
)
def test_everything_else_is_refused(line: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode(line)


def test_a_network_of_any_depth_makes_no_deep_message() -> None:
    path = generate("path", nodes=2000, seed=1)
    line = msgspec.json.decode(topology_message(path, 2))
    replace = decode(msgspec.json.encode({"kind": "replace", "id": 1, "topology": line["topology"]}))
    assert replace == Replace(1, to_rows(path))


def test_the_orchestrators_messages_are_lines_of_json_as_the_design_has_them() -> None:
    topology = Topology.from_json(tree([8000, 8001]))
    process = ManagedProcess("a", [])
    process.started(17, 3, 1.0)
    lines = [topology_message(topology, 2), node_message(process), done(7), refused("x", "no", "never")]
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    assert [json.loads(line) for line in lines] == [
        {"kind": "topology", "topology": to_rows(topology), "version": 2},
        {
            "kind": "node",
            "name": "a",
            "others": [],
            "state": "starting",
            "pid": 17,
            "restarts": 0,
            "reason": "",
        },
        {"kind": "done", "id": 7},
        {"kind": "refused", "id": "x", "problems": ["no", "never"]},
    ]
