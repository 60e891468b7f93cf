"""Names and roles."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given

from tests.unit.topology.strategies import good_names
from topowave.topology.executor import ExecutorSettings
from topowave.topology.node import Node, default_role, fault_in_name


@pytest.mark.parametrize(
    "name", ["root", "a b", "São Paulo", "x" * 64, "a-2", "a.b", "...", 'the "hub"', "東京"]
)
def test_takes_names_that_people_give(name: str) -> None:
    assert fault_in_name(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "is empty"),
        ("x" * 65, "65 characters"),
        ("a\nb", "cannot be printed"),
        ("\ud800", "cannot be printed"),
        ("a\u202eb", "cannot be printed"),
        (" a", "a space"),
        ("a ", "a space"),
        (".", "folder"),
        ("..", "folder"),
        ("a/b", "'/'"),
        ("a\\b", "URL"),
        ("a?b", "'?'"),
        ("a#b", "'#'"),
        ("a%b", "'%'"),
    ],
)
def test_refuses_names_that_break_urls_or_screens(name: str, fault: str) -> None:
    assert fault in (fault_in_name(name) or "")


@given(good_names)
def test_a_good_name_survives_a_url(name: str) -> None:
    path = urlsplit(f"http://localhost:7999/nodes/{quote(name)}/kill").path
    assert unquote(path).split("/") == ["", "nodes", name, "kill"]


def test_the_role_follows_from_the_place_in_the_tree() -> None:
    assert default_role(None, ()) == "root"
    assert default_role(None, ("a",)) == "root"
    assert default_role("root", ("a",)) == "inner"
    assert default_role("root", ()) == "leaf"


def test_a_task_may_run_where_one_of_its_roles_is_and_one_without_roles_anywhere() -> None:
    node = Node("palm", 8000, 2, "leaf", executor=ExecutorSettings(roles=("gpu", "io")))
    assert node.roles == {"leaf", "gpu", "io"}
    assert node.has_one_of([])
    assert node.has_one_of(["web", "io"])
    assert node.has_one_of(["leaf"])
    assert not node.has_one_of(["web"])
