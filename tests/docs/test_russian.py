"""The Russian pages say what the English ones say: the same headings, code, links and terms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.examples import ROOT
from tests.docs.modules import missing_modules, modules_in

DOCS = ROOT / "docs"
RUSSIAN = DOCS / "ru"
GLOSSARY = "reference/glossary.md"
PAGES = sorted(
    str(page.relative_to(RUSSIAN))
    for page in RUSSIAN.rglob("*.md")
    if page.parent != RUSSIAN and str(page.relative_to(RUSSIAN)) != GLOSSARY
)
PAIRS = [
    (ROOT / "README.md", ROOT / "README.ru.md"),
    *((DOCS / page, RUSSIAN / page) for page in PAGES),
]
_CODE = re.compile(r"^ *```(.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)")
_LANGUAGES = {ROOT / "README.md", ROOT / "README.ru.md", RUSSIAN / "README.md"}
_ENTRY = re.compile(r"^\*\*(.+?)\*\*(?: \((.+?)\))?: ", re.MULTILINE)


def names(pair: object) -> str:
    return pair.name if isinstance(pair, Path) else ""


@pytest.mark.parametrize(("english", "russian"), PAIRS, ids=names)
def test_the_code_is_the_same(english: Path, russian: Path) -> None:
    assert code(russian) == code(english)


@pytest.mark.parametrize(("english", "russian"), PAIRS, ids=names)
def test_each_heading_has_its_own(english: Path, russian: Path) -> None:
    assert [level for level, _ in headings(russian)] == [level for level, _ in headings(english)]
    assert all(re.search("[а-яё]", heading) or heading == "Topowave" for _, heading in headings(russian))


@pytest.mark.parametrize(("english", "russian"), PAIRS, ids=names)
def test_each_link_leads_where_the_english_one_does(english: Path, russian: Path) -> None:
    assert [*links(russian)] == [*links(english)]


@pytest.mark.parametrize(
    "page", [*(russian for _, russian in PAIRS), *RUSSIAN.rglob("*.md"), DOCS / "README.md"], ids=names
)
def test_what_a_link_leads_to_is_there(page: Path) -> None:
    targets = [(page.parent / found[1]) for found in _LINK.finditer(page.read_text("utf-8")) if found[1]]
    assert [str(target) for target in targets if not target.exists()] == []


def test_what_a_lab_course_needs_is_there() -> None:
    tutorial = {f"tutorial/{page.name}" for page in (DOCS / "tutorial").glob("*.md")}
    assert tutorial | {"how-to/lab-in-the-classroom.md", "how-to/break-a-lab.md"} <= set(PAGES)


def test_each_page_is_linked() -> None:
    index = (RUSSIAN / "README.md").read_text("utf-8")
    assert [page for page in [*PAGES, GLOSSARY] if f"]({page})" not in index] == []
    assert "(README.ru.md)" in (ROOT / "README.md").read_text("utf-8")
    assert "(ru/README.md)" in (DOCS / "README.md").read_text("utf-8")


def test_the_glossary_has_every_term_once_under_its_letter() -> None:
    english = (DOCS / GLOSSARY).read_text("utf-8")
    russian = (RUSSIAN / GLOSSARY).read_text("utf-8")
    entries: list[tuple[str, str]] = _ENTRY.findall(russian)
    terms = [term for term, _ in entries]
    assert sorted(other or term for term, other in entries) == sorted(
        term for term, _ in _ENTRY.findall(english)
    )
    assert terms == sorted(terms, key=in_order)
    for section in re.split(r"^## ", russian, flags=re.MULTILINE)[1:]:
        letter = section.splitlines()[0]
        assert {term[0].upper() for term, _ in _ENTRY.findall(section)} == {letter}


def test_the_glossary_names_the_modules_of_the_english_one() -> None:
    russian = (RUSSIAN / GLOSSARY).read_text("utf-8")
    assert sorted(modules_in(russian)) == sorted(modules_in((DOCS / GLOSSARY).read_text("utf-8")))
    assert missing_modules(russian) == []


def test_what_an_entry_of_the_glossary_refers_to_has_an_entry() -> None:
    russian = (RUSSIAN / GLOSSARY).read_text("utf-8")
    terms = {term for term, _ in _ENTRY.findall(russian)}
    referred = set(re.findall(r"См\. \*(.+?)\*", russian))
    assert referred
    assert referred <= terms


def code(page: Path) -> list[str]:
    """What stands between fences, with the word behind the first one."""
    return [block[1] for block in _CODE.finditer(page.read_text("utf-8"))]


def headings(page: Path) -> list[tuple[int, str]]:
    """Levels and texts, without the lines of code that look alike."""
    text = _CODE.sub("", page.read_text("utf-8"))
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)", text, re.MULTILINE)]


def links(page: Path) -> list[tuple[str, str]]:
    """Where its links lead, with their parts; the Russian page stands for the English one."""
    found = [
        ((page.parent / link[1]).resolve(), link[2] or "")
        for link in _LINK.finditer(page.read_text("utf-8"))
        if link[1]
    ]
    kept = [(target, part) for target, part in found if target not in _LANGUAGES]
    return sorted((english_of(target), part) for target, part in kept)


def english_of(target: Path) -> str:
    return str(target).replace(f"{RUSSIAN}/", f"{DOCS}/")


def in_order(term: str) -> str:
    return term.casefold().replace("ё", "е")
