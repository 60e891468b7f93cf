"""Frames of the library are cut out as they were written, and what is left is the library's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from topowave.web.uvicorn_adapter.frame_splitter import FramePiece, FrameSplitter

MOST = 70_000
texts = st.one_of(st.text(max_size=40), st.sampled_from([125, 126, 127, 65535, 65536, MOST]).map("x".__mul__))
frames = st.one_of(
    texts.map(lambda text: Frame(Opcode.TEXT, text.encode())),
    st.binary(max_size=20).map(lambda data: Frame(Opcode.PING, data)),
    st.binary(max_size=200).map(lambda data: Frame(Opcode.BINARY, data)),
)


def serialized(frame: Frame, *, mask: bool = True) -> bytes:
    return frame.serialize(mask=mask)


def text_frame(text: bytes) -> bytes:
    return serialized(Frame(Opcode.TEXT, text))


def cut(stream: bytes, step: int) -> list[tuple[FramePiece, bytes]]:
    """Let a stream come in pieces of `step` bytes."""
    splitter = FrameSplitter(MOST)
    found: list[tuple[FramePiece, bytes]] = []
    for at in range(0, len(stream), step):
        piece = stream[at : at + step]
        whole = splitter.whole(piece)
        found += splitter.split(piece) if whole is None else [(FramePiece.TEXT, whole)]
    return found


def heard(stream: bytes) -> list[tuple[Opcode, bytes]]:
    """What the library makes of a client's stream."""
    protocol = Protocol(Side.SERVER, max_size=MOST)  # past its handshake
    protocol.receive_data(stream)
    found = [event for event in protocol.events_received() if isinstance(event, Frame)]
    return [(frame.opcode, bytes(frame.data)) for frame in found]


@given(st.lists(frames, max_size=5), st.integers(1, 3000))
def test_what_is_cut_is_what_was_sent_however_it_arrives(sent: list[Frame], step: int) -> None:
    found = cut(b"".join(map(serialized, sent)), step)
    assert len(found) == len(sent)
    for (kind, piece), frame in zip(found, sent, strict=True):
        data = bytes(frame.data)
        if frame.opcode is Opcode.TEXT and data.isascii():
            assert (kind, piece) == (FramePiece.TEXT, data)
        else:
            assert kind is FramePiece.OTHER
            assert heard(piece) == [(frame.opcode, data)]


def test_a_frame_that_is_not_complete_is_waited_for() -> None:
    splitter = FrameSplitter(MOST)
    stream = text_frame(b"x" * 300)
    for at in range(1, len(stream)):
        assert splitter.whole(stream[:at]) is None
    assert list(splitter.split(stream[:-1])) == []
    assert list(splitter.split(stream[-1:])) == [(FramePiece.TEXT, b"x" * 300)]


def test_a_long_frame_is_read_whole_wherever_its_first_part_ends() -> None:
    text = b"x" * 0x012020
    stream = b"\x81\xff" + len(text).to_bytes(8, "big") + bytes(4) + text  # its head looks like ASCII, too
    for first in (*range(1, 140), 65_536, len(stream) - 1):
        splitter = FrameSplitter(len(text))
        assert splitter.whole(stream[:first]) is None
        assert list(splitter.split(stream[:first])) == []
        assert list(splitter.split(stream[first:])) == [(FramePiece.TEXT, text)]


def test_after_a_fragment_everything_is_the_library_s() -> None:
    text = text_frame(b"plain")
    for odd in (
        serialized(Frame(Opcode.TEXT, b"half", fin=False)),
        serialized(Frame(Opcode.TEXT, b"bare"), mask=False),
        serialized(Frame(Opcode.TEXT, b"x" * (MOST + 1)))[:20],
    ):
        splitter = FrameSplitter(MOST)
        assert list(splitter.split(text + odd + text)) == [
            (FramePiece.TEXT, b"plain"),
            (FramePiece.OTHER, odd + text),
        ]
        assert splitter.whole(text) is None
        assert list(splitter.split(text)) == [(FramePiece.OTHER, text)]
