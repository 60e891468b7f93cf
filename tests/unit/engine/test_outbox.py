"""What a worker keeps for the engine: whole outcomes, as far as there is room."""

from __future__ import annotations

from topowave.engine.limits import OUTBOX_BYTES
from topowave.engine.outbox import Outbox, shared_bytes
from topowave.engine.outcomes import Outcome, written


def _outcome(number: int, text: str = "1") -> Outcome:
    return Outcome(number, None, text, 0.001, "", retire=False)


def test_what_is_kept_is_read_in_its_order_until_it_has_been_said() -> None:
    shared = shared_bytes("spawn")
    worker, engine = Outbox(shared), Outbox(shared)
    assert engine.outcomes() == []
    kept = [_outcome(1), _outcome(2, '"é"')]
    assert all(worker.add(written(outcome)) for outcome in kept)
    assert engine.outcomes() == kept
    assert worker.turn() == b"".join(written(outcome) for outcome in kept)
    assert engine.outcomes() == kept  # the worker may end before the engine has taken them
    worker.clear()
    assert engine.outcomes() == []


def test_what_comes_while_something_is_said_is_kept_for_the_next_time() -> None:
    shared = shared_bytes("spawn")
    worker, engine = Outbox(shared), Outbox(shared)
    for number in range(1, 6):
        assert worker.add(written(_outcome(number)))
        assert worker.turn() == written(_outcome(number))
        assert worker.add(written(_outcome(number + 10)))
        assert {outcome.number for outcome in engine.outcomes()} == {number, number + 10}
        worker.clear()
        assert engine.outcomes() == [_outcome(number + 10)]
        assert worker.turn() == written(_outcome(number + 10))
        worker.clear()
    assert worker.turn() == b""


def test_an_outcome_is_kept_whole_or_not_at_all() -> None:
    outbox = Outbox(shared_bytes("spawn"))
    assert outbox.add(written(_outcome(1)))
    assert not outbox.add(written(_outcome(2, "2" * OUTBOX_BYTES)))
    assert outbox.outcomes() == [_outcome(1)]


def test_what_a_script_has_written_over_is_left_out() -> None:
    shared = shared_bytes("spawn")
    outbox = Outbox(shared)
    outbox.add(written(_outcome(1)))
    for place in range(8, len(shared)):
        shared[place] = 255
    assert outbox.outcomes() == []
    shared[3] = 255  # a length beyond all there is
    assert outbox.outcomes() == []
