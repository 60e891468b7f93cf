"""Somebody between two nodes: passes everything on, swallows everything, or lets nobody through."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from typing import Literal

Mood = Literal["passes", "swallows", "cuts"]
CHUNK = 65536


class Between:
    """A TCP proxy in a thread.

    Args:
        port: where it listens.
        to: the port to which it leads.
    """

    def __init__(self, port: int, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", port))
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._other: dict[socket.socket, socket.socket] = {}
        self._over = self._to_cut = False
        self._mood: Mood = "passes"
        self.swallowed = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def be(self, mood: Mood) -> None:
        """Do so from now on; to cut closes what is open."""
        if mood == "cuts":
            self._to_cut = True  # also if it is to do otherwise again before its thread has looked
        self._mood = mood
        self._wake.sendall(b".")

    def close(self) -> None:
        """End."""
        self._over = True
        self._wake.sendall(b".")
        self._thread.join()
        self._cut()
        self._selector.close()
        for each in (self._listener, self._wake, self._woken):
            each.close()

    def _run(self) -> None:
        while not self._over:
            for key, _ in self._selector.select():
                ready = key.fileobj
                assert isinstance(ready, socket.socket)
                if ready is self._woken:
                    ready.recv(CHUNK)
                    if self._to_cut:
                        self._to_cut = False
                        self._cut()
                elif ready is self._listener:
                    self._accept()
                elif ready in self._other:
                    self._pass_on(ready)

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        if self._mood == "cuts":
            near.close()
            return
        far = socket.create_connection(("127.0.0.1", self._to))
        self._other |= {near: far, far: near}
        for each in (near, far):
            self._selector.register(each, selectors.EVENT_READ)

    def _pass_on(self, ready: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            data = ready.recv(CHUNK)
        if not data:
            self._drop(ready)
        elif self._mood == "swallows":
            self.swallowed += len(data)
        else:
            with suppress(OSError):
                self._other[ready].sendall(data)

    def _drop(self, one: socket.socket) -> None:
        for each in (one, self._other.pop(one)):
            self._other.pop(each, None)
            self._selector.unregister(each)
            each.close()

    def _cut(self) -> None:
        while self._other:
            self._drop(next(iter(self._other)))
