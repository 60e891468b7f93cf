"""The agent's end of the channel to its link."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator

import pytest

from topowave.orchestrator.agent.link_channel import LinkChannel
from topowave.orchestrator.agent.link_messages import (
    Leave,
    LinkClosed,
    decode_from_link,
    decode_to_link,
    line_of,
)
from topowave.orchestrator.limits import CONTROL_LINE_BYTES
from topowave.orchestrator.line_socket import LineTooLongError
from topowave.wire.agents import Hello, Running

HELLO = Hello("a", "s", "127.0.0.1", 9000, 2, 100.0, 1.0, "boot", "1")


@pytest.fixture
def ends() -> Iterator[tuple[LinkChannel, socket.socket]]:
    ours, its = socket.socketpair()
    channel = LinkChannel(ours)
    yield channel, its
    channel.close()
    its.close()


def test_what_is_said_comes_in_the_order_in_which_it_makes_sense(
    ends: tuple[LinkChannel, socket.socket],
) -> None:
    channel, its = ends
    channel.say(HELLO)
    channel.say(Running(1, []))
    channel.say(Leave())
    said = [decode_to_link(line) for line in its.recv(65536).splitlines()]
    assert said == [HELLO, Running(1, []), Leave()]


def test_of_what_the_link_does_not_take_only_the_newest_waits(
    ends: tuple[LinkChannel, socket.socket],
) -> None:
    channel, its = ends
    beat = 0
    while not channel.wants & selectors.EVENT_WRITE:
        beat += 1
        channel.say(Running(beat, []))
    for _ in range(1000):
        beat += 1
        channel.say(Running(beat, []))
    its.setblocking(False)
    heard = b""
    while channel.wants & selectors.EVENT_WRITE:
        heard += its.recv(65536)
        channel.write()
    while not heard.endswith(line_of(Running(beat, []))):
        heard += its.recv(65536)
    beats = [each.beat for each in map(decode_to_link, heard.splitlines()) if isinstance(each, Running)]
    assert beats == sorted(beats)
    assert beats[-1] == beat
    assert len(beats) < beat - 900


def test_lines_come_whole_however_they_arrive(ends: tuple[LinkChannel, socket.socket]) -> None:
    channel, its = ends
    line = line_of(LinkClosed("no answer", refused=True))
    its.sendall(line[:5])
    assert channel.read() == []
    its.sendall(line[5:] + line)
    assert [decode_from_link(each) for each in channel.read()] == [LinkClosed("no answer", refused=True)] * 2


def test_a_line_without_end_is_refused(ends: tuple[LinkChannel, socket.socket]) -> None:
    channel, its = ends
    sent = 0

    def read_on() -> None:
        nonlocal sent
        while sent <= CONTROL_LINE_BYTES + 1_000_000:
            sent += its.send(b"x" * 4096)
            assert channel.read() == []

    with pytest.raises(LineTooLongError, match="longer than"):
        read_on()


def test_a_link_that_is_gone_holds_nobody_up(ends: tuple[LinkChannel, socket.socket]) -> None:
    channel, its = ends
    its.close()
    channel.say(Running(1, []))
    assert channel.wants == selectors.EVENT_READ
    assert channel.read() == []
