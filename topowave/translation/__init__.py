"""Sentences for people: each knows its parts, and a catalog says it in another language."""

from topowave.translation.text import Text, counted, text

__all__ = ["Text", "counted", "text"]
