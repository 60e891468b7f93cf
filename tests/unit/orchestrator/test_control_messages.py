import json

from tests.unit.orchestrator.support import tree
from topowave.orchestrator.control_messages import (
    done,
    node_message,
    refused,
    topology_message,
    wanted_message,
)
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.topology import LabConfig, Topology, generate
from topowave.topology.flat_form import to_rows
from topowave.wire.agents import WantedProcess
from topowave.wire.control import (
    Replace,
    TopologyNow,
    WantedOfAgent,
    decode_notice,
    decode_request,
    line_of,
)


def test_a_network_of_any_depth_makes_no_deep_message() -> None:
    path = generate("path", nodes=2000, seed=1)
    now = decode_notice(topology_message(path, 2))
    assert now == TopologyNow(to_rows(path), 2)
    replace = Replace(1, to_rows(path))
    assert decode_request(line_of(replace)) == replace


def test_the_orchestrators_messages_are_lines_of_json_as_the_design_has_them() -> None:
    topology = Topology.from_json(tree([8000, 8001]))
    process = ManagedProcess("a", [])
    process.started(17, 3, 1.0)
    said = topology_message(topology, 2), node_message(process, (4,))
    lines = [*said, done(7), refused("x", "no", "never")]
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    assert [json.loads(line) for line in lines] == [
        {"kind": "topology", "topology": to_rows(topology), "version": 2, "keeps": False},
        {
            "kind": "node",
            "name": "a",
            "others": [],
            "state": "starting",
            "pid": 17,
            "restarts": 0,
            "reason": "",
            "ran": None,
            "started_at": process.started_at,
            "numbers": [4],
        },
        {"kind": "done", "id": 7},
        {"kind": "refused", "id": "x", "problems": ["no", "never"]},
    ]


def test_an_agent_is_told_the_settings_that_were_set_so_that_the_others_follow_from_the_host() -> None:
    topology = Topology.from_json(tree([8000, 8001]))
    config = LabConfig(host="0.0.0.0", max_cpu=50.0)
    said = decode_notice(wanted_message("a", "s", topology, 2, config, [WantedProcess(1, ["n1"], [8001])]))
    assert isinstance(said, WantedOfAgent)
    assert said.wanted.settings == {"host": "0.0.0.0", "max_cpu": 50.0}
    assert said.wanted.topology == to_rows(topology)
