from __future__ import annotations

from typing import Any

import pytest

from topowave.algorithms import Algorithm
from topowave.algorithms.base import EffectList
from topowave.algorithms.waves.echo import Echo
from topowave.nodes.waves.instances import effects_for, forget, make_instance, shown_state
from topowave.runtime.algorithm_error import WrongEffectError, algorithm_error
from topowave.runtime.message_types import MessageTypes


class Own(Algorithm):
    def setup(self) -> None:
        self.seen = {1, 2}
        self.odd = object()


class NoSuper(Algorithm):
    def __init__(self, *_: Any, **__: Any) -> None:
        self.seen = 0


class OwnEffects(Algorithm):
    def __init__(self, id: int, neighbors: tuple[int, ...], **_: Any) -> None:
        super().__init__(id, neighbors)


class Sends(Algorithm):
    def setup(self) -> None:
        self.send(1, "early")


def make(algorithm: type[Algorithm]) -> Algorithm | BaseException:
    effects = effects_for(algorithm, (1,), MessageTypes(algorithm), "a-1")
    return make_instance(algorithm, 0, (1,), (1,), (1,), {"load": 3}, {}, effects)


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
    assert f"{algorithm.__name__} has an `__init__` of its own" in str(error)


def test_what_setup_does_wrong_is_told() -> None:
    error = make(Sends)
    assert "`setup` only makes the initial state" in str(error)


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
