"""The page of limits says what the sources say, and every limit is held by some test."""

from __future__ import annotations

import re

import pytest

from tests.docs.limits import MODULES, PAGE, ROOT, limits_of, page

FILES = [
    file for file in sorted((ROOT / "tests").rglob("*.py")) if "docs" not in file.relative_to(ROOT).parts
]
TESTS = "\n".join(file.read_text("utf-8") for file in FILES)
REFUSING = ("Most ", "Largest ", "Longest ")
"""How limits begin above which something is refused; the others are times and sizes that pace the lab."""


def test_the_page_is_what_the_sources_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.docs.limits"


@pytest.mark.parametrize("module", MODULES)
def test_every_limit_says_what_it_limits(module: str) -> None:
    found = list(limits_of(module))
    assert len(found) >= 7
    assert [name for name, _, said in found if not said] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_limit_above_which_something_is_refused_is_named_in_a_test(module: str) -> None:
    refusing = [name for name, _, said in limits_of(module) if said.startswith(REFUSING)]
    assert [name for name in refusing if not re.search(rf"\b{name}\b", TESTS)] == []
