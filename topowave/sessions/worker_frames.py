"""The frames between a server and the process of a session, which both ends read and write."""

from __future__ import annotations

from typing import Literal

import msgspec

LENGTH = 4
"""Bytes in which a frame's length stands before it, the highest first."""


class Told(msgspec.Struct, array_like=True, frozen=True):
    """What a process says.

    Attributes:
        what: an answer, or that it is getting on.
        at: the position of its session.
        frame: the answer as the page gets it.
    """

    what: Literal["answer", "beat"]
    at: int
    frame: msgspec.Raw = msgspec.Raw(b"null")


def packed(frame: bytes) -> bytes:
    """Return a frame with its length before it."""
    return len(frame).to_bytes(LENGTH, "big") + frame
