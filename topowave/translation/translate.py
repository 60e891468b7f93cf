"""Saying a sentence in another language, by catalogs that are read when the first one is asked for.

A catalog is JSON in `catalogs/LANGUAGE/PART.json`: each template in English with its translation, or with a
list of its plural forms in the order of `FORMS`. What has no translation is said in English, so that a
program never fails for want of one; that none is missing is for tests to find.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TypeAlias, cast

from topowave.translation.languages import ENGLISH
from topowave.translation.plain_sentences import PLAIN_PARTS, Plain
from topowave.translation.plural_forms import FORMS, plural_category
from topowave.translation.text import Text

CATALOGS = Path(__file__).parent / "catalogs"
"""Where the catalogs are: a folder for each language but English, and in it a file for each part."""
_WORDS = frozenset({"priority", "property", "reason"})
"""Parameters that are words of the lab's own, not names, and are translated as such."""
_SEPARATORS = {"de": str.maketrans(",.", ".,"), "ru": str.maketrans(",.", "\u202f,")}
"""How a language writes the thousands' comma and the point of decimals."""
_UNITS: dict[str, dict[str, str]] = {
    "de": {
        "core-s": "Kern-s",
        "core-seconds": "Kern-s",
        "tasks/s": "Aufgaben/s",
        "load/cpu": "Last/cpu",
        "cores": "Kerne",
        "d": "Tage",
        "bytes": "Bytes",
        "percent": "Prozent",
    },
    "ru": {
        "s": "с",
        "ms": "мс",
        "min": "мин",
        "h": "ч",
        "d": "сут",
        "bytes": "байт",
        "percent": "%",
        "MB": "МБ",
        "GB": "ГБ",
        "core-s": "ядро·с",
        "core-seconds": "ядро·с",
        "tasks/s": "заявок/с",
        "load/cpu": "нагрузка/cpu",
        "cores": "ядер",
    },
}
"""The units that follow a measured number, where they are written otherwise than in English."""
_MEASURED = re.compile(r"([-+]?\d[\d.,]*(?:e[-+]?\d+)?)(?: (\S+))?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
"""A number as only a program writes it; one with a point may be what somebody has typed."""

Catalog: TypeAlias = Mapping[str, "str | list[str]"]
"""Templates in English with their translations, or with the plural forms of these."""


@cache
def catalog(language: str) -> Catalog:
    """Return all that is translated into a language; nothing for English."""
    parts = sorted((CATALOGS / language).glob("*.json"))
    return {
        template: said
        for part in parts
        for template, said in json.loads(part.read_text(encoding="utf-8")).items()
    }


@cache
def _plain(language: str) -> Plain:
    """Return the templates of a language by which plain texts are known."""
    parts = [part for part in (CATALOGS / language).glob("*.json") if part.stem in PLAIN_PARTS]
    return Plain(key for part in parts for key in json.loads(part.read_text(encoding="utf-8")))


def translate(sentence: str, language: str) -> str:
    """Return a sentence in a language: a Text, or a plain string that stands in a catalog or fits a template.

    Args:
        sentence: what is to be said; a plain string that no catalog has is returned as it is.
        language: one of LANGUAGES.
    """
    if language == ENGLISH:
        return str(sentence)
    if isinstance(sentence, Text):
        return translate_code(sentence.code, sentence.parameters, language) or str(sentence)
    measured = measure(sentence, language)
    if measured is not None:
        return measured
    said = catalog(language).get(sentence)
    if isinstance(said, str):
        return said
    found = _plain(language).sentence(sentence) if " " in sentence else None
    if found is None:
        return sentence
    return translate_code(found.code, found.parameters, language) or sentence


def separated(number: str, language: str) -> str:
    """Return a number that is written in English with the separators of another language."""
    return number.translate(_SEPARATORS[language])


def measure(text: str, language: str) -> str | None:
    """Return a number with its unit, or one with thousands apart, as a language has it; None of others."""
    found = _MEASURED.fullmatch(text)
    if found is None or (found[2] is None and not _THOUSANDS.fullmatch(text)):
        return None
    unit = found[2]
    if unit is not None and unit != "%" and unit not in _UNITS["ru"]:
        return None
    number = separated(found[1], language)
    return number if unit is None else f"{number} {_UNITS[language].get(unit, unit)}"


def unit_alone(unit: str, language: str) -> str:
    """Return a unit without a number, such as that in the head of a column."""
    return _UNITS[language].get(unit) or translate(unit, language)


def translate_code(code: str, parameters: Mapping[str, object], language: str) -> str | None:
    """Return what a template says in a language, as it comes with its parameters over HTTP.

    None where the catalogs do not have it, or where its parameters are not those of the translation, as may
    be with a server of another version.
    """
    template = catalog(language).get(code)
    if isinstance(template, list):
        template = _form(template, parameters.get("count"), language)
    if template is None:
        return None
    parts = {name: _part(value, language, is_word=name in _WORDS) for name, value in parameters.items()}
    try:
        return _Writer(language).vformat(template, (), parts)
    except (LookupError, ValueError, TypeError, AttributeError):
        return None


def translate_answer(answer: Mapping[str, object], text_field: str, language: str) -> str:
    """Return the sentence of a JSON object that has it in English, with its `code` and `parameters`.

    Args:
        answer: the object, such as problem details or an event.
        text_field: the name of its field that has the sentence in English, as `detail` or `text`.
        language: one of LANGUAGES.
    """
    english, code, parameters = (answer.get(name) for name in (text_field, "code", "parameters"))
    said = None
    if language != ENGLISH and isinstance(code, str) and isinstance(parameters, dict):
        said = translate_code(code, cast("dict[str, object]", parameters), language)
    return said if said is not None else str(english)


def _form(forms: list[str], count: object, language: str) -> str | None:
    if not isinstance(count, int | float) or len(forms) != len(FORMS[language]):
        return None
    return forms[FORMS[language].index(plural_category(language, count))]


def _part(value: object, language: str, *, is_word: bool = False) -> object:
    """Return a parameter as it is put into a sentence: sentences in it are translated, and lists joined."""
    if isinstance(value, str) and (is_word or isinstance(value, Text) or " " in value):  # no name has a space
        return translate(value, language)
    if isinstance(value, str) and _THOUSANDS.fullmatch(value):
        return measure(value, language)
    if isinstance(value, dict):
        nested = cast("dict[str, object]", value)
        code, parameters = nested.get("code"), nested.get("parameters")
        if isinstance(code, str) and isinstance(parameters, dict):
            said = translate_code(code, cast("dict[str, object]", parameters), language)
            return said if said is not None else translate(str(nested.get("text", code)), language)
        return nested
    if isinstance(value, list | tuple):
        parts = list(cast("Iterable[object]", value))
        between = "; " if all(isinstance(each, Text | dict) for each in parts) else ", "
        return between.join(str(_part(each, language)) for each in parts)
    return value


class _Writer(Formatter):
    """Puts parameters into a template, with numbers as the language writes them."""

    def __init__(self, language: str) -> None:
        self._separators = _SEPARATORS[language]

    def format_field(self, value: object, format_spec: str) -> str:
        """Write one parameter."""
        written = str(format(value, format_spec))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return written.translate(self._separators)
        return written
