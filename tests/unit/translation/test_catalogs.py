"""The catalogs of the command line have every sentence with its parameters and its forms, and no other."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import typer.main

from tests.support.sentences import PACKAGE, Sentence, sentences_in
from topowave.cli.foreign_sentences import USAGE, VALUES
from topowave.cli.main import app
from topowave.cli.translated_help import help_paragraphs
from topowave.translation.plural_forms import FORMS
from topowave.translation.translate import CATALOGS

PARTS = ("cli", "help", "tables", "usage")
"""What belongs to the command line; other parts are tested with what says them."""
TRANSLATIONS = ("de", "ru")
OURS = (
    "cli",
    "client.py",
    "topology",
    "algorithms",
    "checker",
    "simulator",
    "traces",
    "runtime",
    "orchestrator",
)
"""Where sentences are made that the command line says."""
SAME = frozenset({"bits", "port", "agent", "name", "status", "cpu"})
"""What may be the same in another language."""
_MARKUP = re.compile(r"\{[^}]*\}|`[^`]*`|--[a-z-]+|[A-Z_]{2,}|\"[^\"]*\"|https?:\S+")


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
    ours = [file for file in sources() if file.relative_to(PACKAGE).parts[0] in OURS]
    return tuple(sentence for file in ours for sentence in sentences_in(file))


@cache
def constants() -> frozenset[str]:
    """Every string that stands in a source."""
    trees = (ast.parse(file.read_text("utf-8")) for file in sources())
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(node.value for node in nodes if isinstance(node.value, str))


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
def test_every_sentence_of_the_command_line_is_translated(language: str) -> None:
    translated = {
        key for path in (CATALOGS / language).glob("*.json") for key in json.loads(path.read_text("utf-8"))
    }
    assert [sentence for sentence in made() if sentence.code not in translated] == []


@pytest.mark.parametrize(("language", "part"), [each for each in EACH if each[1] != "help"])
def test_nothing_is_translated_that_nobody_says(language: str, part: str) -> None:
    assert sorted(set(catalog(language, part)) - constants()) == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_typer_says_is_translated(language: str) -> None:
    assert set(USAGE) | set(VALUES) <= set(catalog(language, "usage"))


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
        if fields(form) != fields(template)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_sentence_with_a_number_has_every_form_of_the_language(language: str) -> None:
    counted = {sentence.code for sentence in made() if sentence.has_forms}
    listed = {
        template: said
        for part in PARTS
        for template, said in catalog(language, part).items()
        if isinstance(said, list)
    }
    assert set(listed) == counted - set(catalog(language, "balancer"))
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
    return template.startswith("KIND:")
