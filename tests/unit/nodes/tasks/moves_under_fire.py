"""A lab whose moves meet loss, repetition, delay and death, as a state machine, and what must always hold.

Three nodes with real queues write one real journal and speak the protocol of `nodes.tasks.migration` over a
network that Hypothesis plays. What a node does waits to be written; it is written at any later time, and the
node may die before, or after the commit and before it has said a word of it. Requests to a dead node wait for
its next life, as its port stays bound. The balancer writes the same journal at once: it submits tasks, offers
pending ones to nodes, and forgets at any moment that it did.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from topowave.tasks import LabTask, NewTask, Outcome, TaskQueue, limits
from topowave.tasks.commands import (
    Add,
    Cancel,
    Command,
    Expire,
    Fail,
    Finish,
    Offer,
    Place,
    PutBack,
    Recover,
    Retry,
    SetPriority,
    Start,
    Submit,
    Take,
    TakeBack,
)
from topowave.tasks.script import PRIORITIES, Priority
from topowave.tasks.states import State
from topowave.tasks.store.sql_commands import apply
from topowave.tasks.store.sql_counts import differences, quick_counts
from topowave.tasks.store.sqlite import private_journal

NODES = ("a", "b", "c")
CAPACITY = 8


@dataclass
class Node:
    """One node in one of its lives: its memory, and what it has not written yet."""

    name: str
    queue: TaskQueue
    incarnation: int
    position: int
    waiting: list[tuple[Command[Any], Callable[[Any], None]]] = field(
        default_factory=list[tuple[Command[Any], Callable[[Any], None]]]
    )
    asked: dict[str, str] = field(default_factory=dict[str, str])
    """Moves that are offered and not ended, and to whom."""
    running: list[LabTask] = field(default_factory=list[LabTask])


@dataclass(frozen=True)
class Message:
    """A request of a move, or its answer, on the way; `giver` is None where it is the balancer."""

    giver: Node | None
    to: str
    move: str
    answer: bool | None = None


class MovesUnderFire(RuleBasedStateMachine):
    """What can happen; the invariants say what must hold in between."""

    def __init__(self) -> None:
        super().__init__()
        self.db = private_journal()
        self.numbers = itertools.count(1)
        self.incarnations = itertools.count(1)
        self.nodes: dict[str, Node | None] = {}
        for name in NODES:
            self.nodes[name] = self.born(name)
        self.requests: list[Message] = []
        self.answers: list[Message] = []
        self.begun: dict[str, int] = {}
        self.completed: set[str] = set()
        self.placed: list[str] = []

    def born(self, name: str) -> Node:
        found = apply(self.db, Recover(name))
        node = Node(name, TaskQueue(2, CAPACITY), next(self.incarnations), found.position)
        node.queue.recover(found)
        return node

    def write(self, node: Node, command: Command[Any], then: Callable[[Any], None] = lambda _: None) -> None:
        node.waiting.append((command, then))

    def next_position(self, node: Node) -> int:
        node.position += 1
        return node.position

    # What nodes do.

    @rule(who=st.sampled_from(NODES), count=st.integers(1, 3))
    def add(self, who: str, count: int) -> None:
        node = self.nodes[who]
        if node is None or node.queue.counts().assigned + count > CAPACITY:
            return
        new = tuple(LabTask(f"{who}.1-{node.incarnation}.{next(self.numbers)}") for _ in range(count))
        self.write(node, Add(who, new, self.next_position(node)), lambda _: node.queue.submit(new))

    @rule(who=st.sampled_from(NODES))
    def start(self, who: str) -> None:
        node = self.nodes[who]
        if node is None or not (started := node.queue.start()):
            return

        def run(ids: dict[str, object]) -> None:
            assert list(ids) == [task.id for task in started]
            for task in started:
                assert task.id not in self.completed
                self.begun[task.id] = self.begun.get(task.id, 0) + 1
                if node.queue.is_running(task) and not node.queue.is_held(task):
                    node.running.append(task)

        self.write(node, Start(who, tuple(started)), run)

    @rule(who=st.sampled_from(NODES))
    def finish(self, who: str) -> None:
        node = self.nodes[who]
        if node is None or not node.running:
            return
        task = node.running[0]
        if node.queue.is_held(task):
            return
        node.running.pop(0)
        node.queue.finish(task)
        self.write(node, Finish(who, task), lambda ended: self.end(task, ended))

    def end(self, task: LabTask, ended: bool) -> None:
        assert ended
        assert task.id not in self.completed
        self.completed.add(task.id)

    @rule(who=st.sampled_from(NODES), again=st.booleans())
    def give_no_result(self, who: str, again: bool) -> None:
        """A script fails: for good, or to be tried again."""
        node = self.nodes[who]
        if node is None or not node.running or node.queue.is_held(node.running[0]):
            return
        task = node.running.pop(0)
        outcome = Outcome(reason="raised")
        (node.queue.retry if again else node.queue.fail)(task)
        command = Retry(who, task, outcome, 0.0) if again else Fail(who, task, outcome)
        self.write(node, command, self.agreed)

    def agreed(self, written: object) -> None:
        assert written

    @rule(who=st.sampled_from(NODES), which=st.sets(st.integers(0, 9), max_size=3))
    def are_late(self, who: str, which: set[int]) -> None:
        node = self.nodes[who]
        if node is None or not (ids := node.queue.ids()):
            return
        late = node.queue.expire({ids[number % len(ids)] for number in which})
        if late:
            self.write(node, Expire(who, tuple(late)))

    @rule(who=st.sampled_from(NODES), which=st.integers(0, 9), to=st.sampled_from(PRIORITIES))
    def becomes_urgent(self, who: str, which: int, to: Priority) -> None:
        node = self.nodes[who]
        if node is None or not (ids := node.queue.ids()):
            return
        task = LabTask(ids[which % len(ids)])
        state = node.queue.hold(task.id)
        if state == "assigned":

            def then(ours: bool) -> None:
                assert ours
                node.queue.set_priority(task.id, to)

            self.write(node, SetPriority(who, task, to, self.next_position(node)), then)
        elif state is not None:
            node.queue.release(task.id)

    @rule(who=st.sampled_from(NODES), which=st.integers(0, 9), fails=st.booleans())
    def cancel(self, who: str, which: int, fails: bool) -> None:
        node = self.nodes[who]
        if node is None or not (ids := node.queue.ids()):
            return
        task = LabTask(ids[which % len(ids)])
        state = node.queue.hold(task.id)
        if state is None:
            return
        if fails:
            node.queue.release(task.id)
            return
        node.running = [other for other in node.running if other != task]

        def then(ours: bool) -> None:
            assert ours
            node.queue.cancel(task.id)

        self.write(node, Cancel(who, task, state), then)

    @rule(
        who=st.sampled_from(NODES),
        to=st.sampled_from(NODES),
        count=st.integers(1, 3),
        keep=st.sampled_from([None, 0, 1]),
        fails=st.booleans(),
    )
    def give(self, who: str, to: str, count: int, keep: int | None = None, fails: bool = False) -> None:
        node = self.nodes[who]
        if node is None or who == to:
            return
        move = f"{who}.1-{node.incarnation}.m{next(self.numbers)}"
        given = node.queue.begin_move(move, count, keep)
        if not given:
            return
        if fails:
            node.queue.abort_move(move)
            return

        def then(moving: frozenset[str]) -> None:
            assert moving == {task.id for task in given}
            ran = node.queue.interrupt(move, moving)
            node.running = [other for other in node.running if other not in ran]
            self.requests.append(Message(node, to, move))

        node.asked[move] = to
        self.write(node, Offer(who, given, move, to), then)

    @rule(who=st.sampled_from(NODES), which=st.integers(0, 9))
    def give_up(self, who: str, which: int) -> None:
        """No answer came in time, or one that says nothing for sure: the journal tells."""
        node = self.nodes[who]
        if node is not None and node.asked:
            self.take_back(node, list(node.asked)[which % len(node.asked)])

    def take_back(self, node: Node, move: str) -> None:
        del node.asked[move]

        def then(ours: bool) -> None:
            (node.queue.abort_move if ours else node.queue.commit_move)(move)

        self.write(node, TakeBack(node.name, move), then)

    # What the balancer does.

    def in_state(self, state: State) -> list[str]:
        command = "SELECT id FROM task WHERE status = ? ORDER BY number"
        return [task for (task,) in self.db.execute(command, (state,))]

    @rule(count=st.integers(1, 3))
    def submit(self, count: int) -> None:
        if len(self.in_state("pending")) < CAPACITY:
            apply(self.db, Submit((NewTask(),) * count))

    @rule(to=st.sampled_from(NODES), first=st.integers(0, 9), count=st.integers(1, 3))
    def place(self, to: str, first: int, count: int) -> None:
        chosen = tuple(self.in_state("pending")[first:][:count])
        move = f"lab.1.{next(self.numbers)}"
        assert apply(self.db, Place(chosen, move)) == frozenset(chosen)
        self.placed.append(move)
        self.requests.append(Message(None, to, move))

    @precondition(lambda self: self.placed)
    @rule(which=st.integers(0, 99))
    def place_no_longer(self, which: int) -> None:
        apply(self.db, TakeBack("", self.placed.pop(which % len(self.placed))))

    @rule()
    def the_balancer_dies(self) -> None:
        self.placed.clear()

    @rule(which=st.integers(0, 9))
    def put_back(self, which: int) -> None:
        chosen = self.in_state("failed")[which:][:1]
        assert apply(self.db, PutBack(tuple(chosen))) == frozenset(chosen)
        for task in chosen:
            self.begun.pop(task, None)

    @rule(which=st.integers(0, 9))
    def cancel_pending(self, which: int) -> None:
        for task in self.in_state("pending")[which:][:1]:
            assert apply(self.db, Cancel("", LabTask(task), "pending"))

    # What the network does.

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def deliver(self, which: int, again: bool) -> None:
        message = self.requests[which % len(self.requests)]
        node = self.nodes[message.to]
        if node is None:
            return
        if not again:
            self.requests.remove(message)

        def then(taken: tuple[LabTask, ...]) -> None:
            node.queue.receive(taken)
            self.answers.append(Message(message.giver, message.to, message.move, bool(taken)))

        self.write(node, Take(node.name, message.move, self.next_position(node), 1), then)

    @precondition(lambda self: self.answers)
    @rule(which=st.integers(0, 99))
    def hear(self, which: int) -> None:
        message = self.answers.pop(which % len(self.answers))
        node = message.giver
        if node is None:  # the balancer asks the journal
            return
        if self.nodes[node.name] is not node or message.move not in node.asked:
            return
        if message.answer:
            del node.asked[message.move]
            node.queue.commit_move(message.move)
        else:
            self.take_back(node, message.move)

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 99))
    def lose_request(self, which: int) -> None:
        self.requests.pop(which % len(self.requests))

    @precondition(lambda self: self.answers)
    @rule(which=st.integers(0, 99))
    def lose_answer(self, which: int) -> None:
        self.answers.pop(which % len(self.answers))

    # What the journal and fate do.

    @rule(who=st.sampled_from(NODES), count=st.integers(1, 9))
    def commit(self, who: str, count: int) -> None:
        node = self.nodes[who]
        if node is not None:
            batch, node.waiting = node.waiting[:count], node.waiting[count:]
            self.db.execute("BEGIN")
            results = [apply(self.db, command) for command, _ in batch]
            self.db.execute("COMMIT")
            for (_, then), result in zip(batch, results, strict=True):
                then(result)

    @rule(who=st.sampled_from(NODES))
    def die(self, who: str) -> None:
        self.nodes[who] = None

    @rule(who=st.sampled_from(NODES), count=st.integers(1, 9))
    def die_in_a_transaction(self, who: str, count: int) -> None:
        node = self.nodes[who]
        if node is not None:
            self.db.execute("BEGIN")
            for command, _ in node.waiting[:count]:
                apply(self.db, command)
            self.db.execute("ROLLBACK")
            self.nodes[who] = None

    @rule(who=st.sampled_from(NODES), count=st.integers(1, 9))
    def die_after_a_commit(self, who: str, count: int) -> None:
        node = self.nodes[who]
        if node is None:
            return
        for command, _ in node.waiting[:count]:
            result = apply(self.db, command)
            if isinstance(command, Start):
                for task in result:
                    self.begun[task] = self.begun.get(task, 0) + 1
            if isinstance(command, Finish):
                self.end(command.task, result)
        self.nodes[who] = None

    @rule(who=st.sampled_from(NODES))
    def revive(self, who: str) -> None:
        if self.nodes[who] is None:
            self.nodes[who] = self.born(who)

    # What must hold.

    @invariant()
    def the_law_holds(self) -> None:
        counts, _ = quick_counts(self.db)
        assert not differences(self.db)
        assert counts.conserved
        assert counts.completed == len(self.completed)

    @invariant()
    def no_task_can_run_in_two_places(self) -> None:
        seen: dict[str, str] = {}
        for name, node in self.nodes.items():
            counted = node.queue.counts() if node is not None else None
            here = node.queue.ids()[: counted.running + counted.assigned] if node and counted else []
            for task in here:
                assert task not in self.completed
                assert task not in seen, f"{task} is with {seen[task]} and with {name}"
                seen[task] = name

    @invariant()
    def a_node_that_has_written_everything_remembers_what_the_journal_says(self) -> None:
        for name, node in self.nodes.items():
            if node is None or node.waiting:
                continue
            command = "SELECT id FROM task WHERE node = ? AND status IN ('assigned', 'running')"
            counts = node.queue.counts()
            known = set(node.queue.ids()[: counts.running + counts.assigned])
            assert known == {task for (task,) in self.db.execute(command, (name,))}

    @invariant()
    def what_is_pending_is_on_no_node_and_nothing_else_is(self) -> None:
        odd = "SELECT id, status, node FROM task WHERE (status = 'pending') <> (node = '')"
        assert [row for row in self.db.execute(odd) if row[1] not in {"cancelled", "failed"}] == []

    @invariant()
    def every_start_is_an_attempt(self) -> None:
        command = "SELECT id, attempts, interrupted, deaths, failures, status FROM task"
        for task, attempts, interrupted, deaths, failures, state in self.db.execute(command):
            assert attempts == self.begun.get(task, 0)
            assert interrupted <= 1
            assert deaths <= limits.ATTEMPTS
            assert deaths + failures + interrupted <= attempts
            assert state != "completed" or attempts >= 1

    def teardown(self) -> None:
        """Heal everything; then every move ends, and every task is in one place for good."""
        self.requests.clear()
        self.answers.clear()
        for name in NODES:
            self.revive(name)
        for node in self.nodes.values():
            assert node is not None
            for move in list(node.asked):
                self.take_back(node, move)
            while node.waiting:
                self.commit(node.name, 9)
        self.requests.clear()
        self.the_law_holds()
        self.no_task_can_run_in_two_places()
        counts, _ = quick_counts(self.db)
        assert not differences(self.db)
        # An offer that was only written now has nobody who would answer it.
        moving = sum(node.queue.counts().moving for node in self.nodes.values() if node is not None)
        assert counts.moving == moving
        self.db.close()
