"""Moves under arbitrary loss, repetition, delay and death: no task is lost, none is in two places."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from tests.unit.nodes.tasks.moves_under_fire import NODES, MovesUnderFire
from topowave.tasks.script import PRIORITIES

TestMovesUnderFire = pytest.mark.slow(MovesUnderFire.TestCase)
TestMovesUnderFire.settings = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def step(fire: MovesUnderFire, draw: random.Random) -> None:
    """Do one thing; what leads far, such as a commit, more often than what ends much, such as a death."""
    who, to, which = draw.choice(NODES), draw.choice(NODES), draw.randrange(10)
    count, coin = draw.randint(1, 3), draw.random() < 0.5
    steps: list[tuple[int, Callable[[], object]]] = [
        (12, lambda: fire.commit(who, draw.randint(1, 9))),
        (6, lambda: fire.start(who)),
        (3, lambda: fire.add(who, count)),
        (3, lambda: fire.finish(who)),
        (3, lambda: fire.give_no_result(who, coin)),
        (2, lambda: fire.give(who, to, count, draw.choice([None, 0, 1]), draw.random() < 0.1)),
        (2, lambda: fire.give_up(who, which)),
        (1, lambda: fire.are_late(who, {which})),
        (3, lambda: fire.becomes_urgent(who, which, draw.choice(PRIORITIES))),
        (1, lambda: fire.cancel(who, which, coin)),
        (2, lambda: fire.submit(count)),
        (4, lambda: fire.place(to, draw.randrange(3), count)),
        (1, lambda: fire.place_no_longer(which) if fire.placed else None),
        (1, fire.the_balancer_dies),
        (2, lambda: fire.put_back(draw.randrange(3))),
        (1, lambda: fire.cancel_pending(draw.randrange(3))),
        (6, lambda: fire.deliver(which, draw.random() < 0.2) if fire.requests else None),
        (4, lambda: fire.hear(which) if fire.answers else None),
        (1, lambda: fire.lose_request(which) if fire.requests else None),
        (1, lambda: fire.lose_answer(which) if fire.answers else None),
        (1, lambda: draw.choice([fire.die_in_a_transaction, fire.die_after_a_commit])(who, count)),
        (3, lambda: fire.revive(who)),
    ]
    weights, doings = zip(*steps, strict=True)
    draw.choices(doings, weights)[0]()


@pytest.mark.slow
def test_what_must_hold_holds_after_every_step_of_long_walks() -> None:
    done: Counter[str] = Counter()
    for seed in range(40):
        fire, draw = MovesUnderFire(), random.Random(seed)
        for _ in range(250):
            step(fire, draw)
            fire.the_law_holds()
            fire.no_task_can_run_in_two_places()
            fire.a_node_that_has_written_everything_remembers_what_the_journal_says()
            fire.what_is_pending_is_on_no_node_and_nothing_else_is()
            fire.every_start_is_an_attempt()
        for (told,) in fire.db.execute("SELECT history FROM task"):
            done.update(what.split(" ")[0].strip(":") for _, _, what in json.loads(f"[{told.rstrip(',')}]"))
        fire.teardown()
    everything = {
        "pending",
        "assigned",
        "moving",
        "running",
        "completed",
        "failed",
        "cancelled",
        "put",
        "priority",
    }
    assert {what: done[what] for what in everything if done[what] < 50} == {}


def one_move() -> MovesUnderFire:
    """Return a lab in which a has offered its two tasks to b."""
    fire = MovesUnderFire()
    fire.add("a", 2)
    fire.commit("a", 1)
    fire.give("a", "b", 2)
    fire.commit("a", 1)
    return fire


def where(fire: MovesUnderFire) -> list[tuple[str, str]]:
    """Heal everything and return where the two tasks are."""
    found = fire.db.execute("SELECT node, status FROM task ORDER BY number").fetchall()
    fire.teardown()
    return found


def test_a_move_that_goes_well_takes_one_question() -> None:
    fire = one_move()
    fire.deliver(0, again=False)
    fire.commit("b", 1)
    fire.hear(0)
    assert where(fire) == [("b", "assigned")] * 2


def test_a_receiver_that_dies_after_its_commit_finds_the_tasks_when_it_comes_back() -> None:
    fire = one_move()
    fire.deliver(0, again=False)
    fire.die_after_a_commit("b", 1)
    fire.give_up("a", 0)
    fire.commit("a", 1)
    fire.revive("b")
    assert where(fire) == [("b", "assigned")] * 2


def test_a_receiver_that_dies_before_its_commit_leaves_the_tasks_with_the_giver() -> None:
    fire = one_move()
    fire.deliver(0, again=False)
    fire.die_in_a_transaction("b", 1)
    fire.give_up("a", 0)
    fire.commit("a", 1)
    fire.revive("b")
    assert where(fire) == [("a", "assigned")] * 2


def test_a_question_that_arrives_after_the_giver_came_back_to_life_is_too_late() -> None:
    fire = one_move()
    fire.die("a")
    fire.revive("a")
    fire.deliver(0, again=False)
    fire.commit("b", 1)
    assert fire.answers[0].answer is False
    assert where(fire) == [("a", "assigned")] * 2


def test_a_question_that_arrives_while_the_giver_is_dead_moves_the_tasks() -> None:
    fire = one_move()
    fire.die("a")
    fire.deliver(0, again=True)
    fire.commit("b", 1)
    fire.revive("a")
    fire.deliver(0, again=False)  # and once more
    fire.commit("b", 1)
    assert where(fire) == [("b", "assigned")] * 2


def one_offer() -> MovesUnderFire:
    """Return a lab in which the balancer has offered two pending tasks to b."""
    fire = MovesUnderFire()
    fire.submit(2)
    fire.place("b", 0, 2)
    return fire


def test_a_pending_task_that_is_taken_and_offered_no_longer_is_where_the_first_of_both_left_it() -> None:
    fire = one_offer()
    fire.deliver(0, again=True)
    fire.commit("b", 1)
    fire.place_no_longer(0)
    fire.deliver(0, again=False)
    fire.commit("b", 1)
    assert where(fire) == [("b", "assigned")] * 2
    fire = one_offer()
    fire.place_no_longer(0)
    fire.deliver(0, again=False)
    fire.commit("b", 1)
    assert where(fire) == [("", "pending")] * 2


def test_a_balancer_that_was_started_again_offers_anew_what_an_older_one_had_offered() -> None:
    fire = one_offer()
    fire.the_balancer_dies()
    fire.place("c", 0, 2)
    fire.deliver(0, again=False)  # the older request, late
    fire.commit("b", 1)
    fire.deliver(0, again=False)
    fire.commit("c", 1)
    assert where(fire) == [("c", "assigned")] * 2


def test_a_node_that_dies_before_it_has_written_that_a_script_gave_no_result_runs_it_again() -> None:
    fire = MovesUnderFire()
    fire.add("a", 1)
    fire.commit("a", 1)
    fire.start("a")
    fire.commit("a", 1)
    fire.give_no_result("a", again=True)
    fire.die_in_a_transaction("a", 1)
    fire.revive("a")
    assert where(fire) == [("a", "assigned")]
