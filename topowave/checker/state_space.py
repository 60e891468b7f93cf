"""The states that a whole network can be in, and the steps from one to the next.

Theory of operation. A search meets millions of states and asks of each whether it is new. So a state is a
string, and equal states are equal strings:

    one character    for each node, in the order of their numbers
    one character    for the faults still to come, if there may be any
    one character    for each message on its way

What a character stands for is in a table: of a node a `ProcessState` (its own state, which nodes have had an
event before its latest one, whether it has decided, its timers, ...), of a message a `Message` (sender,
receiver, content, which nodes have had an event before it was sent), of the faults a `Budget`. Characters are
given out as they are needed, up to `LAST_CHARACTER`; more end the search (`TooManyError`).

The order of messages on their way means nothing; they stand in the order of their characters. On FIFO links
they stand in the order of the links, and on each link in the order of sending; only the first may arrive. The
news of a crash has a queue of its own on each link.

A step is one event at one node: it starts, a message arrives, a timer runs out, it learns of a crash. What
that does to the node follows from the node's character and the message's alone, so it is found once
(`Outcome`, from `local_transitions`) and put together with the rest of the string a million times. Faults are
steps too: a message is lost or comes twice, a node crashes for good; each takes one from the budget.

What must hold:
- Two runs that lead to the same states of nodes, the same messages under way and the same decides lead to the
  same string, whatever came before. Only where dependence is looked at does the past belong to a state.
- The steps of a state come in a fixed order, so a search is the same in every process.
- What is wrong with an outcome in every state is in the outcome; what is wrong only in some, a second decide
  or a message that is changed on its way, is looked for in each step (`_problem`).

Messages that can change nothing any more can be left out (`leave_out`, `stripped`); `reduction` says which
and why no broken property is missed by that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from topowave.checker import limits
from topowave.checker.local_transitions import FAILED, Call, LocalTransitions, Transition
from topowave.checker.properties import Problem, Rules
from topowave.checker.reduction import InertMessages

KIND = Literal["start", "receive", "timer", "down", "crash", "lose", "duplicate"]


class TooManyError(Exception):
    """More different states of single nodes and messages than can be told apart."""


class ProcessState(NamedTuple):
    """What one node is like in some states.

    Attributes:
        node: which node.
        local: the number of its own state.
        past: bit mask of the nodes with an event before or at its latest one; bit N says that the end of a
            node is known to it. 0 where nobody asks.
        decided: whether it has decided.
        waits: whether it is an initiator that has not started yet.
        timers: the names of the timers that it has set, sorted.
        crashed: whether it has crashed.
    """

    node: int
    local: int
    past: int
    decided: bool = False
    waits: bool = False
    timers: tuple[str, ...] = ()
    crashed: bool = False


class Message(NamedTuple):
    """A message on its way; with payload FAILED the news that its sender is down."""

    sender: int
    to: int
    payload: int
    past: int


class Budget(NamedTuple):
    """How many faults may still come."""

    loss: int = 0
    duplicate: int = 0
    crash: int = 0


class Event(NamedTuple):
    """What happens in one step: `message` is the character of the message, `name` that of the timer."""

    kind: KIND
    node: int
    message: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an event does to its node, whatever the rest of the state is.

    Attributes:
        event: the event.
        process: the node's character after it.
        sends: the characters of the messages that it sends.
        decides: whether it decides.
        transition: what the handler did.
        problem: what is wrong with it.
    """

    event: Event
    process: str
    sends: str
    decides: bool
    transition: Transition
    problem: Problem | None = None


class Step(NamedTuple):
    """A step: the state it leads to, how many messages it sends, what happens, what is wrong with it."""

    state: str
    sent: int
    event: Event
    problem: Problem | None


class Memo(dict[str, bool]):
    """Answers that are looked up once."""

    def __init__(self, ask: Callable[[str], bool]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, key: str) -> bool:
        found = self[key] = self._ask(key)
        return found


class StateSpace:
    """All states of one network, made as they are asked for.

    Args:
        nodes: the nodes and their handlers.
        rules: what must hold.
        initiators: the nodes that start, each at any moment.
        faults: how many there may be.
    """

    def __init__(
        self, nodes: LocalTransitions, rules: Rules, initiators: tuple[int, ...], faults: Budget
    ) -> None:
        self.nodes = nodes
        self.size = nodes.network.nodes
        self.fifo = nodes.network.fifo
        self._rules = rules
        self._processes: dict[str, ProcessState] = {}
        self._messages: dict[str, Message] = {}
        self._budgets: dict[str, Budget] = {}
        self._characters: dict[ProcessState | Message | Budget, str] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._own: dict[str, tuple[Outcome, ...]] = {}
        self._decided: set[str] = set()
        self._bare: dict[str, str] = {}
        self._receiver: dict[str, int] = {}
        self._link: dict[str, int] = {}
        self._live: dict[str, bool] = {}
        self._faulty = any(faults)
        self.start = self.size + self._faulty
        """Where the messages begin in a state."""
        starts = set(initiators)
        processes = (
            ProcessState(node, local, past=0, waits=node in starts) for node, local in enumerate(nodes.first)
        )
        self.first = "".join(map(self._process, processes)) + (self._budget(faults) if self._faulty else "")

    # Looking into a state.

    def processes(self, state: str) -> list[ProcessState]:
        """Return what each node is like."""
        return [self._processes[character] for character in state[: self.size]]

    def message(self, character: str) -> Message:
        """Return the message that a character stands for."""
        return self._messages[character]

    def bare(self, state: str) -> str:
        """Return a state as it would be if nobody asked which events precede which; without faults only."""
        return "".join([self._bare[character] for character in state])

    def is_terminal(self, state: str) -> bool:
        """Whether nothing can happen any more, but for faults."""
        return len(state) == self.start and not any(
            self._own_outcomes(process) for process in state[: self.size]
        )

    def own_events(self, state: str) -> list[Event]:
        """Return what nodes may do by themselves: start, or handle a timer."""
        return [outcome.event for process in state[: self.size] for outcome in self._own_outcomes(process)]

    # Messages that can change nothing.

    def leave_out(self, inert: InertMessages) -> None:
        """From now on `stripped` leaves out the messages that are inert."""

        def is_live(both: str) -> bool:
            process, message = self._processes[both[0]], self._messages[both[1]]
            if self._rules.past and (message.past | 1 << process.node) & ~process.past:
                return True
            return not inert.is_inert(process.node, process.local, message.sender, message.payload)

        self._live = Memo(is_live)

    def stripped(self, state: str) -> str:
        """Return a state without its inert messages."""
        start, live, receiver = self.start, self._live, self._receiver
        under_way = state[start:]
        kept = "".join([each for each in under_way if live[state[receiver[each]] + each]])
        return state if len(kept) == len(under_way) else state[:start] + kept

    def inert_in(self, state: str) -> list[Event]:
        """Return the receipts of inert messages that can happen next."""
        return [
            step.event
            for step in self.steps(state)
            if step.event.kind == "receive" and not self._live[state[step.event.node] + step.event.message]
        ]

    # Steps.

    def steps(self, state: str) -> list[Step]:
        """Return every step that a state allows, in a fixed order."""
        size, start, outcomes = self.size, self.start, self._outcomes
        processes, under_way = state[:size], state[start:]
        middle = state[size:start]
        order = self._link.__getitem__ if self.fifo else None
        found: list[Step] = []
        for process in processes:
            own = self._own_outcomes(process)
            if own:
                found.extend(self._step(state, outcome, under_way) for outcome in own)
        latest: object = None
        for index, character in enumerate(under_way):
            same = character if order is None else order(character)
            if same == latest:
                continue  # which of two equal messages comes makes no difference; a queue gives its first
            latest = same
            node = self._receiver[character]
            outcome = outcomes.get(processes[node] + character) or self._receipt(processes[node], character)
            if outcome.problem is not None or outcome.decides or outcome.transition.changes or self._faulty:
                found.append(self._step(state, outcome, under_way[:index] + under_way[index + 1 :]))
                continue
            rest = under_way[:index] + under_way[index + 1 :]
            if outcome.sends:
                rest = "".join(sorted(rest + outcome.sends, key=order))
            after = processes[:node] + outcome.process + processes[node + 1 :] + middle + rest
            found.append(Step(after, len(outcome.sends), outcome.event, None))
        if self._faulty:
            found.extend(self._faults(state))
        return found

    def outcome(self, state: str, event: Event) -> Outcome | None:
        """Return what `event` does to its node in `state`; None for a fault, which runs no handler."""
        process = state[event.node]
        if event.kind in ("receive", "duplicate", "down"):
            return self._outcomes.get(process + event.message) or self._receipt(process, event.message)
        return next((outcome for outcome in self._own_outcomes(process) if outcome.event == event), None)

    def _step(self, state: str, outcome: Outcome, rest: str, event: Event | None = None) -> Step:
        """Return the step that an outcome makes; `rest` are the messages that stay on their way."""
        node = outcome.event.node
        sends = outcome.sends
        middle = state[self.size : self.start]
        if self._faulty and event is not None:
            budget = self._budgets[middle]
            middle = self._budget(budget._replace(duplicate=budget.duplicate - 1))
        if self._faulty and sends:
            sends = "".join(
                each for each in sends if not self._processes[state[self._receiver[each]]].crashed
            )
        if self._faulty and outcome.event.kind == "down":
            gone = self._messages[outcome.event.message].sender
            rest = "".join(each for each in rest if self._messages[each][:2] != (gone, node))
        if sends:
            rest = "".join(sorted(rest + sends, key=self._link.__getitem__ if self.fifo else None))
        after = state[:node] + outcome.process + state[node + 1 : self.size] + middle + rest
        problem = outcome.problem or self._problem(state, outcome, rest)
        return Step(after, len(outcome.sends), event or outcome.event, problem)

    def _problem(self, state: str, outcome: Outcome, rest: str) -> Problem | None:
        """Return what is wrong with an outcome in this state, though not in every state."""
        node = outcome.event.node
        if outcome.decides and self._rules.one:
            for other in range(self.size):
                if other != node and state[other] in self._decided:
                    return self._rules.second_decider(node, other)
        for character in rest if outcome.transition.changes else "":
            message = self._messages[character]
            if message.sender == node and message.payload in outcome.transition.changes:
                call = self._call(outcome.event)
                payload = self.nodes.payloads[message.payload]
                return self._rules.changed_message(node, message.to, self.nodes.describe(call), payload)
        return None

    # What events do to single nodes.

    def _own_outcomes(self, character: str) -> tuple[Outcome, ...]:
        """Return what a node may do by itself: start, or handle a timer."""
        known = self._own.get(character)
        if known is None:
            process = self._processes[character]
            events = [Event("start", process.node)] if process.waits else []
            events += [Event("timer", process.node, name=name) for name in dict.fromkeys(process.timers)]
            known = self._own[character] = tuple(self._outcome(process, event) for event in events)
        return known

    def _receipt(self, process: str, character: str) -> Outcome:
        message = self._messages[character]
        kind: KIND = "down" if message.payload == FAILED else "receive"
        event = Event(kind, message.to, character)
        made = self._outcomes[process + character] = self._outcome(self._processes[process], event)
        return made

    def _call(self, event: Event) -> Call:
        if event.kind == "start":
            return ("start",)
        if event.kind == "timer":
            return ("timer", event.name)
        message = self._messages[event.message]
        return (
            ("down", message.sender, 0)
            if event.kind == "down"
            else ("message", message.sender, message.payload)
        )

    def _outcome(self, process: ProcessState, event: Event) -> Outcome:
        transition = self.nodes.transition(process.node, process.local, self._call(event))
        past = self._past(process, event)
        timers = list(process.timers)
        if event.kind == "timer":
            timers.remove(event.name)
        sends: list[str] = []
        decides = 0
        for what, target, payload in transition.effects:
            if what == "send":
                sends.append(self._message(Message(process.node, int(target), payload, past)))
            elif what == "decide":
                decides += 1
            else:
                timers.append(str(target))
        after = process._replace(
            local=transition.local,
            past=past,
            decided=process.decided or decides > 0,
            waits=process.waits and event.kind != "start",
            timers=tuple(sorted(timers)),
        )
        problem = self._rules.broken_by(
            process.node, past, decides + process.decided if decides else 0, transition
        )
        return Outcome(event, self._process(after), "".join(sends), decides > 0, transition, problem)

    def _past(self, process: ProcessState, event: Event) -> int:
        if not self._rules.past:
            return 0
        past = process.past | 1 << process.node
        return past | self._messages[event.message].past if event.message else past

    # Faults.

    def _faults(self, state: str) -> list[Step]:
        budget = self._budgets[state[self.size]]
        under_way = state[self.start :]
        found: list[Step] = []
        latest: object = None
        for index, character in enumerate(under_way):
            message = self._messages[character]
            same = self._link[character] if self.fifo else character
            if same == latest or message.payload == FAILED:
                continue
            latest = same
            if budget.loss:
                left = self._budget(budget._replace(loss=budget.loss - 1))
                rest = under_way[:index] + under_way[index + 1 :]
                event = Event("lose", message.to, character)
                found.append(Step(state[: self.size] + left + rest, 0, event, None))
            if budget.duplicate:
                outcome = self._outcomes.get(state[message.to] + character)
                outcome = outcome or self._receipt(state[message.to], character)
                found.append(self._step(state, outcome, under_way, Event("duplicate", message.to, character)))
        if budget.crash:
            left = self._budget(budget._replace(crash=budget.crash - 1))
            found.extend(self._crash(state, node, left) for node in range(self.size))
        return [step for step in found if step.state != state]

    def _crash(self, state: str, node: int, budget: str) -> Step:
        """Return the step in which a node crashes: messages to it are lost, its neighbours hear of it."""
        process = self._processes[state[node]]
        if process.crashed:
            return Step(state, 0, Event("crash", node), None)
        gone = self._process(ProcessState(node, FAILED, 0, decided=process.decided, crashed=True))
        under_way = [each for each in state[self.start :] if self._receiver[each] != node]
        if self._rules.hears_of_crashes:
            notified = 1 << self.size if self._rules.past else 0
            under_way += [
                self._message(Message(node, other, FAILED, notified))
                for other in self.nodes.network.neighbors(node)
                if not self._processes[state[other]].crashed
            ]
        under_way.sort(key=self._link.__getitem__ if self.fifo else None)
        after = state[:node] + gone + state[node + 1 : self.size] + budget + "".join(under_way)
        return Step(after, 0, Event("crash", node), None)

    # Characters.

    def _character(self, thing: ProcessState | Message | Budget) -> str:
        number = len(self._characters) + 1
        if number > limits.LAST_CHARACTER:
            raise TooManyError
        character = self._characters[thing] = chr(number)
        return character

    def _process(self, process: ProcessState) -> str:
        known = self._characters.get(process)
        if known is None:
            known = self._character(process)
            self._processes[known] = process
            if process.decided:
                self._decided.add(known)
            self._bare[known] = known if not process.past else self._process(process._replace(past=0))
        return known

    def _message(self, message: Message) -> str:
        known = self._characters.get(message)
        if known is None:
            known = self._character(message)
            self._messages[known] = message
            self._bare[known] = known if not message.past else self._message(message._replace(past=0))
            self._receiver[known] = message.to
            # The news of a crash has a queue of its own: it may overtake what was sent before.
            news = message.payload == FAILED
            self._link[known] = ((message.sender * self.size) + message.to) * 2 + news
        return known

    def _budget(self, budget: Budget) -> str:
        known = self._characters.get(budget)
        if known is None:
            known = self._character(budget)
            self._budgets[known] = budget
        return known
