from __future__ import annotations

from pathlib import Path

import pytest

from topowave.runtime.reproducibility import notes


def noted(folder: Path, text: str) -> list[str]:
    (folder / "mine.py").write_text(text, "utf-8")
    return [note.replace(f"{folder}/", "") for note in notes(f"{folder / 'mine.py'}:Mine")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import random", "import of random: a run with the same seed may differ, since this is chance"),
        (
            "from random import choice",
            "no seed reaches; self.random is chance that the seed reaches",
        ),
        ("import secrets", "chance"),
        ("import time", "a clock"),
        ("from datetime import datetime", "a clock"),
        ("import threading", "threads"),
        ("import concurrent.futures", "threads"),
        ("import asyncio", "threads"),
        ("import socket", "another program"),
        ("import urllib.request", "another program"),
        ("data = open('x')", "open(...): a run with the same seed may differ, since this is a file"),
        ("def f():\n    import time", "a clock"),
    ],
)
def test_what_breaks_reproducibility_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    (note,) = noted(tmp_path, f"x = 1\n{line}\n")
    assert note.startswith(f"mine.py: line {2 + line.count(chr(10))}: note: ")
    assert said in note


@pytest.mark.parametrize(
    "text",
    [
        "import math\nfrom topowave import *\n",
        "from .random import x\n",
        "if __name__ == '__main__':\n    import random\n",
        "self.open('x')\n",
        "def f(:\n",
    ],
)
def test_all_else_is_no_matter(tmp_path: Path, text: str) -> None:
    assert noted(tmp_path, text) == []


@pytest.mark.parametrize("text", ["echo", "gone.py:Mine", "gone.py"])
def test_what_is_no_file_has_no_notes(text: str) -> None:
    assert notes(text) == []
