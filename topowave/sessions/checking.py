"""Looking for a failing order of a session's class: the checker on small networks, in its process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from topowave.checker.check import check
from topowave.checker.result import CheckResult
from topowave.runtime.algorithm_error import InterruptedRunError
from topowave.sessions.answer_forms import Form, opened
from topowave.sessions.counterexample_order import session_of_counterexample
from topowave.sessions.lessons import lesson_in, right_in_the_same_order
from topowave.sessions.session import Session


class GivenUpError(Exception):
    """Somebody has said that it is enough."""


def failing_order(
    session: Session,
    nodes: int,
    time_s: float,
    look: Callable[[], bool],
) -> tuple[Session | None, Form]:
    """Look for an order in which the class of a session breaks a condition.

    Args:
        session: whose class, with FIFO links where it has them.
        nodes: all connected networks of up to so many nodes are taken, with every choice of initiators.
        time_s: how long the search may take (s).
        look: called often meanwhile; whether it is to be given up.

    Returns:
        A session in the order that was found, None where there is none; and what the answer says.

    Raises:
        GivenUpError: `look` has said so.
        Problems: the class cannot be checked, or its counterexample is no session's.
    """
    algorithm = session.prepared.plans[0].algorithm
    deadline_s = session.prepared.config.deadline_s
    # What nodes contribute is given by their names, and these networks have others.
    limits: dict[str, Any] = {} if deadline_s is None else {"deadline_s": deadline_s}

    def progress(*_: object) -> None:
        if look():
            raise KeyboardInterrupt

    try:
        result = check(
            algorithm,
            all_connected=nodes,
            fifo=session.prepared.config.fifo,
            time_s=time_s,
            progress=progress,
            **limits,
        )
        if any(each.stopped == "interrupted" for each in result.checked):
            raise GivenUpError
        found = result.violation
        if found is None:
            return None, {"at": session.position, "checked": checked_form(result), "lesson": None}
        made = session_of_counterexample(found, algorithm, deadline_s=deadline_s)
        told = lesson_form(result, progress)
    except (KeyboardInterrupt, InterruptedRunError):
        raise GivenUpError from None
    return made, opened(made) | told


def lesson_form(result: CheckResult, progress: Callable[..., None] | None = None) -> Form:
    """Return what a page takes of a check that has found a counterexample."""
    found = result.violation
    assert found is not None
    right = right_in_the_same_order(found, result.algorithm_class)
    return {
        "checked": checked_form(result),
        "lesson": lesson_in(result, progress=progress).to_json(),
        "right": None if right is None else right.to_json(),
    }


def checked_form(result: CheckResult) -> Form:
    """Return how much a check has seen."""
    return {
        "networks": len(result.checked),
        "of": result.instances,
        "states": result.states,
        "complete": result.complete,
    }
