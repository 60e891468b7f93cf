"""The routes of waves that are held: what waits, and letting it through."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Body, FastAPI
from pydantic import Field

from topowave.balancer.api.known_wave import known_wave
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm, Order
from topowave.balancer.limits import DELIVER_TIMEOUT
from topowave.balancer.waves.held import HeldWave, WaitingMessage
from topowave.balancer.waves.record import State
from topowave.translation import text
from topowave.web.problem_details import Problem
from topowave.wire.observations import Deliver


class HeldMessageNow(JsonForm):
    """A message that waits at `node`, and comes from `peer`.

    `id` is what names it in the wave's events, where its sender has named it; `kind` is the frame's route.
    `since` is in seconds since 1970. `behind` is the number of the message before it on its link, which keeps
    its order; null where it may be the next one.
    """

    number: int
    node: str
    peer: str
    id: str | None
    kind: str | None
    message: object
    since: float
    behind: int | None


class HeldNow(JsonForm):
    """What waits in a wave, by number: that is the order in which it was heard of.

    `held` says whether what arrives waits; from `until` on (seconds since 1970) it does not any more, and
    `left_s` seconds are left until then. Both are null where the wave is not held, or no longer.
    """

    wave: str
    state: State
    held: bool
    until: float | None
    left_s: float | None
    messages: list[HeldMessageNow]


class Delivered(HeldNow):
    """The numbers of the messages that were let through, and what waits now."""

    delivered: list[int]


class DeliverOrder(Order):
    """What is to be let through: one message, all that wait now, or all from now on (`release`)."""

    message: Annotated[int, Field(ge=1)] | None = None
    all: bool = False
    release: bool = False


def add_held_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes."""

    @app.get("/waves/{wave}/held")
    async def held(wave: str) -> HeldNow:
        """Return what waits in a wave that is held, for somebody to let it through."""
        return _now(balancer, wave)

    @app.post("/waves/{wave}/deliver")
    async def deliver(wave: str, order: Annotated[DeliverOrder, Body()]) -> Delivered:
        """Let messages of a held wave through, and answer when their nodes have handled them.

        One by its number (`message`), all that wait now in the order of their numbers (`all`), or all from
        now on (`release`): then the wave is held no longer.
        """
        if (order.message is not None) + order.all + order.release != 1:
            raise Problem(
                422,
                text("Not one order"),
                text(
                    'expected {{"message": NUMBER}}, {{"all": true}} or {{"release": true}}, and one of them'
                ),
            )
        known_wave(balancer, wave)
        found = balancer.launcher.held.get(wave)
        if found is None or not found.is_held:
            raise Problem(409, text("Not held"), text("{wave} is not held, or no longer", wave=wave))
        numbers = await _let_through(balancer, found, order)
        return Delivered(**dict(_now(balancer, wave)), delivered=numbers)


def _now(balancer: Balancer, wave: str) -> HeldNow:
    record, found = known_wave(balancer, wave), balancer.launcher.held.get(wave)
    left_s = None if found is None or not found.is_held else max(0.0, found.until_s - time.monotonic())
    return HeldNow(
        wave=record.id,
        state=record.state,
        held=left_s is not None,
        until=None if left_s is None else round(time.time() + left_s, 3),
        left_s=None if left_s is None else round(left_s, 3),
        messages=[] if found is None else [_message(each) for each in found.waiting()],
    )


def _message(waiting: WaitingMessage) -> HeldMessageNow:
    told = waiting.told
    return HeldMessageNow(
        number=waiting.number,
        node=waiting.node,
        peer=told.peer,
        id=told.id,
        kind=told.kind,
        message=told.message,
        since=round(waiting.since, 3),
        behind=waiting.behind,
    )


async def _let_through(balancer: Balancer, held: HeldWave, order: DeliverOrder) -> list[int]:
    """Tell the nodes, and wait until they have done it. Raises Problem where they cannot, or have not yet."""
    waiting = held.waiting()
    if order.message is not None:
        waiting = [_one(held, order.message)]
    if order.release:
        balancer.launcher.held.release(held)
        balancer.node_connections.deliver(Deliver(held.id, release=True))
    else:
        by_node: dict[str, list[int]] = {}
        for each in waiting:
            by_node.setdefault(each.node, []).append(each.told.number)
        for node, numbers in by_node.items():
            if not balancer.node_connections.deliver(Deliver(held.id, node, numbers)):
                raise Problem(
                    409, text("Not reached"), text("{node} cannot be told: it is not heard now", node=node)
                )
    wanted = {each.number for each in waiting}
    over = await balancer.launcher.held.until(
        lambda: wanted.isdisjoint(each.number for each in held.waiting()), DELIVER_TIMEOUT
    )
    if not over:
        raise Problem(
            504,
            text("Not handled yet"),
            text(
                "the nodes have been told, and have not said within {seconds:g} s that they have handled it",
                seconds=DELIVER_TIMEOUT,
            ),
        )
    return sorted(wanted)


def _one(held: HeldWave, number: int) -> WaitingMessage:
    for each in held.waiting():
        if each.number != number:
            continue
        if each.behind is not None:
            raise Problem(
                409,
                text("Behind another"),
                text(
                    "message {number} waits behind message {behind}: links keep the order of their messages",
                    number=number,
                    behind=each.behind,
                ),
            )
        return each
    if held.was_there(number):
        raise Problem(
            409, text("Not waiting"), text("message {number} does not wait any more", number=number)
        )
    raise Problem(
        404,
        text("No such message"),
        text("there is no message {number} in {wave}", number=number, wave=held.id),
    )
