"""Writes the description of the balancer's HTTP (OpenAPI), from which the page's types are generated.

`scripts/openapi.py FILE` writes it to FILE, by default to frontend/openapi.json. It starts nothing: the
description follows from the models that routes return. `npm run generate-api` in frontend/ then makes types.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

from topowave.balancer.app import make_app
from topowave.balancer.balancer import Balancer
from topowave.balancer.start import FIRST_VERSION, BalancerStart
from topowave.topology import LabConfig, generate

FILE = Path(__file__).resolve().parents[1] / "frontend" / "openapi.json"


async def description() -> str:
    """Return the description as indented JSON."""
    config = LabConfig()
    ours, theirs = socket.socketpair()
    with socket.socket() as listener, socket.socket() as page, ours, theirs:
        listener.bind(("127.0.0.1", 0))
        start = BalancerStart(
            topology=generate("path", nodes=1, seed=0),
            version=FIRST_VERSION,
            config=config,
            listener=listener,
            page_listener=page,
            control=ours,
            incarnation=0,
            trace=None,
            page=Path(),
            title="",
            ready=lambda: None,
        )
        balancer = Balancer(start)
        found = make_app(balancer, config.page_port).openapi()
        await balancer.client.aclose()
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file that the command line names."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.write_text(asyncio.run(description()), encoding="utf-8")


if __name__ == "__main__":
    main()
