"""The tree of histories: branches, undo, comparison, checkpoints."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sessions.test_session import Remembers
from tests.unit.simulator import students
from topowave.sessions import Delay, Deliver, Drop, Duplicate, Session, limits
from topowave.simulator import SimulationConfig, simulate
from topowave.topology import Problems


def test_at_the_end_of_a_branch_it_goes_on_and_before_it_another_begins() -> None:
    session = Session(Remembers, "star:5")
    session.step_to(5)
    session.step(session.choices()[-1])
    session.step(session.choices()[-1])
    assert [(each.name, len(each.acts)) for each in session.branches] == [("main", 0), ("branch 1", 2)]
    session.back()
    session.drop(session.pending()[-1], name="one is lost")
    assert session.branch_now.name == "one is lost"
    assert (session.branch_now.parent, session.branch_now.fork, len(session.branch_now.acts)) == (1, 6, 3)


def test_undo_takes_back_whatever_was_done_last() -> None:
    session = Session(Remembers, "star:4")

    def seen() -> tuple[int, object, int]:
        return session.position, session.pending(), len(session.branches)

    before = [seen()]
    moves = (
        session.step,
        lambda: session.step_to(4),
        lambda: session.drop(session.pending()[0]),
        session.step,
        lambda: session.drop(session.pending()[0]),
        session.run,
        lambda: session.step_to(2),
        lambda: session.switch("main"),
    )
    for move in moves:
        move()
        before.append(seen())
    for expected in before[-2::-1]:
        assert session.undo()
        assert seen() == expected
    assert not session.undo()


def test_the_last_change_is_taken_back_with_all_moves_since_then() -> None:
    session = Session(Remembers, "star:4")
    session.step_to(4)
    session.drop(session.pending()[0], name="lost")
    session.step()
    session.switch("main")
    session.step_to(1)
    assert session.undo(changes=True)
    assert (session.position, session.branch_now.name, len(session.branches)) == (4, "main", 1)
    assert not session.undo(changes=True)
    assert session.position == 4


def test_what_is_taken_back_leaves_no_trace_in_the_branch() -> None:
    session = Session(Remembers, "star:4")
    session.step_to(4)
    session.drop(session.pending()[0])
    session.drop(session.pending()[0])
    once = session.branch()
    assert session.run().decisions == {}
    session.undo()
    session.undo()
    session.duplicate(session.pending()[0])
    assert session.run().decisions == {"root": (2, 3, 2)}
    assert once.run().decisions == {}


def test_two_branches_are_compared_by_the_first_event_that_differs() -> None:
    session = Session(Remembers, "star:4")
    session.step_to(4)
    session.step(session.choices()[-1])
    found = session.compare("main", "branch 1")
    assert found is not None
    assert (found.position, found.one[0]["peer"] != found.other[0]["peer"]) == (5, True)
    session.switch("main", 4)
    session.delay(session.choices()[-1], 9, name="later")
    assert session.compare("main", "later") is None
    assert session.compare(0, 0) is None


def test_a_branch_has_one_name_of_its_own() -> None:
    session = Session("echo", "ring:4")
    session.step()
    session.drop(session.pending()[0])
    session.rename("branch 1", "held back")
    assert session.branch_now.name == "held back"
    for name, problem in (("main", "there is a branch 'main' already"), ("", "has 1 to 80 characters")):
        with pytest.raises(Problems, match=problem):
            session.rename(1, name)
    with pytest.raises(Problems, match="has 1 to 80 characters"):
        session.rename(1, "x" * (limits.LONGEST_NAME + 1))
    with pytest.raises(Problems, match="there is no branch 'nobody'"):
        session.switch("nobody")


def test_branches_and_interventions_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.sessions.history.MOST_BRANCHES", 2)
    monkeypatch.setattr("topowave.sessions.history.MOST_INTERVENTIONS", 2)
    assert limits.MOST_BRANCHES > 2 < limits.MOST_INTERVENTIONS
    session = Session("echo", "ring:5")
    session.step()
    session.duplicate(session.pending()[0])
    session.duplicate(session.pending()[0])
    with pytest.raises(Problems, match="remembers at most 2 interventions"):
        session.duplicate(session.pending()[0])
    session.switch("main", 1)
    with pytest.raises(Problems, match="has at most 2 branches"):
        session.duplicate(session.pending()[0])


def test_a_snapshot_is_found_again_in_a_session_that_branched_off_and_in_its_origin() -> None:
    session = Session(Remembers, "star:4")
    session.step_to(4)
    other = session.branch()
    other.step(other.choices()[-1])
    snapshot = other.snapshot()
    states = other.states
    for each in (other, session, session):
        each.run()
        each.restore(snapshot)
        assert (each.position, each.states) == (5, states)
    assert len(session.branches) == 2


def test_checkpoints_stay_within_their_memory_and_lead_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.sessions.checkpoints.CHECKPOINT_EVENTS", 4)
    monkeypatch.setattr("topowave.sessions.checkpoints.CHECKPOINT_BYTES", 60_000)
    session = Session("finn", "random:8:1", SimulationConfig(delay="uniform:1,10"))
    run = session.run()
    checkpoints = session.checkpoints
    assert 2 <= len(checkpoints) < session.position / 4
    assert checkpoints.interval > 4
    assert checkpoints.bytes <= 60_000
    session.step_to(session.position // 2)
    session.step_to(1)
    assert session.run() == run == simulate("finn", "random:8:1", delay="uniform:1,10")


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50)), max_size=14), st.booleans())
def test_whatever_is_done_every_position_of_every_branch_is_found_again(
    moves: list[tuple[int, int]], fifo: bool
) -> None:
    session = Session(students.UsersEcho, "random:6:3", SimulationConfig(delay="uniform:1,10", fifo=fifo))
    seen: dict[tuple[int, int], object] = {}
    for kind, number in moves:
        choices = [each for each in session.choices() if each.kind == "receive"]
        if kind == 0 or not choices or session.ending is not None:
            session.step_to(number % (session.position + 1))
        elif kind == 1:
            session.step()
        else:
            choice = choices[number % len(choices)]
            acts = (Deliver, Drop, Duplicate, partial(Delay, units=3))
            session.intervene(acts[kind - 2](choice.number))
            session.step()
        seen[session.branch_now.id, session.position] = (session.states, session.time)
    for (branch, position), expected in seen.items():
        session.switch(branch, position)
        if session.position == position:
            assert (session.states, session.time) == expected
