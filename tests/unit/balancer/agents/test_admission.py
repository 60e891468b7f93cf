"""Which programs are taken in as agents, and why others are not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from topowave.balancer.agents.admission import Terms, fault_in_hello
from topowave.wire.agents import Hello
from topowave.wire.limits import HEARTBEAT_LEAST, HEARTBEAT_MOST

TERMS = Terms(version="1.0", boot="this boot", journal_in_file=True, has_token=False)
HELLO = Hello("a1", "s1", "127.0.0.1", 9000, 2, 900.0, 10.0, "this boot", "1.0")


def hello(**other: Any) -> Hello:
    return msgspec.structs.replace(HELLO, **other)


def test_an_agent_of_the_same_version_on_this_machine_is_taken_in() -> None:
    assert fault_in_hello(HELLO, TERMS) is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"version": "0.9"}, "this agent is Topowave 0.9, and the lab 1.0"),
        ({"name": "a/1"}, "holds '/'"),
        ({"name": ""}, "is empty"),
        ({"session": ""}, "no session"),
        ({"heartbeat": HEARTBEAT_LEAST / 2}, f"expected {HEARTBEAT_LEAST:g} to {HEARTBEAT_MOST:g} s"),
        ({"heartbeat": HEARTBEAT_MOST + 1}, f"expected {HEARTBEAT_LEAST:g} to {HEARTBEAT_MOST:g} s"),
        ({"heartbeat": float("nan")}, f"expected {HEARTBEAT_LEAST:g} to {HEARTBEAT_MOST:g} s"),
        ({"cores": 0}, "0 cores"),
        ({"free_mb": float("inf")}, "no machine"),
        ({"host": "0.0.0.0"}, "--node-ip"),
        ({"host": "no host"}, "no host name and no IP address"),
        ({"host": "10.0.0.7"}, "this lab has no token"),
        ({"boot": "another"}, "PostgreSQL is needed where nodes are on more than one machine (database_url)"),
    ],
)
def test_what_is_against_an_agent_is_told_in_a_sentence(other: dict[str, Any], said: str) -> None:
    fault = fault_in_hello(hello(**other), TERMS)
    assert fault is not None
    assert said in fault


def test_another_machine_is_welcome_where_there_are_a_token_and_a_database() -> None:
    terms = Terms("1.0", "this boot", journal_in_file=False, has_token=True)
    assert fault_in_hello(hello(boot="another", host="10.0.0.7"), terms) is None


def test_the_first_thing_that_is_wrong_is_told() -> None:
    fault = fault_in_hello(hello(version="0.9", boot="another"), TERMS)
    assert fault is not None
    assert fault.startswith("this agent is Topowave 0.9")
