from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.base import EffectList
from topowave.algorithms.waves.echo import Echo
from topowave.nodes.waves.handlers import Handlers
from topowave.nodes.waves.instances import effects_for, forget, handle, make_instance, shown_state
from topowave.runtime.algorithm_error import WrongEffectError, algorithm_error
from topowave.runtime.effects import CheckedEffects
from topowave.runtime.message_types import MessageTypes


class Own(Algorithm):
    def setup(self) -> None:
        self.seen = {1, 2}
        self.odd = object()


class NoSuper(Algorithm):
    def __init__(self, *_: Any, **__: Any) -> None:
        self.seen = 0


class KeepsNothing(Algorithm):
    def __setattr__(self, name: str, value: object) -> None:
        """Keep nothing."""


class OwnEffects(Algorithm):
    def __init__(self, id: int, neighbors: tuple[int, ...], **_: Any) -> None:
        super().__init__(id, neighbors)


class Sends(Algorithm):
    def setup(self) -> None:
        self.send(1, "early")


def make(algorithm: type[Algorithm]) -> Algorithm | BaseException:
    effects = effects_for(algorithm, (1,), MessageTypes(algorithm), "a-1")
    run = partial(Handlers().run, "a-1", "a", algorithm)
    return make_instance(algorithm, 0, (1,), (1,), (1,), {"load": 3}, {}, effects, run)


def test_an_instance_is_given_its_place_and_sends_to_its_neighbours_only() -> None:
    made = make(Own)
    assert isinstance(made, Own)
    assert (made.id, made.neighbors, made.input) == (0, (1,), {"load": 3})
    made.send(1, "hello")
    with pytest.raises(WrongEffectError, match="a message to node 2, which is not among its out-neighbours"):
        made.send(2, "hello")
    with pytest.raises(WrongEffectError, match="that is not plain data") as refused:
        made.send(1, object())
    found = algorithm_error(Own, "a", "starting", refused.value)
    assert found.code == "made.send(1, object())"
    assert len(made.effects) == 1
    forget(made.effects)
    assert made.effects == []


def test_the_librarys_own_classes_record_into_a_plain_list() -> None:
    made = make(Echo)
    assert isinstance(made, Echo)
    assert type(made.effects) is EffectList
    made.on_start()
    forget(made.effects)
    assert made.effects == []


@pytest.mark.parametrize("algorithm", [NoSuper, OwnEffects])
def test_an_init_that_does_not_pass_on_what_it_is_given_is_told(algorithm: type[Algorithm]) -> None:
    error = make(algorithm)
    assert isinstance(error, WrongEffectError)
    assert "`__init__` does not pass on what a node is given" in str(error)


def test_a_class_that_keeps_no_attributes_is_told() -> None:
    error = make(KeepsNothing)
    assert isinstance(error, WrongEffectError)
    assert "`__setattr__` does not keep what a node is given; leave it out" in str(error)


def test_what_setup_does_wrong_is_told() -> None:
    error = make(Sends)
    assert "`setup` only makes the initial state" in str(error)


class Renumbered(Algorithm):
    def setup(self) -> None:
        self.id = 7


def test_a_nodes_number_is_not_its_class_to_choose() -> None:
    assert str(make(Renumbered)) == "`setup` assigns self.id, which the runtime gives"


class Odd(Algorithm):
    """Does to itself what a class can."""

    def on_start(self) -> None:
        del self.effects

    def on_message(self, sender: int, message: list[int]) -> None:
        self.send(1, message)
        message.append(2)

    def on_timer(self, name: str) -> None:
        self.send(1.0, "not a number of a node")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "args", "problem", "code"),
    [
        ("on_start", (), "`self.effects` was assigned anew; call `send`, ", ""),
        (
            "on_message",
            (1, [1]),
            "a message was changed after it had been sent here",
            "self.send(1, message)",
        ),
        ("on_timer", ("t",), "a message to 1.0, which is not among its out-neighbours", "self.send(1.0, "),
    ],
)
def test_what_a_handler_does_to_what_it_has_recorded_is_told(
    name: str, args: tuple[object, ...], problem: str, code: str
) -> None:
    made = make(Odd)
    assert isinstance(made, Odd)
    effects = made.effects
    assert isinstance(effects, CheckedEffects)
    error = Handlers().run("a-1", "a", Odd, handle, made, effects, name, *args, of=name)
    assert error is not None
    found = algorithm_error(Odd, "a", "starting", error)
    assert found.problem.startswith(problem)
    assert found.code.startswith(code)


def test_a_state_is_shown_whatever_is_in_it() -> None:
    made = make(Own)
    assert isinstance(made, Own)
    assert shown_state(made) == {"seen": {"$": "set", "of": [1, 2]}, "odd": "<object>"}
    made.seen = set(range(5000))
    assert str(shown_state(made)).endswith(" bytes, too long to be shown")


class Number(int):
    pass


def test_a_state_that_no_report_can_carry_as_it_is_spoils_none() -> None:
    made = make(Own)
    assert isinstance(made, Own)
    vars(made).update({"seen": "\ud800", "odd": Number(3), "\ud800": 1})
    assert shown_state(made) == {"seen": "<str>", "odd": "<Number>", "\\ud800": 1}
