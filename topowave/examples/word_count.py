"""Counts the words of a file or a text: it reads and computes.

Params: `path` of a file in UTF-8, or `text`; `most`, how many of the most frequent words are told (5).
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any


class WordCount:
    """Counts words, whatever their case."""

    def run(self, params: dict[str, Any]) -> dict[str, object]:
        """Return how many words there are, how many different ones, and the most frequent."""
        if ("path" in params) == ("text" in params):
            raise ValueError('expected either {"path": ...} or {"text": ...}')
        text: str = Path(params["path"]).read_text("utf-8") if "path" in params else params["text"]
        words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
        # Of equally frequent ones the first in the alphabet, so that the result is always the same.
        frequent = sorted(words.items(), key=lambda item: (-item[1], item[0]))
        return {
            "words": words.total(),
            "different": len(words),
            "most_frequent": frequent[: params.get("most", 5)],
        }


def module() -> WordCount:
    """Return what the engine runs."""
    return WordCount()
