from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from topowave.algorithms.waves.echo import Echo
from topowave.runtime.graph import Graph
from topowave.runtime.loading import load_algorithm
from topowave.traces.header import algorithm_text, network_json
from topowave.traces.reader import graph_of


@pytest.mark.parametrize("network", ["random:20:3", "ring:1000:1", "binary:63:2"])
def test_a_network_survives_the_way_into_a_header_and_back(network: str) -> None:
    graph = Graph.of(network)
    again = graph_of(network_json(graph), "header")
    assert [*again.names] == [*graph.names]
    for view in ("links", "tree"):
        assert [*map(list, again.network(view).out)] == [*map(list, graph.network(view).out)]


def test_a_deep_network_is_written_row_by_row() -> None:
    data: Any = network_json(Graph.of("path:1000:1"))
    assert (len(data["nodes"]), data["neighbors"][:2], data["children"][-1]) == (1000, [[1], [0, 2]], [])


def test_a_large_network_is_written_as_the_shape_that_it_is() -> None:
    assert network_json(Graph.of("ring:100001")) == "ring:100001"


def test_an_algorithm_is_named_so_that_it_can_be_loaded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.py"
    file.write_text("from topowave import Echo\nclass Mine(Echo):\n    pass\n")
    assert algorithm_text(Echo) == "echo"
    assert algorithm_text(load_algorithm("mine.py:Mine")) == "mine.py:Mine"
    monkeypatch.chdir("/")
    assert algorithm_text(load_algorithm(f"{file}:Mine")) == f"{file.relative_to('/').as_posix()}:Mine"
    made_here = type("MadeHere", (Echo,), {"__module__": "nowhere"})
    assert algorithm_text(made_here) == "MadeHere"
