import pytest

from tests.unit.algorithms.harness import EndlessError, check_laws, explore, run, violations
from tests.unit.algorithms.planted import PLANTED, Planted
from topowave.algorithms import Algorithm
from topowave.algorithms.registry import LIBRARY

every = pytest.mark.parametrize("planted", PLANTED, ids=[each.algorithm.__name__ for each in PLANTED])


def broken(planted: Planted, algorithm: type[Algorithm]) -> set[str]:
    """Return the conditions that some order of messages breaks; 30 messages pass for an endless run."""
    found = set[str]()
    try:
        for end in explore(algorithm, planted.network, planted.initiators, longest=30):
            found.update(violations(end))
        found.update(violations(run(algorithm, planted.network, planted.initiators)))
    except EndlessError:
        found.add("termination")
    return found


@every
def test_the_mistake_breaks_the_conditions_that_are_named_and_no_other(planted: Planted) -> None:
    assert broken(planted, planted.algorithm) == planted.breaks


@every
def test_the_right_algorithm_breaks_nothing_on_the_same_network(planted: Planted) -> None:
    original = planted.algorithm.__mro__[1]
    if original is Algorithm:
        original = LIBRARY["finn-full"]
    assert issubclass(original, Algorithm)
    for end in explore(original, planted.network, planted.initiators):
        check_laws(end)


def test_there_are_at_least_twenty_and_every_condition_is_broken_by_some() -> None:
    assert len({planted.algorithm for planted in PLANTED}) == len(PLANTED) >= 20
    assert {condition for planted in PLANTED for condition in planted.breaks} == {
        "handlers",
        "termination",
        "decision",
        "dependence",
        "bounds",
    }
