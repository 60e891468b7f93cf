"""The balancer's FastAPI app: its guard, its WebSockets, and the routes of the other files."""

from __future__ import annotations

from fastapi import FastAPI, WebSocket
from starlette.middleware.cors import CORSMiddleware

from topowave.balancer.api.lab import add_lab_routes
from topowave.balancer.api.tasks import add_task_routes
from topowave.balancer.api.waves import add_wave_routes
from topowave.balancer.balancer import Parts
from topowave.balancer.inbox import Intake
from topowave.web.access import Guard, cookie_name
from topowave.web.api_docs import install_docs
from topowave.web.body_limit import BodyLimit
from topowave.web.problem_details import PROBLEMS, install_problems
from topowave.web.uvicorn_adapter.websocket import take_texts

READS = ("/health", "/status", "/metrics", "/waves", "/tasks", "/algorithms", "/docs", "/openapi.json")
"""Addresses that change nothing."""


def make_app(parts: Parts, page_port: int) -> FastAPI:
    """Return the app of the balancer whose parts are given; pages on `page_port` may talk to it."""
    app = FastAPI(title="Topowave balancer", version="1", docs_url=None, redoc_url=None, responses=PROBLEMS)
    install_problems(app)
    install_docs(app, page_port)
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=rf"http://[^/]+:{page_port}",  # the guard before it knows the hosts
        allow_credentials=True,
        allow_methods=["GET", "POST"],
        allow_headers=["content-type"],
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Guard,
        hosts=parts.hosts,
        origin_ports=(page_port,),
        reads=READS,
        token=parts.token,
        cookie=cookie_name(page_port),
    )
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
        await take_texts(websocket, Intake(parts).take)
