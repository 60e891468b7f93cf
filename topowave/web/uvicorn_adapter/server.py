"""One way to serve an app: uvicorn on a socket that is already bound, with this lab's limits.

uvicorn's own main loop wakes ten times a second; a lab of many servers would never be idle. So the server is
started and stopped by its own two calls, and in between nothing runs that nobody asked for.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from topowave.web.uvicorn_adapter.timeouts import TimeoutHttp
from topowave.web.uvicorn_adapter.websocket import TextWebSocket
from topowave.wire import limits
from topowave.wire.http_client import NO_CERTIFICATES

_UVICORN = logging.getLogger("uvicorn.error")
"""Where uvicorn logs whatever it logs, errors or not."""
ROUNDS_TO_CONNECT = 4
"""Rounds of the event loop from accepting a connection to the protocol that knows of it, one to spare."""


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncGenerator[uvicorn.Server]:
    """Serve `app` on `listener`, bound and owned by the caller, for as long as the context is open."""
    server = uvicorn.Server(_config(app))
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listener])
    try:
        yield server
    finally:
        with _nothing_about_cancelled_requests():
            await _stop_accepting(server)
            await server.shutdown(sockets=[listener])


@contextmanager
def _nothing_about_cancelled_requests() -> Generator[None]:
    """Let uvicorn not complain, with a traceback each, of requests that a stop has cut off, as it shall."""
    own = _NoCancelledRequests()  # one for each server that stops, since there may be many in a process
    _UVICORN.addFilter(own)
    try:
        yield
    finally:
        _UVICORN.removeFilter(own)


class _NoCancelledRequests(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        counted = "timeout graceful shutdown" in str(record.msg)
        return not counted and not isinstance(error, asyncio.CancelledError)


async def _stop_accepting(server: uvicorn.Server) -> None:
    """Close the listeners, once the connections that are being made have come to the server, which ends them.

    asyncio makes a connection in the rounds after the one that accepts it: a task, its transport, then
    connection_made. Python 3.11 leaves the socket open where the listener closes in between.
    """
    loop = asyncio.get_running_loop()
    for listening in server.servers:
        for each in listening.sockets:
            loop.remove_reader(each.fileno())
    for _ in range(ROUNDS_TO_CONNECT):
        await asyncio.sleep(0)
    for listening in server.servers:
        listening.close()


def preload() -> None:
    """Import what a server would import only when it starts, so that processes forked later share it."""
    app = FastAPI()
    app.add_api_route("/", preload)
    _config(app)
    httpx.AsyncHTTPTransport(verify=NO_CERTIFICATES)


def _config(app: ASGIApp) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        http=TimeoutHttp,
        ws=TextWebSocket,
        ws_max_size=limits.FRAME_BYTES,
        ws_ping_interval=limits.PING_INTERVAL,
        ws_ping_timeout=limits.PING_TIMEOUT,
        ws_per_message_deflate=False,
        limit_concurrency=limits.CONNECTIONS + 1,  # uvicorn refuses from there on
        timeout_keep_alive=limits.KEEP_ALIVE,
        timeout_graceful_shutdown=limits.STOP_TIMEOUT,
        backlog=limits.BACKLOG,
        lifespan="on",
        server_header=False,
        date_header=False,
    )
    config.load()
    return config


async def until_stopped() -> None:
    """Wait for SIGTERM, or for SIGINT where that is not ignored."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGINT, stopped.set)
    await stopped.wait()
