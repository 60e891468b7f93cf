from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator import students
from topowave.algorithms import Algorithm, Bounds
from topowave.simulator import simulate


def held(
    algorithm: type[Algorithm] | str, network: str = "path:3:1", **options: Any
) -> tuple[str, list[str]]:
    """Return one letter for each property (termination, decision, dependence, bounds), and the witnesses."""
    run = simulate(algorithm, network, **options)
    letters = {True: "+", False: "-", None: "?"}
    return "".join(letters[value] for value in run.holds.values()), list(run.witnesses)


class Bounded(students.UsersEcho):
    bounds = Bounds(messages=lambda g: 2 * g.links, exact=True, time=lambda g: 2 * g.diameter)


class TooOptimistic(students.UsersEcho):
    bounds = Bounds(messages=lambda g: 3, time=lambda _: 1)


class TooPessimistic(students.UsersEcho):
    bounds = Bounds(messages=lambda g: 100, exact=True)


class OneDecides(students.Hasty):
    deciders = "one"


class AllDecide(students.Hasty):
    deciders = "all"


def test_all_laws_hold_of_a_right_algorithm() -> None:
    assert held(Bounded) == ("++++", [])
    assert held(students.UsersEcho) == ("+++?", []), "nothing is proven of it"


def test_a_decide_too_early_names_the_node_that_was_not_heard() -> None:
    letters, witnesses = held(students.Hasty)
    assert letters == "++-?"
    names = simulate(students.Hasty, "path:3:1").events[0]
    (witness,) = witnesses
    assert witness.endswith("has no event before node root's decide")
    assert witness.split()[1] in names


def test_no_decide_is_a_violation_only_when_the_run_is_over() -> None:
    assert held(students.Silent) == ("+-??", ["no node decided"])
    letters, witnesses = held(students.Endless, max_events=100)
    assert letters == "-???"
    assert "still going on" in witnesses[0]


def test_deciding_twice_is_a_violation() -> None:
    letters, witnesses = held(students.Twice, "star:1")
    assert letters == "+-+?"
    assert witnesses == ["node root decided more than once"]


def test_as_many_nodes_decide_as_the_class_says() -> None:
    run = simulate(OneDecides, "path:3:1", initiators=None)
    assert run.holds["decision"]
    names = simulate("finn", "path:3:1").deciders
    both = simulate(OneDecides, "path:3:1", initiators=names[:2])
    assert both.holds["decision"] is False
    assert any("though only one should" in witness for witness in both.witnesses)
    few = simulate(AllDecide, "path:3:1")
    assert sum("did not decide" in witness for witness in few.witnesses) == 2


def test_a_bound_that_does_not_hold_is_told_with_both_numbers() -> None:
    letters, witnesses = held(TooOptimistic)
    assert letters == "+++-"
    assert witnesses == [
        "4 messages were sent, at most 3 are proven",
        "the last decision came after 4, at most 1 is proven",
    ]
    assert held(TooPessimistic)[1] == ["4 messages were sent, exactly 100 are proven"]


@pytest.mark.parametrize(
    "options", [{"loss": 0.001}, {"duplicate": 0.001}, {"faults": {"faults": [{"at": 99, "heal": True}]}}]
)
def test_bounds_are_not_held_against_a_network_that_is_not_reliable(options: dict[str, Any]) -> None:
    assert held(Bounded, **options)[0][3] == "?"


def test_a_bound_on_time_is_in_the_measure_of_the_slowest_message() -> None:
    assert simulate(Bounded, "path:3:1", delay="uniform:0.5,2").bounds == {"messages": 4, "time": 8.0}
    assert "time" not in simulate(Bounded, "path:3:1", delay="exponential:1").bounds


def test_a_bound_that_needs_the_diameter_is_left_out_of_a_large_network() -> None:
    assert "time" not in simulate(Bounded, "ring:4000").bounds


def test_more_witnesses_than_three_are_counted() -> None:
    assert held(AllDecide, "star:20")[1][-2:][0].startswith("... and 16 more")
