import os
import select
import signal

from topowave.orchestrator.signals import HANDLED, SignalPipe


def test_signals_arrive_as_numbers_and_are_given_back_afterwards() -> None:
    before = [signal.getsignal(number) for number in HANDLED]
    pipe = SignalPipe()
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)
        assert select.select([pipe.reader], [], [], 10)[0]
        assert set(pipe.read()) == {signal.SIGTERM, signal.SIGHUP}
        assert not list(pipe.read())
    finally:
        pipe.close()
    assert [signal.getsignal(number) for number in HANDLED] == before


def test_a_flood_of_signals_does_no_harm() -> None:
    pipe = SignalPipe()
    try:
        for _ in range(2000):
            os.kill(os.getpid(), signal.SIGHUP)
        assert set(pipe.read()) == {signal.SIGHUP}
    finally:
        pipe.close()
