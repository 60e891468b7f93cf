"""Messages of algorithms as frames of the wire, and back.

Echo and the lab course's Finn have frames of their own, which programs in any language know; the messages of
every other algorithm travel in `wave` frames.
"""

from __future__ import annotations

from typing import cast

from topowave.algorithms import Algorithm, messages
from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.algorithms.waves.echo import Echo, Reply, Token
from topowave.algorithms.waves.finn import Packet
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.nodes.waves.wave import RefusedError
from topowave.runtime.message_types import MessageTypes
from topowave.wire import frames
from topowave.wire.frames import encode_frame


class Codec:
    """Translates for one node.

    Args:
        ports: the port of each node of the topology, by its number.
        algorithms: those that the lab knows.
    """

    def __init__(self, ports: list[int], algorithms: AlgorithmRegistry = LIBRARY) -> None:
        self._algorithms = algorithms
        self._types: dict[type[Algorithm], MessageTypes] = {}
        self.renumber(ports)

    def renumber(self, ports: list[int]) -> None:
        """Go on with another network: the port of each of its nodes, by its number."""
        self._ports = ports
        self._index = {port: index for index, port in enumerate(ports)}

    def algorithm_of(self, frame: frames.WaveFrame) -> type[Algorithm]:
        """Return the class whose message `frame` carries. Raises RefusedError where there is none."""
        if not isinstance(frame, frames.Wave):
            return FinnLab if isinstance(frame, frames.Finn) else Echo
        try:
            return self._algorithms.find(frame.algorithm)
        except KeyError as error:
            raise RefusedError("unknown_algorithm", str(error.args[0])) from None

    def encode(
        self,
        algorithm: type[Algorithm],
        message: object,
        sender: str,
        wave: str | None,
        id: int | None,
        expires: int | None,
        purpose: str | None,
    ) -> tuple[bytes, str]:
        """Return the frame for `message` as text, and its route. May raise messages.PlainError.

        Args:
            algorithm: whose message it is.
            message: what to say.
            sender: URL to answer to.
            wave: id of the wave; None towards a neighbour that knows no ids.
            id: running number of the message in its wave and sender.
            expires: when the wave is over at the latest, in milliseconds of the monotonic clock.
            purpose: why the wave was started, or None.
        """
        if algorithm is Echo:
            if isinstance(message, Reply):
                payload = cast("frames.Payload", message.report)
                back = frames.EchoBack(
                    payload=payload, sender=sender, purpose=purpose, wave=wave, id=id, expires=expires
                )
                return encode_frame(back), "echo_back"
            out = frames.Echo(sender=sender, purpose=purpose, wave=wave, id=id, expires=expires)
            return encode_frame(out), "echo"
        if algorithm is FinnLab and isinstance(message, Packet):
            inc, ninc = self._members(message.inc), self._members(message.ninc)
            finn = frames.Finn(inc=inc, ninc=ninc, sender=sender, wave=wave, id=id, expires=expires)
            return encode_frame(finn), "finn"
        refused = self.types_of(algorithm).refusal(message)
        if refused is not None:
            raise messages.PlainError(refused)
        any_other = frames.Wave(
            algorithm=algorithm.name,
            message=messages.encode(message),
            sender=sender,
            wave=wave,
            id=id,
            expires=expires,
        )
        return encode_frame(any_other), "wave"

    def decode(self, frame: frames.WaveFrame, algorithm: type[Algorithm]) -> object:
        """Return the message of `algorithm` in `frame`. Raises PlainError where it makes no sense."""
        if isinstance(frame, frames.Echo):
            return Token()
        if isinstance(frame, frames.EchoBack):
            return Reply(frame.payload)
        if isinstance(frame, frames.Finn):
            return Packet(self._mask(frame.inc), self._mask(frame.ninc))
        if algorithm is Echo or algorithm is FinnLab:
            raise messages.PlainError("its messages travel in frames of their own")
        return self.types_of(algorithm).decode(frame.message)

    def types_of(self, algorithm: type[Algorithm]) -> MessageTypes:
        """Return what the messages of a class may be."""
        types = self._types.get(algorithm)
        if types is None:
            types = self._types[algorithm] = MessageTypes(algorithm)
        return types

    def _members(self, mask: int) -> list[int]:
        return [port for index, port in enumerate(self._ports) if mask >> index & 1]

    def _mask(self, ports: list[int]) -> int:
        mask = 0
        for port in ports:
            index = self._index.get(port)
            if index is None:
                raise messages.PlainError(f"no node of this topology is on port {port}")
            mask |= 1 << index
        return mask
