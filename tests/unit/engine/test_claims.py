"""A task that was given ahead is begun by the worker or taken back by the engine, never both."""

from __future__ import annotations

from topowave.engine.claims import Claims


def test_what_was_taken_back_is_not_begun() -> None:
    claims = Claims("spawn", 1)
    assert claims.take_back(0) == 0
    assert claims.begin(7, 1)
    assert claims.take_back(1) == 7
    assert not claims.begin(8, 1)
    assert claims.begin(8, 2)
    assert claims.take_back(2) == 8


def test_nothing_is_taken_back_from_a_worker_that_stopped_while_it_began() -> None:
    claims = Claims("spawn", 1)
    with vars(claims)["_lock"]:  # as a worker that was stopped there has it
        assert claims.take_back(1) is None
    assert claims.begin(7, 1)


def test_what_threads_are_at_is_told() -> None:
    claims = Claims("spawn", 3)
    assert claims.begun() == set()
    claims.note(0, 7)
    claims.note(2, 9)
    assert claims.begun() == {7, 9}
    claims.note_end(0, 7)
    assert claims.begun() == {9}
    claims.note(2, 11)  # before the engine was told of the last one
    claims.note_end(2, 9)
    assert claims.begun() == {11}
