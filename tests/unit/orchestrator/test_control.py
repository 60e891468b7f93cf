import selectors
import socket
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from topowave.orchestrator.control import ControlChannel
from topowave.orchestrator.limits import CONTROL_LINE_BYTES, CONTROL_REPLIES
from topowave.orchestrator.line_socket import LineTooLongError


@contextmanager
def channel(node_bytes: int = 10) -> Generator[tuple[ControlChannel, socket.socket]]:
    ours, its = socket.socketpair()
    its.setblocking(False)
    control = ControlChannel(
        ours,
        lambda: b"topology\n",
        lambda name: name.encode().ljust(node_bytes - 1) + b"\n" if name != "gone" else None,
        lambda: b"config\n",
        lambda: b"executors\n",
    )
    try:
        yield control, its
    finally:
        control.close()
        its.close()


def received(its: socket.socket) -> list[str]:
    """Everything that has arrived, as lines without their padding."""
    data = b""
    while True:
        try:
            data += its.recv(1 << 20)
        except BlockingIOError:
            return [line.strip() for line in data.decode().splitlines()]


def test_the_network_goes_first_then_the_settings_its_nodes_and_answers() -> None:
    with channel() as (control, its):
        control.answer(b"done\n")
        control.executors_changed()
        control.config_changed()
        control.topology_changed()
        control.nodes_changed(["a", "b"])
        control.write()
        assert received(its) == ["topology", "config", "executors", "a", "b", "done"]
        assert control.wants == selectors.EVENT_READ


def test_settings_that_changed_often_are_told_once() -> None:
    with channel() as (control, its):
        for _ in range(1000):
            control.config_changed()
            control.executors_changed()
        assert control.wants & selectors.EVENT_WRITE
        control.write()
        assert received(its) == ["config", "executors"]


def test_a_node_that_changed_often_is_told_once() -> None:
    with channel() as (control, its):
        for _ in range(1000):
            control.nodes_changed(["a", "b"])
        control.write()
        assert received(its) == ["a", "b"]


def test_a_node_that_is_no_more_is_not_told() -> None:
    with channel() as (control, its):
        control.nodes_changed(["gone", "a"])
        control.write()
        assert received(its) == ["a"]


def test_a_new_network_drops_what_was_to_be_told_of_the_old_ones_nodes() -> None:
    with channel() as (control, its):
        control.nodes_changed(["old"])
        control.topology_changed()
        control.nodes_changed(["new"])
        control.write()
        assert received(its) == ["topology", "new"]


def test_a_balancer_that_does_not_read_neither_blocks_nor_grows_anything() -> None:
    names = [f"n{i}" for i in range(100)]
    with channel(node_bytes=10_000) as (control, its):
        for _ in range(50):
            control.nodes_changed(names)
            control.write()
        assert control.wants & selectors.EVENT_WRITE
        told: list[str] = []
        while control.wants & selectors.EVENT_WRITE:
            told += received(its)
            control.write()
        told += received(its)
        assert set(told) >= set(names)
        assert len(told) < 2 * len(names)


def test_while_too_many_answers_wait_nothing_is_read() -> None:
    with channel() as (control, its):
        for _ in range(CONTROL_REPLIES):
            control.answer(b"done\n")
        assert control.wants == selectors.EVENT_WRITE
        control.write()
        assert control.wants == selectors.EVENT_READ
        assert len(received(its)) == CONTROL_REPLIES


def test_lines_are_read_whole_however_they_arrive() -> None:
    with channel() as (control, its):
        its.sendall(b"one\ntw")
        assert control.read() == [b"one"]
        its.sendall(b"o\n\nthree\n")
        assert control.read() == [b"two", b"three"]
        assert control.read() == []


def test_a_balancer_that_is_gone_is_neither_read_nor_written_any_more() -> None:
    with channel() as (control, its):
        its.close()
        assert control.read() == []
        control.nodes_changed(["a"])
        control.write()
        assert control.wants == 0


def test_a_line_without_end_is_refused() -> None:
    with channel() as (control, its):
        its.setblocking(True)
        its.settimeout(10)
        chunk = b"x" * (1 << 16)
        for _ in range(CONTROL_LINE_BYTES // len(chunk)):
            its.sendall(chunk)
            control.read()
        its.sendall(chunk)
        with pytest.raises(LineTooLongError, match="longer than"):
            control.read()
