"""The control channel: a line is one of the messages, or none."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from topowave.orchestrator.states import State
from topowave.wire.control import (
    Done,
    NodeNow,
    NodeState,
    Notice,
    Refused,
    Replace,
    Request,
    Shutdown,
    SignalRequest,
    TopologyNow,
    decode_notice,
    decode_request,
    line_of,
)

ROOT = [{"name": "root"}]


@pytest.mark.parametrize(
    "notice",
    [
        TopologyNow(ROOT, 4),
        NodeNow("amber", "dead", None, 2, "killed by SIGKILL", ("essay",)),
        Done(7),
        Refused("x", ["no", "never"]),
    ],
)
def test_what_the_balancer_is_told_is_read_as_it_was_said(notice: Notice) -> None:
    assert decode_notice(line_of(notice)) == notice


@pytest.mark.parametrize("request_", [Replace("x", ROOT), SignalRequest(7, "a", "stop"), Shutdown()])
def test_what_the_balancer_asks_for_is_read_as_it_was_said(request_: Request) -> None:
    line = line_of(request_)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_request(line) == request_


def test_a_node_is_in_one_of_the_orchestrators_states() -> None:
    assert [state.value for state in State] == list(get_args(NodeState))


def test_the_balancers_messages_are_read() -> None:
    assert decode_request(b'{"kind": "shutdown"}') == Shutdown()
    assert decode_request(b'{"kind": "signal", "id": 7, "name": "a", "action": "stop"}') == SignalRequest(
        7, "a", "stop"
    )
    replace = decode_request(b'{"kind": "replace", "id": "x", "topology": [{"name": "root"}]}')
    assert replace == Replace("x", [{"name": "root"}])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b'{"kind": "signal", "id": 7, "name": "a", "action": "burn"}',
        b'{"kind": "signal", "name": "a", "action": "kill"}',
        b'{"kind": "sing"}',
        b"\xff",
    ],
)
def test_everything_else_is_refused(line: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_request(line)
