"""Names: from random-word, without end, without repetition, fit for a classroom."""

from __future__ import annotations

import importlib
import re
from itertools import islice

from topowave.topology.generators.word_list import listed_words, suitable_words, unused_names
from topowave.topology.node import fault_in_name
from topowave.topology.portable_random import PortableRandom
from topowave.topology.validation import is_object


def test_every_listed_word_is_short_lower_case_and_there_once() -> None:
    words = listed_words()
    assert len(words) > 900
    assert len(set(words)) == len(words)
    assert all(re.fullmatch("[a-z]{3,9}", word) for word in words)
    assert all(fault_in_name(word) is None for word in words)


def test_random_word_knows_every_listed_word_so_that_all_versions_of_it_agree() -> None:
    assert suitable_words() == listed_words()
    known: object = importlib.import_module("random_word").RandomWords().service.valid_words
    assert is_object(known)
    assert set(suitable_words()) <= set(known)


def test_no_word_could_be_taken_for_a_part_of_the_lab() -> None:
    assert not {"root", "leaf", "inner", "node", "link", "balancer"} & set(suitable_words())


def test_words_that_a_lecturer_would_regret_are_not_there() -> None:
    # Harmless in one sense, not in another: the reason why random-word alone is not enough.
    regrettable = """ass bitch booby bugger bum butt cock coon cracker crap cripple damn dick drunk
    dyke faggot fag fanny gimp gypsy hell hooker idiot jerk knob kraut lesbian moron negro nude nut pansy
    paki penis piss prick pussy queer rape retard satan sex shag shit slave slut spade spastic spit suck tit
    turd tart vagina virgin
    wank weed whore beer wine vodka heroin cocaine hash opium cult jew muslim pope
    kill murder corpse hang noose nazi"""
    assert not set(regrettable.split()) & set(suitable_words())


def test_names_never_repeat_and_go_on_with_numbers() -> None:
    size = len(suitable_words())
    found = list(islice(unused_names(PortableRandom(1)), 3 * size))
    assert len(set(found)) == len(found)
    assert set(found[:size]) == set(suitable_words())
    assert all(name.endswith("-2") for name in found[size : 2 * size])
    assert all(name.endswith("-3") for name in found[2 * size :])


def test_seeds_give_different_names() -> None:
    one, other = (list(islice(unused_names(PortableRandom(seed)), 5)) for seed in (1, 2))
    assert one != other
