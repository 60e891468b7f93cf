"""Identities: who has which number, and what an election costs by it."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import networkx as nx
import pytest

from topowave.algorithms import Network, View
from topowave.algorithms.election.chang_roberts import ChangRoberts
from topowave.checker import check
from topowave.runtime.graph import Graph
from topowave.runtime.identities import Identities, with_identities
from topowave.sessions import Session
from topowave.simulator import SimulationConfig, simulate
from topowave.topology import Problems, Topology
from topowave.traces.reader import parse_trace, read_trace
from topowave.traces.replay import replay
from topowave.traces.space_time_diagram import Diagram

VIEWS: tuple[View, ...] = ("links", "tree")
NETWORKS = ["ring:7:1", "binary:9:2", "random:12:3", "sparse:3000"]


def renumbered(network: str, ids: Identities = "reversed", seed: int = 0) -> tuple[Graph, Graph]:
    graph = Graph.of(network)
    return graph, with_identities(graph, ids, seed)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("ids", ["reversed", "random", "random:4"])
def test_the_network_stays_what_it_is(network: str, ids: str) -> None:
    graph, other = renumbered(network, ids, seed=9)
    assert (other.nodes, other.links, other.topology) == (graph.nodes, graph.links, graph.topology)
    assert sorted(other.numbers) == list(range(graph.nodes))
    seen = [(graph.network(view), other.network(view)) for view in VIEWS]
    for node in range(0, graph.nodes, max(1, graph.nodes // 20)):
        name, number = graph.names[node], other.numbers[node]
        assert (other.names[number], other.number(name)) == (name, number)
        for here, there in ((each.out[node], moved.out[number]) for each, moved in seen):
            assert sorted(graph.names[each] for each in here) == sorted(other.names[each] for each in there)
    assert other.names[other.root] == graph.names[0]


@pytest.mark.parametrize("ids", ["reversed", "random:1", "random:2", "random:3", [3, 0, 4, 1, 2]])
def test_a_ring_keeps_its_direction(ids: Identities) -> None:
    graph, other = renumbered("ring:5", ids)
    ring = [other.names[node] for node in other.network("links").ring]
    start = ring.index(graph.names[0])
    assert ring[start:] + ring[:start] == [*graph.names]


def test_links_of_one_direction_keep_it() -> None:
    graph = Graph.of(Network.from_arcs(3, [(0, 1), (1, 2), (2, 0)]))
    other = with_identities(graph, [2, 0, 1], seed=0)
    assert [*map(tuple, other.rows)] == [(1,), (2,), (0,)]
    assert [*map(tuple, other.into)] == [(2,), (0,), (1,)]


def test_identities_replace_each_other() -> None:
    graph, other = renumbered("ring:6")
    again = with_identities(other, "reversed", seed=0)
    assert again.before is graph
    assert [*again.numbers] == list(range(6))


@pytest.mark.parametrize("nodes", [3, 4, 8, 20, 300])
def test_chang_roberts_has_its_worst_case_in_order_and_its_best_reversed(nodes: int) -> None:
    worst, best = (simulate("chang-roberts", f"ring:{nodes}", ids=ids) for ids in ("in-order", "reversed"))
    assert worst.messages == worst.bounds["messages"] == nodes * (nodes + 1) // 2
    assert best.messages == 2 * nodes - 1
    assert worst.ok
    assert best.ok
    assert set(worst.decisions.values()) == set(best.decisions.values()) == {0}


def test_the_mean_over_all_orders_is_what_chang_and_roberts_prove() -> None:
    nodes = 5
    counts = [simulate("chang-roberts", "ring:5", ids=order).messages for order in permutations(range(nodes))]
    assert Fraction(sum(counts), math.factorial(nodes)) == nodes * sum(
        Fraction(1, i + 1) for i in range(nodes)
    )


def test_the_mean_over_some_seeds_comes_near_it() -> None:
    nodes, seeds = 64, 100
    counts = [
        simulate("chang-roberts", f"ring:{nodes}", ids="random", seed=seed).messages for seed in range(seeds)
    ]
    mean = nodes * sum(1 / (i + 1) for i in range(nodes))
    assert 0.9 < sum(counts) / seeds / mean < 1.1
    assert len(set(counts)) > 10


def test_both_kernels_give_the_same_run() -> None:
    for ids in ("reversed", "random"):
        full, fast = (simulate("chang-roberts", "ring:40", ids=ids, fast=fast) for fast in (False, True))
        assert (full.messages, full.decisions, full.time) == (fast.messages, fast.decisions, fast.time)


def test_who_starts_is_the_root_whatever_number_it_has() -> None:
    for ids in ("in-order", "reversed", "random"):
        assert simulate("echo", "binary:7:1", ids=ids).initiators == ("root",)
    assert check("echo", "ring:4", ids="reversed").checked[0].instance.starters == ("root",)


def test_each_link_keeps_its_own_delay() -> None:
    child = {"name": "a", "port": 2, "cpu": 1, "link_delay": 7}
    other = {"name": "b", "port": 3, "cpu": 1, "link_delay": 1}
    topology = Topology.from_json({"name": "root", "port": 1, "cpu": 1, "children": [child, other]})
    times = [simulate("echo", topology, delay="links", ids=ids).time for ids in ("in-order", "reversed")]
    assert times == [14, 14]


def test_inputs_belong_to_the_nodes_not_to_their_numbers() -> None:
    network = Network.from_links(3, [(0, 1), (1, 2)], names=["a", "b", "c"])
    for inputs in ([5, 6, 7], {"a": 5, "b": 6, "c": 7}):
        run = simulate("echo", network, ids=[2, 0, 1], inputs=inputs)
        assert {name: run.instances[name].input for name in "abc"} == {"a": 5, "b": 6, "c": 7}
        assert check("echo", network, ids=[2, 0, 1], inputs=inputs, initiators=["a"]).ok


@pytest.mark.parametrize("network", ["ring:6", "path:900:1", "sparse:2000"])
def test_a_trace_has_them_and_is_replayed_with_them(network: str, tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    algorithm = "chang-roberts" if network.startswith("ring") else "echo"
    run = simulate(algorithm, network, ids="random", seed=3, trace=file, initiators=["root"])
    recorded = read_trace(file)
    assert recorded.header["options"]["ids"] == "random"
    assert [*recorded.graph().numbers] == [*with_identities(Graph.of(network), "random", 3).numbers]
    assert replay(file).ok
    assert run.ok


def test_a_trace_without_them_says_nothing_of_them() -> None:
    header = json.loads(simulate("echo", "ring:4").events[0])
    assert ("ids" in header, "ids" in header["options"]) == (False, False)


@pytest.mark.parametrize(
    "ids", [[0, 1, 2], [0, 1, 2, 2], [0, 1, 2, True], {"a": 1}, "reversed", [[], 1, 2, 3]]
)
def test_a_trace_with_wrong_ones_is_refused(ids: object) -> None:
    lines = [*simulate("chang-roberts", "ring:4").events]
    lines[0] = json.dumps(json.loads(lines[0]) | {"ids": ids})
    with pytest.raises(Problems, match="t: line 1: ids: expected the numbers from 0 to 3, each once"):
        replay(parse_trace(lines, "t"))


def test_a_picture_has_its_lanes_in_the_networks_own_order() -> None:
    runs = [simulate("chang-roberts", "ring:5", ids=ids) for ids in ("in-order", "random")]
    pictures = [str(Diagram(parse_trace(run.events, "t"))) for run in runs]
    names = [*Graph.of("ring:5").names]
    for picture in pictures:
        assert sorted(names, key=picture.index) == names


def test_a_session_has_them_too() -> None:
    config = SimulationConfig(ids="reversed")
    assert Session("chang-roberts", "ring:5", config).run() == simulate(
        "chang-roberts", "ring:5", ids="reversed"
    )


def test_the_checker_goes_through_the_worst_case() -> None:
    seen = check(ChangRoberts, "ring:4", ids="reversed")
    assert (seen.ok, seen.complete) == (True, True)
    assert seen.checked[0].instance.title == "ring:4, ids reversed"


def test_a_violation_is_replayed_with_them() -> None:
    class Hasty(ChangRoberts):
        def on_message(self, sender: int, message: object) -> None:
            self.decide(self.id)

    violation = check(Hasty, "ring:3", ids="random:5").violation
    assert violation is not None
    assert replay(parse_trace(violation.trace, "t"), Hasty).reproduced


def test_a_graph_of_networkx_takes_them() -> None:
    graph: nx.Graph[int] = nx.Graph([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)])
    assert simulate("chang-roberts", graph).messages == 21
    assert simulate("chang-roberts", graph, ids="reversed").messages == 11


GOOD = {
    "lines.txt": "# a ring of four\n2\n0\n\n3 # the far one\n1\n",
    "list.json": "[2, 0,\n 3, 1]\n",
    "bom.txt": "\ufeff2\r\n0\r\n3\r\n1\r\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_a_file_places_them(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(GOOD[name], "utf-8", newline="")
    _, other = renumbered("ring:4", tmp_path / name)
    assert [*other.numbers] == [2, 0, 3, 1]
    assert [*renumbered("ring:4", str(tmp_path / name))[1].numbers] == [2, 0, 3, 1]


def test_a_file_may_name_the_nodes(tmp_path: Path) -> None:
    names = [*Graph.of("ring:4").names]
    given = {names[3]: 1, names[0]: 2, names[2]: 3, names[1]: 0}
    (tmp_path / "ids.json").write_text(json.dumps(given), "utf-8")
    assert [*renumbered("ring:4", tmp_path / "ids.json")[1].numbers] == [2, 0, 3, 1]
    assert [*renumbered("ring:4", given)[1].numbers] == [2, 0, 3, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0\n1\n2\n2\n", ["line 4: 2 stands in line 3 already; each node has a number of its own"]),
        ("0\n1\n4\n2\n", ["line 3: 4 is no number of a node; expected a whole number from 0 to 3"]),
        ("0\n1\n-1\nx\n", ['line 3: "-1" is no number', 'line 4: "x" is no number']),
        ("0\n1\n2\n", ["3 numbers for 4 nodes"]),
        ("", ["0 numbers for 4 nodes"]),
        ("0 1 2 3\n", ['line 1: "0 1 2 3" is no number', "1 numbers for 4 nodes"]),
        ("[0, 1,\n 1, true]", ["line 2: [2]: 1 stands in line 1: [1] already", "line 2: [3]: true is no"]),
        ("[0, 1, 2, 3.0]", ["line 1: [3]: 3.0 is no number"]),
        (
            '{"root": 0,\n "nobody": 1}',
            ["line 2: ring:4: there is no node 'nobody'", "there is no number for"],
        ),
        ("[0, 1", ["ids.txt: "]),
        ('{"root": 0, "root": 1}', ["root"]),
    ],
)
def test_what_gives_no_identity_to_each_node_is_refused_with_its_line(
    text: str, said: list[str], tmp_path: Path
) -> None:
    (tmp_path / "ids.txt").write_text(text, "utf-8")
    with pytest.raises(Problems) as refused:
        renumbered("ring:4", tmp_path / "ids.txt")
    told = "\n".join(refused.value.problems)
    assert all(each in told for each in said), told


def test_what_is_neither_a_word_nor_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problems, match=r'--ids: "revresed" is neither a file nor .*did you mean "reversed"'):
        renumbered("ring:4", "revresed")
    with pytest.raises(Problems, match="Is a directory"):
        renumbered("ring:4", tmp_path)
    (tmp_path / "ids.txt").write_bytes(b"\xff\xfe0")
    with pytest.raises(Problems, match="is not UTF-8 text"):
        renumbered("ring:4", tmp_path / "ids.txt")
    with pytest.raises(Problems, match=r"--ids is for one network"):
        check("echo", all_connected=3, ids="reversed")


def test_no_more_of_a_file_is_read_than_a_file_may_have() -> None:
    with pytest.raises(Problems, match="is larger than the limit"):
        renumbered("ring:4", "/dev/zero")
