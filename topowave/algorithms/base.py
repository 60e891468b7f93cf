"""What an algorithm is: one pure state machine, one instance a node and a wave.

Two rules. A handler only changes the instance's own attributes and records effects (send, decide, timer);
a runtime delivers one event at a time and carries the recorded effects out. So the same class runs on live
servers, in virtual time, in the checker and in a replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn

from topowave.algorithms.bounds import Bounds
from topowave.algorithms.chance import BY_HAND, Chance
from topowave.algorithms.knowledge import NOTHING, Knowledge
from topowave.algorithms.requirements import Requirement

if TYPE_CHECKING:
    from random import Random

Effect = (
    tuple[Literal["send"], int, object]
    | tuple[Literal["decide"], object, None]
    | tuple[Literal["timer"], str, float]
)
"""`("send", to, message)`, `("decide", value, None)` or `("timer", name, delay)`."""

View = Literal["links", "tree"]
"""The arcs an algorithm runs on: both directions of every link, or the tree's links from parent to child."""

Deciders = Literal["one", "some", "all"]
"""Which nodes decide in a run without faults: exactly one, at least one, or all; no node decides twice."""

Starts = Literal["root", "all"]
"""Who starts a run that names nobody: one node, the root where it may, or all nodes."""

_RANDOM = "random, as given"
"""Where an instance keeps its generator: a key that no attribute of a class can have."""

GIVEN = frozenset({"id", "neighbors", "in_neighbors", "out_neighbors", "input", "knows", "effects", _RANDOM})
"""Attributes that a runtime gives to an instance; all others are its state."""


class EffectList(list[Effect]):
    """A list of effects of one wave, which also says where those who record in it have their chance from."""

    __slots__ = ("chance",)

    def __init__(self, chance: Chance = BY_HAND) -> None:
        super().__init__()
        self.chance = chance


class Algorithm:
    """One node's part in one wave. Subclass it and write handlers; `setup` makes the initial state.

    Attributes given by the runtime, not to be changed:
        id: this node's number, unique in the network: 0 to N-1, in depth-first order, or around a ring.
        neighbors: the nodes it can send to or hear from, in the order of the topology.
        in_neighbors, out_neighbors: the nodes it can hear from, and those it can send to; both equal
            `neighbors` where links work in both directions.
        input: what this node contributes to the result: a report, a number, or None.
        knows: what this node is told of the network, by name: one number for each of `needs`.
        effects: what the handlers recorded since the runtime last took it.
        random: chance that the run's seed reaches, made at the first use.
    """

    name: ClassVar[str] = ""
    """The name on the command line and in traces; by default the class name in lower case with hyphens."""
    title: ClassVar[str] = ""
    """The name that people read; by default the class name."""
    requires: ClassVar[tuple[Requirement, ...]] = ()
    """What the network must be; checked before a run, which is refused with the reason."""
    needs: ClassVar[tuple[Knowledge, ...]] = ()
    """What a node must be told beyond its own neighbours, as in "the diameter is known"."""
    messages: ClassVar[tuple[type | None, ...]] = ()
    """The types of what it sends: dataclasses, or plain types such as `(int, str, None)`.

    Every runtime looks that a message is of one of them before a handler gets it. If there are none, the
    annotation of `message` in `on_message` says it; without one a message is any plain data: numbers, text,
    None, tuples, lists, sets and dicts of those, and dataclasses that the file of the class names.
    """
    bounds: ClassVar[Bounds] = Bounds()
    """Proven limits; shown and checked after a run."""
    view: ClassVar[View] = "links"
    """The arcs that it runs on."""
    wave: ClassVar[bool] = True
    """Whether it claims to be a wave (Tel 2000, definition 6.1), so that the three conditions apply."""
    one_message_a_link: ClassVar[bool] = False
    """Whether each in-neighbour sends one message, and a node that has heard all of them is through."""
    deciders: ClassVar[Deciders] = "some"
    """Which nodes decide, each at most once."""

    starts: ClassVar[Starts] = "root"
    """Who starts a run that names nobody; see `algorithms.initiators`."""

    def __init_subclass__(cls) -> None:
        if "name" not in cls.__dict__:
            cls.name = "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__).strip("-_")
        if "title" not in cls.__dict__:
            cls.title = cls.__name__

    def __init__(
        self,
        id: int,
        neighbors: Sequence[int],
        *,
        in_neighbors: Sequence[int] | None = None,
        out_neighbors: Sequence[int] | None = None,
        input: object = None,
        knows: Mapping[str, int] = NOTHING,
        effects: list[Effect] | None = None,
    ) -> None:
        self.id = id
        self.neighbors = neighbors
        self.in_neighbors = neighbors if in_neighbors is None else in_neighbors
        self.out_neighbors = neighbors if out_neighbors is None else out_neighbors
        self.input = input
        self.knows = knows
        self.effects: list[Effect] = [] if effects is None else effects
        self.setup()

    @property
    def random(self) -> Random:
        """The node's own `random.Random` in the wave, seeded by the run's seed, the wave and the node."""
        made: Random | None = vars(self).get(_RANDOM)
        if made is None:
            chance: Chance = getattr(self.effects, "chance", BY_HAND)
            made = vars(self)[_RANDOM] = chance.of(self.id)
        return made

    @random.setter
    def random(self, value: object) -> NoReturn:
        raise AttributeError(
            "self.random is given: chance that the run's seed reaches; use it, or give yours another name"
        )

    # Handlers, for subclasses to write. Each does nothing by default.

    def setup(self) -> None:
        """Make the initial state: assign attributes; send nothing."""

    def on_start(self) -> None:
        """Handle that this node is an initiator and the wave begins."""

    def on_message(self, sender: int, message: Any) -> None:
        """Handle a message from the neighbour `sender`; it is of one of the types in `messages`."""

    def on_timer(self, name: str) -> None:
        """Handle that the timer `name`, set earlier, has run out."""

    def on_down(self, neighbor: int) -> None:
        """Handle that the runtime's failure detector has given `neighbor` up."""

    # Effects, for handlers to call.

    def send(self, to: int, message: object) -> None:
        """Send `message` (plain data) to the out-neighbour `to`."""
        self.effects.append(("send", to, message))

    def send_all(self, to: Iterable[int], message: object) -> None:
        """Send the same `message` to every node in `to`, in that order."""
        for node in to:
            self.effects.append(("send", node, message))

    def decide(self, value: object = None) -> None:
        """Decide, with the result of the wave if there is one."""
        self.effects.append(("decide", value, None))

    def set_timer(self, name: str, delay: float) -> None:
        """Ask for `on_timer(name)` after `delay` seconds (live) or units of virtual time; at least 0."""
        self.effects.append(("timer", name, delay))

    def state(self) -> dict[str, object]:
        """Return the whole state: every attribute that the runtime did not give."""
        return {key: value for key, value in vars(self).items() if key not in GIVEN}
