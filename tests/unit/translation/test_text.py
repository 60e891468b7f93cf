"""A sentence is a plain string, and knows what it is made of."""

from __future__ import annotations

import copy
import json
import pickle

import msgspec
import pytest

from topowave.translation import counted, in_json, received, sentence_of, text


def test_a_sentence_is_its_english_form_and_knows_its_parts() -> None:
    said = text("{node} was killed", node="amber")
    assert said == "amber was killed"
    assert (said.code, said.parameters) == ("{node} was killed", {"node": "amber"})
    assert json.dumps([said]) == '["amber was killed"]'


def test_a_number_has_its_form_and_one_code() -> None:
    one, many = (counted("{count} node joined", "{count} nodes joined", number) for number in (1, 3))
    assert (one, many) == ("1 node joined", "3 nodes joined")
    assert one.code == many.code == "{count} nodes joined"


def test_a_sentence_may_stand_in_another_one() -> None:
    inner = counted("{count} node", "{count} nodes", 2)
    outer = text("{what} joined", what=inner)
    assert outer == "2 nodes joined"
    assert outer.parameters["what"] is inner


def test_a_copy_is_the_same_sentence() -> None:
    said = counted("{count} node joined", "{count} nodes joined", 1)
    for again in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert (again, again.code, again.parameters) == (said, said.code, said.parameters)


def test_an_encoder_that_knows_plain_strings_writes_a_sentence_as_one() -> None:
    said = text("{node} was killed", node="amber")
    assert msgspec.json.encode({"detail": said}, enc_hook=in_json) == b'{"detail":"amber was killed"}'
    with pytest.raises(NotImplementedError, match="object has no form"):
        in_json(object())


def test_what_came_from_another_program_keeps_its_english() -> None:
    said = received("1 {node} joined", "{count} nodes joined", {"count": 1})
    assert (said, said.code) == ("1 {node} joined", "{count} nodes joined")


def test_an_error_says_the_sentence_with_which_it_was_raised() -> None:
    said = text("{node} was killed", node="amber")
    assert sentence_of(ValueError(said)) is said
    assert sentence_of(ValueError("plain")) == "plain"
    assert sentence_of(ValueError()) == ""
