from __future__ import annotations

import sys
from pathlib import Path

import pytest

from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.runtime.loading import load_algorithm
from topowave.topology import Problems

CLASS = "from topowave.algorithms import Algorithm\nclass Mine(Algorithm):\n    pass\n"


def written(folder: Path, text: str, name: str = "mine.py") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_a_name_of_the_library_or_an_alias_is_found() -> None:
    assert load_algorithm("echo") is Echo
    assert load_algorithm("finn") is Finn


def test_a_class_of_a_file_is_found(tmp_path: Path) -> None:
    found = load_algorithm(written(tmp_path, CLASS) + ":Mine")
    assert (found.__name__, found.name) == ("Mine", "mine")
    assert load_algorithm(str(tmp_path / "mine.py")).__name__ == "Mine", "the only class needs no name"


def test_a_users_file_hides_none_of_our_packages(tmp_path: Path) -> None:
    before = sys.modules["topowave.algorithms"], list(sys.path)
    load_algorithm(written(tmp_path, CLASS, "algorithms.py") + ":Mine")
    assert (sys.modules["topowave.algorithms"], sys.path) == before


def test_a_file_beside_it_can_be_imported(tmp_path: Path) -> None:
    written(tmp_path, "VALUE = 7", "helper_of_mine.py")
    found = load_algorithm(written(tmp_path, "import helper_of_mine\n" + CLASS) + ":Mine")
    assert sys.modules[found.__module__].helper_of_mine.VALUE == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:", "line 1: SyntaxError"),
        ("x = 1\n1 / 0", "line 2: ZeroDivisionError: division by zero"),
        ("raise SystemExit", "line 1: SystemExit"),
        ("raise KeyboardInterrupt", "line 1: KeyboardInterrupt"),
        ("from topowave import SingleInitator", "did you mean `from topowave import SingleInitiator`"),
        ("from topowave.algorithms import Sucessor", "did you mean `from topowave import Successor`"),
        ("from algorithms.knowledge import Successor", "did you mean topowave.algorithms"),
        ("x = 1", "there is no subclass of Algorithm in it"),
        (CLASS, "no algorithm 'Other'; there are Mine"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Problems, match=said):
        load_algorithm(written(tmp_path, text) + ":Other")


def test_of_several_classes_one_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(Problems, match=r"which class.*Mine, Other"):
        load_algorithm(written(tmp_path, CLASS + "class Other(Mine):\n    pass\n"))


@pytest.mark.parametrize(
    ("text", "said"), [("ehco", "there is no algorithm 'ehco'.*FILE.py:CLASS"), ("gone.py:A", "no such file")]
)
def test_what_is_not_there_is_refused(text: str, said: str) -> None:
    with pytest.raises(Problems, match=said):
        load_algorithm(text)
