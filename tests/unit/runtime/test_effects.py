from __future__ import annotations

from collections import defaultdict
from enum import IntEnum
from typing import NamedTuple, cast

import pytest

from topowave.algorithms.base import Effect
from topowave.runtime.algorithm_error import WrongEffectError
from topowave.runtime.effects import MESSAGE_BYTES, TIMER_NAME_CHARS, CheckedEffects, allowed_receivers
from topowave.wire import limits


def effects() -> CheckedEffects:
    watched = CheckedEffects()
    watched.allowed = (1, 2)
    watched.files = frozenset({__file__})
    return watched


def test_what_can_be_carried_out_is_taken() -> None:
    watched = effects()
    good: list[Effect] = [("send", 1, "a"), ("decide", (1, 2), None), ("timer", "t", 0.5)]
    for effect in good:
        watched.append(effect)
    assert watched == good
    assert [envelope.size for envelope in watched.envelopes] == [3]
    watched.reset()
    assert (watched, watched.envelopes) == ([], [])


class Kind(IntEnum):
    ASK = 1


class Pair(NamedTuple):
    one: int


WRONG: list[tuple[tuple[str, object, object], str]] = [
    (("send", 3, "a"), "node 3, which is not among"),
    (("send", [], "a"), "not among its out-neighbours"),
    (("send", 1.0, "a"), "a message to 1.0, which is not among its out-neighbours"),
    (("send", "1", "a"), "'1', which is not among"),
    (("send", 1, object()), "not plain data"),
    (("send", 1, Kind.ASK), "an object of Kind would arrive as int"),
    (("send", 1, (1, [Pair(2)])), "an object of Pair would arrive as tuple"),
    (("send", 1, {"of": defaultdict(int)}), "an object of defaultdict would arrive as dict"),
    (("decide", object(), None), "the decided value that is not plain data"),
    (("timer", "t", -1), "a timer's delay"),
    (("timer", "t", float("nan")), "a timer's delay"),
    (("timer", "t", "soon"), "a timer's delay"),
    (("timer", 5, 1), "a timer's name is a text of at most 200 characters, not 5"),
    (("timer", ["t"], 1), "a timer's name"),
    (("timer", "t" * (TIMER_NAME_CHARS + 1), 1), "a timer's name"),
    (("timer", "\ud800", 1), "a timer's name"),
]


@pytest.mark.parametrize(("effect", "said"), WRONG)
def test_what_cannot_be_carried_out_is_refused_at_once(effect: tuple[str, object, object], said: str) -> None:
    with pytest.raises(WrongEffectError, match=said):
        effects().append(cast("Effect", effect))


def test_one_message_to_many_nodes_is_one_parcel() -> None:
    watched, message = effects(), (1, 2)
    watched.append(("send", 1, message))
    watched.append(("send", 2, message))
    assert watched.envelopes[0] is watched.envelopes[1]


def test_a_message_that_can_change_is_copied_with_the_place_where_it_was_sent() -> None:
    watched, message = effects(), {1}
    watched.append(("send", 1, message))
    message.add(2)
    watched.append(("send", 2, message))
    first, second = watched.envelopes
    assert (first.copy, second.copy) == ({1}, {1, 2})
    assert first.line is not None
    assert first.line[2] == 'watched.append(("send", 1, message))'


def test_many_receivers_are_looked_up_in_a_set() -> None:
    assert isinstance(allowed_receivers(range(100)), frozenset)
    assert 3 in allowed_receivers([1, 2, 3])


def test_the_longest_message_is_that_of_live_nodes() -> None:
    assert MESSAGE_BYTES == limits.MESSAGE_BYTES
