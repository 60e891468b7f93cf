"""Finds English that is left in what is said in German or Russian."""

from __future__ import annotations

import re

WORDS = re.compile(
    r"\b(?:the|is|are|of|and|not|expected|there|with|which|from|for|it|its|by|to|has|have|cannot|unknown)\b"
)
"""Words that every English sentence has one of, and neither German nor Russian has."""
DATA = re.compile(
    r"`[^`]*`|\"[^\"]*\"|'[^']*'|«[^»]*»|„[^“]*“|^ +topowave .*$|\w+=\S+|--[a-z-]+|[\w./-]+\.(?:json|csv|py)",
    re.M,
)
"""What is no word of a sentence: code, values, commands, settings and files."""


def english_in(said: str) -> list[str]:
    """Return the lines that have an English word."""
    return [line for line in said.split("\n") if WORDS.search(DATA.sub("", line))]
