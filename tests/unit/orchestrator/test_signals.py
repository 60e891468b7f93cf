import os
import select
import signal

from tests.support.waiting import PATIENCE_S
from topowave.orchestrator.signals import HANDLED, SignalPipe


def test_signals_arrive_as_numbers_and_are_given_back_afterwards() -> None:
    before = [signal.getsignal(number) for number in HANDLED]
    pipe = SignalPipe()
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)
        assert select.select([pipe.reader], [], [], PATIENCE_S)[0]
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


def test_what_is_ignored_at_the_start_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        pipe = SignalPipe()
        try:
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
            assert select.select([pipe.reader], [], [], PATIENCE_S)[0]
            assert set(pipe.read()) == {signal.SIGTERM}
        finally:
            pipe.close()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
