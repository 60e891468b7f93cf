from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from topowave.algorithms import Algorithm, Bounds, Connected, Network
from topowave.algorithms.registry import LIBRARY
from topowave.checker import check
from topowave.runtime.declarations import checked, proven_limit
from topowave.simulator import simulate
from topowave.topology import Problems

PAIR = Network.from_links(2, [(0, 1)])


@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_declares_what_it_may(name: str) -> None:
    assert checked(LIBRARY[name]) is LIBRARY[name]


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("name", "", "name: '' is no name"),
        ("title", 7, "title: 7 is no name"),
        ("requires", Connected, "requires: Requirement"),
        ("requires", ["connected"], "requires: .*such as \\(Connected, SingleInitiator\\)"),
        ("needs", ("diameter",), "needs: .*such as \\(Diameter,\\)"),
        ("bounds", 28, "bounds: 28 is not made with Bounds"),
        ("bounds", Bounds(messages=28), "bounds: a limit is a function"),  # type: ignore[arg-type]
        ("view", "ring", "view: 'ring'; expected 'links' or 'tree'"),
        ("deciders", "two", "deciders: 'two'; expected 'one' or 'some' or 'all'"),
        ("starts", ["root"], r"starts: \['root'\]; expected 'root' or 'all'"),
        ("wave", "no", "wave: 'no'; expected True or False"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(attribute: str, value: Any, said: str) -> None:
    wrong = type("Wrong", (Algorithm,), {attribute: value})
    uses: list[Callable[[], object]] = [
        lambda: checked(wrong),
        lambda: simulate(wrong, "ring:3"),
        lambda: check(wrong, "ring:3"),
    ]
    for use in uses:
        with pytest.raises(Problems, match=f"^Wrong: {said}"):
            use()


def fails(network: Any) -> float:
    return float(network.nope)


def words(_: Network) -> str:
    return "many"


def no_number(_: Network) -> float:
    return float("nan")


def without_end(_: Network) -> float:
    return float("inf")


def huge(_: Network) -> float:
    return 10**5000


def leaves(_: Network) -> float:
    sys.exit(3)


@pytest.mark.parametrize("what", ["messages", "time"])
@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (fails, "cannot be computed: AttributeError: .* has no attribute 'nope'"),
        (words, "is 'many', which is no number"),
        (no_number, "is nan, which is no number"),
        (without_end, "is inf, which is no number"),
        (huge, "is .*, which is no number"),
        (leaves, "cannot be computed: SystemExit: 3"),
    ],
)
def test_a_bound_that_fails_is_refused_before_the_run(what: Any, limit: Any, said: str) -> None:
    wrong = type("Wrong", (Algorithm,), {"bounds": Bounds(**{what: limit})})
    with pytest.raises(Problems, match=f"Wrong: the bound on {what} {said}"):
        proven_limit(wrong, what, PAIR)
    with pytest.raises(Problems, match=f"the bound on {what}"):
        simulate(wrong, "ring:3", max_events=10)


def test_a_bound_is_none_where_nothing_is_proven() -> None:
    assert proven_limit(Algorithm, "messages", PAIR) is None
    assert proven_limit(LIBRARY["echo"], "messages", PAIR) == 2
