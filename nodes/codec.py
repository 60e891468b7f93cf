"""Messages of algorithms as frames of the wire, and back.

Echo and the lab course's Finn have frames of their own, which programs in any language know; the messages of
every other algorithm travel in `wave` frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import cast

import msgspec

from algorithms import Algorithm, Echo, FinnLab, plain
from algorithms.echo import Reply, Token
from algorithms.finn import Packet
from wire import frames


@dataclass(frozen=True)
class Envelope:
    """What a frame carries besides the message.

    Attributes:
        wave: id of the wave; None towards a neighbour that knows no ids.
        sender: URL to answer to.
        purpose: why the wave was started, or None.
        id: running number of the message in its wave and sender.
        expires: when the wave is over at the latest, in milliseconds of the monotonic clock.
    """

    wave: str | None
    sender: str
    purpose: str | None
    id: int | None
    expires: int | None


class Codec:
    """Translates for one node.

    Args:
        ports: the port of each node of the topology, by its number.
    """

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._index = {port: index for index, port in enumerate(ports)}

    def encode(self, algorithm: type[Algorithm], message: object, to: Envelope) -> bytes:
        """Return the frame for `message` as text. Raises plain.PlainError for what is not plain data."""
        return frames.encode_frame(self._frame(algorithm, message, to))

    @staticmethod
    def route(algorithm: type[Algorithm], message: object) -> str:
        """Return the route of the frame that `message` travels in."""
        if algorithm is Echo:
            return "echo_back" if isinstance(message, Reply) else "echo"
        return "finn" if algorithm is FinnLab else "wave"

    def _frame(self, algorithm: type[Algorithm], message: object, to: Envelope) -> frames.WaveFrame:
        if algorithm is Echo and isinstance(message, Reply):
            return frames.EchoBack(
                payload=cast("frames.Payload", message.report),
                sender=to.sender,
                purpose=to.purpose,
                wave=to.wave,
                id=to.id,
                expires=to.expires,
            )
        if algorithm is Echo:
            return frames.Echo(
                sender=to.sender, purpose=to.purpose, wave=to.wave, id=to.id, expires=to.expires
            )
        if algorithm is FinnLab and isinstance(message, Packet):
            return frames.Finn(
                inc=self._members(message.inc),
                ninc=self._members(message.ninc),
                sender=to.sender,
                wave=to.wave,
                id=to.id,
                expires=to.expires,
            )
        return frames.Wave(
            algorithm=algorithm.name,
            message=plain.encode(message),
            sender=to.sender,
            wave=to.wave,
            id=to.id,
            expires=to.expires,
        )

    def decode(
        self, frame: frames.WaveFrame, algorithm: type[Algorithm], classes: Mapping[str, type]
    ) -> object:
        """Return the message in `frame`. Raises plain.PlainError for what makes no sense.

        Args:
            frame: what arrived.
            algorithm: the one whose message it carries.
            classes: the dataclasses that this algorithm's messages may be, by name.
        """
        if isinstance(frame, frames.Echo):
            return Token()
        if isinstance(frame, frames.EchoBack):
            return Reply(frame.payload)
        if isinstance(frame, frames.Finn):
            return Packet(self._mask(frame.inc), self._mask(frame.ninc))
        if algorithm is Echo or algorithm is FinnLab:
            raise plain.PlainError("its messages travel in frames of their own")
        return _checked(plain.decode(frame.message, classes))

    def _members(self, mask: int) -> list[int]:
        return [port for index, port in enumerate(self._ports) if mask >> index & 1]

    def _mask(self, ports: list[int]) -> int:
        mask = 0
        for port in ports:
            index = self._index.get(port)
            if index is None:
                raise plain.PlainError(f"no node of this topology is on port {port}")
            mask |= 1 << index
        return mask


def _checked(message: object) -> object:
    """Return `message` if it is no dataclass, or one whose fields have the types that they should have."""
    if is_dataclass(message) and not isinstance(message, type):
        found = {field.name: getattr(message, field.name) for field in fields(message)}
        try:
            msgspec.convert(found, type(message), from_attributes=True)
        except msgspec.ValidationError as error:
            raise plain.PlainError(f"{type(message).__name__}: {error}") from None
    return message
