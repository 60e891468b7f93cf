"""Catalogs say a sentence in another language, with its numbers, and never fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from topowave.translation import Text, counted, text
from topowave.translation import translate as module
from topowave.translation.languages import LANGUAGES, language_from, language_of
from topowave.translation.plural_forms import FORMS, plural_category
from topowave.translation.translate import translate, translate_answer, translate_code

RUSSIAN = {
    "{node} was killed": "{node} убит",
    "{count} node": ["{count} узел", "{count} узла", "{count} узлов"],
    "{count} nodes": ["{count} узел", "{count} узла", "{count} узлов"],
    "{what} joined": "присоединилось: {what}",
    "after {seconds:,.1f} s": "через {seconds:,.1f} с",
    "Show this message and exit.": "Показать эту справку.",
}


@pytest.fixture(autouse=True)
def _catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "part.json").write_text(json.dumps(RUSSIAN), encoding="utf-8")
    monkeypatch.setattr(module, "CATALOGS", tmp_path)
    monkeypatch.setattr(module, "catalog", module.catalog.__wrapped__)


def test_a_sentence_is_said_with_its_parameters() -> None:
    said = text("{node} was killed", node="amber")
    assert translate(said, "ru") == "amber убит"
    assert translate(said, "en") == translate(said, "de") == "amber was killed"
    assert type(translate(said, "en")) is str


@pytest.mark.parametrize(
    ("count", "said"),
    [
        *[(0, "узлов"), (1, "узел"), (2, "узла"), (4, "узла"), (5, "узлов"), (11, "узлов"), (14, "узлов")],
        *[(21, "узел"), (22, "узла"), (111, "узлов"), (101, "узел"), (1.5, "узла")],
    ],
)
def test_a_number_takes_the_form_that_russian_has_for_it(count: int, said: str) -> None:
    written = str(count).replace(".", ",")
    assert translate(counted("{count} node", "{count} nodes", count), "ru") == f"{written} {said}"


def test_every_category_has_its_place() -> None:
    assert set(FORMS) == set(LANGUAGES)
    for language in LANGUAGES:
        assert {plural_category(language, number) for number in range(200)} == set(FORMS[language])


def test_sentences_in_a_sentence_are_said_too() -> None:
    inner = counted("{count} node", "{count} nodes", 3)
    assert translate(text("{what} joined", what=inner), "ru") == "присоединилось: 3 узла"
    form = {"code": inner.code, "parameters": inner.parameters}
    assert translate_code("{what} joined", {"what": form}, "ru") == "присоединилось: 3 узла"
    assert translate_code("{what} joined", {"what": [form, "amber"]}, "ru") == "присоединилось: 3 узла, amber"


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert translate(text("after {seconds:,.1f} s", seconds=1234.5), "ru") == "через 1\u202f234,5 с"


def test_a_plain_string_is_found_as_it_stands() -> None:
    assert translate("Show this message and exit.", "ru") == "Показать эту справку."
    assert translate("What nobody translated, {as} it is.", "ru") == "What nobody translated, {as} it is."


@pytest.mark.parametrize(
    ("code", "parameters"),
    [
        ("unknown {node}", {"node": "amber"}),
        ("{node} was killed", {}),
        ("{count} nodes", {"count": "many"}),
        ("{count} nodes", {}),
        ("after {seconds:,.1f} s", {"seconds": "long"}),
    ],
)
def test_what_does_not_fit_is_said_in_english(code: str, parameters: dict[str, object]) -> None:
    assert translate_code(code, parameters, "ru") is None
    answer = {"detail": "in English", "code": code, "parameters": parameters}
    assert translate_answer(answer, "detail", "ru") == "in English"
    made = Text(code, "in English", parameters)
    assert translate(made, "ru") == "in English"


def test_an_answer_is_said_by_its_code() -> None:
    answer = {"text": "amber was killed", "code": "{node} was killed", "parameters": {"node": "amber"}}
    assert translate_answer(answer, "text", "ru") == "amber убит"
    assert translate_answer(answer, "text", "en") == "amber was killed"
    assert translate_answer({"text": "amber was killed"}, "text", "ru") == "amber was killed"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        *[("ru", "ru"), ("ru_RU.UTF-8", "ru"), ("de-AT", "de"), ("de@euro", "de"), ("en_GB", "en")],
        *[("RU", "ru"), ("C", None), ("C.UTF-8", None), ("POSIX", None), ("fr_FR.UTF-8", None)],
        *[("", None), ("russian", None)],
    ],
)
def test_a_locale_has_its_language(locale: str, language: str | None) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}, "de"),
        ({"LC_MESSAGES": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "ru_RU"}, "ru"),
        ({"TOPOWAVE_LANG": "ru", "LC_ALL": "C"}, "ru"),
        ({"TOPOWAVE_LANG": "xx", "LANG": "ru_RU"}, "en"),
    ],
)
def test_the_first_variable_that_is_set_counts(variables: dict[str, str], language: str) -> None:
    assert language_from(variables) == language
