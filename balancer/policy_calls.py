"""A call of a user's policy with a deadline, whatever the policy does: in a thread, or in virtual time.

Only an error can end what runs in a thread, and Python raises one there between two lines; so a loop without
end is ended, and a call that waits for something is left to itself. Until that one returns its policy is not
asked again, so at most one thread is left behind.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future

from topowave.balancer.limits import POLICY_DEADLINE, POLICY_ENDING
from topowave.balancer.policies.base import LoadView, Move, Policy, plan_checked
from topowave.balancer.policy_files import is_users
from topowave.runtime.algorithm_error import HandlerHangError
from topowave.runtime.handler_runner import OneHandler, Watchdog


def plan_in_time(policy: Policy, view: LoadView) -> list[Move]:
    """Return what `plan_checked` does; a user's policy has POLICY_DEADLINE for it, in the main thread.

    Raises:
        HandlerHangError: a user's policy did not return in time.
        BaseException: whatever `plan_checked` raises, SystemExit of a user's policy too.
    """
    if not is_users(type(policy)):
        return plan_checked(policy, view)
    one = OneHandler()
    with Watchdog(one, deadline_s=POLICY_DEADLINE, what="it"):
        try:
            return plan_checked(policy, view)
        finally:
            one.in_handler = False  # no alarm may end what follows, which is ours


class PolicyCalls:
    """Calls one policy, one call at a time."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    async def __call__(self, plan: Callable[[], list[Move]]) -> list[Move]:
        """Return what `plan` returns.

        Raises:
            HandlerHangError: it did not return within POLICY_DEADLINE.
            BaseException: whatever it raises, SystemExit too.
        """
        if self._thread is not None and self._thread.is_alive():
            raise HandlerHangError(f"an earlier round has not returned yet{_place(self._thread)}")
        done: Future[list[Move]] = Future()

        def call() -> None:
            try:
                result = plan()
            except BaseException as error:  # noqa: BLE001 - a user's policy may raise anything
                done.set_exception(_RaisedError(error))
            else:
                done.set_result(result)

        self._thread = threading.Thread(target=call, name="policy", daemon=True)
        self._thread.start()
        waiting = asyncio.wrap_future(done)
        try:
            return await asyncio.wait_for(asyncio.shield(waiting), POLICY_DEADLINE)
        except TimeoutError:
            place = _place(self._thread)
            await self._end(waiting)
            raise HandlerHangError(f"it did not return within {POLICY_DEADLINE:g} s{place}") from None
        except _RaisedError as error:
            raise error.error from None

    async def _end(self, waiting: asyncio.Future[list[Move]]) -> None:
        """Have an error raised in the thread, again and again, until it ends or POLICY_ENDING is over."""
        waiting.add_done_callback(lambda future: future.exception())  # nobody else asks for it
        end = asyncio.get_running_loop().time() + POLICY_ENDING
        thread = self._thread
        while thread is not None and thread.is_alive() and asyncio.get_running_loop().time() < end:
            if thread.ident is not None and not waiting.done():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(HandlerHangError)
                )
            await asyncio.wait([waiting], timeout=POLICY_ENDING / 20)
            if waiting.done():
                return


class _RaisedError(Exception):
    """Carries what a policy raised: some errors mean something to a loop, such as SystemExit."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def _place(thread: threading.Thread) -> str:
    """Return where a thread is: the innermost line that is of no library, as " (FILE, line N)"."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] - documented in the manual of sys
    frame = frames.get(thread.ident or 0)
    if frame is None:
        return ""
    for each in reversed(traceback.extract_stack(frame)):
        if each.filename != __file__ and not each.filename.startswith(sys.prefix):
            return f" ({each.filename}, line {each.lineno})"
    return ""
