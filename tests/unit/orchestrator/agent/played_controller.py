"""A stand-in for a lab's balancer, as agents see it."""

from __future__ import annotations

import threading
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.support.waiting import until
from topowave.wire.agents import (
    AgentSignal,
    Beat,
    Hello,
    Rejected,
    Running,
    RunningProcess,
    ToAgent,
    Wanted,
    WantedProcess,
    Welcome,
    decode_from_agent,
)


class PlayedController:
    """Takes one agent at a time, remembers what it says, and says what the test wants.

    Args:
        port: where it listens.
        reply: what an agent is told first.
        refuses: whether it takes no WebSockets at all, as for one without the token.

    Attributes:
        hellos, said: what the agent said, in its order.
        codes: with which each of its connections was closed.
        answers: whether heartbeats are answered.
    """

    def __init__(self, port: int, reply: Welcome | Rejected | None = None, *, refuses: bool = False) -> None:
        self.port = port
        self.reply = reply or Welcome()
        self.hellos: list[Hello] = []
        self.said: list[Running] = []
        self.codes: list[int | None] = []
        self.answers = True
        self._refuses = refuses
        self._connection: ServerConnection | None = None
        self._wanted: tuple[WantedProcess, ...] = ()
        self._server = serve(
            self._handle, "127.0.0.1", port, process_request=self._process_request, compression=None
        )
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        if self._connection is not None:
            self._connection.close()
        self._thread.join()

    # What the test says

    def want(self, *processes: WantedProcess) -> None:
        """Let the agent run these, and nothing else."""
        self._wanted = processes
        self._tell(self._wanted_message())

    def signal(self, incarnation: int, action: Any) -> None:
        hello = self.hellos[-1]
        self._tell(AgentSignal(hello.name, hello.session, incarnation, action))

    def hang_up(self) -> None:
        """Close the connection."""
        assert self._connection is not None
        self._connection.close(1013, "try again")

    # What the test sees

    def wait_registered(self, times: int = 1) -> Hello:
        """Wait until an agent has said hello so often, and what it runs after that."""
        return until(lambda: self.hellos, lambda hellos: len(hellos) >= times)[-1]

    def wait(self, incarnation: int, state: str, ready: int | None = None) -> RunningProcess:
        """Wait until the agent says so of a process."""

        def found() -> RunningProcess | None:
            processes = self.said[-1].processes if self.said else []
            return next((each for each in processes if each.incarnation == incarnation), None)

        seen = until(
            found,
            lambda each: each is not None and each.state == state and ready in {None, each.ready},
        )
        assert seen is not None
        return seen

    def wait_lists(self, *incarnations: int) -> None:
        """Wait until the agent lists these processes and no other."""
        until(
            lambda: [each.incarnation for each in self.said[-1].processes] if self.said else None,
            lambda seen: seen == [*incarnations],
        )

    # The server

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        if self._refuses:
            return connection.respond(HTTPStatus.FORBIDDEN, "no token\n")
        return None

    def _handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        with suppress(ConnectionClosed):
            if connection.request.path.startswith("/agents"):
                self._serve_agent(connection)
            else:
                for _ in connection:  # reports of nodes
                    pass

    def _serve_agent(self, connection: ServerConnection) -> None:
        hello = decode_from_agent(connection.recv())
        assert isinstance(hello, Hello)
        connection.send(msgspec.json.encode(self.reply).decode())
        self._connection = connection
        self.hellos.append(hello)
        self._tell(self._wanted_message())
        try:
            while True:
                said = decode_from_agent(connection.recv())
                assert isinstance(said, Running)
                self.said.append(said)
                if self.answers:
                    connection.send(msgspec.json.encode(Beat(said.beat)).decode())
        finally:
            self.codes.append(connection.close_code)

    def _wanted_message(self) -> Wanted:
        hello = self.hellos[-1]
        ports = sorted({port for each in self._wanted for port in each.ports}) or [hello.port]
        names = {
            port: name for each in self._wanted for name, port in zip(each.names, each.ports, strict=True)
        }
        rows = [
            {
                "name": names.get(port, "root"),
                "port": port,
                "cpu": 2,
                "parent": None if number == 0 else names.get(ports[0], "root"),
                "host": hello.host,
                "agent": hello.name,
            }
            for number, port in enumerate(ports)
        ]
        settings = {"balancer_port": self.port, "page": False}
        return Wanted(hello.name, hello.session, len(self.said) + 1, rows, settings, [*self._wanted])

    def _tell(self, message: ToAgent) -> None:
        assert self._connection is not None
        with suppress(ConnectionClosed):
            self._connection.send(msgspec.json.encode(message).decode())
