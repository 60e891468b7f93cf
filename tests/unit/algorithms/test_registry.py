import ast
import copy
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.algorithms.harness import check_laws, run
from tests.unit.algorithms.networks import suitable
from topowave.algorithms import Algorithm, library
from topowave.algorithms.messages import decode, encode
from topowave.algorithms.registry import FAMILIES, LIBRARY, TITLES
from topowave.algorithms.snapshots.payments import Payments, Recording
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.runtime.message_types import MessageTypes, declared_types

BASES = {Payments}
"""Classes in the library's files that are made for others to build on."""

every = pytest.mark.parametrize("algorithm", LIBRARY.values(), ids=list(LIBRARY))


def test_the_library_has_the_class_of_every_file_by_its_name() -> None:
    written = {cls for folder in TITLES for cls in classes_in(folder)}
    assert len(written) > 20
    assert set(LIBRARY.values()) == written - BASES
    assert [cls for family in FAMILIES.values() for cls in family] == list(LIBRARY.values())
    assert all(cls.name == name for name, cls in LIBRARY.items())


def classes_in(folder: str) -> Iterator[type[Algorithm]]:
    """Yield the algorithms that the files of a folder define."""
    package = importlib.import_module(f"topowave.algorithms.{folder}")
    for file in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{file.name}")
        for thing in vars(module).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, Algorithm)
                and thing.__module__ == module.__name__
            ):
                yield thing


def test_finn_is_textbook_finn() -> None:
    assert LIBRARY.find("finn") is LIBRARY.find("finn-full") is Finn


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(KeyError, match="there is no algorithm 'eco'; there are awerbuch, bfs-tree, "):
        LIBRARY.find("eco")


def test_a_users_own_class_is_known_where_its_registry_is_given_and_nowhere_else() -> None:
    own = type("Mine", (Echo,), {"name": "mine"})
    algorithms = LIBRARY.with_class(own, "mine.py:Mine")
    assert algorithms.find("mine") is own
    assert "mine" not in LIBRARY
    assert (algorithms.reference(own), algorithms.reference(Echo)) == ("mine.py:Mine", "echo")
    assert algorithms.with_class(own, "mine.py:Mine").find("mine") is own, "the same class may come twice"


@pytest.mark.parametrize("name", ["echo", "finn"])
def test_a_users_own_class_takes_no_name_that_another_has(name: str) -> None:
    own = type("Mine", (Echo,), {"name": name})
    with pytest.raises(ValueError, match=f"there is an algorithm '{name}' already; give Mine another `name`"):
        LIBRARY.with_class(own, "mine.py:Mine")


@every
@pytest.mark.parametrize("seed", range(5))
def test_it_keeps_its_promises_on_networks_that_suit_it(algorithm: type[Algorithm], seed: int) -> None:
    check_laws(run(algorithm, suitable(algorithm, 1 + 3 * seed, seed), seed=seed))


@every
def test_its_source_is_cited_and_its_promises_are_written_down(algorithm: type[Algorithm]) -> None:
    assert algorithm.title
    assert algorithm.__doc__
    assert re.search(r"\b(1[89]|20)\d\d\b", algorithm.__doc__) or algorithm.name == "finn-lab"
    assert algorithm.requires
    bounds = algorithm.bounds
    assert bool(bounds.messages) == bool(bounds.messages_text)
    assert bool(bounds.time) == bool(bounds.time_text)
    assert bounds.messages or bounds.time


@every
def test_messages_and_decisions_are_plain_data_that_survives_json(algorithm: type[Algorithm]) -> None:
    done = run(algorithm, suitable(algorithm, 5, 1))
    types = MessageTypes(algorithm)
    for _, _, message in done.sent:
        assert types.decode(encode(message)) == message
        hash(message)
    for value in done.values:
        assert decode(encode(value), {"Recording": Recording}) == value
        hash(value)


@every
def test_it_declares_the_messages_that_its_handler_takes(algorithm: type[Algorithm]) -> None:
    class Annotated(algorithm):  # type: ignore[misc, valid-type]
        messages = ()

    assert declared_types(Annotated) == declared_types(algorithm) != ()
    assert {type(message) for _, _, message in run(algorithm, suitable(algorithm, 5, 1)).sent} <= set(
        declared_types(algorithm)
    )


def test_no_algorithm_judges_its_input_by_an_assert() -> None:
    for file in Path(library.__file__).parent.rglob("*.py"):
        assert not [
            node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Assert)
        ]


@every
def test_its_state_is_plain_data(algorithm: type[Algorithm]) -> None:
    for node in run(algorithm, suitable(algorithm, 5, 1)).nodes:
        state = node.state()
        assert copy.deepcopy(state) == state
        assert decode(encode(state), {}) == state


@every
def test_a_node_does_not_change_what_it_was_given(algorithm: type[Algorithm]) -> None:
    network = suitable(algorithm, 6, 2)
    done = run(algorithm, network, inputs={node: node for node in range(network.nodes)})
    for number, node in enumerate(done.nodes):
        assert node.id == number
        assert node.input == number
        assert tuple(node.out_neighbors) == tuple(network.out[number])
        assert tuple(node.in_neighbors) == tuple(network.into[number])


@every
def test_its_file_imports_nothing_but_data_types_and_our_own(algorithm: type[Algorithm]) -> None:
    source = inspect.getsource(importlib.import_module(algorithm.__module__))
    modules: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
    assert modules <= {"__future__", "topowave", "collections", "dataclasses", "typing"}
