"""The language that this command speaks: what `--lang` says, or else the environment.

It is found before any word is understood, so that help and refused words are in it too. JSON is for programs
and always the same.
"""

from __future__ import annotations

import os
import sys

import typer

from topowave.translation import Text, text
from topowave.translation.languages import ENGLISH, LANGUAGES, language_from, language_of

OPTION = "--lang"
_LETTERS = {"de": "ä", "ru": "я"}
"""What a stream has to be able to show where a language is to be read on it."""
_language = ENGLISH


def language() -> str:
    """Return the language that this command speaks, one of LANGUAGES."""
    return _language


def speak(code: str) -> None:
    """Speak a language from now on."""
    global _language  # noqa: PLW0603 - one command speaks one language
    _language = code


def take_language(words: list[str]) -> list[str]:
    """Speak the language that is asked for, and return the words without the option.

    It may stand anywhere before `--`. Raises BadParameter if it names no language that there is.
    """
    speak(language_from(os.environ) if _shows(language_from(os.environ)) else ENGLISH)
    end = words.index("--") if "--" in words else len(words)
    left: list[str] = []
    asked: str | None = None
    ahead = iter(words[:end])
    for word in ahead:
        if word == OPTION:
            asked = next(ahead, "")
        elif word.startswith(f"{OPTION}="):
            asked = word.removeprefix(f"{OPTION}=")
        else:
            left.append(word)
    if asked is not None:
        speak(_named(asked))
    return left + words[end:]


def spoken(sentence: str) -> str:
    """Return a sentence (Text) in the language of this command; a plain string, such as a name, as it is."""
    return say_in_language(sentence) if isinstance(sentence, Text) else sentence


def say_in_language(sentence: str) -> str:
    """Return a sentence, or words of help that stand in a catalog, in the language of this command."""
    if _language == ENGLISH:
        return str(sentence)
    from topowave.translation.translate import translate

    return translate(sentence, _language)


def number_text(number: int) -> str:
    """Return a whole number with its thousands apart, as the language writes it."""
    return say_in_language(f"{number:,}")


def decimal_text(number: float, digits: int) -> str:
    """Return a number with so many digits behind the point, as the language writes it."""
    written = f"{number:.{digits}f}"
    if _language == ENGLISH:
        return written
    from topowave.translation.translate import separated

    return separated(written, _language)


def unit_text(unit: str) -> str:
    """Return a unit that stands alone."""
    if _language == ENGLISH:
        return unit
    from topowave.translation.translate import unit_alone

    return unit_alone(unit, _language)


def _named(asked: str) -> str:
    found = language_of(asked)
    if found is None:
        from topowave.short_text import short_sentence

        raise typer.BadParameter(
            text(
                "{given} is no language that is spoken here; expected {languages}",
                given=repr(short_sentence(asked, 100)),
                languages=", ".join(LANGUAGES),
            ),
            param_hint=OPTION,
        )
    return found


def _shows(code: str) -> bool:
    """Whether standard error can show the letters of a language; in another encoding it gets English."""
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return _LETTERS.get(code, "").encode(encoding, "ignore").decode(encoding) == _LETTERS.get(code, "")
