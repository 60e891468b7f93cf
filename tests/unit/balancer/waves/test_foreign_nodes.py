"""Of foreign nodes it is known who was asked and who has answered; those that hang together are as one."""

from __future__ import annotations

from tests.unit.balancer.reported_waves import topology
from topowave.balancer.waves.foreign_nodes import ForeignNodes

PAIR = {"name": "theirs", "launch": False, "children": [{"name": "inner", "launch": False}]}
INNERMOST = {"name": "behind", "launch": False, "children": [{"name": "hidden", "launch": False}]}


def test_a_foreign_node_among_foreign_ones_is_out_of_sight() -> None:
    found = ForeignNodes(topology({"name": "root", "children": [PAIR, INNERMOST]}))
    assert found.names == {"theirs", "inner", "behind", "hidden"}
    assert found.unseen == {"inner", "hidden"}


def test_it_owes_an_answer_until_it_has_given_one_to_each_who_asked() -> None:
    found = ForeignNodes(topology({"name": "root", "children": [PAIR, {"name": "leaf"}]}))
    assert not found.is_awaited
    found.ask("root", "theirs", 5)
    found.ask("leaf", "theirs", 3)
    found.answer("root", "theirs", 7)
    found.answer("root", "theirs", 8)  # which answers nothing
    assert (found.is_awaited, found.owing) == (True, {"theirs"})
    found.answer("leaf", "theirs", 9)
    assert not found.is_awaited


def test_to_ask_one_is_to_ask_those_that_hang_together_with_it() -> None:
    found = ForeignNodes(topology({"name": "root", "children": [PAIR, INNERMOST]}))
    found.ask("root", "theirs", 5)
    assert [found.asked_since(via) for via in ("theirs", "inner", "behind", "root", None)] == [
        5,
        5,
        *3 * [None],
    ]
    found.answer("root", "theirs", 7)
    assert [found.was_asked("inner", then) for then in (4, 5, 7, 8)] == [False, True, True, False]


def test_a_wave_that_began_at_one_began_at_those_that_hang_together_with_it() -> None:
    found = ForeignNodes(topology({"name": "root", "children": [PAIR, INNERMOST]}))
    assert not found.has_begun("theirs")
    assert not found.has_begun(None)
    found.began = "inner"
    assert found.has_begun("theirs")
    assert not found.has_begun("behind")
