"""Names for nodes: short, friendly words, picked from random-word's list and fit for a classroom.

random-word holds 370,000 words that nobody has read through, so a list of bad words could never be complete.
It is done the other way round: a word is used only if it is also in `words.txt`, a list of harmless things
(animals, plants, minerals, food, weather, tools) that was written by hand for this purpose.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from topowave.topology.portable_random import PortableRandom

WORDS = Path(__file__).with_name("words.txt")


@cache
def listed_words() -> tuple[str, ...]:
    """The words of `words.txt`, in its order: those of `suitable_words`, as a test holds, in a moment."""
    lines = WORDS.read_text(encoding="ascii").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def suitable_words() -> tuple[str, ...]:
    """The words of `words.txt` that random-word knows, in the order of the file.

    Loaded when first needed: random-word takes almost half a second to read its list. Works offline.
    """
    local = importlib.import_module("random_word.services.local").Local()
    known: dict[str, object] = local.valid_words
    return tuple(word for word in listed_words() if word in known)


def unused_names(rng: PortableRandom, words: Sequence[str] | None = None) -> Iterator[str]:
    """Names without end and without repetition: every word once in random order, then with -2, -3, ...

    Args:
        rng: says the order.
        words: which; by default the suitable ones.
    """
    number = 1
    while True:
        shuffled = list(suitable_words() if words is None else words)
        rng.shuffle(shuffled)
        for word in shuffled:
            yield word if number == 1 else f"{word}-{number}"
        number += 1
