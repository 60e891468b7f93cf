"""A session: a run that is gone through event by event, forwards, backwards, and along other branches.

    >>> from topowave import Session
    >>> session = Session("echo", "path:3:1")
    >>> [event["event"] for event in session.step()]
    ['join', 'start', 'send']
    >>> [choice.kind for choice in session.choices()]
    ['receive']

Links are asynchronous, so any message on its way may be the next to arrive. `step` takes the one that the
delays of the run would bring; `step(choice)` takes another, which arrives at once, and the rest of the run
follows from that. Whatever somebody does to a run (`interventions.py`) makes a branch of it (`history.py`),
and all branches stay. This file only puts the parts together; how they are played is in `player.py`.
"""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Callable
from typing import Literal

from topowave.algorithms import Algorithm
from topowave.runtime.graph import AnyNetwork
from topowave.runtime.virtual_time import to_units
from topowave.sessions.breakpoints import Breakpoint
from topowave.sessions.causality import causal_future, causal_past
from topowave.sessions.checkpoints import Checkpoints
from topowave.sessions.comparison import Difference, first_difference
from topowave.sessions.conditions import Break, Conditions, conditions_of, first_break, meddled
from topowave.sessions.history import MAIN, Branch
from topowave.sessions.interventions import (
    Crash,
    Cut,
    Delay,
    Deliver,
    Drop,
    Duplicate,
    Intervention,
    Mend,
    Restart,
)
from topowave.sessions.limits import MOST_BREAKPOINTS, REMEMBERED_MOVES, SESSION_NODES
from topowave.sessions.moment import Moment, moment_at
from topowave.sessions.narration import narrate
from topowave.sessions.pending import Pending, choices_of, pending_of
from topowave.sessions.places import Move, Snapshot
from topowave.sessions.player import Player, Row
from topowave.sessions.step_trace import StepTrace
from topowave.sessions.stops import Stops
from topowave.simulator.config import SimulationConfig
from topowave.simulator.kernel import Ending, Kernel
from topowave.simulator.preparation import Wave, prepare
from topowave.simulator.run import Run
from topowave.topology import Problems
from topowave.translation import text
from topowave.translation.text import Text


class Session:
    """A run of one wave that somebody steps through.

    Args:
        algorithm: a class, the name of one in the library, or `FILE.py:CLASS`.
        network: a topology, a file, SHAPE:N[:SEED], a bare network or a graph of networkx, of
            at most `SESSION_NODES` nodes.
        config: the conditions of the run. It is always looked at in full (`fast` changes nothing), and its
            trace is in the `Run` at its end, so no file can be named for it.

    Attributes:
        prepared, player, kernel: what it runs, how it is played, and the run here, for who serves it.

    Raises:
        Problems: something was not understood, or the network does not meet the algorithm's requirements.
    """

    def __init__(
        self,
        algorithm: type[Algorithm] | str,
        network: AnyNetwork,
        config: SimulationConfig | None = None,
    ) -> None:
        config = config or SimulationConfig()
        if config.trace is not None:
            raise Problems([text("a session writes no file; the events of its run are in `run().events`")])
        prepared = prepare([Wave(algorithm)], network, config)
        nodes = prepared.graph.nodes
        if nodes > SESSION_NODES:
            raise Problems(
                [
                    text(
                        "{nodes} nodes are too many to step through; expected at most {session_nodes}",
                        nodes=nodes,
                        session_nodes=SESSION_NODES,
                    )
                ]
            )
        self.prepared = prepared
        self.player = Player(prepared)
        self._branch = MAIN
        self.kernel = self.player.kernel_at(MAIN, 0)
        self._been = {MAIN: 0}
        """How far somebody has gone in each branch; its record may go further."""
        self._moves: deque[Move] = deque(maxlen=REMEMBERED_MOVES)

    # Where the run is.

    @property
    def position(self) -> int:
        """How many events there have been."""
        return self.kernel.beats

    @property
    def time(self) -> float:
        """The virtual time, in units."""
        return to_units(self.kernel.now)

    @property
    def ending(self) -> Ending | None:
        """How the run has ended; None if it has not."""
        return self.kernel.ending

    @property
    def mistake(self) -> str | None:
        """What the class did wrong, with file and line, if that has ended the run."""
        mistake = self.kernel.outcome().mistake
        return None if mistake is None else str(mistake)

    @property
    def states(self) -> dict[str, dict[str, object]]:
        """The state of each node that has had an event, by name; a copy."""
        names = self.prepared.graph.names
        instances = self.kernel.outcome().waves[0].instances
        return {names[node]: copy.deepcopy(Algorithm.state(made)) for node, made in instances.items()}

    @property
    def decisions(self) -> dict[str, object]:
        """The values that were decided so far, by node name."""
        names = self.prepared.graph.names
        return {names[node]: value for node, value in self.kernel.outcome().waves[0].decisions}

    def pending(self) -> list[Pending]:
        """Return what is to happen, in the order in which it will, if nothing is chosen."""
        return pending_of(self.kernel, self.prepared)

    def choices(self) -> list[Pending]:
        """Return what may come next: what would, and all messages on their way, of FIFO links the first."""
        return choices_of(self.kernel, self.prepared)

    @property
    def checkpoints(self) -> Checkpoints:
        """The copies of the run by which it goes back: how many, at which interval, how many bytes."""
        return self.player.checkpoints

    # Going on.

    def step(self, choice: Pending | None = None) -> list[Row]:
        """Let one event happen.

        Args:
            choice: one of `choices()`; by default what comes next on this branch.

        Returns:
            What happened, as the events of a trace; nothing if the run has ended.

        Raises:
            Problems: the choice is none; on FIFO links the sentence says what has to come before it.
        """
        if self.ending is not None:
            return []
        queue = self.kernel.queued()
        if choice is not None and (not queue or choice.number != queue[0][1]):
            self.intervene(Deliver(choice.number))
        found: list[Row] = []

        def look(_: Kernel, lines: list[str]) -> bool:
            found.extend(json.loads(line) for line in lines)
            return True

        self._go(self.position + 1, look)
        return found

    def step_node(self, node: str) -> bool:
        """Go on until this node has had an event; return whether it has."""
        return self.run_to(Breakpoint(node=node)) is not None

    def run_to(self, *breakpoints: Breakpoint, enough: Callable[[], bool] | None = None) -> Breakpoint | None:
        """Go on until one of the breakpoints is met behind an event; return which, None at the run's end.

        Args:
            breakpoints: where to stop.
            enough: asked after each event, if given: whether to stop there in any case.

        Raises:
            Problems: there are too many, or one names a node that is not there.
        """
        if len(breakpoints) > MOST_BREAKPOINTS:
            raise Problems(
                [
                    text(
                        "{number} breakpoints; expected at most {most_breakpoints}",
                        number=len(breakpoints),
                        most_breakpoints=MOST_BREAKPOINTS,
                    )
                ]
            )
        stops = Stops(breakpoints, self.prepared.graph, enough)
        self._go(None, stops.met_after)
        return stops.found

    def run_to_decide(self) -> bool:
        """Go on until some node decides; return whether one did."""
        return self.run_to(Breakpoint(kind="decide")) is not None

    def step_to(self, position: int) -> None:
        """Go on, or go back, to where there have been `position` events, or to the end if it comes before.

        What was done by hand on the way of this branch is done again.
        """
        if position < 0:
            problem = text("position {position}; expected a number of events from 0", position=position)
            raise Problems([problem])
        if position > self.position >= self.player.nearest(self._branch, position):
            self._go(position, None)
        elif position != self.position:
            self._remember("nothing")
            self.kernel = self.player.kernel_at(self._branch, position)
            self._been[self._branch] = max(self._been[self._branch], self.position)

    def back(self, events: int = 1) -> None:
        """Go back by some events, along this branch."""
        self.step_to(max(0, self.position - events))

    def undo(self, *, changes: bool = False) -> bool:
        """Take back the last move, whatever it was: a step, a run, a branch; return whether there was one.

        Args:
            changes: take back what somebody has done to the run last, and all moves since then.
        """
        if not self._moves or (changes and all(each.made == "nothing" for each in self._moves)):
            return False
        while True:
            last = self._moves.pop()
            if last.made == "branch":
                self.player.remove(self._branch)
                del self._been[self._branch]
            elif last.made == "act":
                self.player.history.take_back(self._branch)
                self.player.forget(self._branch, last.position)
                self._been[self._branch] = last.position
            self._branch = last.branch
            if last.made != "nothing" or not changes:
                break
        self.kernel = self.player.kernel_at(last.branch, last.position)
        return True

    def forget_moves(self) -> None:
        """Let `undo` reach no further back than here."""
        self._moves.clear()

    def run(self) -> Run:
        """Go on to the end, and return the run: that of `simulate`, if nothing was done by hand.

        Its events are all that a run keeps; what is proven of reliable links is only held against it as long
        as nobody has made them unreliable.
        """
        self._go(None, None)
        trace = self.kernel.trace
        assert isinstance(trace, StepTrace)
        disturbed, delayed = meddled(self.branch_now.until(self.position))
        (run,) = self.prepared.reports(
            self.kernel.outcome(), trace.whole(), disturbed=disturbed, delayed=delayed
        )
        return run

    # What somebody does to it.

    def intervene(self, intervention: Intervention, name: str | None = None) -> list[Row]:
        """Do something to the run, here and now: another branch begins, or this one goes on at its end.

        Args:
            intervention: what.
            name: of the new branch; with it there is one in any case.

        Returns:
            What the trace says of it.

        Raises:
            Problems: it cannot be done here; the session stays as it was.
        """
        position, history = self.position, self.player.history
        extends = name is None and self._branch != MAIN and position >= self._been[self._branch]
        if extends:
            history.extend(self._branch, position, intervention)
            branch = self._branch
        else:
            branch = history.fork(self._branch, position, intervention, name).id
        try:
            lines = self.player.carry_out(intervention, self.kernel)
        except Problems:
            if extends:
                history.take_back(branch)
            else:
                history.remove(branch)
            raise
        self._remember("act" if extends else "branch")
        if extends:
            self.player.forget(branch, position)
        else:
            self.player.leave(self._branch, branch)
        self._branch = branch
        self._been[branch] = position
        return [json.loads(line) for line in lines]

    def deliver(self, choice: Pending, name: str | None = None) -> None:
        """Have a message come next."""
        self.intervene(Deliver(choice.number), name)

    def delay(self, choice: Pending, units: float, name: str | None = None) -> None:
        """Have a message come `units` later."""
        self.intervene(Delay(choice.number, units), name)

    def drop(self, choice: Pending, name: str | None = None) -> None:
        """Have a message lost."""
        self.intervene(Drop(choice.number), name)

    def duplicate(self, choice: Pending, name: str | None = None) -> None:
        """Have a message come twice."""
        self.intervene(Duplicate(choice.number), name)

    def crash(self, node: str, name: str | None = None) -> None:
        """Have a node crash."""
        self.intervene(Crash(node), name)

    def restart(self, node: str, *, keep: bool = True, name: str | None = None) -> None:
        """Have a node come back, with its state or without."""
        self.intervene(Restart(node, keep), name)

    def cut(self, a: str, b: str, name: str | None = None) -> None:
        """Cut a link."""
        self.intervene(Cut(a, b), name)

    def mend(self, a: str, b: str, name: str | None = None) -> None:
        """Have a link work again that was cut."""
        self.intervene(Mend(a, b), name)

    # Branches.

    @property
    def branches(self) -> list[Branch]:
        """All histories, in the order in which they began."""
        return [*self.player.history.branches.values()]

    @property
    def branch_now(self) -> Branch:
        """The history that the session is in."""
        return self.player.history.branches[self._branch]

    def switch(self, branch: int | str, position: int | None = None) -> None:
        """Go to another branch, by id or name: to a position of it, by default the last that both share.

        Raises:
            Problems: there is none.
        """
        found = self.player.history.find(branch)
        if position is None:
            shared = self.player.history.shared(self._branch, found.id)
            position = self.position if shared is None else min(shared, self.position)
        kernel = self.player.kernel_at(found.id, position)
        self._remember("nothing")
        self._branch, self.kernel = found.id, kernel
        self._been[found.id] = max(self._been[found.id], self.position)

    def rename(self, branch: int | str, name: str) -> Branch:
        """Give a branch another name. Raises Problems if it is too long or another one's."""
        return self.player.history.rename(self.player.history.find(branch).id, name)

    def compare(self, one: int | str, other: int | str) -> Difference | None:
        """Return the first event that is not the same in two branches; None if only times differ."""
        history = self.player.history
        return first_difference(self.player, history.find(one).id, history.find(other).id)

    def snapshot(self) -> Snapshot:
        """Return where the session is, to come back to."""
        return Snapshot(self.position, self.time, self.branch_now.until(self.position))

    def restore(self, snapshot: Snapshot) -> None:
        """Go back, or forward, to a snapshot of this session or of one that it branched from."""
        history = self.player.history
        known = [self.branch_now, *history.branches.values()]
        acts = snapshot.acts
        found = next((each for each in known if each.until(snapshot.position) == acts), None)
        if found is None:
            found = history.adopt(acts)
            self.player.leave(MAIN, found.id)
            self._been[found.id] = 0
        self.switch(found.id, snapshot.position)

    def branch(self) -> Session:
        """Return a second session that goes on from here by itself."""
        made = copy.copy(self)
        made.player = self.player.copy()
        made._been = dict(self._been)
        made._moves = self._moves.copy()
        made.kernel = made.player.kernel_at(self._branch, self.position)
        return made

    # What is known of its events.

    @property
    def events(self) -> int:
        """How many events of this branch are known: as far as somebody or something has gone."""
        return len(self.player.records[self._branch])

    def rows(self, start: int = 0, stop: int | None = None) -> list[list[Row]]:
        """Return the lines of the events that lead from position `start` to `stop`, a list for each event.

        By default up to where the session is.
        """
        stop = min(self.position if stop is None else stop, self.events)
        return [] if stop <= start else self.player.rows(self._branch, max(0, start), stop)

    def moment(self, event: int | None = None) -> Moment:
        """Return an event with its variables before and after; by default the last one.

        Raises:
            Problems: it is none of this branch so far.
        """
        return moment_at(self.player, self._branch, self.position if event is None else event)

    def narration(self, event: int | None = None) -> Text:
        """Return an event in one sentence, of which translations are known; by default the last one."""
        return narrate(self.moment(event), self.prepared.graph)

    def past(self, event: int) -> list[int]:
        """Return the events in an event's causal past, itself left out."""
        return causal_past(self.player.records[self._branch], self._known(event))

    def future(self, event: int) -> list[int]:
        """Return the events in an event's causal future, as far as this branch is known, itself left out."""
        return causal_future(self.player.records[self._branch], self._known(event))

    def conditions(self) -> Conditions:
        """Return how the wave's conditions and its bounds stand here."""
        return conditions_of(self.prepared, self.kernel, self.branch_now.until(self.position))

    def first_break(self) -> Break | None:
        """Return the first event of this branch in which a condition breaks, going on to its end to look."""
        return first_break(self.player, self._branch)

    def __repr__(self) -> str:
        wave = self.prepared.plans[0]
        ended = "" if self.ending is None else f", ended ({self.ending})"
        branch = "" if self._branch == MAIN else f", on {self.branch_now.name}"
        return (
            f"<Session of {wave.algorithm.name} on {self.prepared.graph.title}, "
            f"event {self.position}, time {self.time:g}{branch}{ended}>"
        )

    def _known(self, event: int) -> int:
        if not 0 < event <= self.events:
            raise Problems(
                [
                    text(
                        "event {position}; this branch has the events from 1 to {number} so far",
                        position=event,
                        number=self.events,
                    )
                ]
            )
        return event

    def _go(self, until: int | None, look: Callable[[Kernel, list[str]], bool] | None) -> None:
        """Go on along this branch."""
        begun = self.position
        self._remember("nothing")
        try:
            self.player.go(self.kernel, self._branch, until, look)
        except BaseException:
            self.kernel = self.player.kernel_at(self._branch, begun)
            raise
        self._been[self._branch] = max(self._been[self._branch], self.position)

    def _remember(self, made: Literal["nothing", "branch", "act"]) -> None:
        self._moves.append(Move(self._branch, self.position, made))
