"""The public names: what `import topowave` gives, to programs and to type checkers."""

import subprocess
import sys
from typing import cast

import pytest

import topowave
import topowave.algorithms
import topowave.topology
from topowave.algorithms.registry import LIBRARY

NAMES = cast("list[str]", vars(topowave)["__getattr__"]("__all__"))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_that_is_offered_is_there(name: str) -> None:
    assert getattr(topowave, name) is not None
    assert name in dir(topowave)


def test_no_name_is_offered_twice() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_every_class_of_the_library_is_offered() -> None:
    assert {cls.__name__ for cls in LIBRARY.values()} <= set(NAMES)


def test_what_is_offered_is_the_same_object_as_in_its_package() -> None:
    assert topowave.Topology is topowave.topology.Topology
    assert topowave.Algorithm is topowave.algorithms.Algorithm


def test_everything_can_be_imported_with_a_star() -> None:
    names: dict[str, object] = {}
    exec("from topowave import *", names)
    assert set(NAMES) <= names.keys()


def test_what_is_not_offered_is_missing_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Typology'"):
        _ = topowave.Typology  # pyright: ignore


def test_importing_the_name_alone_imports_nothing_heavy() -> None:
    heavy = {"networkx", "fastapi", "topowave.topology"}
    code = f"import sys, topowave; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_a_policy_needs_is_offered_and_imports_no_server() -> None:
    """A user's policy is read by every process of a sweep."""
    heavy = {"networkx", "fastapi", "httpx", "pydantic", "numpy"}
    names = "LoadView, Move, NodeLoad, Policy, PolicySettings, plan_checked"
    code = f"import sys; from topowave import {names}; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
