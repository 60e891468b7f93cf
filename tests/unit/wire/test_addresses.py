"""Addresses of a lab's programs."""

from __future__ import annotations

import pytest

from topowave.wire.addresses import Address, host_and_port


def test_addresses_name_host_port_and_path() -> None:
    assert Address("127.0.0.1", 8000).websocket() == "ws://127.0.0.1:8000/ws"
    assert Address("localhost", 8000).websocket("/observe") == "ws://localhost:8000/observe"
    assert Address("localhost", 8000).http() == "http://localhost:8000"
    assert Address("localhost", 8000).http("/specs") == "http://localhost:8000/specs"


def test_an_address_of_the_sixth_version_stands_in_brackets() -> None:
    assert Address("::1", 8000).websocket() == "ws://[::1]:8000/ws"
    assert Address("::1", 8000).http("/specs") == "http://[::1]:8000/specs"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("ws://127.0.0.1:8000/ws", ("127.0.0.1", 8000)),
        ("http://LocalHost:1/x?y#z", ("localhost", 1)),
        ("//[::1]:8000", ("::1", 8000)),
        ("ws://localhost/ws", ("localhost", None)),
        ("ws://user@localhost:5/ws", ("localhost", 5)),
        ("localhost:8000", ("", None)),
        ("null", ("", None)),
        ("", ("", None)),
        ("ws://localhost:99999/ws", ("", None)),
        ("ws://localhost:eight/ws", ("", None)),
        ("ws://[::1/ws", ("", None)),
    ],
)
def test_host_and_port_are_read_from_any_text(url: str, found: tuple[str, int | None]) -> None:
    assert host_and_port(url) == found
