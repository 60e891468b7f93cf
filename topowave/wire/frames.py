"""The frames of the wire protocol: what the programs of a lab say to each other on `/ws`, in JSON.

Each frame is a struct whose tag is the field `route`. Decoding checks every type; fields that a frame does
not know are ignored, so that any program that speaks the plain frames can join. Topowave adds, optionally,
`wave`, `id` (the sender's running number in that wave), `expires` (milliseconds, monotonic clock) and
`hold_until`.

Other people's programs write "" or null where they have nothing to say: in an optional field both mean that
it is absent. Our own frames leave such fields out, so only a frame that does not fit is looked at for that.
"""

from __future__ import annotations

import codecs
import re
from typing import Annotated, TypedDict

import msgspec

from topowave.short_text import short_sentence
from topowave.translation import in_json

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2048)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

NOBODY = ""
"""The sender of a frame that names none: it can be answered to nobody."""


class Payload(TypedDict):
    """What an echo wave brings back: a node's report and those of its children in the wave."""

    name: str
    port: Port
    cpu: Annotated[int, msgspec.Meta(ge=1)]
    load: Count
    children: list[Payload]


class Frame(msgspec.Struct, omit_defaults=True, kw_only=True, frozen=True):
    """What all frames of a wave have in common, beside `sender`: the URL to answer to, or NOBODY.

    `hold_until` is there in a held wave: who takes part in it handles messages only when told to, or then
    (milliseconds, as `expires`).
    """

    wave: Text | None = None
    id: Count | None = None
    expires: Count | None = None
    hold_until: Count | None = None


class Echo(Frame, tag_field="route", tag="echo", kw_only=True, frozen=True, omit_defaults=True):
    """The echo wave on its way out: to children or neighbours."""

    sender: Url
    purpose: Text | None = None


class EchoBack(Frame, tag_field="route", tag="echo_back", kw_only=True, frozen=True, omit_defaults=True):
    """The echo wave on its way back, with the report of the sender's subtree."""

    payload: Payload
    sender: Url = NOBODY
    purpose: Text | None = None


class Finn(Frame, tag_field="route", tag="finn", kw_only=True, frozen=True, omit_defaults=True):
    """The packet of the lab course's Finn: the two sets as lists of ports."""

    inc: list[Port]
    ninc: list[Port]
    sender: Url = NOBODY


class Wave(Frame, tag_field="route", tag="wave", kw_only=True, frozen=True, omit_defaults=True):
    """A message of any other algorithm. `message` is plain data as `algorithms.messages` writes it.

    With `start` true it carries no message: it asks the receiver to be an initiator of that wave.
    """

    algorithm: Text
    sender: Url = NOBODY
    message: object = None
    start: bool = False


class Error(msgspec.Struct, tag_field="route", tag="error", frozen=True):
    """The answer to a frame that was not understood; the connection and the node live on."""

    code: Annotated[str, msgspec.Meta(max_length=200)]
    message: str


WaveFrame = Echo | EchoBack | Finn | Wave
AnyFrame = Echo | EchoBack | Finn | Wave | Error


def purpose_of(frame: WaveFrame) -> str | None:
    """Return why the wave of a frame was started, where its frames can say so."""
    return frame.purpose if isinstance(frame, Echo | EchoBack) else None


_decoder: msgspec.json.Decoder[AnyFrame] = msgspec.json.Decoder(AnyFrame)
_fields: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_url: msgspec.json.Decoder[str] = msgspec.json.Decoder(Url)
_encoder = msgspec.json.Encoder(enc_hook=in_json)

_MAY_BE_ABSENT = ("sender", "wave", "id", "expires", "hold_until", "purpose", "start")
_EMPTY = (b'""', b"null")
_SAID = re.compile(r"""["'](route|sender)["']\s{0,9}:\s{0,9}["']([^"']{1,2048})["']""", re.IGNORECASE)
REASON_CHARS = 400
"""Most characters of why a text is no frame: it repeats a route, or the place in a deep tree."""
_END = 4096
"""Characters at either end of a text that is no JSON in which its route and its sender are looked for."""


def without_bom(text: str | bytes) -> str | bytes:
    """Return JSON text without the mark that some programs begin it with."""
    return text.removeprefix("\ufeff") if isinstance(text, str) else text.removeprefix(codecs.BOM_UTF8)


class FrameError(ValueError):
    """A text that is no frame, with the reason in the message."""


def decode_frame(text: str | bytes) -> AnyFrame:
    """Return the frame that `text` is. Raises FrameError, which says what is wrong and where."""
    try:
        return _decoder.decode(text)
    except RecursionError:
        raise FrameError("nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        reason = str(error)
    try:
        plain = without_bom(text)
        fewer = _without_empty_fields(plain)
        if fewer is not None or len(plain) < len(text):
            return _decoder.decode(plain if fewer is None else fewer)
    except RecursionError:
        raise FrameError("nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        reason = str(error)
    raise FrameError(short_sentence(reason, REASON_CHARS))


class Glance(msgspec.Struct, frozen=True):
    """What can be said of a text that is no frame: what it would be, and whose; "" and None if unknown."""

    route: str = ""
    sender: str = NOBODY
    name: object = None
    port: object = None


class _Whose(msgspec.Struct):
    name: object = None
    port: object = None


def glance(text: str | bytes) -> Glance:
    """Return what a text that is no frame seems to be."""
    try:
        # Also of one whose keys have other letters, so that it can be said whose frame is none.
        fields = {name.lower(): value for name, value in _fields.decode(without_bom(text)).items()}
        said = [msgspec.json.decode(fields.get(name, b'""')) for name in ("route", "sender")]
        whose = msgspec.json.decode(fields.get("payload", b"{}"), type=_Whose)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return _glance_at_ends(text)
    route, sender = (each if isinstance(each, str) else "" for each in said)
    return Glance(route, sender, whose.name, whose.port)


def _glance_at_ends(text: str | bytes) -> Glance:
    """Return the same of what is no JSON object: cut off, with NaN, in a list, or as Python prints a dict."""
    ends = (text[:_END], text[max(_END, len(text) - _END) :])
    plain = " ".join(end if isinstance(end, str) else end.decode("utf-8", "replace") for end in ends)
    said = {name.lower(): value for name, value in _SAID.findall(plain)}
    return Glance(said.get("route", ""), said.get("sender", NOBODY))


def _without_empty_fields(text: str | bytes) -> bytes | None:
    """Return a frame without the fields that are as good as absent; None where it has none."""
    fields = _fields.decode(text)
    empty = [name for name in _MAY_BE_ABSENT if bytes(fields.get(name, b"0")).strip() in _EMPTY]
    # Nobody answers to Finn's packet, so nobody need be able to.
    if bytes(fields.get("route", b"")).strip() == b'"finn"' and not _is_url(fields.get("sender", b"0")):
        empty.append("sender")
    fewer = {name: value for name, value in fields.items() if name not in empty}
    return _encoder.encode(fewer) if len(fewer) < len(fields) else None


def _is_url(value: bytes | msgspec.Raw) -> bool:
    try:
        _url.decode(value)
    except msgspec.MsgspecError:
        return False
    return True


encode_frame = _encoder.encode
"""Returns any struct or plain JSON data as JSON text in UTF-8."""
