from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given

from tests.unit.runtime.test_message_size import plain
from topowave.checker.canonical_form import Encoding
from topowave.runtime.algorithm_error import WrongEffectError
from topowave.runtime.message_copy import private_copy
from topowave.runtime.message_size import encoded_text, is_frozen


@dataclass
class Loose:
    items: list[int] = field(default_factory=list[int])


@given(plain)
def test_a_copy_is_equal_and_shares_nothing_that_can_change(message: Any) -> None:
    made = private_copy(message)
    assert encoded_text(made) == encoded_text(message)
    assert type(made) is type(message)
    assert not Encoding(message).changeable.keys() & Encoding(made).changeable.keys()


@given(plain)
def test_what_cannot_change_is_shared(message: Any) -> None:
    if is_frozen(message) and not isinstance(message, tuple):
        assert private_copy(message) is message


def test_a_dataclass_that_is_not_frozen_is_copied_with_what_it_holds() -> None:
    message = Loose([1])
    made = private_copy(message)
    assert isinstance(made, Loose)
    made.items.append(2)
    assert message.items == [1]


def test_what_is_no_plain_data_is_refused() -> None:
    with pytest.raises(WrongEffectError, match="not plain data"):
        private_copy(number for number in range(3))


def test_what_would_arrive_live_as_something_else_is_refused() -> None:
    with pytest.raises(WrongEffectError, match="an object of OrderedDict would arrive as dict"):
        private_copy([OrderedDict[str, int](a=1)])


def test_what_is_nested_without_end_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(WrongEffectError, match="nested too deeply"):
        private_copy(endless)
