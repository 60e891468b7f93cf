"""How long a step, an undo and a jump take over the WebSocket of sessions, from the ask to its answer.

    python -m benchmarks.session_server [NODES ...]

Each session is Echo on a grid, in its own process, asked by one page on the same machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import sys
import time
from itertools import count

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect

from topowave.sessions.server import PATH, Sessions
from topowave.web.uvicorn_adapter.server import serving

STEPS = 100
"""How often each ask is measured."""
NODES = (15, 200, 1000)


async def measure(nodes: int) -> dict[str, list[float]]:
    """Return the times of each ask (ms) for a network of so many nodes."""
    sessions = Sessions()
    app = Starlette(routes=[WebSocketRoute(PATH, sessions.serve)])
    found: dict[str, list[float]] = {}
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}{PATH}"
        async with serving(app, listener):
            async with connect(url, max_size=None) as page:
                ids = count()

                async def ask(name: str, do: str, **fields: object) -> dict[str, object]:
                    begun = time.perf_counter()
                    await page.send(json.dumps({"id": next(ids), "do": do, **fields}))
                    answer: dict[str, object] = {}
                    while "id" not in answer:
                        answer = json.loads(await page.recv())
                    found.setdefault(name, []).append(1000 * (time.perf_counter() - begun))
                    assert "problems" not in answer, answer
                    return answer

                await ask("open", "open", network=f"grid:{nodes}", algorithm="echo", seed=1)
                end = (await ask("run", "run"))["at"]
                assert isinstance(end, int)
                await ask("go to the middle", "go", position=end // 2)
                for _ in range(min(STEPS, end // 4)):
                    await ask("step", "step")
                    await ask("undo", "undo")
                    await ask("step, with variables", "step", look=True)
                    await ask("back", "back")
                for place in range(STEPS):
                    await ask("jump", "go", position=place * end // STEPS)
            await sessions.close()
    return found


def main(words: list[str]) -> None:
    """Print the median and the worst of each."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for nodes in map(int, words or map(str, NODES)):
        print(f"{nodes} nodes")
        for name, times in asyncio.run(measure(nodes)).items():
            print(f"  {name:22} median {statistics.median(times):8.1f} ms   most {max(times):8.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
