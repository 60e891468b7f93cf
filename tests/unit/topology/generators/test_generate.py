"""New networks: the same for a seed everywhere, and refused in words."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.topology.strategies import ROOT
from topowave.topology.files import topology_text
from topowave.topology.generators.generate import CPUS, generate
from topowave.topology.generators.shapes import SHAPES
from topowave.topology.model import Topology
from topowave.topology.problems import Problems

GOLDEN = {
    "course": "b7a0facc97635c56",
    "tree": "223e4eb5cfc94251",
    "binary": "bd36cab21b3ed62f",
    "star": "c66b9691d8727db7",
    "path": "e80b9dcb5874a09c",
    "caterpillar": "181e9ae1f2f8fd35",
    "ring": "5db536e7f92f574a",
    "grid": "a6f16da759eb909b",
    "hypercube": "4336b3841c3be900",
    "random": "9714b5455b372043",
    "small-world": "02505b549ec7d6f4",
    "scale-free": "807ee51509a69c5d",
    "sparse": "1ffaa13d16cc9842",
}


def digest(shape: str) -> str:
    """A digest of what seed 1 gives for a shape, in its default size and with 32 nodes."""
    text = topology_text(generate(shape, seed=1)) + topology_text(generate(shape, nodes=32, seed=1))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_seed_gives_the_same_bytes_as_ever(shape: str) -> None:
    assert digest(shape) == GOLDEN[shape]


@pytest.mark.slow
def test_a_seed_gives_the_same_bytes_in_another_process_with_another_hash_seed() -> None:
    program = "from tests.unit.topology.generators.test_generate import *; print(*map(digest, SHAPES))"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    output = subprocess.check_output([sys.executable, "-c", program], env=environment, cwd=ROOT, text=True)
    assert output.split() == [GOLDEN[shape] for shape in SHAPES]


@given(st.sampled_from(list(SHAPES)), st.integers(5, 40), st.integers(0, 2**64), st.integers(1, 65_000))
@settings(deadline=None, max_examples=60)
def test_every_generated_network_is_valid_and_numbered_depth_first(
    shape: str, nodes: int, seed: int, base_port: int
) -> None:
    if SHAPES[shape].nodes.power_of_two:
        nodes = 16
    made = generate(shape, nodes=nodes, seed=seed, base_port=base_port)
    assert Topology.from_json(made.to_json()) == made
    assert len(made.nodes) == nodes
    assert [node.port for node in made.nodes] == list(range(base_port, base_port + nodes))
    assert {node.cpu for node in made.nodes} <= set(CPUS)
    assert made.root.name == "root"


def test_without_a_seed_networks_differ() -> None:
    assert len({topology_text(generate()) for _ in range(5)}) > 1


def test_seeds_differ() -> None:
    assert generate(seed=1) != generate(seed=2)


def test_the_default_is_the_course_tree_from_port_8000() -> None:
    made = generate(seed=4)
    assert made.root.port == 8000
    assert len(made.root.children) == 2
    assert made.is_tree


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"shape": "rign"}, 'there is no shape "rign"; did you mean "ring"?; expected one of course, tree, '),
        ({"nodes": 0}, "0 nodes are too few for the shape course; it begins with 1"),
        ({"shape": "ring", "nodes": 2}, "2 nodes are too few for the shape ring; it begins with 3"),
        (
            {"shape": "hypercube", "nodes": 12},
            "a hypercube has a power of two of nodes, not 12; the nearest are 8 and 16",
        ),
        ({"seed": -1}, "-1 is not a seed; expected an integer from 0"),
        ({"base_port": 0}, "0 is not a port; expected an integer from 1 to 65535"),
        ({"base_port": 65536}, "65536 is not a port; expected an integer from 1 to 65535"),
        ({"nodes": 10**12}, "1000000000000 nodes do not fit from port 8000 upwards; there is room for 57536"),
        ({"base_port": 65534, "seed": 1}, "11 nodes do not fit from port 65534 upwards; there is room for 2"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments: dict[str, int], problem: str) -> None:
    with pytest.raises(Problems) as caught:
        generate(**arguments)  # type: ignore[arg-type]
    (line,) = caught.value.problems
    assert line.startswith(problem)


def test_the_last_port_may_be_the_last_there_is() -> None:
    assert generate("star", nodes=3, seed=1, base_port=65_533).nodes[-1].port == 65_535
