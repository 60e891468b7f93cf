"""The balancer's FastAPI app: its guard, its WebSockets, and the routes of the other files."""

from __future__ import annotations

import msgspec
from fastapi import FastAPI, WebSocket
from starlette.middleware.cors import CORSMiddleware

from balancer.api_lab import add_lab_routes
from balancer.api_tasks import add_task_routes
from balancer.api_waves import add_wave_routes
from balancer.limits import BAD_FRAMES
from balancer.parts import Parts
from wire.addresses import LOOPBACK, http_url
from wire.body import BodyLimit
from wire.guard import Guard
from wire.observations import Load, decode_observation
from wire.problems import install_problems


def make_app(parts: Parts, page_port: int) -> FastAPI:
    """Return the app of the balancer whose parts are given; pages on `page_port` may talk to it."""
    app = FastAPI(title="Topowave balancer", version="1", redoc_url=None)
    install_problems(app)
    pages = [http_url(host, page_port) for host in sorted({*LOOPBACK, *parts.hosts})]
    app.add_middleware(
        CORSMiddleware, allow_origins=pages, allow_methods=["GET", "POST"], allow_headers=["content-type"]
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(Guard, hosts=parts.hosts, origin_ports=(page_port,))
    add_wave_routes(app, parts)
    add_lab_routes(app, parts)
    add_task_routes(app, parts)
    _add_sockets(app, parts)
    return app


def _add_sockets(app: FastAPI, parts: Parts) -> None:
    @app.websocket("/stream")
    async def stream(websocket: WebSocket) -> None:
        await parts.hub.serve(websocket)

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await parts.listeners.serve(websocket)

    @app.websocket("/observe")
    async def observe(websocket: WebSocket) -> None:
        await websocket.accept()
        bad = 0
        while bad < BAD_FRAMES:
            event = await websocket.receive()
            if event["type"] != "websocket.receive":
                return
            try:
                observation = decode_observation(event.get("text") or event.get("bytes") or "")
            except (msgspec.MsgspecError, RecursionError):
                bad += 1
                continue
            if isinstance(observation, Load):
                parts.on_load(observation)
            else:
                parts.on_events(observation)
        await websocket.close(1008, "too many reports that were not understood")
