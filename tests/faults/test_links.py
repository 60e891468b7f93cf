"""Links that are cut, or that swallow everything: waves name who is out of reach, then are complete again.

TOPOWAVE_FAULT_ROUNDS sets how often, at 4 rounds for one; the tests do each 3 times.
"""

from __future__ import annotations

import json
import operator
import os
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.faults.between import Between, Mood
from tests.faults.test_processes import NOT_HASTY, PATIENT_PROBES, QUICK, all_done, all_up, below
from tests.faults.watching import Record, Watched, wait_complete, watching
from tests.support.live_lab import ROOT, LiveLab, live_lab
from tests.support.ports import free_ports
from topowave.topology import Node, read_topology

ROUNDS = max(1, int(os.environ.get("TOPOWAVE_FAULT_ROUNDS", "12")) // 4)
TOPOLOGY = ROOT / "topology.json"
CUT_S = 1.5
LOAD = 100


def inner(nodes: tuple[Node, ...]) -> Node:
    """A node with a parent and with children."""
    return next(node for node in nodes[1:] if node.children)


@contextmanager
def somebody_between(folder: Path) -> Generator[tuple[LiveLab, Between, str]]:
    """A lab in which all links to one inner node lead through somebody else; those from it do not."""
    (via,) = free_ports(1)
    name = inner(read_topology(TOPOLOGY).nodes).name
    inside = [sys.executable, "-m", "tests.faults.inside", f"proxy:{name}:{via}", "--"]
    with (
        live_lab(folder, TOPOLOGY, inside=inside, **(QUICK | NOT_HASTY)) as lab,
        # The node's port is known only now; until then its neighbours dial in vain.
        closing(Between(via, lab.topology.node(name).port)) as between,
    ):
        wait_complete(lab)
        yield lab, between, name


@pytest.mark.parametrize("mood", ["swallows", "cuts"])
@pytest.mark.timeout(40 * ROUNDS + 240)
def test_a_node_behind_a_bad_link_is_named_and_takes_part_when_it_is_good_again(
    tmp_path: Path, mood: Mood, record_property: Record
) -> None:
    total = Watched()
    with somebody_between(tmp_path) as (lab, between, name):
        lab.post("/tasks", {"node": name, "count": LOAD})
        behind = below(lab, name)
        for _ in range(ROUNDS):
            with watching(lab) as seen:
                between.be(mood)
                lab.until(lambda: seen.missing, lambda missing: name in missing)
                between.be("passes")
            assert seen.missing <= behind
            total.add(seen)
            if mood == "swallows":
                # Bytes are lost out of the middle of the stream, which TCP never lets happen: it ends.
                between.be("cuts")
                between.be("passes")
            wait_complete(lab)
        assert (between.swallowed > 0) == (mood == "swallows")
        record_property("times", ROUNDS)
        record_property("seen", f"{total}; {name} and those behind it named each time")
        all_up(lab, restarts=0)
        all_done(lab, LOAD)


@pytest.mark.timeout(40 * ROUNDS + 240)
def test_a_node_that_is_cut_off_is_named_with_those_behind_it_and_its_links_mend(
    tmp_path: Path, record_property: Record
) -> None:
    total = Watched()
    with live_lab(tmp_path, TOPOLOGY, **(QUICK | PATIENT_PROBES)) as lab:
        leaf, middle = lab.topology.nodes[-1], inner(lab.topology.nodes)
        for number in range(ROUNDS):
            node = (leaf, middle, lab.topology.root)[number % 3]
            lab.post("/tasks", {"node": node.name, "count": LOAD})
            with watching(lab) as seen:
                lab.post(f"/nodes/{node.name}/cut", {"seconds": CUT_S})
                lab.until(lambda: seen.incomplete, lambda count: count > 0)
                lab.until(lambda: seen.complete, partial(operator.lt, seen.complete))
            reached = {other.name for other in lab.topology.nodes} - below(lab, node.name)
            total.add(seen)
            assert seen.missing
            assert node is lab.topology.root or not seen.missing & reached
            wait_complete(lab)
        all_up(lab, restarts=0)
        all_done(lab, LOAD * ROUNDS)
        record_property("times", ROUNDS)
        record_property("seen", f"{total}; all {LOAD * ROUNDS} tasks done")
        told = [event["text"] for event in events(lab)]
        assert f"{leaf.name} is cut off from its neighbours for {CUT_S:g} s" in told


def events(lab: LiveLab) -> list[dict[str, str]]:
    """What people read."""
    with connect(f"ws://127.0.0.1:{lab.balancer_port}/stream", proxy=None) as stream:
        found: list[dict[str, str]] = json.loads(stream.recv())["events"]
    return found
