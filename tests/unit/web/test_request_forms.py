"""Every GET answers HEAD too, and a request may name the server in its address."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI

from tests.unit.nodes.lab import client, listener
from tests.unit.wire.loop import on_uvloop
from topowave.web.access import Guard
from topowave.web.request_forms import RequestForms
from topowave.web.uvicorn_adapter.server import serving

app = FastAPI()
app.add_middleware(Guard, reads=["/"])
app.add_middleware(RequestForms)


@app.get("/load")
async def load(node: str = "root") -> dict[str, str]:
    return {"of": node}


async def said(port: int, head: str) -> tuple[int, str]:
    """Return status and body of the answer to a request line and its Host."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    line, _, host = head.partition(" HOST ")
    writer.write(f"{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    top, _, body = answer.partition("\r\n\r\n")
    return int(top.split()[1]), body


@on_uvloop
async def test_head_is_get_without_the_body() -> None:
    held = listener()
    url = f"http://127.0.0.1:{held.getsockname()[1]}/load?node=amber"
    async with serving(app, held), client() as http:
        got, head = await http.get(url), await http.head(url)
        assert (head.status_code, head.content, got.json()) == (200, b"", {"of": "amber"})
        assert head.headers == got.headers
        assert (await http.head(f"{url[:-11]}s")).status_code == 404


@on_uvloop
async def test_an_address_may_name_the_server_and_then_that_name_counts() -> None:
    held = listener()
    port = held.getsockname()[1]
    here = f"localhost:{port}"
    async with serving(app, held):
        for head, answer in {
            f"GET http://{here}/load?node=a HOST {here}": (200, '{"of":"a"}'),
            f"GET http://{here}/%6coad HOST evil.example": (200, '{"of":"root"}'),
            f"HEAD http://{here}/load HOST {here}": (200, ""),
            f"GET http://{here} HOST {here}": (404, '{"detail":"Not Found"}'),
        }.items():
            assert await said(port, head) == answer
        for name in ("evil.example", f"evil.example@{here}x", ""):
            status, _ = await said(port, f"GET http://{name}/load HOST {here}")
            assert status == 403
