"""A node as a process: it serves until it is told to stop, and follows deep data."""

from __future__ import annotations

import asyncio
import json
import signal

import pytest

from tests.support.waiting import PATIENCE_S
from tests.unit.nodes.lab import client, running_lab, tree
from tests.unit.wire.loop import on_uvloop


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@on_uvloop
async def test_a_node_serves_until_a_signal_and_ends_without_a_word(number: signal.Signals) -> None:
    async with running_lab(tree(1), apart=["root0"]) as lab, client() as http:
        process = lab.processes["root0"]
        assert (await http.get(lab.url("root0", "/health"))).json()["name"] == "root0"
        await lab.tell("root", lab.request("w-1"))
        await lab.until_exact("w-1", 2)
        if number is signal.SIGTERM:
            # Deeper than Python follows by default: a process of its own follows 20,000 levels.
            deep = {
                "route": "wave",
                "algorithm": "finn-full",
                "sender": lab.ws("root"),
                "wave": "w-2",
                "message": None,
            }
            text = json.dumps(deep).replace("null", "[" * 3000 + "]" * 3000)
            assert [answer["code"] for answer in await lab.tell("root0", text)] == ["bad_message"]
        process.send_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == 0
        del lab.processes["root0"]
