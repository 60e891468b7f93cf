"""A small runtime for unit tests: one algorithm on one network, in any order of events, with vector clocks.

Three ways to run: `run` in a random order that follows from a seed, `run_timed` with delays of at most one
unit, `explore` in every order. Initiators start at any moment, so a message may come before a node starts.
"""

from __future__ import annotations

import copy
import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from operator import itemgetter
from random import Random
from typing import cast

from topowave.algorithms import Algorithm, Network, Requirement
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.knowledge import known
from topowave.algorithms.requirements import refusals

MOST_EVENTS = 200_000
"""A run of a test network that takes more is taken for endless."""

START = -1
"""The sender of the event that starts an initiator."""


class EndlessError(AssertionError):
    """A run went on for too long."""


@dataclass
class Decision:
    """One decide event, with the vector clock of its node and the number of messages under way."""

    node: int
    value: object
    time: float
    clock: tuple[int, ...]
    under_way: int


@dataclass
class Run:
    """A computation: the nodes' states, and what has happened so far."""

    algorithm: type[Algorithm]
    network: Network
    nodes: list[Algorithm]
    clocks: list[list[int]]
    decisions: list[Decision] = field(default_factory=list[Decision])
    sent: list[tuple[int, int, object]] = field(default_factory=list[tuple[int, int, object]])
    said: list[str] = field(default_factory=list[str])
    received: int = 0

    @property
    def messages(self) -> int:
        return len(self.sent)

    @property
    def deciders(self) -> list[int]:
        return sorted(decision.node for decision in self.decisions)

    @property
    def values(self) -> list[object]:
        return [decision.value for decision in self.decisions]

    def fork(self, changing: int) -> Run:
        """Return a copy of which node `changing` may handle an event; all other nodes are shared."""
        nodes, clocks = list(self.nodes), list(self.clocks)
        nodes[changing] = copy.deepcopy(nodes[changing])
        clocks[changing] = list(clocks[changing])
        return replace(
            self,
            nodes=nodes,
            clocks=clocks,
            decisions=list(self.decisions),
            sent=list(self.sent),
            said=list(self.said),
        )

    def sent_of(self, kind: type) -> int:
        """Return how many messages of one class were sent."""
        return sum(isinstance(message, kind) for _, _, message in self.sent)

    @property
    def value(self) -> object:
        """The value that all deciders agree on."""
        assert len(set(self.values)) == 1, self.values
        return self.values[0]

    def attribute(self, name: str) -> list[int]:
        """Return one attribute of every node."""
        return [getattr(node, name) for node in self.nodes]

    def handle(
        self, sender: int, receiver: int, message: object, clock: Sequence[int], time: float
    ) -> Outgoing:
        """Let one event happen and return what its node sent: (to, message, clock)."""
        node = self.nodes[receiver]
        own = self.clocks[receiver]
        own[:] = map(max, own, clock)
        own[receiver] += 1
        if sender == START:
            node.on_start()
        else:
            self.received += 1
            node.on_message(sender, message)
        outgoing: Outgoing = []
        for effect in node.effects:
            if effect[0] == "send":
                assert effect[1] in self.network.out[receiver], f"{receiver} sent to the stranger {effect[1]}"
                self.sent.append((receiver, effect[1], effect[2]))
                self.said.append(repr(effect[2]))
                outgoing.append((effect[1], effect[2], tuple(own)))
            elif effect[0] == "decide":
                under_way = len(self.sent) - self.received
                self.decisions.append(Decision(receiver, effect[1], time, tuple(own), under_way))
        node.effects.clear()
        if self.received > MOST_EVENTS:
            raise EndlessError
        return outgoing


Outgoing = list[tuple[int, object, tuple[int, ...]]]
Event = tuple[int, int, object, tuple[int, ...]]


def prepare(
    algorithm: type[Algorithm], network: Network, initiators: Sequence[int], inputs: Mapping[int, object]
) -> Run:
    """Return a run before its first event; the requirements must hold."""
    refused = refusals(algorithm.title, algorithm.requires, network, initiators)
    assert not refused, refused
    nodes = [
        algorithm(
            node,
            tuple(network.neighbors(node)),
            in_neighbors=tuple(network.into[node]),
            out_neighbors=tuple(network.out[node]),
            input=inputs.get(node),
            knows=known(algorithm.needs, network, node),
        )
        for node in range(network.nodes)
    ]
    return Run(algorithm, network, nodes, [[0] * network.nodes for _ in nodes])


def run(
    algorithm: type[Algorithm],
    network: Network,
    initiators: Sequence[int] | None = None,
    *,
    seed: int = 0,
    inputs: Mapping[int, object] | None = None,
) -> Run:
    """Run in a random order; links are FIFO only if the network says so."""
    if initiators is None:
        initiators = usual_initiators(algorithm, network)
    this = prepare(algorithm, network, initiators, inputs or {})
    random = Random(seed)
    zero = (0,) * network.nodes
    waiting: list[Event] = [(START, node, None, zero) for node in initiators]
    while waiting:
        chosen = random.randrange(len(waiting))
        if network.fifo:
            chosen = next(i for i, event in enumerate(waiting) if event[:2] == waiting[chosen][:2])
        sender, receiver, message, clock = waiting.pop(chosen)
        for to, sent, stamp in this.handle(sender, receiver, message, clock, 0):
            waiting.append((receiver, to, sent, stamp))
    return this


def run_timed(
    algorithm: type[Algorithm],
    network: Network,
    initiators: Sequence[int] | None = None,
    *,
    seed: int = 0,
    inputs: Mapping[int, object] | None = None,
    delay: Callable[[Random], float] | None = None,
) -> Run:
    """Run in virtual time from 0 on; a message takes at most one unit, by default often next to nothing."""
    if initiators is None:
        initiators = usual_initiators(algorithm, network)
    this = prepare(algorithm, network, initiators, inputs or {})
    random = Random(seed)
    numbers = count()
    arrival: dict[tuple[int, int], float] = {}
    zero = (0,) * network.nodes
    queue: list[tuple[float, int, Event]] = [
        (0.0, next(numbers), (START, node, None, zero)) for node in initiators
    ]
    while queue:
        time, _, (sender, receiver, message, clock) = heapq.heappop(queue)
        for to, sent, stamp in this.handle(sender, receiver, message, clock, time):
            takes = delay(random) if delay else random.choice((1e-6, 0.01, 0.5, 1.0, random.random()))
            due = time + takes
            if network.fifo:
                due = max(due, arrival.get((receiver, to), 0.0))
                arrival[receiver, to] = due
            heapq.heappush(queue, (due, next(numbers), (receiver, to, sent, stamp)))
    return this


def explore(
    algorithm: type[Algorithm],
    network: Network,
    initiators: Sequence[int] | None = None,
    *,
    inputs: Mapping[int, object] | None = None,
    most: int = 300_000,
    longest: int = MOST_EVENTS,
) -> Iterator[Run]:
    """Yield the end of every run that is different, in whatever order events happen; at most `most` states.

    Two states are one if nodes, messages on their way, decisions, clocks and the number of messages agree.
    """
    if initiators is None:
        initiators = usual_initiators(algorithm, network)
    zero = (0,) * network.nodes
    first: list[Event] = [(START, node, None, zero) for node in initiators]
    stack = [(prepare(algorithm, network, initiators, inputs or {}), first)]
    seen: set[object] = set()
    while stack:
        state, waiting = stack.pop()
        if not waiting:
            yield state
        links = set[tuple[int, int]]()
        for index, (sender, receiver, message, clock) in enumerate(waiting):
            if network.fifo and (sender, receiver) in links:
                continue
            links.add((sender, receiver))
            after = state.fork(receiver)
            rest = waiting[:index] + waiting[index + 1 :]
            for to, sent, stamp in after.handle(sender, receiver, message, clock, 0):
                rest.append((receiver, to, sent, stamp))
            if after.received > longest:
                raise EndlessError
            key = _key(after, rest)
            if key not in seen:
                seen.add(key)
                assert len(seen) <= most, f"more than {most} states"
                stack.append((after, rest))


def _key(run: Run, waiting: Sequence[Event]) -> object:
    """Return what makes a state; the order of messages under way counts on a FIFO link only."""
    nodes = tuple(freeze(node.state()) for node in run.nodes)
    events = [(event[0], event[1], repr(freeze(event[2])), event[3]) for event in waiting]
    if run.network.fifo:
        events.sort(key=itemgetter(0, 1))
    else:
        events.sort()
    decisions = sorted((decision.node, repr(decision.value), decision.clock) for decision in run.decisions)
    clocks = tuple(map(tuple, run.clocks))
    return hash((nodes, tuple(events), tuple(decisions), clocks, run.messages))


def freeze(value: object) -> object:
    """Return plain data in a form that can be hashed, the same for equal data."""
    if isinstance(value, dict):
        table = cast("dict[object, object]", value)
        return tuple(sorted((repr(freeze(key)), repr(freeze(item))) for key, item in table.items()))
    if isinstance(value, (set, frozenset)):
        return ("set", *sorted(repr(freeze(item)) for item in cast("set[object]", value)))
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in cast("list[object]", value))
    return value


def violations(this: Run) -> dict[str, str]:
    """Return what a run that is over breaks of what its class promises, by condition, with a witness."""
    found: dict[str, str] = {}
    deciders = this.deciders
    promised = {
        "one": len(deciders) == 1,
        "some": len(deciders) > 0,
        "all": len(deciders) == this.network.nodes,
    }
    if len(set(deciders)) < len(deciders) or not promised[this.algorithm.deciders]:
        found["decision"] = f"{this.algorithm.deciders} should decide, once each; {deciders} do"
    bounds = this.algorithm.bounds
    if bounds.messages is not None:
        limit = bounds.messages(this.network)
        if this.messages > limit or (bounds.exact and this.messages < limit):
            found["bounds"] = f"{this.messages} messages, proven {bounds.messages_text} = {limit}"
    for decision in this.decisions:
        if this.algorithm.wave and min(decision.clock) == 0:
            found["dependence"] = f"{decision} does not depend on every node"
    if [repr(message) for _, _, message in this.sent] != this.said:
        found["handlers"] = "a message was changed after it was sent"
    return found


def check_laws(this: Run) -> None:
    """Assert that a run keeps what its class promises: who decides, how many messages, dependence."""
    assert violations(this) == {}


def check_time(this: Run) -> None:
    """Assert the bound on the time of a run of `run_timed`."""
    assert this.algorithm.bounds.time is not None
    limit = this.algorithm.bounds.time(this.network)
    last = max(decision.time for decision in this.decisions)
    assert last <= limit + 1e-9, f"took {last}, proven {limit}"


def refused(
    algorithm: type[Algorithm], network: Network, initiators: Sequence[int] | None = None
) -> list[str]:
    """Return why `algorithm` cannot run on `network`."""
    if initiators is None:
        initiators = usual_initiators(algorithm, network)
    return refusals(algorithm.title, algorithm.requires, network, initiators)


def without(algorithm: type[Algorithm], requirement: Requirement) -> type[Algorithm]:
    """Return the same algorithm, no longer refused for lack of `requirement`."""
    requires = tuple(each for each in algorithm.requires if each is not requirement)
    return type(algorithm.__name__, (algorithm,), {"requires": requires})


def assert_depth_first(network: Network, parents: Sequence[int], root: int) -> None:
    """Assert that the parents are a spanning tree and every other link joins a node to an ancestor."""
    assert_spanning_tree(network, parents, root)

    def ancestors(node: int) -> list[int]:
        return [node] if node == root else [node, *ancestors(parents[node])]

    for node in range(network.nodes):
        for other in network.out[node]:
            assert node in ancestors(other) or other in ancestors(node), f"{node}-{other} is a cross link"


def assert_spanning_tree(network: Network, parents: Sequence[int], root: int) -> None:
    """Assert that the parents are a spanning tree below `root`, which is its own parent."""
    assert parents[root] == root
    for node, parent in enumerate(parents):
        assert node == root or parent in network.out[node]
    below_root = {root}
    for _ in range(network.nodes):
        below_root.update(node for node in range(network.nodes) if parents[node] in below_root)
    assert len(below_root) == network.nodes, f"only {below_root} are below the root"
