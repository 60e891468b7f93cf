"""Frames that are written here are read by the library."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from topowave.wire.client_frame import masked_text

MOST = 70_000
texts = st.one_of(st.text(max_size=40), st.sampled_from([125, 126, 127, 65535, 65536, MOST]).map("x".__mul__))


@given(texts)
def test_the_library_reads_what_is_written_here(text: str) -> None:
    server = Protocol(Side.SERVER, max_size=MOST)  # past its handshake
    server.receive_data(masked_text(text.encode()))
    found = [event for event in server.events_received() if isinstance(event, Frame)]
    assert [(frame.opcode, bytes(frame.data)) for frame in found] == [(Opcode.TEXT, text.encode())]
