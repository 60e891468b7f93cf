"""What an agent and its link say to each other: one JSON object a line, on a socket pair.

The link passes on what comes from the balancer, and what the agent says to it; besides it says how it goes.
"""

from __future__ import annotations

import msgspec

from topowave.translation import in_json
from topowave.wire.agents import AgentSignal, Beat, Hello, Rejected, Running, Wanted, Welcome


class LinkOpened(msgspec.Struct, tag_field="about", tag="opened", frozen=True):
    """The controller has been reached."""


class LinkClosed(msgspec.Struct, tag_field="about", tag="closed", frozen=True):
    """The controller is not reached, or no more; the link tries again.

    Attributes:
        reason: why, in a few words.
        refused: whether somebody is there, and takes no agent.
    """

    reason: str
    refused: bool = False


class Leave(msgspec.Struct, tag_field="about", tag="leave", frozen=True):
    """Say goodbye to the controller, and end."""


FromLink = LinkOpened | LinkClosed | Welcome | Rejected | Beat | Wanted | AgentSignal
"""What a link says."""
ToLink = Hello | Running | Leave
"""What a link is told: a `Hello` is who this agent is from now on, and begins a new connection."""

_from_link: msgspec.json.Decoder[FromLink] = msgspec.json.Decoder(FromLink)
_to_link: msgspec.json.Decoder[ToLink] = msgspec.json.Decoder(ToLink)


def line_of(message: FromLink | ToLink) -> bytes:
    """Return a message as a line."""
    return msgspec.json.encode(message, enc_hook=in_json) + b"\n"


def decode_from_link(line: bytes) -> FromLink:
    """Read one line from the link. Raises msgspec.MsgspecError where it is none of the messages."""
    return _from_link.decode(line)


def decode_to_link(line: bytes) -> ToLink:
    """Read one line from the agent. Raises msgspec.MsgspecError where it is none of the messages."""
    return _to_link.decode(line)
