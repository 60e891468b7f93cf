"""A client of a lab that runs: what a program asks of its balancer, and why there is no answer."""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Self, cast
from urllib.parse import quote

import httpx

from topowave.short_text import short_sentence
from topowave.translation import received
from topowave.translation import text as sentence

ANSWER_TIMEOUT_S = 5.0
"""How long the balancer may take to answer (s)."""
DOWN_TIMEOUT_S = 10.0
"""How long a lab may take to be gone (s); it promises half of that."""
LOOK_INTERVAL_S = 0.05
"""Time between two looks whether the lab is still there (s)."""
UNAUTHORIZED = 401
TOKEN_VARIABLE = "TOPOWAVE_TOKEN"  # noqa: S105 - its name
"""The environment variable that holds the token of a lab which other machines can reach."""


@cache
def _trusted() -> ssl.SSLContext:
    """Read the authorities once: that takes 30 ms, and a command may ask thousands of times."""
    return httpx.create_ssl_context(trust_env=False)


class LabError(Exception):
    """A lab does not do what it is asked; the text is a sentence that tells a user why.

    Attributes:
        status: of the answer; None where there was none.
        retry_after_s: in how long it may be asked again, as the answer says (s); None where it does not.
        problem: what the answer says besides; empty where it is none of a lab.
    """

    def __init__(
        self,
        text: str,
        status: int | None = None,
        retry_after_s: float | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(short_sentence(text))  # what answers may be anybody
        self.status = status
        self.retry_after_s = retry_after_s
        self.problem: Mapping[str, Any] = problem or {}


class LabClient:
    """Talks to the balancer of one lab, with the token of the environment if there is one.

    Each request has a connection of its own; within `with` all have one, since making one takes 2 ms.

    Args:
        balancer: its address, such as `http://127.0.0.1:7999`.
    """

    def __init__(self, balancer: str) -> None:
        self.balancer = balancer
        self._keeps = False
        self._kept: httpx.Client | None = None

    def __enter__(self) -> Self:
        """Keep the connection from now on."""
        self._keeps = True
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        self._keeps = False
        self._let_go()

    def status(self) -> dict[str, Any]:
        """Return what `GET /status` says.

        Raises:
            LabError: no lab answers well.
        """
        return self.ask("GET", "/status")

    def config(self) -> dict[str, Any]:
        """Return the settings that may be changed while the lab runs.

        Raises:
            LabError: no lab answers well.
        """
        return self.ask("GET", "/config")

    def configure(self, changes: Mapping[str, int | float | str]) -> dict[str, Any]:
        """Change settings of the lab that runs; returns all of them, and who has not taken them yet.

        Raises:
            LabError: no lab answers well, or it refuses.
        """
        return self.ask("PATCH", "/config", dict(changes))

    def start(self, node: str) -> dict[str, Any]:
        """Start a node again that was given up.

        Raises:
            LabError: no lab answers well, or the node is none that was given up.
        """
        # what a terminal gave may be no UTF-8: it goes as it came, and the balancer knows no such node
        return self.ask("POST", f"/nodes/{quote(node, safe='', errors='surrogateescape')}/start")

    def shut_down(self) -> None:
        """Stop the lab and wait until its balancer's port is closed, which is the last thing it does.

        Raises:
            LabError: no lab answers well, or it does not end.
        """
        self.ask("POST", "/shutdown")
        until_s = time.monotonic() + DOWN_TIMEOUT_S
        while time.monotonic() < until_s:
            if not self.listens():
                return
            time.sleep(LOOK_INTERVAL_S)
        raise LabError(
            sentence(
                "the lab at {balancer} was asked to stop {down_timeout_s:g} s ago and is still there",
                balancer=self.balancer,
                down_timeout_s=DOWN_TIMEOUT_S,
            )
        )

    def ask(
        self, method: str, path: str, body: object = None, wait_s: float = 0, *, key: str | None = None
    ) -> dict[str, Any]:
        """Return the JSON object with which the balancer answers.

        Args:
            method: of HTTP.
            path: what to ask.
            body: plain data, if there is any.
            wait_s: how long the answer may take because it was asked to (s).
            key: of this wish: asked again under it, the lab does it once (its header Idempotency-Key).

        Raises:
            LabError: nobody answers, not in time, or it is no lab that does.
        """
        headers = {} if key is None else {"Idempotency-Key": key}
        try:
            response = self._request(method, path, body, ANSWER_TIMEOUT_S + wait_s, headers)
        except httpx.ConnectError as error:
            raise LabError(
                sentence("no lab answers at {balancer}; `topowave up` starts one", balancer=self.balancer)
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            reason = f"{type(error).__name__} {error}"
            raise LabError(
                sentence(
                    "the balancer at {balancer} gave no answer: {reason}",
                    balancer=self.balancer,
                    reason=reason,
                )
            ) from error
        if response.status_code == UNAUTHORIZED:
            raise LabError(
                sentence(
                    "the lab at {balancer} asks for its token: set the environment variable {token_variable}",
                    balancer=self.balancer,
                    token_variable=TOKEN_VARIABLE,
                )
            )
        try:
            answer: object = response.json()
        except ValueError:
            answer = None
        if response.is_error and isinstance(answer, dict) and "detail" in answer:
            problem = cast("dict[str, Any]", answer)
            raise LabError(
                sentence(
                    "the lab at {balancer} refuses: {detail}",
                    balancer=self.balancer,
                    detail=_detail(problem),
                ),
                response.status_code,
                _seconds(response.headers.get("retry-after")),
                problem,
            )
        if response.is_error or not isinstance(answer, dict):
            raise LabError(
                sentence(
                    "what answers at {balancer} is no lab: {method} {path} gave {status_code}",
                    balancer=self.balancer,
                    method=method,
                    path=path,
                    status_code=response.status_code,
                )
            )
        return cast("dict[str, Any]", answer)

    def _request(
        self, method: str, path: str, body: object, timeout_s: float, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Send a request. Raises what httpx does."""
        was_kept = self._kept is not None
        client = self._kept = self._kept or httpx.Client(
            base_url=self.balancer, trust_env=False, verify=_trusted(), headers=authorization()
        )
        try:
            return client.request(method, path, json=body, timeout=timeout_s, headers=headers)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            self._let_go()
            if not was_kept or method != "GET":  # what changes something may have come to pass
                raise
        finally:
            if not self._keeps:
                self._let_go()
        return self._request(method, path, body, timeout_s, headers)  # the connection had ended meanwhile

    def _let_go(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def listens(self) -> bool:
        """Say whether the port is open; nobody need answer there, since the balancer ends before the lab."""
        url = httpx.URL(self.balancer)
        try:
            socket.create_connection((url.host, url.port or 80), timeout=ANSWER_TIMEOUT_S).close()
        except OSError:
            return False
        return True


def _detail(problem: Mapping[str, Any]) -> str:
    """Return why a lab refuses: a sentence with its parts, where it says them."""
    detail, code, parameters = (problem.get(name) for name in ("detail", "code", "parameters"))
    if isinstance(code, str) and isinstance(parameters, dict):
        return received(str(detail), code, cast("dict[str, object]", parameters))
    return str(detail)


def _seconds(retry_after: str | None) -> float | None:
    """Return what a header Retry-After says (s), if it is a number; a lab says no dates."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else None


def authorization() -> dict[str, str]:
    """Return the header that says the token of the environment, if there is one."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    return {"Authorization": f"Bearer {token}"} if token.isascii() and token else {}
