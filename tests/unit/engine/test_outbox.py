"""What a worker keeps for the engine: whole outcomes, as far as there is room."""

from __future__ import annotations

from topowave.engine.limits import OUTBOX_BYTES
from topowave.engine.outbox import Outbox, shared_bytes
from topowave.engine.worker_link import Outcome, packed


def _outcome(number: int, text: str = "1") -> Outcome:
    return Outcome(number, None, text, 0.001, "", retire=False)


def test_what_is_kept_is_read_in_its_order_until_it_is_cleared() -> None:
    shared = shared_bytes("spawn")
    worker, engine = Outbox(shared), Outbox(shared)
    assert engine.outcomes() == []
    kept = [_outcome(1), _outcome(2, '"é"')]
    assert all(worker.add(packed(outcome)) for outcome in kept)
    assert engine.outcomes() == kept
    assert worker.data() == b"".join(packed(outcome) for outcome in kept)
    worker.clear()
    assert engine.outcomes() == []


def test_an_outcome_is_kept_whole_or_not_at_all() -> None:
    outbox = Outbox(shared_bytes("spawn"))
    assert outbox.add(packed(_outcome(1)))
    assert not outbox.add(packed(_outcome(2, "2" * OUTBOX_BYTES)))
    assert outbox.outcomes() == [_outcome(1)]


def test_what_a_script_has_written_over_is_left_out() -> None:
    shared = shared_bytes("spawn")
    outbox = Outbox(shared)
    outbox.add(packed(_outcome(1)))
    for place in range(4, len(shared)):
        shared[place] = 255
    assert outbox.outcomes() == []
    shared[3] = 255  # a length beyond all there is
    assert outbox.outcomes() == []
