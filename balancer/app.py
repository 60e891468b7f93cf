"""The balancer's FastAPI app: its guard, its WebSockets, and the routes of the other files."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, WebSocket
from fastapi.responses import Response
from starlette.middleware.cors import CORSMiddleware

from topowave.balancer import limits
from topowave.balancer.api.agents import add_agent_routes
from topowave.balancer.api.alerts import add_alert_routes
from topowave.balancer.api.config import add_config_routes
from topowave.balancer.api.descriptions import add_description_routes
from topowave.balancer.api.executors import add_executor_routes
from topowave.balancer.api.experiments import add_experiment_routes
from topowave.balancer.api.figures import add_figure_routes
from topowave.balancer.api.forecasts import add_forecast_routes
from topowave.balancer.api.held import add_held_routes
from topowave.balancer.api.lab import add_lab_routes
from topowave.balancer.api.links import add_link_routes
from topowave.balancer.api.metrics import add_metrics_routes
from topowave.balancer.api.registration import add_registration_routes
from topowave.balancer.api.scaling import add_scaling_routes
from topowave.balancer.api.tasks import add_task_routes
from topowave.balancer.api.waves import add_wave_routes
from topowave.balancer.balancer import Balancer
from topowave.balancer.inbox import ReportInbox
from topowave.balancer.reports.library import ReportLibrary
from topowave.balancer.stream.frames import Delta, Snapshot
from topowave.sessions.server import PATH
from topowave.translation import text
from topowave.web.access import Guard, cookie_name
from topowave.web.api_docs import PARTS, install_docs
from topowave.web.body_limit import BodyLimit
from topowave.web.empty_parameters import NoEmptyParameters
from topowave.web.problem_details import PROBLEMS, Problem, install_problems, problem_response
from topowave.web.repeated_requests import HEADER, Kept, RepeatedRequests
from topowave.web.request_forms import RequestForms
from topowave.web.uvicorn_adapter.websocket import take_texts

READS = (
    "/health",
    "/status",
    "/metrics",
    "/sd",
    "/waves",
    "/tasks",
    "/executors",
    "/deploy",
    "/agents",
    "/alerts",
    "/config",
    "/algorithms",
    "/shapes",
    "/topology",
    "/policies",
    "/placements",
    "/disciplines",
    "/forecasts",
    "/figures",
    "/rebalancing",
    "/experiments",
    "/scripts",
    "/limits",
    "/docs",
    "/openapi.json",
)
"""Addresses that change nothing."""


def make_app(balancer: Balancer, page_port: int) -> FastAPI:
    """Return the app of the balancer whose parts are given; pages on `page_port` may talk to it."""
    app = FastAPI(title="Topowave balancer", version="1", docs_url=None, redoc_url=None, responses=PROBLEMS)
    install_problems(app)
    config = balancer.lab.config
    install_docs(app, page_port if config.page else config.docs_files_port)
    kept = Kept(limits.REQUESTS_KEPT, limits.ANSWERS_BYTES, limits.ANSWERS_S)
    app.add_middleware(RepeatedRequests, kept=kept)  # inmost: a stranger's repetition is a stranger's request
    app.add_middleware(
        CORSMiddleware,
        allow_origins=config.allow_origins,
        allow_origin_regex=rf"http://[^/]+:{page_port}" if config.page else None,  # the guard knows the hosts
        allow_credentials=True,
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["content-type", "authorization", HEADER],
        expose_headers=["retry-after", "x-wave", "idempotency-replayed"],
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(NoEmptyParameters)
    app.add_middleware(
        Guard,
        hosts=balancer.hosts,
        origin_ports=(page_port,) if config.page else (),
        origins=config.allow_origins,
        reads=READS,
        parts=() if config.page else PARTS,
        token=balancer.token,
        cookie=cookie_name(page_port),
    )
    app.add_middleware(RequestForms)
    add_wave_routes(app, balancer)
    add_held_routes(app, balancer)
    add_lab_routes(app, balancer)
    add_metrics_routes(app, balancer)
    add_config_routes(app, balancer)
    add_task_routes(app, balancer)
    add_executor_routes(app, balancer)
    add_forecast_routes(app, balancer)
    add_figure_routes(app, balancer)
    add_scaling_routes(app, balancer)
    add_registration_routes(app, balancer)
    add_agent_routes(app, balancer)
    add_link_routes(app, balancer)
    add_alert_routes(app, balancer)
    add_description_routes(app, balancer)
    add_experiment_routes(app, ReportLibrary(Path(config.experiments).resolve()))
    _add_sockets(app, balancer)
    return app


def _add_sockets(app: FastAPI, balancer: Balancer) -> None:
    @app.get(
        "/stream",
        status_code=426,
        response_class=Response,
        responses={
            "1XX": {"model": Snapshot | Delta, "description": "Each frame of the WebSocket"},
            426: PROBLEMS["4XX"],
        },
    )
    async def no_stream() -> Response:
        """Follow the lab over a WebSocket: a snapshot, then what changes. Plain HTTP is told so (426)."""
        return problem_response(
            Problem(426, text("A WebSocket"), text("/stream is a WebSocket: ask for an upgrade"))
        )

    @app.websocket("/stream")
    async def stream(websocket: WebSocket) -> None:
        await balancer.hub.serve(websocket)

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await balancer.listeners.serve(websocket)

    @app.websocket("/agents")
    async def agents(websocket: WebSocket) -> None:
        await balancer.agent_channel.serve(websocket)

    @app.websocket(PATH)
    async def session(websocket: WebSocket) -> None:
        await balancer.sessions.serve(websocket)

    @app.websocket("/observe")
    async def observe(websocket: WebSocket) -> None:
        await websocket.accept()
        with balancer.node_connections.open(websocket) as connection:
            await take_texts(websocket, ReportInbox(balancer, connection).take)
