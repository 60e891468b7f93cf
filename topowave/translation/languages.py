"""The languages that sentences are said in, and which of them somebody has set for their programs."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH = "en"
"""The language that sentences are written in."""
LANGUAGES = (ENGLISH, "de", "ru")
"""The languages there are, by their codes in ISO 639-1."""
OWN_VARIABLE = "TOPOWAVE_LANG"
"""The environment variable that says the language of this program alone."""
VARIABLES = (OWN_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
"""The environment variables that say a language: the first that is set and not empty counts."""


def language_of(locale: str) -> str | None:
    """Return the language of a locale such as `ru`, `ru_RU.UTF-8` or `de-AT`; None if it is not here."""
    code = locale.strip().lower().replace("-", "_")
    for mark in "@._":
        code = code.partition(mark)[0]
    return code if code in LANGUAGES else None


def language_from(environment: Mapping[str, str]) -> str:
    """Return the language that the environment says: English of none, of C, and of one that is not here."""
    for variable in VARIABLES:
        if set_to := environment.get(variable, ""):
            return language_of(set_to) or ENGLISH
    return ENGLISH
