"""The handover under arbitrary loss, repetition, delay and death: no task is lost, none is in two places.

Three nodes with real queues speak the protocol of `nodes.handover` over a network that Hypothesis plays.
Messages to a node that dies are lost with its connections; those that it has sent may still arrive, and those
that come while it is dead wait for its next life, as its port stays bound.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tasks import Handover, Task, TaskQueue

Step = Literal["offer", "commit", "cancel", "release", "ask"]
NODES = 3


@dataclass
class Open:
    """A handover that a giver has open: to whom, and the step whose answer it waits for."""

    handover: Handover
    target: int
    step: Step = "offer"
    attempt: int = 0


@dataclass
class Node:
    """One node in one of its lives."""

    index: int
    life: str
    queue: TaskQueue
    alive: bool = True
    open: dict[str, Open] = field(default_factory=dict[str, Open])
    running: list[Task] = field(default_factory=list[Task])
    done: set[str] = field(default_factory=set[str])

    def tasks(self) -> dict[str, list[Task]]:
        """Return which tasks are where, arriving ones included."""
        inside = vars(self.queue)
        return {
            "queued": list(inside["_queued"]),
            "running": list(inside["_running"].values()),
            "giving": [task for handover in inside["_giving"].values() for task in handover.tasks],
            "arriving": [task for handover in self.queue.arriving() for task in handover.tasks],
            "done": [Task(done) for done in self.done],
        }


@dataclass(frozen=True)
class Request:
    """A message on its way. `attempt` lets the sender tell the answer to its last question from late ones."""

    step: Step
    sender: str
    to: int
    handover: Handover
    attempt: int = 0


@dataclass(frozen=True)
class Reply:
    """An answer on its way back."""

    request: Request
    answer: str


class HandoverUnderFire(RuleBasedStateMachine):
    """What can happen; the invariants say what must hold in between."""

    def __init__(self) -> None:
        super().__init__()
        self.lives = itertools.count(1)
        self.numbers = itertools.count(1)
        self.nodes = [self.born(index) for index in range(NODES)]
        self.requests: list[Request] = []
        self.replies: list[Reply] = []
        self.submitted: set[str] = set()
        self.may_be_lost: set[str] = set()
        self.ran_in: dict[str, list[Node]] = {}

    def born(self, index: int) -> Node:
        return Node(index, f"n{index}.{next(self.lives)}", TaskQueue(cpu=2, capacity=8))

    def pick(self, number: int, alive: bool = True) -> Node | None:
        found = [node for node in self.nodes if node.alive is alive]
        return found[number % len(found)] if found else None

    # What nodes do.

    @rule(who=st.integers(0, 2), count=st.integers(1, 3))
    def submit(self, who: int, count: int) -> None:
        node = self.pick(who)
        if node is None or node.queue.load + node.queue.counts().arriving + count > 8:
            return
        tasks = [Task(f"{node.life}.{next(self.numbers)}") for _ in range(count)]
        node.queue.submit(tasks)
        self.submitted |= {task.id for task in tasks}

    @rule(who=st.integers(0, 2))
    def start(self, who: int) -> None:
        if node := self.pick(who):
            for task in node.queue.start():
                earlier = self.ran_in.setdefault(task.id, [])
                assert not earlier, f"{task.id} has run in {[n.life for n in earlier]}"
                earlier.append(node)
                node.running.append(task)

    @rule(who=st.integers(0, 2))
    def finish(self, who: int) -> None:
        node = self.pick(who)
        if node is not None and node.running:
            task = node.running.pop(0)
            node.queue.finish(task)
            node.done.add(task.id)

    @rule(who=st.integers(0, 2), to=st.integers(0, 1), count=st.integers(1, 3))
    def give(self, who: int, to: int, count: int) -> None:
        node = self.pick(who)
        if node is None:
            return
        target = [index for index in range(NODES) if index != node.index][to]
        handover = node.queue.give(f"{node.life}.{next(self.numbers)}", node.life, count)
        if handover is not None:
            node.open[handover.id] = Open(handover, target)
            self.requests.append(Request("offer", node.life, target, handover))

    @rule(who=st.integers(0, 2), which=st.integers(0, 9))
    def time_out(self, who: int, which: int) -> None:
        """A giver asks again; an offer that was not answered is cancelled."""
        node = self.pick(who)
        if node is not None and node.open:
            opened = list(node.open.values())[which % len(node.open)]
            self.ask(node, opened, "cancel" if opened.step == "offer" else opened.step)

    @rule(who=st.integers(0, 2), which=st.integers(0, 9))
    def find_nobody(self, who: int, which: int) -> None:
        """A giver's connection is refused: the receiver is dead, and its port closed with all that waited."""
        node = self.pick(who)
        if node is not None and node.open:
            opened = list(node.open.values())[which % len(node.open)]
            if not self.nodes[opened.target].alive:
                self.requests = [request for request in self.requests if request.to != opened.target]
                self.end(node, opened, "gone")

    @rule(who=st.integers(0, 2), which=st.integers(0, 9))
    def ask_giver(self, who: int, which: int) -> None:
        """A receiver that holds tasks asks the giver how it stands, and may find nobody there."""
        node = self.pick(who)
        if node is not None and (held := node.queue.arriving()):
            handover = held[which % len(held)]
            giver = self.nodes[int(handover.giver[1])]
            if giver.alive:
                self.requests.append(Request("ask", node.life, giver.index, handover))
            else:
                self.requests = [request for request in self.requests if request.to != giver.index]
                node.queue.own(handover.id)

    # What the network does.

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def deliver(self, which: int, again: bool) -> None:
        request = self.requests[which % len(self.requests)]
        node = self.nodes[request.to]
        if not node.alive:
            return
        if not again:
            self.requests.remove(request)
        answer = self.take(node, request)
        if answer is not None:
            self.replies.append(Reply(request, answer))

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def exchange(self, which: int, again: bool) -> None:
        """A request arrives and its answer too, as it nearly always is: so the rest happens at any point."""
        replies = len(self.replies)
        self.deliver(which, again)
        if len(self.replies) > replies:
            self.hear(replies)

    @rule(who=st.integers(0, 2), to=st.integers(0, 1), count=st.integers(1, 3))
    def move(self, who: int, to: int, count: int) -> None:
        """A whole handover goes well, but for what is repeated later."""
        before = len(self.requests)
        self.give(who, to, count)
        if len(self.requests) > before and self.nodes[self.requests[-1].to].alive:
            for again in (True, False, False):
                if self.requests:
                    self.exchange(len(self.requests) - 1, again)

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 99))
    def lose_request(self, which: int) -> None:
        self.requests.pop(which % len(self.requests))

    @precondition(lambda self: self.replies)
    @rule(which=st.integers(0, 99))
    def hear(self, which: int) -> None:
        reply = self.replies.pop(which % len(self.replies))
        node = next((n for n in self.nodes if n.alive and n.life == reply.request.sender), None)
        if node is not None:
            self.conclude(node, reply)

    @precondition(lambda self: self.replies)
    @rule(which=st.integers(0, 99))
    def lose_reply(self, which: int) -> None:
        self.replies.pop(which % len(self.replies))

    # What fate does.

    @rule(who=st.integers(0, 2))
    def die(self, who: int) -> None:
        node = self.pick(who)
        if node is None:
            return
        node.alive = False
        self.requests = [request for request in self.requests if request.to != node.index]
        elsewhere = {task for n in self.nodes if n.alive for tasks in n.tasks().values() for task in tasks}
        own = {task for tasks in node.tasks().values() for task in tasks}
        # A copy elsewhere must survive, but for one whose owner has asked for it to be dropped.
        dropping = {
            task for opened in node.open.values() if opened.step == "cancel" for task in opened.handover.tasks
        }
        # What it has promised to keep is its own, once that promise is on its way.
        promised = {
            task
            for reply in self.replies
            if reply.request.to == node.index and reply.answer == "accepted"
            for task in reply.request.handover.tasks
        }
        self.may_be_lost |= {task.id for task in (own - elsewhere) | dropping | promised}

    @rule(who=st.integers(0, 2))
    def revive(self, who: int) -> None:
        node = self.pick(who, alive=False)
        if node is not None:
            self.nodes[node.index] = self.born(node.index)

    # The protocol, as `nodes.handover` has it.

    def ask(self, node: Node, opened: Open, step: Step) -> None:
        opened.step = step
        opened.attempt += 1
        self.requests.append(Request(step, node.life, opened.target, opened.handover, opened.attempt))

    def take(self, node: Node, request: Request) -> str | None:
        number = request.handover.id
        if request.step == "offer":
            room = node.queue.counts().arriving + node.queue.counts().queued + len(request.handover.tasks)
            return node.queue.hold(request.handover) if room <= 8 else "refused"
        if request.step == "commit":
            return node.queue.accept(number)
        if request.step == "cancel":
            return node.queue.drop(number)
        if request.step == "release":
            node.queue.own(number)
            return None
        if node.queue.is_giving(number):
            return "giving"
        return "ended" if number.startswith(f"{node.life}.") else "unknown"

    def conclude(self, node: Node, reply: Reply) -> None:
        number = reply.request.handover.id
        if reply.request.step == "ask":
            held = any(handover.id == number for handover in node.queue.arriving())
            ended = reply.answer == "ended"
            if held and (reply.answer == "unknown" or (ended and node.queue.has_accepted(number))):
                node.queue.own(number)
            elif held and ended:
                node.queue.drop(number)
            return
        opened = node.open.get(number)
        if opened is None or (opened.step, opened.attempt) != (reply.request.step, reply.request.attempt):
            return  # an answer on a connection that was given up
        if opened.step == "offer" and reply.answer == "held":
            self.ask(node, opened, "commit")
        else:
            self.end(node, opened, reply.answer)

    def end(self, node: Node, opened: Open, answer: str) -> None:
        del node.open[opened.handover.id]
        if answer == "accepted":
            node.queue.gave(opened.handover.id)
            self.requests.append(Request("release", node.life, opened.target, opened.handover))
        else:
            node.queue.take_back(opened.handover.id)

    # What must hold.

    @invariant()
    def every_count_is_lawful(self) -> None:
        for node in self.nodes:
            assert node.queue.counts().lawful
            assert node.queue.counts().running <= node.queue.cpu

    @invariant()
    def no_task_can_run_in_two_places_or_was_done_in_one_and_is_in_another(self) -> None:
        seen: dict[str, str] = {}
        for node in self.nodes:
            places = node.tasks() if node.alive else {}
            for place in ("queued", "running", "done"):
                for task in places.get(place, []):
                    here = f"{place} in {node.life}"
                    assert task.id not in seen, f"{task.id} is {seen[task.id]} and {here}"
                    seen[task.id] = here
        for node in self.nodes:
            for task in node.tasks()["giving"] if node.alive else []:
                assert task.id not in seen, f"{task.id} is {seen[task.id]} and may come back to {node.life}"

    @invariant()
    def no_task_is_lost_but_with_the_memory_of_a_dead_node(self) -> None:
        there = {task.id for n in self.nodes if n.alive for tasks in n.tasks().values() for task in tasks}
        assert self.submitted - self.may_be_lost <= there

    def teardown(self) -> None:
        """Heal everything; then every handover ends, and every task is in one place for good."""
        self.requests.clear()
        self.replies.clear()
        for index, node in enumerate(self.nodes):
            if not node.alive:
                self.nodes[index] = self.born(index)
        for _ in range(10):
            for node in self.nodes:
                for opened in list(node.open.values()):
                    self.ask(node, opened, "cancel" if opened.step == "offer" else opened.step)
                self.settle()
                for handover in node.queue.arriving():
                    self.requests.append(Request("ask", node.life, int(handover.giver[1]), handover))
                self.settle()
        found = [node.tasks() for node in self.nodes]
        kept = ("queued", "running", "done")
        places = [task.id for tasks in found for place in kept for task in tasks[place]]
        assert not any(node.open or node.queue.arriving() for node in self.nodes)
        assert len(places) == len(set(places))
        assert self.submitted - self.may_be_lost <= set(places)
        self.every_count_is_lawful()

    def settle(self) -> None:
        while self.requests or self.replies:
            while self.requests:
                self.deliver(0, again=False)
            while self.replies:
                self.hear(0)


TestHandoverUnderFire = HandoverUnderFire.TestCase
TestHandoverUnderFire.settings = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Play:
    """A story that is told step by step; the invariants are looked at after each."""

    def __init__(self) -> None:
        self.fire = HandoverUnderFire()
        self.tell("submit", 0, 2)

    def tell(self, step: str, *what: int, again: bool | None = None) -> None:
        getattr(self.fire, step)(*what, *([] if again is None else [again]))
        self.check()

    def check(self) -> None:
        self.fire.every_count_is_lawful()
        self.fire.no_task_can_run_in_two_places_or_was_done_in_one_and_is_in_another()
        self.fire.no_task_is_lost_but_with_the_memory_of_a_dead_node()

    def end(self) -> list[str]:
        """Heal everything and return where the two tasks are."""
        self.fire.teardown()
        self.check()
        return sorted(
            f"{node.index} {place} {len(tasks)}"
            for node in self.fire.nodes
            for place, tasks in node.tasks().items()
            if tasks
        )


def test_a_handover_moves_the_tasks() -> None:
    play = Play()
    play.tell("give", 0, 0, 2)
    for _ in range(3):
        play.tell("exchange", 0, again=False)
    assert play.end() == ["1 queued 2"]


def test_a_receiver_that_dies_with_its_promise_unheard_has_neither_run_the_tasks_nor_passed_them_on() -> None:
    play = Play()
    play.tell("give", 0, 0, 2)
    play.tell("exchange", 0, again=False)
    play.tell("deliver", 0, again=False)
    play.tell("start", 1)
    play.tell("move", 1, 1, 2)
    play.tell("lose_reply", 0)
    play.tell("die", 1)
    play.tell("revive", 0)
    assert play.end() == ["0 queued 2"]


def test_an_offer_that_comes_again_after_the_giver_has_died_does_not_double_its_tasks() -> None:
    play = Play()
    play.tell("move", 0, 0, 2)
    play.tell("die", 0)
    play.tell("exchange", 0, again=False)
    play.tell("ask_giver", 0, 0)
    assert play.end() == ["1 queued 2"]


def test_a_receiver_keeps_what_a_dead_giver_had_offered() -> None:
    for again in (True, False):
        play = Play()
        play.tell("give", 0, 0, 2)
        play.tell("exchange", 0, again=again)
        play.tell("die", 0)
        play.tell("revive", 0)
        assert play.end() == ["1 queued 2"]


def test_a_release_that_is_lost_is_asked_for() -> None:
    play = Play()
    play.tell("give", 0, 0, 2)
    play.tell("exchange", 0, again=False)
    play.tell("exchange", 0, again=False)
    play.tell("lose_request", 0)
    assert play.end() == ["1 queued 2"]


def test_an_offer_that_is_late_is_refused_once_it_was_cancelled() -> None:
    play = Play()
    play.tell("give", 0, 0, 2)
    play.tell("time_out", 0, 0)
    play.tell("exchange", 1, again=False)
    play.tell("exchange", 0, again=False)
    assert play.end() == ["0 queued 2"]


def test_a_late_offer_of_what_has_gone_elsewhere_is_refused_also_when_its_giver_has_died() -> None:
    play = Play()
    play.tell("give", 0, 0, 2)
    play.tell("time_out", 0, 0)
    play.tell("exchange", 1, again=False)
    late = play.fire.requests.pop()
    play.tell("move", 0, 1, 2)
    play.tell("die", 0)
    play.fire.requests = [late]
    play.tell("exchange", 0, again=False)
    play.tell("ask_giver", 0, 0)
    assert play.end() == ["2 queued 2"]


def test_an_offer_that_comes_to_a_new_life_after_its_end_is_dropped() -> None:
    play = Play()
    play.tell("give", 0, 0, 2)
    play.tell("die", 1)
    play.tell("find_nobody", 0, 0)
    play.tell("revive", 0)
    opened = play.fire.nodes[0].tasks()
    assert [task.id for task in opened["queued"]]
    late = Handover(f"{play.fire.nodes[0].life}.2", play.fire.nodes[0].life, tuple(opened["queued"]))
    play.fire.requests.append(Request("offer", play.fire.nodes[0].life, 1, late))
    play.tell("exchange", 0, again=False)
    assert play.fire.nodes[1].queue.counts().arriving == 2
    play.tell("ask_giver", 1, 0)
    play.tell("exchange", 0, again=False)
    assert play.fire.nodes[1].queue.counts().arriving == 0
    assert play.end() == ["0 queued 2"]
