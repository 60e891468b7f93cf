from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.simulator import students
from tests.unit.topology.strategies import ZOO
from topowave.algorithms import Algorithm, Network
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.registry import LIBRARY
from topowave.algorithms.requirements import refusals
from topowave.runtime.graph import Graph
from topowave.simulator import SimulationConfig, Wave, simulate, simulate_waves
from topowave.simulator.preparation import event_limit, plan_waves
from topowave.topology import Problems, generate, read_network
from topowave.traces.replay import replay

ROOT = Path(__file__).resolve().parents[3]
"""Networks of the Internet Topology Zoo, where they lie beside the project."""
FINN = {7: 77, 15: 393, 31: 1_777, 63: 7_585}
"""Messages of Finn on complete binary trees, first-in first-out, from the root."""

delays = st.sampled_from(["constant:1", "constant:0", "uniform:1,10", "uniform:0,0.001", "exponential:1"])
seeds = st.integers(0, 2**40)


@st.composite
def networks(draw: st.DrawFn, most: int = 12) -> Network:
    """Connected networks: a tree in which each node hangs below an earlier one, and some links more."""
    nodes = draw(st.integers(1, most))
    links = {(draw(st.integers(0, node - 1)), node) for node in range(1, nodes)}
    pairs = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    links |= {(min(pair), max(pair)) for pair in draw(st.lists(pairs, max_size=nodes)) if pair[0] != pair[1]}
    return Network.from_links(nodes, sorted(links))


@pytest.mark.parametrize("nodes", FINN)
@pytest.mark.parametrize("delay", ["constant:1", "uniform:1,10"])
def test_the_oracle_table_comes_out_exactly(nodes: int, delay: str) -> None:
    finn = simulate("finn-full", f"binary:{nodes}", initiators=["root"], fifo=True, delay=delay)
    echo = simulate("echo", f"binary:{nodes}", delay=delay)
    assert (finn.messages, echo.messages) == (FINN[nodes], 2 * (nodes - 1))
    assert finn.ok
    assert echo.ok


@given(networks(), delays, st.booleans(), seeds, st.data())
def test_echo_sends_two_messages_a_link_in_every_order(
    network: Network, delay: str, fifo: bool, seed: int, data: st.DataObject
) -> None:
    initiator = str(data.draw(st.integers(0, network.nodes - 1)))
    for algorithm in ("echo", students.UsersEcho) if network.nodes > 1 else ("echo",):
        run = simulate(algorithm, network, initiators=[initiator], delay=delay, fifo=fifo, seed=seed)
        assert run.ok, run
        assert run.messages == 2 * network.links
        assert run.deciders == [initiator]


@given(networks(8), delays, seeds, st.data())
def test_finn_keeps_within_its_bound_and_everybody_decides(
    network: Network, delay: str, seed: int, data: st.DataObject
) -> None:
    some = data.draw(st.lists(st.integers(0, network.nodes - 1), min_size=1, unique=True))
    run = simulate("finn", network, initiators=[str(node) for node in some], delay=delay, seed=seed)
    assert run.ok, run
    assert run.messages <= 4 * network.nodes * network.links
    assert set(run.decisions.values()) == {network.nodes}
    assert len(run.deciders) == network.nodes


@settings(max_examples=15)
@given(networks(7), delays, seeds)
def test_every_algorithm_of_the_library_keeps_its_word(network: Network, delay: str, seed: int) -> None:
    graph = Graph.of(network)
    for algorithm in LIBRARY.values():
        seen = graph.network(algorithm.view, fifo=True)
        if not refusals("", algorithm.requires, seen, usual_initiators(algorithm, seen)):
            run = simulate(algorithm, graph, delay=delay, seed=seed, fifo=True)
            assert run.ok, run


@pytest.mark.parametrize("delay", ["constant:1", "uniform:1,10", "exponential:3"])
def test_the_theorems_hold_on_the_networks_of_the_zoo(delay: str) -> None:
    files = sorted(ZOO.glob("*.graphml"))
    assert len(files) == 10
    for topology in map(read_network, files):
        for seed in range(3):
            echo = simulate("echo", topology, delay=delay, seed=seed)
            assert echo.ok, echo
            assert echo.messages == 2 * len(topology.links)
        finn = (
            simulate("finn", topology, delay=delay, max_events=2_000_000)
            if len(topology.nodes) < 60
            else None
        )
        assert finn is None or (finn.ok and len(finn.deciders) == len(topology.nodes))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_trace_whatever_the_hash_seed(tmp_path: Path) -> None:
    digests: set[str] = set()
    for hash_seed in ("0", "1", "4711"):
        file = tmp_path / f"{hash_seed}.jsonl"
        command = [sys.executable, "-c", SCRIPT, str(file)]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        digests.add(done.stdout + file.read_text())
    assert len(digests) == 1


SCRIPT = """
import sys
from topowave.simulator import simulate
options = dict(delay="exponential:2", seed=5, loss=0.05, duplicate=0.1, trace=sys.argv[1])
print(simulate("echo-extinction", "random:30:4", initiators=["root"], **options).trace_sha256)
"""


def test_a_trace_is_the_same_on_every_machine_and_in_every_version() -> None:
    run = simulate("echo", NETWORK, delay="exponential:2", seed=5, loss=0.1, duplicate=0.2, fifo=True)
    assert run.trace_sha256 == "1d75ad08111d38863a941541c814aec98aa2ba7d77a5a4e2190dc33b4ef711ef"


NETWORK = Network.from_links(5, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (1, 3)])


def test_another_seed_gives_another_run() -> None:
    runs = [simulate("echo", "ring:9", delay="uniform:1,10", seed=seed) for seed in (1, 2)]
    assert runs[0].time != runs[1].time


def test_two_algorithms_meet_the_same_weather() -> None:
    first: list[dict[str, Any]] = []
    for algorithm in ("echo", "finn"):
        run = simulate(algorithm, "ring:5:1", delay="uniform:1,10", seed=9, initiators=["root"])
        first.append(next(json.loads(line) for line in run.events if '"receive"' in line))
    assert {(event["t"], event["node"], event["peer"]) for event in first} == {
        (first[0]["t"], first[0]["node"], first[0]["peer"])
    }


def test_several_waves_run_at_once_and_each_is_judged() -> None:
    waves = [Wave("echo"), Wave("finn", at=2.5), Wave("echo"), Wave(students.Hasty)]
    runs = simulate_waves(waves, "ring:6", delay="uniform:1,10")
    assert [run.wave for run in runs] == ["root-1", "root-2", "root-3", "root-4"]
    assert [run.ok for run in runs] == [True, True, True, False]
    assert runs[0].messages == runs[2].messages == 12


def one_more(node: int) -> int:
    return node + 1


def test_inputs_are_given_by_name_by_position_or_by_a_function() -> None:
    topology = generate("ring", nodes=4, seed=1)
    names = [node.name for node in topology.nodes]
    given: list[Any] = [dict(zip(names, range(1, 5), strict=True)), [1, 2, 3, 4], one_more]
    for inputs in given:
        assert simulate("echo", topology, inputs=inputs).decisions == {"root": 10}


def test_links_take_their_own_delay_from_the_topology() -> None:
    data: dict[str, Any] = {"name": "a", "port": 1, "cpu": 1, "children": []}
    child: dict[str, Any] = {
        "name": "b",
        "port": 2,
        "cpu": 1,
        "link_delay": 7,
        "children": [data | {"name": "c", "port": 3}],
    }
    from topowave.topology import Topology  # noqa: PLC0415

    topology = Topology.from_json(data | {"children": [child]})
    assert simulate("echo", topology, delay="links:2").time == 2 * (7 + 2)


def test_a_wave_starts_at_its_root_unless_others_must_or_all_do() -> None:
    def starters(algorithm: str, network: str) -> int:
        return len(
            plan_waves([Wave(algorithm)], Graph.of(network), SimulationConfig(fifo=True))[0].initiators
        )

    assert starters("finn", "ring:5") == 1
    assert starters("tree", "star:5") == 4
    assert starters("chandy-lamport", "ring:5") == 1
    assert starters("chang-roberts", "ring:5") == starters("push-sum", "ring:5") == 5


@pytest.mark.slow
def test_a_run_is_given_room_for_what_is_proven() -> None:
    graph = Graph.of("path:3")
    plans = plan_waves([Wave("echo")], graph, SimulationConfig())
    assert event_limit(plans, graph) == 5_000_000
    plans = plan_waves([Wave("finn")], Graph.of("random:1000"), SimulationConfig())
    assert event_limit(plans, graph) > 5_000_000


def test_progress_is_told_on_long_runs() -> None:
    told: list[tuple[int, float]] = []

    def progress(events: int, time: float) -> None:
        told.append((events, time))
        raise KeyboardInterrupt

    run = simulate(students.Endless, "path:2:1", progress=progress)
    assert run.ending == "interrupted"
    assert told[0][0] > 0


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"network": "star:5", "algorithm": "chang-roberts"}, "needs a ring"),
    ({"network": "ring:5", "initiators": ["nobody"]}, "there is no node 'nobody'"),
    ({"network": "ring:5", "initiators": []}, "exactly one initiator"),
    ({"network": "ring:5", "algorithm": students.Silent, "initiators": []}, "at least one initiator"),
    ({"network": "ring:5", "loss": 1.5}, "--loss: 1.5 is no probability"),
    ({"network": "ring:5", "duplicate": float("nan")}, "--duplicate"),
    ({"network": "ring:5", "delay": "slow"}, "--delay: 'slow'"),
    ({"network": "ring:5", "inputs": [1, 2]}, "2 values for 5 nodes"),
    ({"network": "ring:5", "inputs": {"nobody": 1}}, "there is no node"),
    ({"network": "ring:5", "inputs": {"root": object()}}, "inputs: "),
    ({"network": "ring:5", "faults": {"faults": [{}]}}, "faults: faults"),
    ({"network": "ring:5", "trace": "/no/such/folder/t"}, "cannot be written"),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
def test_wrong_use_is_refused_with_the_reason(options: dict[str, Any], said: str) -> None:
    arguments: dict[str, Any] = {"algorithm": "echo"} | options
    anything: Any = simulate
    with pytest.raises(Problems, match=said):
        anything(**arguments)


def test_a_wave_cannot_start_before_time() -> None:
    with pytest.raises(Problems, match="start of a wave"):
        simulate_waves([Wave("echo", at=-1)], "ring:5")


def test_a_handler_that_does_not_return_is_told_with_its_line() -> None:
    run = simulate(students.Hanging, "path:2:1", deadline_s=0.1)
    assert run.mistake is not None
    assert "did not return within 0.1 s" in run.mistake.problem
    assert run.mistake.code in ("while True:", "pass")


def test_a_trace_in_a_file_has_the_digest_that_is_told(tmp_path: Path) -> None:
    import hashlib  # noqa: PLC0415

    file = tmp_path / "t.jsonl"
    run = simulate("echo", "ring:5", trace=file)
    assert run.trace_sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert run.events == tuple(file.read_text().splitlines())


def test_what_is_asked_for_fast_is_not_looked_at_in_vain() -> None:
    class NoSubclass(Algorithm):
        """Does nothing at all."""

    assert simulate(NoSubclass, "path:2:1", fast=True).messages == 0


def test_a_graph_of_networkx_is_simulated_as_it_is_directed_ones_too(tmp_path: Path) -> None:
    assert simulate("echo", nx.petersen_graph()).messages == 30
    ring: nx.DiGraph[int] = nx.DiGraph([(0, 1), (1, 2), (2, 3), (3, 0)])
    run = simulate("finn", ring, initiators=["2"], trace=tmp_path / "ring.jsonl")
    assert run.ok
    assert run.links == 4
    assert replay(tmp_path / "ring.jsonl").ok
    with pytest.raises(Problems, match="Echo needs links that work in both directions: 0 can send to 1"):
        simulate("echo", ring)
    assert simulate("finn-lab", nx.DiGraph([("r", "a"), ("r", "b"), ("b", "c")])).ok


def test_faults_of_directed_links_are_those_of_their_ends() -> None:
    ring: nx.DiGraph[str] = nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a")])
    cut = simulate("finn", ring, faults={"faults": [{"at": 0, "cut": ["b", "a"]}]})
    assert not cut.ok
    apart = simulate("finn", ring, faults={"faults": [{"at": 0, "partition": [["a"], ["b", "c"]]}]})
    assert not apart.ok


def test_an_input_that_is_no_number_is_refused() -> None:
    with pytest.raises(Problems, match="inputs: "):
        simulate("push-sum", "path:2:1", inputs=[float("nan"), 1.0])
