"""What a page and a session say to each other over the WebSocket `/session`: JSON, a frame a message.

Theory of operation. A page asks, `{"id": 7, "do": "step"}`, and each ask has one answer with its id: what it
was about, `{"id": 7, "at": 12, ...}`, or why not, `{"id": 7, "problems": ["..."]}`. Asks are answered in
their order, but for `stop`, which is answered at once. In between, what nobody asked for is pushed: frames
without an id, which have `at`, the position, as far as it is known.

The first ask is `open`, or `resume` with the name of a session whose WebSocket was lost. All asks are here,
as types; `docs/reference/session-protocol.md` describes them and the answers, and a test holds it to this
file. Who serves needs no simulator, so this file knows none: what an ask means is in `answering.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, get_args

import msgspec

from topowave.sessions.limits import (
    CHECK_MOST_NODES,
    CHECK_MOST_S,
    CHECK_NODES,
    CHECK_S,
    CLASS_CHARS,
    FILE_NAME_CHARS,
    LISTED,
    MOST_BREAKPOINTS,
)
from topowave.translation import text

VERSION = 1
"""Of this protocol. What is added leaves it; whatever a page of this version does not expect raises it."""

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=1000)]
FileName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=FILE_NAME_CHARS)]
Language: TypeAlias = Literal["en", "de", "ru"]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the user's, with its text.

    Attributes:
        name: as the user calls it, such as "my_echo.py" or "campus.graphml"; without a folder.
        text: what is in it.
    """

    name: FileName
    text: Annotated[str, msgspec.Meta(max_length=CLASS_CHARS)]


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """Whatever a page asks.

    Attributes:
        id: is in the answer, too; a number of the page's own choice.
        language: of the sentences in the answer.
    """

    id: Id
    language: Language = "en"


class Open(Ask, tag="open", frozen=True, kw_only=True):
    """Begin a session; one that this WebSocket had before ends.

    Attributes:
        version: of the protocol that the page speaks.
        network: SHAPE:N[:SEED], or a file of any format that `topowave topology convert` reads.
        algorithm: the name of one in the library; with `file`, the name of the class in it, or "".
        file: the Python file of a class of the user's own.
        initiators: the names of the nodes that start; None for the usual ones.
        inputs: what nodes contribute, by name.
        seed: of all random choices.
        delay: of messages, as `topowave simulate --delay`.
        fifo: whether links keep their messages in order.
        loss: the probability that a message is lost.
        duplicate: the probability that one arrives twice.
        faults: what goes wrong when, as in a file for `topowave simulate --fault`.
        ids: which node has which number: in-order, reversed or random[:SEED].
        max_events: after so many the run ends; None for the usual number.
        order: the trace of a counterexample of the checker, in whose order the session stands; it has the
            network, the initiators and the links, so none of these, nor faults, are given.
    """

    version: int = VERSION
    network: Name | File = ""
    algorithm: Name = ""
    file: File | None = None
    initiators: list[Name] | None = None
    inputs: dict[str, Any] | list[Any] | None = None
    seed: int = 0
    delay: Name = "constant:1"
    fifo: bool = False
    loss: float = 0.0
    duplicate: float = 0.0
    faults: dict[str, Any] | None = None
    ids: Name = "in-order"
    max_events: Annotated[int, msgspec.Meta(ge=1)] | None = None
    order: Annotated[str, msgspec.Meta(max_length=CLASS_CHARS)] = ""


class Resume(Ask, tag="resume", frozen=True, kw_only=True):
    """Go on with a session whose WebSocket was lost; another one that has it loses it.

    Attributes:
        session: as the answer to `open` named it.
        version: of the protocol that the page speaks.
    """

    session: Name
    version: int = VERSION


class Close(Ask, tag="close", frozen=True, kw_only=True):
    """End the session."""


class Stop(Ask, tag="stop", frozen=True, kw_only=True):
    """Let what is being done be the last: a run stops where it is, anything else is given up."""


class Network(Ask, tag="network", frozen=True, kw_only=True):
    """Read a network, or generate it, and give it back as a file; no session need be open.

    Attributes:
        network: as in `open`.
        format: of the file that is given back.
        largest: of a network in pieces take the largest.
    """

    network: Name | File
    format: Name = "topology"
    largest: bool = False


class Move(Ask, frozen=True, kw_only=True):
    """An ask after which the session may be elsewhere.

    Attributes:
        look: whether the answer has `moment`, the last event with its variables, too.
    """

    look: bool = False


class Step(Move, tag="step", frozen=True, kw_only=True):
    """Let one event happen: what comes next, or what is pending under the number `choice`."""

    choice: Count | None = None


class StepNode(Move, tag="step_node", frozen=True, kw_only=True):
    """Go on until a node has had an event."""

    node: Name


class Stopping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a run is to stop, as `topowave.sessions.Breakpoint`: a node, a kind of event, a condition."""

    node: Name | None = None
    kind: Name | None = None
    condition: Name | None = None


class Run(Move, tag="run", frozen=True, kw_only=True):
    """Go on until one of the breakpoints is met, or to the end."""

    breakpoints: Annotated[list[Stopping], msgspec.Meta(max_length=MOST_BREAKPOINTS)] = []


class Back(Move, tag="back", frozen=True, kw_only=True):
    """Go back by some events."""

    events: Count = 1


class Go(Move, tag="go", frozen=True, kw_only=True):
    """Go to a position of this branch, forwards or backwards."""

    position: Count


class Undo(Move, tag="undo", frozen=True, kw_only=True):
    """Take the last move back, whatever it was; with `changes` the last change, and all moves since then."""

    changes: bool = False


class Switch(Move, tag="switch", frozen=True, kw_only=True):
    """Go to another branch, by default to the last position that both share."""

    branch: int | Name
    position: Count | None = None


class Intervention(Move, frozen=True, kw_only=True):
    """An ask that changes the run, here and now.

    Attributes:
        name: of a new branch; without it one begins only where it has to.
    """

    name: Name | None = None


class Deliver(Intervention, tag="deliver", frozen=True, kw_only=True):
    """Have the message that is pending under the number `event` come next."""

    event: Count


class Delay(Intervention, tag="delay", frozen=True, kw_only=True):
    """Have a message come `units` later."""

    event: Count
    units: float


class Drop(Intervention, tag="drop", frozen=True, kw_only=True):
    """Have a message lost."""

    event: Count


class Duplicate(Intervention, tag="duplicate", frozen=True, kw_only=True):
    """Have a message come twice."""

    event: Count


class Crash(Intervention, tag="crash", frozen=True, kw_only=True):
    """Have a node crash."""

    node: Name


class Restart(Intervention, tag="restart", frozen=True, kw_only=True):
    """Have a node come back, with its state or without."""

    node: Name
    keep: bool = True


class Cut(Intervention, tag="cut", frozen=True, kw_only=True):
    """Cut the link between two nodes."""

    a: Name
    b: Name


class Mend(Intervention, tag="mend", frozen=True, kw_only=True):
    """Have a link work again that was cut."""

    a: Name
    b: Name


class Pending(Ask, tag="pending", frozen=True, kw_only=True):
    """What is to happen, in the order in which it will, from the place `skip` of the list on."""

    skip: Count = 0


class Branches(Ask, tag="branches", frozen=True, kw_only=True):
    """All branches, and which is the one here."""


class Rename(Ask, tag="rename", frozen=True, kw_only=True):
    """Give a branch another name."""

    branch: int | Name
    name: Name


class Compare(Ask, tag="compare", frozen=True, kw_only=True):
    """The first event that is not the same in two branches."""

    one: int | Name
    other: int | Name


class Moment(Ask, tag="moment", frozen=True, kw_only=True):
    """An event with the variables of its nodes before and after it; by default the last one."""

    event: Count | None = None


class Code(Ask, tag="code", frozen=True, kw_only=True):
    """The source of the class and of its bases, and the pseudocode where the library has it."""


class LinesRun(Ask, tag="lines", frozen=True, kw_only=True):
    """The lines of the code that an event ran through; by default the last one."""

    event: Count | None = None


class States(Ask, tag="states", frozen=True, kw_only=True):
    """The variables of nodes as they are here: of those named, or of all from the number `skip` on."""

    nodes: Annotated[list[Name], msgspec.Meta(max_length=LISTED)] | None = None
    skip: Count = 0


class Rows(Ask, tag="rows", frozen=True, kw_only=True):
    """The lines of the events that lead from position `start` to `stop`, a list for each event."""

    start: Count = 0
    stop: Count | None = None


class Past(Ask, tag="past", frozen=True, kw_only=True):
    """The events in the causal past of one."""

    event: Count


class Future(Ask, tag="future", frozen=True, kw_only=True):
    """The events in the causal future of one, as far as this branch is known."""

    event: Count


class Conditions(Ask, tag="conditions", frozen=True, kw_only=True):
    """How the conditions of the wave and its proven bounds stand here."""


class Break(Ask, tag="break", frozen=True, kw_only=True):
    """The first event of this branch in which a condition breaks, with what shows it."""


class Check(Ask, tag="check", frozen=True, kw_only=True):
    """Look on small networks for an order in which the class breaks a condition, and go on in that order.

    Attributes:
        nodes: all connected networks of up to so many nodes, with every choice of initiators.
        time: that it may take (s).
    """

    nodes: Annotated[int, msgspec.Meta(ge=1, le=CHECK_MOST_NODES)] = CHECK_NODES
    time: Annotated[float, msgspec.Meta(ge=0, le=CHECK_MOST_S)] = CHECK_S


class Trace(Ask, tag="trace", frozen=True, kw_only=True):
    """The trace of this branch up to here, in portions: from the event `skip` on, 0 being its first line."""

    skip: Count = 0


class Recording(Ask, tag="recording", frozen=True, kw_only=True):
    """All that is known of the session, as JSON in portions: from the character `skip` on."""

    skip: Count = 0


AnyAsk: TypeAlias = (
    Open
    | Resume
    | Close
    | Stop
    | Network
    | Step
    | StepNode
    | Run
    | Back
    | Go
    | Undo
    | Switch
    | Deliver
    | Delay
    | Drop
    | Duplicate
    | Crash
    | Restart
    | Cut
    | Mend
    | Pending
    | Branches
    | Rename
    | Compare
    | Moment
    | Code
    | LinesRun
    | States
    | Rows
    | Past
    | Future
    | Conditions
    | Break
    | Check
    | Trace
    | Recording
)
"""All asks."""
ASKS: tuple[type[Ask], ...] = get_args(AnyAsk)
"""Their types, in the order of the reference."""


class AskError(Exception):
    """A frame is no ask that there is.

    Attributes:
        id: of the ask, where it could be read.
    """

    def __init__(self, problem: str, id: int | None) -> None:
        super().__init__(problem)
        self.id = id


class _Header(msgspec.Struct):
    id: Id


_asks: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyAsk)
_header = msgspec.json.Decoder(_Header)


def read_ask(frame: str | bytes) -> AnyAsk:
    """Return what a page asks. Raises AskError."""
    try:
        ask: AnyAsk = _asks.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise AskError(text("this is no ask: {error}", error=str(error)), _id_of(frame)) from None
    return ask


def _id_of(frame: str | bytes) -> int | None:
    try:
        return _header.decode(frame).id
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def refusal(id: int | None, problems: list[str]) -> bytes:
    """Return the answer to an ask that cannot be done, as a frame."""
    return msgspec.json.encode({"id": id, "problems": [*map(str, problems)]})


class Progress(msgspec.Struct, frozen=True):
    """Pushed: how far something long has come.

    Attributes:
        at: the position.
    """

    at: int


class Printed(msgspec.Struct, frozen=True):
    """Pushed: what the class has printed.

    Attributes:
        at: the position, as far as it is known.
        printed: the text.
        left_out: how many characters more were left out, since the page did not keep up.
    """

    at: int
    printed: str
    left_out: int = 0


class Ended(msgspec.Struct, frozen=True):
    """Pushed: the session is over, and nothing of it is left.

    Attributes:
        at: the position, as far as it is known.
        ended: why, in a sentence.
    """

    at: int
    ended: str


PUSHED = (Progress, Printed, Ended)
"""All that is pushed."""
