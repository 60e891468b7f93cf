"""Messages of algorithms survive the journey as frames, and what makes no sense is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.algorithms import Algorithm, messages
from topowave.algorithms.waves.echo import Echo, Reply, Token
from topowave.algorithms.waves.finn import Finn, Packet
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.nodes.waves.codec import Codec
from topowave.wire import frames


class Envelope(TypedDict):
    """What a frame carries besides its message."""

    wave: str | None
    sender: str
    purpose: str | None
    id: int | None
    expires: int | None


PORTS = list(range(8000, 8100))
CODEC = Codec(PORTS)
SENDER = "ws://h:8000/ws"
ENVELOPE: Envelope = {"wave": "a-1", "sender": SENDER, "purpose": "rebalance", "id": 3, "expires": 9}
PLAIN: Envelope = {"wave": None, "sender": SENDER, "purpose": None, "id": None, "expires": None}
LEAF = frames.Payload(name="a", port=8000, cpu=2, load=0, children=[])


@dataclass(frozen=True)
class Parcel:
    """A message with a field of each kind."""

    number: int
    names: set[str]
    inside: object = None


class Post(Algorithm):
    """An algorithm that also sends parcels."""

    messages = (Packet, Parcel)


def journey(algorithm: type[Algorithm], message: object, envelope: Envelope = ENVELOPE) -> object:
    text, route = CODEC.encode(algorithm, message, **envelope)
    frame = frames.decode_frame(text)
    assert not isinstance(frame, frames.Error)
    for name in ("wave", "sender", "id", "expires"):
        assert getattr(frame, name) == envelope[name]
    assert str(frame.__struct_config__.tag) == route
    return CODEC.decode(frame, algorithm)


@pytest.mark.parametrize("envelope", [ENVELOPE, PLAIN])
@pytest.mark.parametrize(
    ("algorithm", "message"),
    [
        (Echo, Token()),
        (Echo, Reply(LEAF)),
        (FinnLab, Packet(0b1011, 0b10)),
        (Finn, Packet(1 << 99 | 1, 0)),
        (Post, Parcel(-(1 << 200), {"a", "b"}, [(1, 2.5), {"$": None}])),
    ],
)
def test_a_message_survives_the_journey(
    algorithm: type[Algorithm], message: object, envelope: Envelope
) -> None:
    assert journey(algorithm, message, envelope) == message


@given(st.integers(0, 2**100 - 1), st.integers(0, 2**100 - 1))
def test_the_sets_of_finn_survive_as_lists_of_ports(inc: int, ninc: int) -> None:
    assert journey(FinnLab, Packet(inc, ninc)) == Packet(inc, ninc)
    assert journey(Finn, Packet(inc, ninc)) == Packet(inc, ninc)


def test_the_lab_courses_finn_names_ports() -> None:
    frame = frames.decode_frame(CODEC.encode(FinnLab, Packet(0b101, 0b1), **PLAIN)[0])
    assert frame == frames.Finn(inc=[8000, 8002], ninc=[8000], sender=SENDER)


def test_the_purpose_travels_with_echo_only() -> None:
    for message in (Token(), Reply(LEAF)):
        frame = frames.decode_frame(CODEC.encode(Echo, message, **ENVELOPE)[0])
        assert isinstance(frame, frames.Echo | frames.EchoBack)
        assert frame.purpose == "rebalance"


@pytest.mark.parametrize(
    ("algorithm", "frame", "reason"),
    [
        (FinnLab, frames.Finn(sender="s", inc=[7], ninc=[]), "no node of this topology is on port 7"),
        (Finn, frames.Wave(sender="s", algorithm="f", message={"$": "Popen"}), "unknown kind of value"),
        (
            Finn,
            frames.Wave(sender="s", algorithm="f", message={"$": "Packet", "inc": "1", "ninc": 0}),
            "Packet: Expected `int`, got `str`",
        ),
        (
            Finn,
            frames.Wave(sender="s", algorithm="f", message={"$": "Packet", "inc": True, "ninc": 0}),
            "got `bool`",
        ),
        (Finn, frames.Wave(sender="s", algorithm="f", message={"$": "Packet"}), "not a Packet"),
        (Finn, frames.Wave(sender="s", algorithm="f", message="text"), "of type str; Finn declares Packet"),
        (
            Post,
            frames.Wave(sender="s", algorithm="f", message={"$": "Parcel", "number": 1, "names": [1]}),
            "Parcel: ",
        ),
        (Echo, frames.Wave(sender="s", algorithm="echo", message={"$": "Token"}), "frames of their own"),
        (FinnLab, frames.Wave(sender="s", algorithm="finn-lab", message=1), "frames of their own"),
    ],
)
def test_what_makes_no_sense_is_refused(
    algorithm: type[Algorithm], frame: frames.WaveFrame, reason: str
) -> None:
    with pytest.raises(messages.PlainError, match=reason):
        CODEC.decode(frame, algorithm)


def test_what_is_no_plain_data_cannot_be_sent() -> None:
    with pytest.raises(messages.PlainError):
        CODEC.encode(Post, Parcel(1, set(), object()), **ENVELOPE)


def test_what_is_not_declared_cannot_be_sent() -> None:
    with pytest.raises(messages.PlainError, match="of type str; Finn declares Packet"):
        CODEC.encode(Finn, "text", **ENVELOPE)
