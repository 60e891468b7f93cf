"""Gives a task to a program that is none of ours: it knows `/add_task`, and takes one task at a time.

The lab course's program knows it by GET only, so a program that has no POST there is asked by GET.
"""

from __future__ import annotations

import httpx
import msgspec

from topowave.wire.addresses import Address
from topowave.wire.http_client import json_of

NO_SUCH_METHOD = frozenset({404, 405, 501})
"""How a program answers `POST /add_task` where it knows only `GET`."""


class _Status(msgspec.Struct):
    status: str = "ok"


class ForeignTasks:
    """Gives tasks, and remembers who wants to be asked by GET."""

    def __init__(self) -> None:
        self._by_get: set[Address] = set()

    async def give(self, client: httpx.AsyncClient, to: Address) -> str | None:
        """Give one task.

        Returns:
            Why the program did not say that it took it; None where it did.
        """
        url = to.http("/add_task")
        try:
            if to not in self._by_get:
                answer = await client.post(url)
                if answer.status_code not in NO_SUCH_METHOD:
                    return refusal(answer)
            answer = await client.get(url)
        except httpx.RequestError as error:
            return str(error) or type(error).__name__
        why = refusal(answer)
        if why is None:
            self._by_get.add(to)
        else:
            self._by_get.discard(to)  # another program may be there now
        return why


def refusal(answer: httpx.Response) -> str | None:
    """Return why an answer is no yes; a program that does not say it in JSON says it by its status."""
    if not answer.is_success:
        return f"answered {answer.status_code}"
    try:
        said = msgspec.json.decode(json_of(answer), type=_Status).status
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return "answered with the status error" if said.lower() == "error" else None
