"""`topowave status` and `topowave down`: talk to the lab that runs, through its balancer."""

from __future__ import annotations

import json
import os
import socket
import time
from typing import Any, cast

import httpx

from topowave.cli.output import complain, say

ANSWER_TIMEOUT_S = 5.0
"""How long the balancer may take to answer (s)."""
DOWN_TIMEOUT_S = 10.0
"""How long a lab may take to be gone (s); it promises half of that."""
LOOK_INTERVAL_S = 0.05
"""Time between two looks whether the lab is still there (s)."""
NONE_RUNS = 1
UNAUTHORIZED = 401
TOKEN_VARIABLE = "TOPOWAVE_TOKEN"  # noqa: S105 - its name
"""The environment variable that holds the token of a lab which other machines can reach."""


def show_status(balancer: str, *, as_json: bool) -> int:
    """Print the state of the lab; return the exit code."""
    answer = ask("GET", balancer, "/status")
    if answer is None:
        return NONE_RUNS
    if as_json:
        say(json.dumps(answer))
    else:
        from topowave.cli.status_table import status_text  # noqa: PLC0415 - rich's tables, not needed for JSON

        say(status_text(answer))
    return 0


def bring_down(balancer: str) -> int:
    """Stop the lab and wait until its balancer's port is closed, which is the last thing it does."""
    if ask("POST", balancer, "/shutdown") is None:
        return NONE_RUNS
    until_s = time.monotonic() + DOWN_TIMEOUT_S
    while time.monotonic() < until_s:
        if not _listens(balancer):
            return 0
        time.sleep(LOOK_INTERVAL_S)
    complain(f"the lab at {balancer} was asked to stop {DOWN_TIMEOUT_S:g} s ago and is still there")
    return NONE_RUNS


def ask(method: str, balancer: str, path: str) -> dict[str, Any] | None:
    """Ask the balancer; say why and return None if it does not answer well."""
    try:
        with httpx.Client(
            base_url=balancer, timeout=ANSWER_TIMEOUT_S, trust_env=False, headers=authorization()
        ) as client:
            response = client.request(method, path)
    except httpx.ConnectError:
        complain(f"no lab answers at {balancer}; `topowave up` starts one")
        return None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        complain(f"the balancer at {balancer} gave no answer: {type(error).__name__} {error}")
        return None
    if response.status_code == UNAUTHORIZED:
        complain(f"the lab at {balancer} asks for its token: set the environment variable {TOKEN_VARIABLE}")
        return None
    try:
        answer: object = response.json()
    except ValueError:
        answer = None
    if response.is_error or not isinstance(answer, dict):
        complain(f"what answers at {balancer} is no lab: {method} {path} gave {response.status_code}")
        return None
    return cast("dict[str, Any]", answer)


def authorization() -> dict[str, str]:
    """Return the header that says the token of the environment, if there is one."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    return {"Authorization": f"Bearer {token}"} if token.isascii() and token else {}


def _listens(balancer: str) -> bool:
    """Say whether the port is open; nobody need answer there, since the balancer ends before the lab."""
    url = httpx.URL(balancer)
    try:
        socket.create_connection((url.host, url.port or 80), timeout=ANSWER_TIMEOUT_S).close()
    except OSError:
        return False
    return True
