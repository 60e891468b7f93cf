"""The states of a node's process, as one literal table.

    starting -> up -> dead -> up          a node that is killed once
    up -> stopped -> up                   SIGSTOP, SIGCONT
    dead -> failed                        given up after too many restarts
    failed -> starting                    somebody asked for it to be started again
    foreign                               somebody else runs it; it never changes here

A node that died stays `dead` until its next process says that it is ready.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What a node is doing, as the page shows it."""

    STARTING = "starting"
    UP = "up"
    STOPPED = "stopped"
    DEAD = "dead"
    FAILED = "failed"
    FOREIGN = "foreign"


class ProcessEvent(StrEnum):
    """What happens to a node's process."""

    READY = "ready"
    STOPPED = "stopped"
    CONTINUED = "continued"
    EXITED = "exited"
    GIVEN_UP = "given up"
    STARTED_AGAIN = "started again"


TRANSITIONS: dict[tuple[State, ProcessEvent], State] = {
    (State.STARTING, ProcessEvent.READY): State.UP,
    (State.STARTING, ProcessEvent.STOPPED): State.STOPPED,
    (State.STARTING, ProcessEvent.EXITED): State.DEAD,
    (State.UP, ProcessEvent.STOPPED): State.STOPPED,
    (State.UP, ProcessEvent.EXITED): State.DEAD,
    # It said that it was ready just before it was stopped: stopped is what it is.
    (State.STOPPED, ProcessEvent.READY): State.STOPPED,
    (State.STOPPED, ProcessEvent.CONTINUED): State.UP,
    (State.STOPPED, ProcessEvent.EXITED): State.DEAD,
    (State.DEAD, ProcessEvent.READY): State.UP,
    (State.DEAD, ProcessEvent.STOPPED): State.STOPPED,
    (State.DEAD, ProcessEvent.EXITED): State.DEAD,
    (State.DEAD, ProcessEvent.GIVEN_UP): State.FAILED,
    (State.FAILED, ProcessEvent.STARTED_AGAIN): State.STARTING,
}
"""What is not here changes nothing: reports of the kernel may come late or twice."""


def after(state: State, event: ProcessEvent, *, ready: bool) -> State:
    """Return the state that follows.

    Args:
        state: the state so far.
        event: what happened.
        ready: whether the process has ever said that it is ready; one that was stopped before goes back to
            `starting`.
    """
    if (state, event) == (State.STOPPED, ProcessEvent.CONTINUED) and not ready:
        return State.STARTING
    return TRANSITIONS.get((state, event), state)
