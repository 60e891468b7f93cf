"""What pyproject.toml says of Python and of packages is what the lock holds and what the hosted CI runs."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def classified() -> list[str]:
    """The versions of Python that the package says it runs on, oldest first."""
    start = "Programming Language :: Python :: "
    return [
        each.removeprefix(start) for each in PYPROJECT["project"]["classifiers"] if each.startswith(start)
    ]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_hosted_ci_runs_on_every_python_that_is_named() -> None:
    found = re.search(r"^ +python: \[(.+)\]$", WORKFLOW, re.MULTILINE)
    assert found is not None
    assert [version.strip(' "') for version in found[1].split(",")] == classified()


def test_the_oldest_python_named_is_the_one_that_is_required() -> None:
    assert PYPROJECT["project"]["requires-python"] == f">={classified()[0]}"


def test_make_looks_for_every_python_that_is_named() -> None:
    found = re.search(r"for python in python3 (.+); do", (ROOT / "Makefile").read_text("utf-8"))
    assert found is not None
    assert [name.removeprefix("python") for name in reversed(found[1].split())] == classified()


def test_the_lock_holds_every_package_that_is_asked_for() -> None:
    project = PYPROJECT["project"]
    groups = [*project["optional-dependencies"].values(), *PYPROJECT["dependency-groups"].values()]
    every = itertools.chain(project["dependencies"], PYPROJECT["build-system"]["requires"], *groups)
    asked = [each for each in every if isinstance(each, str)]  # the others include a group that is listed too
    names = {normal(re.split(r"[^\w.-]", each, maxsplit=1)[0]) for each in asked}
    assert names - set(re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE)) == set()


def test_the_lock_names_hashes_and_no_registry() -> None:
    pins = re.findall(r"^[\w.-]+==.*\n +--hash=sha256:", LOCK, re.MULTILINE)
    assert len(pins) == len(re.findall("^[^ #-]", LOCK, re.MULTILINE)) > 50
    assert "://" not in LOCK
    assert "index-url" not in LOCK
