"""The frames of the wire protocol: what the programs of a lab say to each other on `/ws`, in JSON.

Each frame is a struct whose tag is the field `route`. Decoding checks every type; fields that a frame does
not know are ignored, so that any program that speaks the plain frames can join. Topowave adds, optionally,
`wave`, `id` (the sender's running number in that wave) and `expires` (milliseconds, monotonic clock).
"""

from __future__ import annotations

from typing import Annotated, TypedDict

import msgspec

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2048)]
Text = Annotated[str, msgspec.Meta(max_length=200)]


class Payload(TypedDict):
    """What an echo wave brings back: a node's report and those of its children in the wave."""

    name: str
    port: Port
    cpu: Annotated[int, msgspec.Meta(ge=1)]
    load: Count
    children: list[Payload]


class Frame(msgspec.Struct, omit_defaults=True, kw_only=True, frozen=True):
    """What all frames of a wave have in common."""

    sender: Url
    wave: Text | None = None
    id: Count | None = None
    expires: Count | None = None


class Echo(Frame, tag_field="route", tag="echo", kw_only=True, frozen=True, omit_defaults=True):
    """The echo wave on its way out: to children or neighbours. `sender` is the URL to answer to."""

    purpose: Text | None = None


class EchoBack(Frame, tag_field="route", tag="echo_back", kw_only=True, frozen=True, omit_defaults=True):
    """The echo wave on its way back, with the report of the sender's subtree."""

    payload: Payload
    sender: Url = "unknown"
    purpose: Text | None = None


class Finn(Frame, tag_field="route", tag="finn", kw_only=True, frozen=True, omit_defaults=True):
    """The packet of the lab course's Finn: the two sets as lists of ports."""

    inc: list[Port]
    ninc: list[Port]


class Wave(Frame, tag_field="route", tag="wave", kw_only=True, frozen=True, omit_defaults=True):
    """A message of any other algorithm. `message` is plain data as `algorithms.messages` writes it.

    With `start` true it carries no message: it asks the receiver to be an initiator of that wave.
    """

    algorithm: Text
    message: object = None
    start: bool = False


class Error(msgspec.Struct, tag_field="route", tag="error", frozen=True):
    """The answer to a frame that was not understood; the connection and the node live on."""

    code: Text
    message: str


WaveFrame = Echo | EchoBack | Finn | Wave
AnyFrame = Echo | EchoBack | Finn | Wave | Error

_decoder: msgspec.json.Decoder[AnyFrame] = msgspec.json.Decoder(AnyFrame)
_encoder = msgspec.json.Encoder()


class FrameError(ValueError):
    """A text that is no frame, with the reason in the message."""


def decode_frame(text: str | bytes) -> AnyFrame:
    """Return the frame that `text` is. Raises FrameError, which says what is wrong and where."""
    try:
        return _decoder.decode(text)
    except RecursionError:
        raise FrameError("nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise FrameError(str(error)) from None


encode_frame = _encoder.encode
"""Returns any struct or plain JSON data as JSON text in UTF-8."""
