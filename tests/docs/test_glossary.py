"""The glossary is in order, has each term once, names modules that are there, and agrees with the page."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.modules import missing_modules, modules_in

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
TEXT = GLOSSARY.read_text("utf-8")
ENTRIES: list[tuple[str, str]] = re.findall(
    r"^\*\*(.+?)\*\*: (.+?)\n(?:\n|\Z)", TEXT, re.MULTILINE | re.DOTALL
)
TERMS = [term for term, _ in ENTRIES]
LONGEST_ENTRY = 420
"""Characters of an entry at most: what takes more is explained elsewhere."""


def test_every_paragraph_below_a_letter_is_an_entry() -> None:
    paragraphs = TEXT.split("\n## ", 1)[1].split("\n\n")
    assert len([each for each in paragraphs if each.strip().startswith("**")]) == len(ENTRIES) > 50


def test_terms_are_sorted() -> None:
    assert sorted(TERMS, key=str.casefold) == TERMS


def test_terms_are_unique() -> None:
    assert len({term.casefold() for term in TERMS}) == len(TERMS)


def test_every_term_stands_under_its_letter() -> None:
    sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    wrong = [
        term
        for section in sections
        for term in re.findall(r"^\*\*(.+?)\*\*:", section, re.MULTILINE)
        if term[0].upper() != section.splitlines()[0]
    ]
    assert wrong == []
    letters = [section.splitlines()[0] for section in sections]
    assert letters == sorted({term[0].upper() for term in TERMS})


def test_an_entry_is_short() -> None:
    assert [term for term, meaning in ENTRIES if len(meaning) > LONGEST_ENTRY] == []


def test_what_an_entry_refers_to_has_an_entry() -> None:
    referred = {term for _, meaning in ENTRIES for term in re.findall(r"(?:See|is the) \*(.+?)\*", meaning)}
    assert referred
    assert referred - set(TERMS) == set()


def test_every_module_named_exists() -> None:
    assert modules_in(TEXT)
    assert missing_modules(TEXT) == []


def test_the_page_words_the_terms_that_it_has_in_the_same_way() -> None:
    english = (ROOT / "frontend" / "src" / "i18n" / "glossary" / "en.ts").read_text("utf-8")
    meanings: list[str] = re.findall(r'meaning: "(.+?)" \}', english)
    assert len(meanings) > 10
    here = " ".join(TEXT.split())
    assert [meaning for meaning in meanings if meaning not in here] == []
