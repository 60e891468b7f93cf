"""The routes that start waves and tell of them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import Body, FastAPI, Query, Request
from fastapi.responses import Response
from pydantic import Field

from topowave.balancer.api.known_wave import known_wave
from topowave.balancer.api.responses import Started, Tree, Waves
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.balancer.limits import REBALANCES_KEPT, WAVES_KEPT, WAVES_RUNNING
from topowave.balancer.sentences import named
from topowave.balancer.threads import in_a_thread
from topowave.balancer.waves.receivers import check_receiver
from topowave.balancer.waves.record import WaveRecord
from topowave.balancer.waves.wave import WaveEvents, WaveResult, wave_events_of, wave_of, wave_result_of
from topowave.translation import Sentences, Text, counted, text
from topowave.web.problem_details import Problem

Name = Annotated[str, Field(min_length=1, max_length=200)]
HOLD = "whether its messages wait, each until somebody lets it through (`POST /waves/{id}/deliver`)"
Hold = Annotated[bool, Query(description=HOLD)]
Initiator = Annotated[Name | None, Query(description="where it starts; by default at the root")]


class WaveOrder(Order):
    """A wave that somebody wants."""

    algorithm: Name
    initiators: list[Name] | None = Field(default=None, min_length=1, max_length=10_000)
    hold: bool = Field(default=False, description=HOLD)


def add_wave_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about waves."""
    _add_triggers(app, balancer)
    _add_records(app, balancer)


def _add_triggers(app: FastAPI, balancer: Balancer) -> None:
    @app.post("/waves", status_code=202)
    async def start(request: Request, order: Annotated[WaveOrder, Body()], response: Response) -> Started:
        """Start a wave of any algorithm, from any initiators, as soon as the lab has room for it."""
        started = balancer.launcher.start_in_turn(
            order.algorithm, order.initiators, who=_who(request), hold=order.hold
        )
        return _started(await started, response)

    @app.get("/echo_ws", status_code=202)
    @app.post("/echo_ws", status_code=202)
    async def echo_ws(
        request: Request,
        response: Response,
        receiver: Annotated[
            str | None, Query(max_length=2048, description="ws:// or http:// URL that gets the tree")
        ] = None,
        initiator: Initiator = None,
        hold: Hold = False,
    ) -> Started:
        """Start an echo wave; its tree goes to the receiver, if there is one, and to the clients on /ws."""
        if receiver is not None:
            check_receiver(receiver, balancer.allowed_targets)
        record = await balancer.launcher.start_in_turn("echo", _one(initiator), who=_who(request), hold=hold)
        if receiver is not None:
            balancer.receiver_of[record.id] = receiver
        return _started(record, response)

    @app.get("/finn_ws", status_code=202)
    @app.post("/finn_ws", status_code=202)
    async def finn_ws(
        request: Request,
        response: Response,
        algorithm: Annotated[
            str, Query(pattern="^finn-(lab|full)$", description="finn-lab or finn-full")
        ] = "finn-lab",
        initiator: Initiator = None,
        hold: Hold = False,
    ) -> Started:
        """Start a Finn wave: the lab course's (finn-lab), or the textbook's (finn-full)."""
        started = balancer.launcher.start_in_turn(algorithm, _one(initiator), who=_who(request), hold=hold)
        return _started(await started, response)

    @app.get("/echo", responses={200: {"model": Tree}})
    async def echo(request: Request, initiator: Initiator = None) -> Response:
        """Start an echo wave and answer with its tree; `missing` names the nodes that are not in it.

        The header `X-Wave` is the wave's id.
        """
        record = await balancer.launcher.start_in_turn("echo", _one(initiator), who=_who(request))
        tree = await balancer.waves.tree(record)
        if tree is None:
            missing = record.missing
            raise Problem(504, text("Wave incomplete"), _no_tree(record), wave=record.id, missing=missing)
        absent = record.not_in_tree()
        # A tree may be deeper than a model can be nested, and other people's nodes may have put more into it.
        body = msgspec.json.encode({**tree, "missing": absent} if absent else tree)
        return Response(body, media_type="application/json", headers={"X-Wave": quote(record.id)})


def _add_records(app: FastAPI, balancer: Balancer) -> None:
    @app.get("/waves")
    async def waves(
        limit: Annotated[int, Query(ge=1, le=1000, description="how many at most")] = 200,
    ) -> Waves:
        """Return the last waves, newest last."""
        last = balancer.waves.last(WAVES_KEPT + WAVES_RUNNING, REBALANCES_KEPT + WAVES_RUNNING)
        return Waves(waves=[wave_of(record) for record in last[-limit:]])

    @app.get("/waves/{wave}")
    async def wave(wave: str) -> WaveResult:
        """Return a wave: its state, messages and bound, its duration, who decided what, who is missing."""
        return wave_result_of(known_wave(balancer, wave))

    @app.get("/waves/{wave}/events", responses={200: {"model": WaveEvents}})
    async def events(wave: str) -> Response:
        """Return a wave with everything its nodes did and were in it, in the order of time."""
        record = known_wave(balancer, wave)
        during = balancer.waves.nodes_during(record)
        # A wave may have 200,000 events: a second of work, for which no other wave has to wait.
        body = await in_a_thread(lambda: wave_events_of(record, during).model_dump_json())
        return Response(body, media_type="application/json")


def _who(request: Request) -> str:
    """Return what tells those apart who ask for waves: their machines."""
    return "" if request.client is None else request.client.host


def _no_tree(record: WaveRecord) -> Text:
    """Say why a wave has brought no tree, as far as it is known."""
    number = len(record.missing)
    who = (
        counted(
            "{count} node is missing: {nodes}",
            "{count} nodes are missing: {nodes}",
            number,
            nodes=named(record.missing),
        )
        if number
        else text("all nodes have taken part, and were not done by then")
    )
    facts = Sentences((who, *record.troubles[:1]))
    if record.out_of_time_s is None:
        return text("the wave {wave} did not come back; {facts}", wave=record.id, facts=facts)
    return text(
        "the wave {wave} did not come back within {seconds:g} s; {facts}",
        wave=record.id,
        seconds=record.out_of_time_s,
        facts=facts,
    )


def _one(initiator: str | None) -> list[str] | None:
    return None if initiator is None else [initiator]


def _started(record: WaveRecord, response: Response) -> Started:
    """Say where to ask after a wave that has begun; the header `location` of the response says it, too."""
    url = f"/waves/{quote(record.id, safe='')}"
    response.headers["location"] = url
    return Started(
        wave=record.id,
        algorithm=record.algorithm.name,
        initiators=record.initiators,
        state=record.state,
        status_url=url,
        events_url=f"{url}/events",
    )
