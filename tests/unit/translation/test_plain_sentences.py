"""A text that came without its code is known by what it says."""

from __future__ import annotations

import pytest

from topowave.translation.plain_sentences import PLAIN_CHARS, Plain
from topowave.translation.translate import translate

TEMPLATES = [
    "killed by {signal}",
    "{script}: its process was killed by {signal}",
    "{what}: {why}",
    "{name} and {count} more nodes",
    "expected {most:,} at most, not {found!r}",
]
PLAIN = Plain(TEMPLATES)


def test_a_text_is_the_sentence_whose_template_says_most_of_it() -> None:
    found = PLAIN.sentence("a.py: its process was killed by SIGKILL")
    assert found is not None
    assert (found.code, found.parameters) == (TEMPLATES[1], {"script": "a.py", "signal": "SIGKILL"})
    assert found == "a.py: its process was killed by SIGKILL"


def test_a_count_and_what_is_written_as_a_number_are_numbers() -> None:
    found = PLAIN.sentence("amber and 1,499 more nodes")
    assert found is not None
    assert found.parameters == {"name": "amber", "count": 1499}
    found = PLAIN.sentence("expected 2,000 at most, not 'x'")
    assert found is not None
    assert found.parameters == {"most": 2000, "found": "x"}


@pytest.mark.parametrize(
    "text", ["amber and some more nodes", "body: wrong", "killed by ", "", "x" * 9_000_000]
)
def test_what_fits_no_template_is_nobodys_sentence(text: str) -> None:
    assert PLAIN.sentence(text) is None


def test_a_long_text_is_not_compared() -> None:
    assert PLAIN.sentence("killed by " + "x" * PLAIN_CHARS) is None


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("killed by SIGKILL", "процесс убит сигналом SIGKILL"),
        ("failed: timeout", "не удалась: время вышло"),
        (
            "pending: raised; to be tried again after 2.0 s",
            "ожидает: исключение; новая попытка через 2.0 с",
        ),
        ("amber and 3 more nodes", "amber и ещё 3 узла"),
        ("somebody's own words", "somebody's own words"),
    ],
)
def test_what_the_journal_and_processes_say_is_said_in_russian(english: str, russian: str) -> None:
    assert translate(english, "ru") == russian


def test_a_sentence_that_stands_in_another_one_is_translated_too() -> None:
    said = translate("the journal cannot be written: there is no room left on its disk", "de")
    assert said == "das Journal kann nicht geschrieben werden: auf seiner Platte ist kein Platz mehr"
