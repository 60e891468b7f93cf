"""Workloads out of their descriptions: seeds, networks, utilisation, logs that are fitted."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topowave.load.workloads import workload_of
from topowave.load.workloads.csv_table import csv_text
from topowave.load.workloads.kinds import KINDS
from topowave.load.workloads.make import cores_of
from topowave.topology import Problems, Topology, generate

TREE = generate("binary", nodes=15, seed=1)
CORES = cores_of(TREE)


def problems_of(said: Any, topology: Topology | None = None) -> list[str]:
    with pytest.raises(Problems) as caught:
        workload_of(said, topology)
    return list(caught.value.problems)


DRAWN = [name for name, kind in KINDS.items() if kind.form == "drawn"]


def described(kind: str, more: str = "") -> str:
    rate = "" if kind == "batch" else "rate=30,"
    return f"{kind}:{rate}tasks=500{more}"


@pytest.mark.parametrize("kind", DRAWN)
def test_a_seed_gives_the_same_tasks_and_another_one_others(kind: str) -> None:
    one = workload_of(described(kind), TREE, seed=5)
    assert workload_of(described(kind), TREE, seed=5) == one
    named = workload_of(described(kind, ",seed=5"), TREE, seed=9)
    assert (named.columns(), named.seed) == (one.columns(), 5)
    assert workload_of(described(kind), TREE, seed=6).durations != one.durations


def test_the_bytes_of_a_seed_are_the_same_on_every_machine() -> None:
    """As they were written down once."""
    texts = {
        "poisson": "poisson:rate=10,tasks=2000,weight=1/2",
        "mmpp": "mmpp:rate=10,tasks=2000,duration=lognormal(1,1.5)",
        "diurnal": "diurnal:rate=10,tasks=2000,priority=low/high",
        "pareto": "pareto:rate=10,tasks=2000,deadline=3x",
        "hotspot": "hotspot:rate=10,tasks=2000",
    }
    digests = {
        name: sha256("".join(csv_text(workload_of(text, TREE, seed=7))).encode()).hexdigest()[:16]
        for name, text in texts.items()
    }
    assert digests == {
        "poisson": "852c46225ae7349b",
        "mmpp": "27277264f7ed9309",
        "diurnal": "5078c8740efb8690",
        "pareto": "e637312af8fe7559",
        "hotspot": "707713a90010fc3a",
    }


def test_other_durations_leave_the_arrivals_as_they_are() -> None:
    one = workload_of("poisson:rate=10,priority=low/high")
    other = workload_of("poisson:rate=10,duration=lognormal(3,2),weight=1/2,priority=low/high")
    assert (one.times, one.priorities) == (other.times, other.priorities)


@pytest.mark.parametrize("kind", [name for name in DRAWN if name != "batch"])
def test_a_utilisation_makes_the_network_as_busy_as_it_says(kind: str) -> None:
    more = ",on=0.02,off=0.1" if kind == "mmpp" else ",period=5" if kind == "diurnal" else ""
    found = workload_of(f"{kind}:utilisation=0.7,duration=exp(0.4),weight=1/2,tasks=40000{more}", TREE)
    assert math.isclose(found.utilisation(CORES), 0.7, rel_tol=0.04)


@settings(max_examples=20)
@given(st.floats(0.01, 5), st.floats(1e-4, 10), st.integers(1, 500), st.integers(0, 17_000))
def test_a_log_is_stretched_to_its_utilisation(share: float, time: float, tasks: int, skip: int) -> None:
    said = {
        "kind": "csv",
        "file": "x",
        "utilisation": share,
        "time": time,
        "tasks": tasks + 1,
        "skip": skip % 400,
    }
    found = workload_of(said | {"file": str(LOG)}, TREE)
    assert math.isclose(found.utilisation(CORES), share, rel_tol=1e-6)


LOG = Path(__file__).parents[3] / "data" / "workloads" / "jobs.csv"


def test_tasks_of_a_log_hold_no_more_cores_than_a_node_has() -> None:
    found = workload_of("swf:@nasa-ipsc?tasks=1000,skip=100", TREE)
    most = max(node.cpu for node in TREE.nodes)
    assert (found.times[0], max(found.weights or ())) == (0, most)
    assert any("ask for more than" in note for note in found.notes)
    assert max(workload_of("swf:@nasa-ipsc").weights or ()) == 64


def test_most_tasks_of_a_hot_spot_come_to_the_deepest_leaf() -> None:
    found = workload_of("hotspot:rate=10,tasks=4000,share=0.6", TREE)
    counts = Counter(found.nodes or ())
    ((hot, most),) = counts.most_common(1)
    deepest = workload_of("batch:node=@deepest,tasks=1", TREE).nodes
    assert deepest == [hot]
    assert math.isclose(most / 4000, 0.6 + 0.4 / 15, abs_tol=0.03)
    assert len(counts) == 15


def test_words_name_nodes_of_a_network() -> None:
    leaves = {node.name for node in TREE.nodes if not node.children}
    assert set(workload_of("batch:node=@leaves,tasks=500", TREE).nodes or ()) == leaves
    both = workload_of(f"batch:node=@root/{TREE.nodes[3].name}", TREE)
    assert set(both.nodes or ()) == {TREE.root.name, TREE.nodes[3].name}
    assert workload_of("batch:node=palm,tasks=2").nodes == ["palm", "palm"]


def test_words_name_no_node_that_somebody_else_runs() -> None:
    leaf = next(node for node in TREE.nodes if not node.children)
    nodes = tuple(replace(node, launch=node is not leaf) for node in TREE.nodes)
    found = workload_of("batch:node=@leaves/@all,tasks=500", Topology(nodes)).nodes or ()
    assert leaf.name not in found
    assert len(set(found)) == len(TREE.nodes) - 1
    foreign = Topology((replace(TREE.root, children=(), launch=False),))
    assert problems_of("batch:node=@all", foreign) == [
        "batch: node: @all: this network has no such node that runs tasks"
    ]


def test_deadlines_are_seconds_or_multiples_of_durations() -> None:
    found = workload_of("batch:deadline=4,tasks=2")
    assert found.deadlines == [4, 4]
    found = workload_of("batch:deadline=2x,tasks=2,category=c")
    assert found.deadlines == [2 * each for each in found.durations]
    assert found.categories == ["c", "c"]


MISTAKES = [
    ("poisson:utilisation=1", ["poisson: utilisation: is a share of a network's cores, and none is given"]),
    ("hotspot:rate=1", ["hotspot: at: @deepest depends on the network, and none is given"]),
    ("swf:@nasa", ["swf: there is no shipped log @nasa; there are @nasa-ipsc"]),
    (f"{LOG}?skip=20000", ["csv: skip: 20,000 is all of the 500 tasks"]),
    ("poisson:rate=1e-9", ["poisson: with 1e-09 tasks a second the last of 1,000 comes too late"]),
    (
        "mmpp:rate=0.001,on=1e-6,off=1e-6",
        [
            "mmpp: on, off: with 0.001 tasks a second nearly all bursts of 1e-06 s are empty; "
            "expected longer ones"
        ],
    ),
]


@pytest.mark.parametrize(("said", "sentences"), MISTAKES)
def test_every_mistake_has_its_sentence(said: str, sentences: list[str]) -> None:
    assert problems_of(said) == sentences


def test_what_the_network_cannot_have_is_refused() -> None:
    name = TREE.nodes[2].name
    assert problems_of("batch:node=nobody,weight=1", TREE) == ['batch: node: there is no node "nobody"']
    (near,) = problems_of(f"batch:node={name}x", TREE)
    assert near.endswith(f'did you mean "{name}"?')
    most = max(node.cpu for node in TREE.nodes)
    assert problems_of("batch:weight=64", TREE) == [
        f"batch: weight: 64 is more than the {most} cores of the largest node"
    ]


def test_a_log_that_comes_at_once_has_no_utilisation(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("time,duration\n1,1\n1,2\n")
    with pytest.raises(Problems, match="all tasks come at once"):
        workload_of("jobs.csv?utilisation=0.5", TREE, folder=tmp_path)
    found = workload_of("jobs.csv?priority=low,weight=2,deadline=9", TREE, folder=tmp_path)
    assert (found.priorities, found.weights, found.deadlines) == (["low", "low"], [2, 2], [9, 9])
    assert math.isinf(found.utilisation(CORES))
    (tmp_path / "jobs.csv").write_text("time,duration,node\n1,1,nobody\n")
    with pytest.raises(Problems, match=r'nodes\[0\]: there is no node "nobody"'):
        workload_of("jobs.csv", TREE, folder=tmp_path)
