"""Sentences for people: each knows its parts, and a catalog says it in another language.

`topowave.translation.translate` says it, and is imported by whoever does so: most programs only
make sentences.
"""

from topowave.translation.text import Text, counted, in_json, received, sentence_of, text
from topowave.translation.told import Sentences, Several, retold, told, told_of

__all__ = [
    "Sentences",
    "Several",
    "Text",
    "counted",
    "in_json",
    "received",
    "retold",
    "sentence_of",
    "text",
    "told",
    "told_of",
]
