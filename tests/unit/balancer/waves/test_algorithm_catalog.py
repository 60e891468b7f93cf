import sys
from typing import Any

from tests.unit.balancer.reported_waves import topology, tree
from topowave.algorithms import Algorithm, Bounds, Network
from topowave.algorithms.registry import LIBRARY
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog, bound_kind, subtree

SEVEN = topology(tree(2, 2))
RING = topology(tree(1, 1) | {"links": [["root", "root00"]]})


def test_bounds_are_those_of_the_network_that_runs() -> None:
    assert [AlgorithmCatalog(SEVEN).bound(cls) for cls in (Echo, FinnLab, Finn)] == [12, 6, 168]
    assert [AlgorithmCatalog(RING).bound(cls) for cls in (Echo, FinnLab, Finn)] == [6, 2, 36]


def test_a_bound_says_how_it_is_meant() -> None:
    assert (bound_kind(Echo), bound_kind(Finn)) == ("exactly", "at most")


def test_what_an_algorithm_asks_is_checked_with_the_initiators_given() -> None:
    catalog = AlgorithmCatalog(SEVEN)
    assert catalog.refusals(FinnLab, ["root"]) == []
    assert "not the root" in catalog.refusals(FinnLab, ["root0"])[0]
    assert "exactly one initiator" in catalog.refusals(Echo, ["root", "root0"])[0]
    assert catalog.refusals(Finn, ["root", "root0"]) == []


def test_a_subtree_is_a_node_and_all_below_it() -> None:
    assert subtree(SEVEN, "root1") == {"root1", "root10", "root11"}
    assert subtree(SEVEN, "root00") == {"root00"}


def fails(network: Any) -> float:
    return float(network.nope)


def words(_: Network) -> Any:
    return "many"


def leaves(_: Network) -> float:
    sys.exit(3)


def no_number(_: Network) -> float:
    return float("nan")


def huge(_: Network) -> float:
    return 10**5000


def test_a_students_bound_that_fails_is_none_and_breaks_nothing() -> None:
    algorithms = LIBRARY
    wrong = (fails, words, leaves, no_number, huge)
    for limit in wrong:
        own = {"name": limit.__name__, "bounds": Bounds(messages=limit)}
        algorithms = algorithms.with_class(type("Wrong", (Algorithm,), own), "mine.py:Wrong")
    catalog = AlgorithmCatalog(RING, algorithms)
    assert [catalog.bound(algorithms[limit.__name__]) for limit in wrong] == [None] * len(wrong)
    assert catalog.bound(algorithms["echo"]) == 6
