from __future__ import annotations

from pathlib import Path

import pytest

from topowave.algorithms.registry import LIBRARY
from topowave.runtime.loading import load_algorithm
from topowave.runtime.written_class import mistakes
from topowave.topology import Problems

HEAD = "from dataclasses import dataclass\nfrom topowave import *\n\n"
GOOD = "    def on_start(self): self.decide()\n    def on_message(self, sender, message): pass\n"


def refused(folder: Path, body: str, *, head: str = "class Mine(Algorithm):\n") -> list[str]:
    """Return what a class with this body, which begins in line 5, is refused for."""
    (folder / "mine.py").write_text(HEAD + head + body, "utf-8")
    try:
        load_algorithm(f"{folder / 'mine.py'}:Mine")
    except Problems as refusal:
        return [problem.replace(f"{folder}/", "") for problem in refusal.problems]
    return []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("on_mesage", "on_message"),
        ("on_messsage", "on_message"),
        ("on_massage", "on_message"),
        ("onMessage", "on_message"),
        ("on_Message", "on_message"),
        ("message", "on_message"),
        ("receive", "on_message"),
        ("on_receive", "on_message"),
        ("handle_message", "on_message"),
        ("on_msg", "on_message"),
    ],
)
def test_a_misspelt_handler_is_told_with_what_was_meant(tmp_path: Path, written: str, meant: str) -> None:
    found = refused(tmp_path, f"    def on_start(self): pass\n    def {written}(self, sender, m): pass\n")
    assert found == [f"Mine: {written}: nothing calls it; did you mean {meant}?{_at(found[0], 6)}"]


def _at(sentence: str, line: int) -> str:
    handlers = " the handlers are setup, on_start, on_message, on_timer, on_down"
    return (handlers if handlers in sentence else "") + f" (mine.py, line {line})"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("start", "on_start"),
        ("on_strat", "on_start"),
        ("onStart", "on_start"),
        ("begin", "on_start"),
        ("run", "on_start"),
        ("init", "setup"),
        ("set_up", "setup"),
        ("initialize", "setup"),
        ("on_timeout", "on_timer"),
        ("on_time", "on_timer"),
        ("on_crash", "on_down"),
    ],
)
def test_so_are_all_others(tmp_path: Path, written: str, meant: str) -> None:
    (found,) = refused(tmp_path, f"    def {written}(self): pass\n    def on_message(self, s, m): pass\n")
    assert found.startswith(f"Mine: {written}: nothing calls it; did you mean {meant}?")
    assert found.endswith("(mine.py, line 5)")


def test_an_on_something_that_nothing_calls_is_told_though_nothing_like_it_is_missing(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, GOOD + "    def on_reply(self, sender): pass\n")
    assert "on_reply: nothing calls it; the handlers are setup, on_start" in found


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        "    def on_start(self): self.start()\n    def start(self): pass\n",
        "    def on_start(self): self.run()\n    def run(self): pass\n",
        "    def on_message(self, s, m): getattr(self, f'on_{m}')()\n    def on_token(self): pass\n",
        "    def on_start(self, *args, **more): pass\n",
        "    def on_message(self, *event): pass\n",
        "    def on_message(self, sender, message, again=False): pass\n",
        "    @staticmethod\n    def on_start(): pass\n",
        "    on_start = lambda self: self.decide()\n",
        "    LIMIT = 3\n    colour = 'red'\n",
        "    message = 'token'\n    def on_start(self): self.send_all(self.neighbors, self.message)\n",
        "    def __init__(self, *a, **more):\n        self.seen = 0\n        super().__init__(*a, **more)\n",
        "    def __init__(self, *args, **more): Algorithm.__init__(self, *args, **more)\n",
        "    @property\n    def done(self): return True\n",
        "    def state_of(self): pass\n    def setup(self): self.state = 'waiting'\n",
        "    count: int\n    def setup(self): self.count = 0\n",
    ],
)
def test_what_is_right_or_the_class_own_business_is_let_be(tmp_path: Path, body: str) -> None:
    assert refused(tmp_path, body) == []


@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_is_written_rightly(name: str) -> None:
    assert not list(mistakes(LIBRARY[name]))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("decider", "deciders"),
        ("decides", "deciders"),
        ("require", "requires"),
        ("requirements", "requires"),
        ("need", "needs"),
        ("bound", "bounds"),
        ("starters", "starts"),
        ("start", "starts"),
        ("waves", "wave"),
        ("veiw", "view"),
        ("message", "messages"),
    ],
)
def test_a_misspelt_declaration_is_told_with_what_was_meant(tmp_path: Path, written: str, meant: str) -> None:
    found = refused(tmp_path, f"    {written} = 'one'\n{GOOD}")
    assert found == [f"Mine: {written}: nothing reads it; did you mean {meant}? (mine.py, line 5)"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "    deciders: 'one'\n",
            "deciders: has a type but no value; write deciders = ... (mine.py, line 5)",
        ),
        ("    decide = False\n", "decide: False hides what every node has, self.decide()"),
        ("    async def on_start(self): pass\n", "on_start: is an async def"),
        ("    async def on_message(self, s, m): yield s\n", "on_message: is an async def"),
        ("    def on_start(self): yield 1\n", "on_start: has a yield"),
        ("    def setup(self): yield from ()\n", "setup: has a yield"),
        (
            "    def on_message(self, message): pass\n",
            "takes (self, message); expected def on_message(self, ",
        ),
        ("    def on_message(sender, message): pass\n", "takes (sender, message); expected def on_message("),
        ("    def on_message(self, a, b, c): pass\n", "takes (self, a, b, c); expected"),
        ("    def on_start(): pass\n", "takes (); expected def on_start(self)"),
        ("    def on_timer(self): pass\n", "takes (self); expected def on_timer(self, name)"),
        ("    def on_message(self, message, sender): pass\n", "the sender comes first"),
        ("    def on_message(self, msg, src): pass\n", "the sender comes first"),
        ("    on_start = 3\n", "on_start: 3 is no function; expected def on_start(self)"),
        ("    on_start = property(lambda self: 1)\n", "is a property"),
        ("    @classmethod\n    def on_start(cls): pass\n", "is a classmethod, which is of no node"),
        ("    def __init__(self, *a, **b): self.parent = None\n", "does not call super().__init__"),
        ("    def __init__(self): super().__init__()\n", "takes (self), but a node is made with (id, "),
        ("    def __init__(self, id, neighbors): super().__init__(id, neighbors)\n", "write setup(self)"),
        ("    __slots__ = ('parent',)\n", "__slots__: a node's state is in ordinary attributes"),
        ("    needs = (Successor,)\n", "its successor on the ring is known on a ring only; add Ring to"),
        ("    requires = (Connected,)\n    needs = (Predecessor,)\n", "known on a ring only; add Ring"),
        ("    needs = (Diameter,)\n", "known on a connected network only; add Connected to `requires`"),
        ("    deciders = 'two'\n", "expected 'one' or 'some' or 'all' (mine.py, line 5)"),
    ],
)
def test_what_no_runtime_could_use_is_refused_with_its_line(tmp_path: Path, body: str, said: str) -> None:
    (found,) = refused(tmp_path, body)
    assert said in found
    assert "(mine.py, line " in found


def test_a_dataclass_is_told_why_it_is_none(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, "    parent: int = 0\n", head="@dataclass\nclass Mine(Algorithm):\n")
    assert found.startswith(
        "Mine: __init__: @dataclass writes one that leaves out what a node is given; write"
    )


def test_what_a_base_of_ones_own_has_counts_too(tmp_path: Path) -> None:
    head = "class Base(Algorithm):\n    def on_mesage(self, sender, message): pass\nclass Mine(Base):\n"
    (found,) = refused(tmp_path, "    pass\n", head=head)
    assert "on_mesage: nothing calls it; did you mean on_message? (mine.py, line 5)" in found
