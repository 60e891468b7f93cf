"""The search: every state that can be reached, breadth first, none twice.

A step that breaks a property ends the search; since shorter runs come first, no run that breaks one is
shorter. What depends on whole runs is asked of the recorded graph afterwards: whether a run can go on for
ever, and the least and the most messages of a run. No order of events is left out: that steps of different
nodes commute is used for the transitions of single nodes, which are found once, not for leaving out states.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from topowave.checker import limits
from topowave.checker.local_transitions import LocalTransitions
from topowave.checker.properties import Problem, Rules
from topowave.checker.reduction import InertMessages
from topowave.checker.state_graph import NOWHERE, StateGraph, StatePath
from topowave.checker.state_space import Event, StateSpace, Step, TooManyError
from topowave.runtime.algorithm_error import InterruptedRunError, OutOfTimeError
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, Watchdog
from topowave.runtime.memory_limit import lift_memory_limit

Stop = Literal["states", "time", "memory", "interrupted"]
"""Why a search did not see everything: the most states, time or memory that it may take, or Ctrl-C."""
LOOK_AT_CLOCK = 256
"""States between two looks at the clock."""


@dataclass(frozen=True)
class Found:
    """A run that breaks a property.

    Attributes:
        problem: which, and how.
        states: the states that it goes through, the first one before any event.
        events: what happens from each state to the next.
        back: for a run without end, after how many events the part begins that repeats itself.
    """

    problem: Problem
    states: tuple[str, ...]
    events: tuple[Event, ...]
    back: int | None = None


class Search:
    """A search of one network.

    Args:
        space: the states.
        rules: what must hold.
        initiators: if given, messages that can change nothing any more are left out.
        max_states: after so many states it ends.
        until_s: when it ends, on the monotonic clock; None for never.
        look: is called about twice a second.
        handler_deadline_s: how long one handler may take.
    """

    def __init__(
        self,
        space: StateSpace,
        rules: Rules,
        *,
        initiators: Sequence[int] | None = None,
        max_states: int,
        until_s: float | None = None,
        look: Callable[[], None] | None = None,
        handler_deadline_s: float = HANDLER_DEADLINE_S,
    ) -> None:
        self.space = space
        self.graph = StateGraph()
        self.states: list[str] = []
        self.depth = 0
        self.stopped: Stop | None = None
        self.reduced = False
        """Whether messages are left out."""
        self._initiators = initiators
        self._nodes: LocalTransitions = space.nodes
        self._rules = rules
        self._index: dict[str, int] = {}
        self._max_states = max_states
        self._until_s = until_s
        self._look = look
        self._deadline_s = handler_deadline_s
        self._sent = array("I")
        self._bares: dict[int, str] = {}

    def run(self) -> Found | None:
        """Search, and return a shortest run that breaks a property, or None."""
        # The search looks at the clock itself; a handler that sleeps through it is ended a little later.
        late_s = None if self._until_s is None else self._until_s + limits.LATE_S
        with Watchdog(self._nodes, self._look, self._deadline_s, until_s=late_s):
            try:
                self._leave_out()
                found = self._search() or self._of_whole_runs()
                return self._in_full(found) if found is not None and self.reduced else found
            except InterruptedRunError as error:
                self.stopped = "time" if isinstance(error, OutOfTimeError) else "interrupted"
                return None
            except MemoryError:
                lift_memory_limit()
                self.stopped = "memory"
                return None
            except TooManyError:
                self.stopped = "states"
                return None

    def _leave_out(self) -> None:
        if self._initiators is None:
            return
        inert = InertMessages(self._nodes, self._initiators, self._until_s)
        if inert.known:
            self.space.leave_out(inert)
            self.reduced = True

    def _steps(self, state: str) -> list[Step]:
        steps = self.space.steps(state)
        if self.reduced:
            stripped = self.space.stripped
            steps = [Step(stripped(state), sent, event, problem) for state, sent, event, problem in steps]
        return steps

    def _search(self) -> Found | None:
        graph, states, first = self.graph, self.states, self.space.first
        problem = self._add(first, NOWHERE, 0)
        if problem is not None:
            return Found(problem, (first,), ())
        level_ends = 1
        number = 0
        while number < len(states):
            if number == level_ends:
                level_ends = len(states)
                self.depth += 1
            if self._must_stop(number):
                return None
            graph.begins.append(graph.steps)
            for step in self._steps(states[number]):
                if step.problem is not None:
                    return self._shortest(self._broken(number, step, step.problem))
                target = self._index.get(step.state)
                if target is None:
                    target = len(states)
                    problem = self._add(step.state, number, self._sent[number] + step.sent)
                    if problem is not None:
                        return self._shortest(self._broken(number, step, problem))
                graph.targets.append(target)
                try:
                    graph.sent.append(step.sent)
                except OverflowError:
                    graph.widen()
                    graph.sent.append(step.sent)
            number += 1
        return None

    def _add(self, state: str, parent: int, sent: int) -> Problem | None:
        """Add a state and return what is wrong with being there."""
        self._index[state] = len(self.states)
        self.states.append(state)
        self.graph.parents.append(parent)
        self._sent.append(sent)
        self._nodes.beats += 1
        if len(state) == self.space.start and self.space.is_terminal(state):
            decided = sum(1 << process.node for process in self.space.processes(state) if process.decided)
            return self._rules.broken_at_end(decided) or self._rules.broken_by_count(sent, over=True)
        if (
            self._rules.limit is None
            and self._rules.reliable
            and self._repeated_by(state, parent) is not None
        ):
            return self._rules.endless(0, grows=True)
        return self._rules.broken_by_count(sent, over=False)

    def _must_stop(self, number: int) -> bool:
        if len(self.states) >= self._max_states:
            self.stopped = "states"
        elif self._until_s is not None and number % LOOK_AT_CLOCK == 0 and time.monotonic() >= self._until_s:
            self.stopped = "time"
        return self.stopped is not None

    # Whole runs.

    def _of_whole_runs(self) -> Found | None:
        """Return a run that never ends, or one with a wrong number of messages, or None."""
        if not self._rules.reliable:
            return None
        order, marked = self.graph.order()
        if len(order) < len(self.graph):
            endless = self._endless(marked)
            if endless is not None:
                return endless
        if self._rules.limit is None:
            return None
        least, most = self.graph.counts(order)
        for state in order:
            if self._wrong(state, least[state]) or self._wrong(state, most[state]):
                return self._wrong_count(None)
        return None

    def _wrong(self, state: int, sent: int) -> Problem | None:
        return self._rules.broken_by_count(
            sent, over=not len(self.graph.steps_of(state)) and self._over(state)
        )

    def _over(self, state: int) -> bool:
        return self.space.is_terminal(self.states[state])

    def _wrong_count(self, longest: int | None) -> Found | None:
        """Return a shortest run, of at most `longest` events, with a wrong number of messages."""
        problems: list[Problem] = []

        def wanted(state: int, sent: int) -> bool:
            problem = self._wrong(state, sent)
            if problem is not None:
                problems.append(problem)
            return problem is not None

        path = self.graph.shortest(wanted, longest)
        return self._found(problems[0], path) if path is not None else None

    def _shortest(self, found: Found) -> Found:
        """Return a run with a wrong number of messages that is shorter than the one found, or that one.

        Where too many messages are sent because a run never ends, that run is returned: it tells more.
        """
        if found.problem.property_name == "termination":
            return self._growing(found) or found
        if self._rules.limit is None:
            return found
        found = self._wrong_count(len(found.events) - 1) or found
        if found.problem.property_name != "bounds" or found.problem.at_end:
            return found
        return self._growing(found) or self._endless(self.graph.order()[1]) or found

    def _endless(self, marked: bytearray) -> Found | None:
        """Return a shortest run that goes round for ever while every message arrives in the end."""
        paths: list[StatePath] = []
        for part in self.graph.strongly_connected_components(marked):
            if self._is_fair(part):
                path = self.graph.shortest_lasso(part, self._is_fair)
                path = path or self.graph.shortest_lasso(part, lambda _: True)
                if path is not None:
                    paths.append(path)
        if not paths:
            return None
        path = min(paths, key=lambda path: len(path.states))
        return self._found(self._rules.endless(path.back or 0, grows=False), path)

    def _is_fair(self, part: tuple[int, ...] | list[int]) -> bool:
        """Whether a run can stay in a part for ever without putting off an event for ever."""
        inside = {self.states[state] for state in part}
        enabled: set[Event] | None = None
        taken: set[Event] = set()
        for state in inside:
            steps = self._steps(state)
            events = {step.event for step in steps}
            enabled = events if enabled is None else enabled & events
            taken.update(step.event for step in steps if step.state in inside)
        return not (enabled or set()) - taken

    def _repeated_by(self, state: str, parent: int) -> int | None:
        """Return the number of an earlier state that `state` repeats with more messages under way.

        Then the run never ends: the same events can follow again and again, as messages in addition hinder
        nobody unless links are FIFO. Each message that is on its path must be among those that arrive, or
        the run would put it off for ever.
        """
        if parent == NOWHERE or self.space.fifo or len(state) <= len(self.states[parent]):
            return None
        start = self.space.start
        bare = self.space.bare(state)
        head, under_way = bare[:start], Counter(bare[start:])
        here = parent
        while here != NOWHERE:
            earlier = self._bare(here)
            if (
                earlier.startswith(head)
                and len(earlier) < len(bare)
                and Counter(earlier[start:]) <= under_way
                and self._repeats(here, parent, state)
            ):
                return here
            here = self.graph.parents[here]
        return None

    def _bare(self, number: int) -> str:
        """Return a state without what precedes what, which no handler can see."""
        known = self._bares.get(number)
        if known is None:
            known = self._bares[number] = self.space.bare(self.states[number])
        return known

    def _growing(self, found: Found) -> Found | None:
        """Return the beginning of a run up to where it shows that it never ends, if it does."""
        path = [number for state in found.states if (number := self._index.get(state)) is not None]
        for length in range(1, len(found.states)):
            parent = path[length - 1]
            if self.graph.path_to(parent) != tuple(path[:length]):
                return None
            earlier = self._repeated_by(found.states[length], parent)
            if earlier is not None:
                back = path.index(earlier)
                problem = self._rules.endless(back, grows=True)
                return Found(problem, found.states[: length + 1], found.events[:length], back)
        return None

    def _repeats(self, here: int, parent: int, state: str) -> bool:
        """Whether the run from state number `here` over `parent` to `state` puts off no event."""
        path = self.graph.path_to(parent)
        run = [*(self.states[number] for number in path[path.index(here) :]), state]
        events = set(self._events_between(run))
        arrived = set(self.space.bare("".join(event.message for event in events)))
        under_way = self.space.bare(state[self.space.start :])
        return arrived.issuperset(under_way) and events.issuperset(self.space.own_events(state))

    # Runs in full.

    def _broken(self, number: int, step: Step, problem: Problem) -> Found:
        """Return the run to a state and the step that breaks a property."""
        states = tuple(self.states[each] for each in self.graph.path_to(number))
        return Found(problem, (*states, step.state), (*self._events_between(states), step.event))

    def _found(self, problem: Problem, path: StatePath) -> Found:
        states = tuple(self.states[number] for number in path.states)
        if path.back is not None:
            states = (*states, states[path.back])
        return Found(problem, states, self._events_between(states), path.back)

    def _events_between(self, states: Sequence[str]) -> tuple[Event, ...]:
        return tuple(
            next(step.event for step in self._steps(here) if step.state == there)
            for here, there in pairwise(states)
        )

    def _in_full(self, found: Found) -> Found:
        """Return a run with the receipts that were left out, where they belong to it.

        They do where the run is over or goes on for ever, and on FIFO links before what is behind them.
        """
        complete = found.problem.at_end or found.back is not None
        run = [self.space.first]
        events: list[Event] = []
        back = None
        for number, event in enumerate(found.events):
            if number == found.back:
                back = len(events)
            while not self._follow(run, events, event):
                self._follow(run, events, self._blocking(run[-1], event))
            while complete and (inert := self.space.inert_in(run[-1])):
                self._follow(run, events, inert[0])
        problem = found.problem
        if back is not None:
            problem = self._rules.endless(back, grows=len(run[-1]) != len(run[back]))
        return Found(problem, tuple(run), tuple(events), back)

    def _blocking(self, state: str, event: Event) -> Event:
        """Return the receipt of the inert message that an event has to wait for on its FIFO link."""
        link = self.space.message(event.message)[:2]
        return next(
            inert for inert in self.space.inert_in(state) if self.space.message(inert.message)[:2] == link
        )

    def _follow(self, run: list[str], events: list[Event], event: Event) -> bool:
        """Let an event happen at the end of a run; return whether it can."""
        for step in self.space.steps(run[-1]):
            if step.event == event:
                run.append(step.state)
                events.append(event)
                return True
        return False
