"""The limits fit together."""

from __future__ import annotations

from wire import limits
from wire.frames import encode_frame
from wire.observations import Event, Events


def test_every_limit_is_a_positive_number() -> None:
    found = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert len(found) >= 30
    assert all(value > 0 for value in found.values())


def test_a_full_report_fits_into_a_frame() -> None:
    event = Event(10**13, "receive", "n" * 64, "n" * 64 + ":1000000", "echo_back", 10**6)
    report = Events("n" * 64, "w" * 84, "a" * 40, [event] * limits.REPORT_EVENTS)
    assert len(encode_frame(report)) + limits.REPORT_BITS / 8 < limits.FRAME_BYTES


def test_a_stopping_server_is_gone_within_five_seconds() -> None:
    # It gives its requests STOP_TIMEOUT, then its links SEND_TIMEOUT, all at once.
    assert limits.STOP_TIMEOUT + limits.SEND_TIMEOUT < 5
