"""The catalogs have every sentence with its parameters and its forms, and no other."""

from __future__ import annotations

import ast
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import typer.main

from tests.support.sentences import PACKAGE, Sentence, sentences_in
from topowave.algorithms.registry import FAMILIES
from topowave.balancer.placements.registry import PLACEMENTS
from topowave.balancer.policies.registry import POLICIES
from topowave.cli.foreign_sentences import USAGE, VALUES
from topowave.cli.main import app
from topowave.cli.translated_help import help_paragraphs
from topowave.examples import examples, parameters, summary
from topowave.forecasts.registry import FORECASTS
from topowave.tasks.disciplines.registry import DISCIPLINES
from topowave.translation.plural_forms import FORMS
from topowave.translation.translate import CATALOGS

COMMAND_LINE = ("cli", "cli_plain", "help", "tables", "usage")
"""The parts that only the command line says."""
PARTS = tuple(sorted(path.stem for path in (CATALOGS / "ru").glob("*.json")))
PLAIN = ("plain", "cli_plain")
"""The parts by which plain texts are known."""
TRANSLATIONS = ("de", "ru")
SERVERS = (
    "algorithms",
    "balancer",
    "forecasts",
    "nodes",
    "orchestrator",
    "runtime",
    "tasks",
    "topology",
    "web",
    "wire",
)
"""Where sentences are made that come to the page."""
PYDANTIC = (
    "Input should be ",
    "String should ",
    "List should have at ",
    "Field required",
    "Extra inputs are not ",
    "JSON decode error",
    "Object of type ",
)
"""How pydantic's sentences about values begin."""
SAME = frozenset({"bits", "port", "agent", "name", "status", "cpu", "snarimax"})
"""What may be the same in another language."""
_MARKED = re.compile(r"\{[^}]*\}")
_MARKUP = re.compile(r"\{[^}]*\}|`[^`]*`|--[a-z-]+|[A-Z_]{2,}|\"[^\"]*\"|https?:\S+|[a-z]+[_.][a-z_]+")


@cache
def catalog(language: str, part: str) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = json.loads((CATALOGS / language / f"{part}.json").read_text("utf-8"))
    return found


@cache
def sources() -> tuple[Path, ...]:
    walked = os.walk(PACKAGE, followlinks=True)
    return tuple(
        sorted(Path(folder) / name for folder, _, names in walked for name in names if name[-3:] == ".py")
    )


@cache
def made() -> tuple[Sentence, ...]:
    return tuple(sentence for file in sources() for sentence in sentences_in(file))


@cache
def constants() -> frozenset[str]:
    """Every string that stands in a source, and every class, which is its algorithm's title by default."""
    nodes = [node for file in sources() for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    scripts = {said(file) for file in examples().values() for said in (summary, parameters)}
    return frozenset(strings | scripts | {node.name for node in nodes if isinstance(node, ast.ClassDef)})


def titles() -> set[str]:
    """What algorithms, policies and the like are called, which the server says as it is."""
    kinds = (
        FAMILIES.values(),
        (POLICIES.values(), PLACEMENTS.values(), DISCIPLINES.values(), FORECASTS.values()),
    )
    return {kind.title for families in kinds for family in families for kind in family}


@cache
def page() -> str:
    """The page's own sources: it refuses by itself what the balancer does not answer."""
    files = sorted((PACKAGE.parent / "frontend" / "src" / "api").glob("*.ts"))
    return "".join(file.read_text("utf-8") for file in files)


def help_texts(command: Any) -> Iterator[str]:
    """What a command and those in it say of themselves and their parameters."""
    if command.help:
        yield from help_paragraphs(command.help)
    for parameter in command.params:
        if parameter.help:
            yield from help_paragraphs(parameter.help)
        if isinstance(parameter.show_default, str):
            yield parameter.show_default
    for below in getattr(command, "commands", {}).values():
        yield from help_texts(below)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def forms(said: str | list[str]) -> list[str]:
    return said if isinstance(said, list) else [said]


EACH = [(language, part) for language in TRANSLATIONS for part in PARTS]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_paragraph_of_help_is_translated_and_no_other(language: str) -> None:
    wanted = set(help_texts(typer.main.get_command(app)))
    translated = {key for part in PARTS for key in catalog(language, part)}
    others = {
        key for path in (CATALOGS / language).glob("*.json") for key in json.loads(path.read_text("utf-8"))
    }
    assert sorted(wanted - translated - others) == [], "missing"
    assert sorted(set(catalog(language, "help")) - wanted) == [], "unused"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_sentence_is_translated(language: str) -> None:
    translated = {key for part in PARTS for key in catalog(language, part)}
    assert [sentence for sentence in made() if sentence.code not in translated] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_page_reads_every_sentence_of_the_servers(language: str) -> None:
    read = {key for part in PARTS if part not in COMMAND_LINE for key in catalog(language, part)}
    servers = [sentence for sentence in made() if sentence.place.split("/")[1] in SERVERS]
    assert [sentence for sentence in servers if sentence.code not in read] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_page_reads_the_titles_of_algorithms_policies_and_forecasts(language: str) -> None:
    assert sorted(titles() - set(catalog(language, "balancer"))) == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_sentence_is_translated_once(language: str) -> None:
    """Else the page, which reads some parts, and the command line, which reads all, said different things."""
    times = Counter(key for part in PARTS for key in catalog(language, part))
    assert [key for key, found in times.items() if found > 1] == []


def test_every_language_has_the_same_parts() -> None:
    for language in TRANSLATIONS:
        assert {path.stem for path in (CATALOGS / language).glob("*.json")} == set(PARTS)


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("part", PLAIN)
def test_no_plain_text_is_known_that_nobody_says(language: str, part: str) -> None:
    """The words of a template stand in the strings of one source, or it is a library's.

    A hint at a name that is near may be in it, which is made elsewhere.
    """
    libraries = (*VALUES, *PYDANTIC)
    unsaid = [
        template
        for template in catalog(language, part)
        if not template.startswith(libraries)
        and not any(_own_words(template) <= words for words in words_of_sources())
    ]
    assert unsaid == []


@cache
def words_of_sources() -> tuple[frozenset[str], ...]:
    found: list[frozenset[str]] = []
    for file in sources():
        nodes = ast.walk(ast.parse(file.read_text("utf-8")))
        strings = (node.value for node in nodes if isinstance(node, ast.Constant))
        found.append(frozenset(_words(" ".join(each for each in strings if isinstance(each, str)))))
    return tuple(found)


def _own_words(template: str) -> frozenset[str]:
    return _words(_MARKED.sub(" ", template.replace("; did you mean {word}?", " ")))


def _words(text: str) -> frozenset[str]:
    """The words of three letters or more; an `s` at the end may be put there for a number."""
    return frozenset(word.removesuffix("s") for word in re.findall("[A-Za-z]{3,}", text))


SAID_AS_IT_IS = [each for each in EACH if each[1] not in {"help", *PLAIN}]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_the_shipped_scripts_do_and_take_is_said_in_each_language(language: str) -> None:
    said = {told(file) for file in examples().values() for told in (summary, parameters)} - {""}
    assert sorted(said - set(catalog(language, "descriptions"))) == []


@pytest.mark.parametrize(("language", "part"), SAID_AS_IT_IS)
def test_nothing_is_translated_that_nobody_says(language: str, part: str) -> None:
    unsaid = set(catalog(language, part)) - constants()
    assert sorted(said for said in unsaid if f'"{said}"' not in page()) == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_typer_says_is_translated(language: str) -> None:
    assert set(USAGE) | set(VALUES) <= set(catalog(language, "usage")) | set(catalog(language, "plain"))


def test_a_sentence_has_the_parameters_that_its_template_names() -> None:
    wrong = [each for each in made() if fields(each.code) - {""} != set(each.parameters) - _unsaid(each)]
    assert wrong == []


def _unsaid(sentence: Sentence) -> set[str]:
    """The number of a sentence with forms need not be said."""
    return {"count"} - fields(sentence.code) if sentence.has_forms else set()


@pytest.mark.parametrize(("language", "part"), [each for each in EACH if each[1] != "help"])
def test_a_translation_has_the_parameters_of_its_template(language: str, part: str) -> None:
    wrong = [
        (template, form)
        for template, said in catalog(language, part).items()
        for form in forms(said)
        if _named(form, said) != _named(template, said)
    ]
    assert wrong == []


def _named(form: str, said: str | list[str]) -> set[str]:
    """What a translation names; one with forms for a number may leave the number out."""
    return fields(form) | ({"count"} if isinstance(said, list) else set())


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_sentence_with_a_number_has_every_form_of_the_language(language: str) -> None:
    by_code = {sentence.code: sentence for sentence in made()}
    listed = {
        template: said
        for part in PARTS
        for template, said in catalog(language, part).items()
        if isinstance(said, list)
    }
    assert {code for code, sentence in by_code.items() if sentence.has_forms} <= set(listed)
    plain = {template for part in PLAIN for template in catalog(language, part)}
    assert [each for each in listed.keys() - plain if "count" not in by_code[each].parameters] == []
    assert {len(said) for said in listed.values()} == {len(FORMS[language])}


@pytest.mark.parametrize(("language", "part"), EACH)
def test_a_translation_is_one(language: str, part: str) -> None:
    left = [
        template
        for template, said in catalog(language, part).items()
        if re.search("[a-z]{3}", _MARKUP.sub("", template))
        and any(form == template for form in forms(said))
        and template.casefold() not in SAME
    ]
    alike = [template for template in left if language == "ru" or template not in catalog("ru", part)]
    assert alike == []
    if language == "ru":
        words = {
            template for template in catalog("ru", part) if re.search("[a-z]{3}", _MARKUP.sub("", template))
        }
        foreign = [
            template
            for template in words
            if not all(re.search("[а-яё]", form, re.I) for form in forms(catalog("ru", part)[template]))
        ]
        assert foreign == [*filter(_is_a_list_of_codes, foreign)]


def _is_a_list_of_codes(template: str) -> bool:
    """Whether nothing in it is a word: `critical, high, medium or low.` and the like are."""
    return template.startswith("KIND:") or template == "SNARIMAX"
