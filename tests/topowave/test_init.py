import subprocess
import sys

import pytest

import topowave
import topowave.algorithms
import topowave.topology


@pytest.mark.parametrize("name", topowave.__all__)
def test_every_name_that_is_offered_is_there(name: str) -> None:
    assert getattr(topowave, name) is not None


def test_what_is_offered_is_the_same_object_as_in_its_package() -> None:
    assert topowave.Topology is topowave.topology.Topology
    assert topowave.Algorithm is topowave.algorithms.Algorithm


def test_what_is_not_offered_is_missing_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Typology'"):
        _ = topowave.Typology  # pyright: ignore


def test_importing_the_name_alone_imports_nothing_heavy() -> None:
    code = "import sys, topowave; print([m for m in ('networkx', 'fastapi', 'topology') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
