"""What comes in on a node's `/ws`: frames of neighbours, and of others who ask for a wave."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.nodes.node import Node
from topowave.nodes.waves.wave import RefusedError, Wave
from topowave.web.uvicorn_adapter.websocket import HangUp
from topowave.wire import frames


def _nothing() -> None:
    """Do nothing."""


class Inbox:
    """What comes in on one connection.

    Args:
        node: whose it is.
        heard: called where a neighbour has spoken.
    """

    def __init__(self, node: Node, heard: Callable[[], None] = _nothing) -> None:
        self._node = node
        self._heard = heard
        self._sender: int | None = None  # the neighbour that has spoken last on this connection

    def take(self, text: str | bytes) -> bytes | None:
        """Pass a frame to the node; returns the error frame to answer with, if it is not taken.

        Raises:
            HangUp: a neighbour has spoken, from which the node is cut off.
        """
        node = self._node
        try:
            frame = frames.decode_frame(text)
            if isinstance(frame, frames.Error):
                return None
            sender = node.neighbor_at(frame.sender)
            if sender is None and isinstance(frame, frames.Finn) and frame.wave is None:
                # A program that knows plain frames only need not say who it is: nobody answers to a packet.
                sender = node.foreign_parent
            if sender is None or (isinstance(frame, frames.Wave) and frame.start):
                _receive_from_non_neighbour(node, frame)
            elif node.partition.active:
                raise HangUp("cut off")
            else:
                self._sender = sender
                self._heard()
                node.waves.receive(frame, len(text), sender)
        except RecursionError:  # what has come so deep cannot be passed on one level deeper
            error = frames.Error("bad_frame", "not understood: nested too deeply")
        except frames.FrameError as not_understood:
            self._note_bad_frame(text, str(not_understood))
            error = frames.Error("bad_frame", f"not understood: {not_understood}")
        except RefusedError as refused:
            error = frames.Error(refused.code, str(refused))
        else:
            return None
        return frames.encode_frame(error)

    def _note_bad_frame(self, text: str | bytes, reason: str) -> None:
        """Tell of a frame that is none, if a foreign neighbour has sent it, where people look for a wave."""
        node = self._node
        said = frames.glance(text)
        sender = node.neighbor_at(said.sender)
        if said.route == "echo_back":
            near = sender if sender is not None else node.foreign_neighbor(said.name, said.port)
            if near is not None:
                node.waves.wrong_answer(near, f"answered with what is no echo_back frame: {reason}")
        elif said.route in _WAVE_OF and sender is not None:
            text = f"sent what is no {said.route} frame: {reason}"
            node.waves.troubles.wrong_request(node.peers[sender], _WAVE_OF[said.route], text)
        elif said.route or said.sender:
            return
        elif self._sender is not None:  # it says nothing of itself, but whose connection it is has been said
            node.waves.wrong_answer(self._sender, f"sent what is no frame: {reason}")
        else:
            node.waves.troubles.unreadable(reason, [p.name for p in node.peers.values() if p.asked])


_WAVE_OF = {"echo": Echo.name, "finn": FinnLab.name}
"""Routes of frames that bring a wave, and which."""


def _receive_from_non_neighbour(node: Node, frame: frames.WaveFrame) -> None:
    """Begin a wave that somebody asks for who is no neighbour."""
    algorithm = node.codec.algorithm_of(frame)
    url = frame.sender
    if isinstance(frame, frames.EchoBack) and frame.wave is None:
        near = node.foreign_neighbor(frame.payload["name"], frame.payload["port"])
        if near is not None:
            said = f"the sender {url!r}" if url else "no sender"
            node.waves.wrong_answer(near, f"answered with {said}; its own address is expected there")
    if algorithm is Echo and not node.allowed_targets.allows(url):
        raise RefusedError(
            "bad_sender", f"cannot answer to {url!r}: expected a ws:// or http:// URL of this lab"
        )
    if isinstance(frame, frames.EchoBack) or (isinstance(frame, frames.Wave) and not frame.start):
        raise RefusedError("unknown_sender", f"{url!r} is no neighbour of {node.spec.name}")

    def answer(wave: Wave, value: object) -> None:
        back = frames.EchoBack(
            payload=cast("frames.Payload", value),
            sender=node.waves.url.partition("?")[0],  # without the token, if there is one
            purpose=wave.purpose,
            wave=frame.wave,
        )
        failed = partial(node.waves.not_accepted, wave, url.partition("?")[0])
        text = frames.encode_frame(back)
        node.external_replies.answer(url, text, names_wave=frame.wave is not None, failed=failed)

    node.waves.start(
        algorithm,
        wave=frame.wave,
        purpose=frame.purpose if isinstance(frame, frames.Echo) else None,
        expires=frame.expires,
        answer=answer if algorithm is Echo else None,
        hold_until=frame.hold_until,
    )
