"""The whole: planted mistakes are found, the library passes, wrong use is refused."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import networkx as nx
import pytest

from tests.unit.algorithms.networks import clique, path, ring
from tests.unit.algorithms.planted import PLANTED, FinnSharesItsSets, Planted
from topowave.algorithms import Algorithm, LeavesInitiate, Network, Tree
from topowave.algorithms.registry import LIBRARY
from topowave.algorithms.waves.echo import Echo
from topowave.checker import check
from topowave.checker.instances import numbers_of_nodes
from topowave.topology import Problems, generate, write_topology
from topowave.traces.reader import parse_trace
from topowave.traces.replay import replay

MEANT: dict[type[Algorithm], tuple[Network, tuple[int, ...]]] = {FinnSharesItsSets: (ring(3), (0,))}
"""Where a set changes while it is under way; between two nodes it changes only when it has arrived."""

SMALL_ENOUGH = [
    name
    for name, algorithm in LIBRARY.items()
    if algorithm.wave and name not in ("phase", "finn-full", "hirschberg-sinclair", "tree-election")
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.algorithm.__name__)
def test_every_planted_mistake_is_found_and_its_run_replays(planted: Planted) -> None:
    network, initiators = MEANT.get(planted.algorithm, (planted.network, planted.initiators))
    result = check(planted.algorithm, network, initiators=[str(node) for node in initiators])
    violation = result.violation
    assert violation is not None
    # A run without end breaks another property first, as a rule.
    assert violation.property_name in planted.breaks or "termination" in planted.breaks
    if not network.undirected:
        return
    found = replay(parse_trace(violation.trace, "trace"), planted.algorithm)
    assert found.reproduced, found.differences
    assert found.events >= len(violation.steps) - 1  # a handler that fails has no effects to compare


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL_ENOUGH)
def test_a_wave_passes_on_all_connected_networks_of_up_to_four_nodes_from_every_initiator(name: str) -> None:
    result = check(name, all_connected=4 if "extinction" not in name else 3, time_s=None)
    assert result.ok, str(result)
    assert result.complete
    assert len(result.checked) == result.instances


@pytest.mark.parametrize("name", ["phase", "finn-full", "hirschberg-sinclair", "tree-election"])
def test_a_wave_with_many_states_passes_on_all_connected_networks_of_up_to_three_nodes(name: str) -> None:
    nodes = 3 if name != "finn-full" else 2
    result = check(name, all_connected=nodes, time_s=None)
    assert result.ok, str(result)
    assert result.complete


@pytest.mark.slow
def test_finn_passes_on_a_triangle_which_needs_messages_to_be_left_out() -> None:
    result = check("finn", ring(3), initiators=["0"])
    assert result.complete
    assert result.reduced
    assert set(result.holds.values()) == {True}
    assert "left out" in str(result)


@pytest.mark.slow
def test_finn_on_a_clique_of_four_is_too_large_and_says_how_far_it_got() -> None:
    result = check("finn", clique(4), time_s=1.0)
    assert result.ok
    assert not result.complete
    assert result.checked[0].stopped == "time"
    assert "it ended by the time that it may take" in str(result)


@pytest.mark.parametrize(
    "name", [name for name, cls in LIBRARY.items() if not cls.wave and name != "push-sum"]
)
def test_what_is_no_wave_keeps_its_promises_on_two_nodes(name: str) -> None:
    result = check(name, all_connected=2)
    assert result.ok, str(result)
    assert result.complete


def test_the_network_may_be_a_shape_a_file_a_topology_or_bare(tmp_path: Path) -> None:
    topology = generate("ring", nodes=3, seed=1)
    write_topology(topology, tmp_path / "ring.json")
    states = {
        check(Echo, network).states
        for network in (
            "ring:3:1",
            topology,
            tmp_path / "ring.json",
            ring(3),
            Network([[1, 2], [0, 2], [0, 1]]),
        )
    }
    assert len(states) == 1


def test_a_directed_network_can_be_checked_too() -> None:
    network = Network.from_arcs(3, [(0, 1), (1, 2), (2, 0)], names=["a", "b", "c"])
    result = check("finn", network, initiators=["b"])
    assert result.complete
    assert result.checked[0].instance.starters == ("b",)


def test_a_graph_of_networkx_can_be_checked_as_it_is() -> None:
    path = check("echo", nx.Graph([("a", "b"), ("b", "c")]))
    assert path.complete
    assert path.checked[0].instance.names == ("a", "b", "c")
    directed = check("finn", nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a")]), initiators=["b"])
    assert directed.complete
    assert directed.checked[0].instance.title == "DiGraph"


def test_a_network_that_does_not_meet_the_requirements_is_refused_with_the_reason() -> None:
    with pytest.raises(Problems, match="Tree needs a tree"):
        check("tree", "ring:3")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "expected one network"),
        ({"network": "ring:3", "all_connected": 3}, "expected one network"),
        ({"network": "ring:3", "initiators": ["nobody"]}, "there is no node 'nobody'"),
        ({"network": "ring:3", "loss": -1}, "--loss: -1"),
        ({"network": "ring:3", "max_states": 0}, "--max-states: 0"),
        ({"network": "ring:3", "time_s": -1.0}, "--time: -1"),
        ({"network": "ring:3", "time_s": float("nan")}, "--time: nan"),
        ({"network": "path:65"}, "65 nodes; expected 1 to 64"),
        ({"all_connected": 8}, "--all-connected: 8"),
        ({"all_connected": 0}, "--all-connected: 0"),
        ({"all_connected": 3, "initiators": ["0"]}, "none can be named"),
        ({"network": "ring:3", "inputs": [1]}, "1 values for 3 nodes"),
        ({"network": "ring:3", "inputs": {"nobody": 1}}, "there is no node 'nobody'"),
    ],
)
def test_wrong_use_is_refused_with_what_was_expected(options: dict[str, object], problem: str) -> None:
    with pytest.raises(Problems) as refusal:
        check(Echo, **options)  # type: ignore[arg-type]  # options of all kinds
    assert problem in str(refusal.value)


def test_inputs_reach_the_nodes() -> None:
    class Sums(Echo):
        def decide(self, value: object = None) -> None:
            assert value == 6
            super().decide(value)

    assert check(Sums, path(3), initiators=["0"], inputs=[1, 2, 3]).ok
    assert not check(Sums, path(3), initiators=["0"], inputs={"0": 1}).ok


def test_of_all_networks_the_smallest_that_breaks_a_condition_is_told() -> None:
    class OnlyOnTriangles(Echo):
        def on_start(self) -> None:
            if len(self.neighbors) == 2:
                raise ValueError("two neighbours")
            super().on_start()

    result = check(OnlyOnTriangles, all_connected=4)
    assert result.violation is not None
    assert result.violation.network == "0-1, 0-2"
    assert len(result.checked) < result.instances


def test_a_trace_is_written_where_it_was_asked_for_and_only_if_there_is_a_violation(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.jsonl", tmp_path / "wrong.jsonl"
    assert check(Echo, path(2), trace=right).ok
    assert not right.exists()
    planted = PLANTED[0]
    violation = check(planted.algorithm, path(2), initiators=["0"], trace=wrong).violation
    assert violation is not None
    assert wrong.read_text("utf-8").splitlines() == list(violation.trace)
    with pytest.raises(Problems, match="cannot be written"):
        check(planted.algorithm, path(2), initiators=["0"], trace=tmp_path)


def test_a_class_is_found_by_its_name_or_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("from topowave import Echo\nclass Mine(Echo):\n    pass\n", "utf-8")
    result = check(f"{file}:Mine", "path:3")
    assert result.algorithm == "mine"
    assert result.states == check(LIBRARY.find("echo"), "path:3").states
    assert issubclass(Echo, Algorithm)


class TreeWithoutRequirements(Algorithm):
    """A right tree wave (Tel 2000, alg. 6.3) that does not say which networks it is for."""

    starts = "all"

    def setup(self) -> None:
        self.heard: set[int] = set()
        self.sent = self.done = False

    def on_start(self) -> None:
        missing = [node for node in self.neighbors if node not in self.heard]
        if len(missing) <= 1 and not self.sent:
            self.sent = True
            self.send_all(missing, "token")
        if not missing and not self.done:
            self.done = True
            self.decide()

    def on_message(self, sender: int, message: object) -> None:
        self.heard.add(sender)
        self.on_start()


def test_all_networks_that_fail_are_named_with_the_requirement_that_is_lacking() -> None:
    result = check(TreeWithoutRequirements, all_connected="2..3", time_s=None)
    cases = {(each.instance.title, each.instance.starters) for each in result.failing}
    triangle = [starters for title, starters in cases if title == "0-1, 0-2, 1-2"]
    assert len(triangle) == 7
    assert ("0-1, 0-2", ("0",)) in cases
    assert result.lacking[0] == ("Tree", "LeavesInitiate")
    assert "requires = (Tree, LeavesInitiate)" in str(result)
    failing = result.to_json()["failing"]
    assert isinstance(failing, list)
    assert len(cast("list[object]", failing)) == len(cases)


def test_with_what_was_lacking_it_is_right() -> None:
    class Right(TreeWithoutRequirements):
        requires = (Tree, LeavesInitiate)

    result = check(Right, all_connected=4, time_s=None)
    assert result.complete
    assert result.failing == ()


def test_a_class_that_is_wrong_everywhere_lacks_nothing() -> None:
    class Silent(Algorithm):
        def on_start(self) -> None:
            self.send_all(self.neighbors, "token")

    assert check(Silent, all_connected=3).lacking == ((), 0)


@pytest.mark.parametrize(("text", "nodes"), [("2..3", [2, 3]), ("3..3", [3]), ("3", [1, 2, 3]), (2, [1, 2])])
def test_numbers_of_nodes_may_be_a_range(text: int | str, nodes: list[int]) -> None:
    assert list(numbers_of_nodes(text)) == nodes


@pytest.mark.parametrize("text", ["4..2", "0..3", "2..8", "2..", "..3", "2-4", "two", "2...4", "-1..3"])
def test_other_ranges_are_refused(text: str) -> None:
    with pytest.raises(Problems, match=r"--all-connected: .*or a range as in 2\.\.4"):
        numbers_of_nodes(text)
