"""Signals set the event of a process, whatever its main thread was doing."""

import os
import signal

import pytest

from core.signals import stopping


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_a_wait_sets_the_event_and_hangs_nobody(number: signal.Signals) -> None:
    with stopping() as stop:
        with stop._cond:  # type: ignore[attr-defined]
            os.kill(os.getpid(), number)
        assert stop.wait(60)


def test_what_was_there_before_is_there_again() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with stopping() as stop:
        assert not stop.is_set()
        assert signal.getsignal(signal.SIGTERM) is not before[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
    assert not stop.is_set()
