"""The guard: this lab's own addresses and pages get in, nobody else, and WebSockets are guarded too."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.unit.nodes.lab import client, listener
from tests.unit.wire.loop import on_uvloop
from topowave.web.access import Guard, cookie_name
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire.addresses import LOOPBACK
from topowave.wire.token import Token, bearer

PAGE = 3000
COOKIE = "topowave-3000"
TOKEN = Token("a-secret")
KEEPS = {"cookie": f"{COOKIE}=a-secret"}
VISIT = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def guarded(*hosts: str, token: Token | None = None) -> Guard:
    change = Route("/change", hello, methods=["GET", "POST", "OPTIONS"])
    app = Starlette(
        routes=[Route("/", hello), Route("/read/more", hello), change, WebSocketRoute("/ws", greet)]
    )
    return Guard(app, hosts or LOOPBACK, [PAGE], ["/read"], token, COOKIE)


ADMITTED = [
    {"host": "localhost:8000"},
    {"host": "LOCALHOST:8000"},
    {"host": "127.0.0.1:8000"},
    {"host": "[::1]:8000"},
    {"host": "localhost"},
    {"host": "localhost.:8000"},
    {"host": "localhost:8000", "origin": "http://localhost:8000"},
    {"host": "localhost:8000", "origin": "http://127.0.0.1:8000"},
    {"host": "[::1]:8000", "origin": "http://[::1]:8000"},
    {"host": "localhost:8000", "origin": f"http://localhost:{PAGE}"},
    {"host": "127.0.0.1:8000", "origin": f"http://[::1]:{PAGE}"},
    {"host": "localhost:8000", "sec-fetch-site": "same-origin"},
    {"host": "localhost:8000", "sec-fetch-site": "none"},
    {"host": "localhost:8000", "referer": "http://localhost:8000/docs"},
    {"host": "localhost:8000", "referer": f"http://localhost:{PAGE}/"},
    {"host": "localhost:8000", "origin": f"http://localhost:{PAGE}", "sec-fetch-site": "same-site"},
]
STRANGERS = [
    {"host": "evil.example"},
    {"host": "evil.example:8000"},
    {"host": "localhost.evil.example:8000"},
    {"host": "192.168.1.7:8000"},
    {"host": ""},
    {"host": "[::1:8000"},
    {"host": "."},
    {"host": "localhost:8000", "origin": "http://evil.example"},
    {"host": "localhost:8000", "origin": "http://evil.example:8000"},
    {"host": "localhost:8000", "origin": "http://localhost.evil.example:8000"},
    {"host": "localhost:8000", "origin": "http://localhost:8001"},
    {"host": "localhost:8000", "origin": "http://localhost"},
    {"host": "localhost:8000", "origin": "null"},
    {"host": "localhost:8000", "origin": ""},
    {"host": "localhost:8000", "sec-fetch-site": "cross-site"},
    {"host": "localhost:8000", "sec-fetch-site": "cross-site", **VISIT},
    {"host": "localhost:8000", "sec-fetch-site": "same-site"},
    {"host": "localhost:8000", "sec-fetch-site": "same-site", "referer": "http://localhost:8001/"},
    {"host": "localhost:8000", "sec-fetch-site": "something new"},
    {"host": "localhost:8000", "referer": "http://localhost:8001/"},
    {"host": "localhost:8000", "referer": "http://evil.example/"},
    {"host": "localhost:8000", "origin": "http://localhost:8000@evil.example"},
    {"host": "localhost:8000", "origin": "http://localhost:99999"},
    {"host": "evil.example:8000", "origin": "http://evil.example:8000"},
]


async def ask(guard: Guard, headers: dict[str, str], path: str = "/", method: str = "GET") -> httpx.Response:
    transport = httpx.ASGITransport(guard)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as http:
        return await http.request(method, path, headers=headers)


@pytest.mark.parametrize("headers", ADMITTED)
@on_uvloop
async def test_the_labs_own_addresses_and_pages_get_in(headers: dict[str, str]) -> None:
    answer = await ask(guarded(), headers)
    assert (answer.status_code, answer.text) == (200, "hello")


@pytest.mark.parametrize("headers", STRANGERS)
@on_uvloop
async def test_strangers_get_a_problem(headers: dict[str, str]) -> None:
    answer = await ask(guarded(), headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Forbidden"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://localhost:4000"}, 200),
        ({"origin": "https://Board.example"}, 200),
        ({"referer": "http://localhost:4000/page?x=1"}, 200),
        ({"origin": "http://localhost:4001"}, 403),
        ({"origin": "https://localhost:4000"}, 403),
        ({"origin": "http://board.example"}, 403),
        ({"origin": "http://localhost:4000.evil.example"}, 403),
        ({"referer": "http://evil.example/http://localhost:4000"}, 403),
    ],
)
@on_uvloop
async def test_pages_that_the_configuration_names_get_in(headers: dict[str, str], status: int) -> None:
    guard = Guard(PlainTextResponse("hello"), origins=["http://localhost:4000", "https://board.example"])
    assert (await ask(guard, {"host": "localhost:8000"} | headers)).status_code == status


@on_uvloop
async def test_a_server_may_have_names_of_its_own() -> None:
    assert (await ask(guarded("lab.local"), {"host": "lab.local:8000"})).status_code == 200
    assert (await ask(guarded("lab.local"), {"host": "localhost:8000"})).status_code == 403


@pytest.mark.parametrize(
    ("head", "status"), [("", 200), ("Origin: http://evil.example\r\n", 403), ("Host: evil.example\r\n", 403)]
)
@on_uvloop
async def test_a_program_may_leave_out_the_host_as_http_1_0_lets_it(head: str, status: int) -> None:
    held = listener()
    async with serving(guarded(), held):
        reader, writer = await asyncio.open_connection(*held.getsockname())
        writer.write(f"GET / HTTP/1.0\r\n{head}\r\n".encode())
        assert (await reader.readline()).split()[1] == str(status).encode()
        writer.close()


@on_uvloop
async def test_what_is_no_name_is_told_as_it_was_said() -> None:
    answer = await ask(guarded(), {"host": "127.0.0.1:many"})
    assert answer.json()["detail"] == "this server is not called '127.0.0.1:many'"


@on_uvloop
async def test_websockets_are_refused_before_they_are_accepted() -> None:
    held = listener()
    port = held.getsockname()[1]
    async with serving(guarded(), held):
        url = f"ws://127.0.0.1:{port}/ws"
        for origin in (None, f"http://localhost:{port}", f"http://localhost:{PAGE}"):
            async with connect(url, proxy=None, origin=origin) as websocket:  # type: ignore[arg-type]
                assert await websocket.recv() == "hello"
        for origin in ("http://evil.example", "null", f"http://localhost:{PAGE + 1}"):
            with pytest.raises(InvalidStatus) as refused:
                await connect(url, proxy=None, origin=origin)  # type: ignore[arg-type]
            assert refused.value.response.status_code == 403


@on_uvloop
async def test_over_a_real_socket_the_host_header_decides() -> None:
    held = listener()
    port = held.getsockname()[1]
    async with serving(guarded(), held), client() as http:
        url = f"http://127.0.0.1:{port}/"
        for host, status in (("evil.example", 403), (f"localhost:{port}", 200), (f"[::1]:{port}", 200)):
            assert (await http.get(url, headers={"host": host})).status_code == status


@on_uvloop
async def test_what_is_no_request_passes() -> None:
    passed: list[str] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        passed.append(scope["type"])

    async def receive() -> Message:
        raise AssertionError("nobody asks")

    async def send(_: Message) -> None:
        raise AssertionError("nobody answers")

    await Guard(app)({"type": "lifespan"}, receive, send)
    assert passed == ["lifespan"]


SITES = ["cross-site", "same-site"]


@pytest.mark.parametrize("site", SITES)
@on_uvloop
async def test_a_link_on_another_site_may_lead_to_what_changes_nothing(site: str) -> None:
    visit = {"sec-fetch-site": site, **VISIT}
    assert (await ask(guarded(), visit, "/read/more")).status_code == 200
    assert (await ask(guarded(), visit, "/reading")).status_code == 403
    assert (await ask(guarded(), visit, "/change")).status_code == 403
    assert (await ask(guarded(), visit | {"origin": "null"}, "/read/more", "POST")).status_code == 403


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("dest", ["image", "iframe", "script", "empty"])
@on_uvloop
async def test_another_site_may_not_put_anything_of_ours_into_its_pages(site: str, dest: str) -> None:
    mode = "navigate" if dest == "iframe" else "no-cors"
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert (await ask(guarded(), headers, "/read/more")).status_code == 403


OURS = [
    {"origin": "http://localhost:3000"},
    {"referer": "http://localhost:8000/docs"},
    {"sec-fetch-site": "none"},
]
SAYING = [{"authorization": "Bearer a-secret"}, *(KEEPS | ours for ours in OURS)]


@pytest.mark.parametrize("headers", SAYING)
@on_uvloop
async def test_who_knows_the_token_gets_in(headers: dict[str, str]) -> None:
    for method in ("GET", "POST"):
        assert (await ask(guarded(token=TOKEN), headers, "/change", method)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        *OURS,
        {"authorization": "Bearer a-secre"},
        {"cookie": f"{COOKIE}=a-secre"},
        {"cookie": "topowave=a-secret"},
    ],
)
@pytest.mark.parametrize("path", ["/read/more", "/change", "/change?token=", "/change?token=a"])
@on_uvloop
async def test_nobody_else_does(headers: dict[str, str], path: str) -> None:
    answer = await ask(guarded(token=TOKEN), headers, path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "a-secret" not in answer.text


@on_uvloop
async def test_with_a_token_a_lab_is_called_as_its_users_call_it() -> None:
    for host in ("192.168.1.7:8000", "lab.example:8000", "[fe80::1]:8000"):
        own = {"host": host, "origin": f"http://{host.removesuffix('8000')}{PAGE}", **KEEPS}
        assert (await ask(guarded(token=TOKEN), own, "/change", "POST")).status_code == 200
        other = own | {"origin": f"http://localhost:{PAGE}"}
        assert (await ask(guarded(token=TOKEN), other, "/change", "POST")).status_code == 403
    assert (await ask(guarded(token=TOKEN), {"host": ""} | SAYING[0])).status_code == 403


@on_uvloop
async def test_a_cookie_alone_changes_nothing_for_the_browser_sends_it_to_every_port() -> None:
    guard = guarded(token=TOKEN)
    assert (await ask(guard, KEEPS, "/read/more")).status_code == 200
    assert (await ask(guard, KEEPS, "/change")).status_code == 403
    for other in ({"origin": "http://localhost:8080"}, {"referer": "http://localhost:8080/"}):
        assert (await ask(guard, KEEPS | other, "/change")).status_code == 403


@on_uvloop
async def test_a_page_of_another_site_is_refused_even_with_the_token() -> None:
    headers = SAYING[0] | {"origin": "http://evil.example"}
    assert (await ask(guarded(token=TOKEN), headers, "/change", "POST")).status_code == 403


@on_uvloop
async def test_the_link_gives_a_browser_the_token_and_leads_on_without_it() -> None:
    link = {"accept": "text/html,*/*", "sec-fetch-site": "cross-site", **VISIT}
    answer = await ask(guarded(token=TOKEN), link, "/read/more?token=a-secret")
    assert answer.status_code == 200
    assert answer.headers["set-cookie"] == TOKEN.cookie(COOKIE)
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert 'url=/read/more"' in answer.text
    more = await ask(guarded(token=TOKEN), link, "/read/more?status=failed&token=a-secret&text=a%26%22b")
    assert 'url=/read/more?status=failed&amp;text=a%26%22b"' in more.text
    assert "a-secret" not in answer.text
    program = await ask(guarded(token=TOKEN), {}, "/change?token=a-secret", "POST")
    assert (program.text, program.headers.get("set-cookie")) == ("hello", None)


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", '/read/"><script>'])
@on_uvloop
async def test_the_link_leads_nowhere_else(path: str) -> None:
    guard = Guard(guarded(), reads=["/"], token=TOKEN)
    answer = await ask(guard, {"accept": "text/html"}, f"http://localhost:8000{path}?token=a-secret")
    assert answer.status_code == 200
    assert "url=//" not in answer.text
    assert "<script" not in answer.text


@on_uvloop
async def test_a_browser_may_ask_beforehand_without_the_token() -> None:
    asks = {"origin": f"http://localhost:{PAGE}", "access-control-request-method": "POST"}
    assert (await ask(guarded(token=TOKEN), asks, "/change", "OPTIONS")).status_code == 200
    asks["origin"] = "http://evil.example"
    assert (await ask(guarded(token=TOKEN), asks, "/change", "OPTIONS")).status_code == 403


@on_uvloop
async def test_websockets_ask_for_the_token_too() -> None:
    held = listener()
    port = held.getsockname()[1]
    page: Any = f"http://127.0.0.1:{PAGE}"
    async with serving(guarded(token=TOKEN), held):
        url = f"ws://127.0.0.1:{port}/ws"
        for address, headers, origin in (
            (TOKEN.on(url), {}, None),
            (url, bearer(TOKEN), None),
            (url, KEEPS, page),
        ):
            async with connect(address, proxy=None, origin=origin, additional_headers=headers) as websocket:
                assert await websocket.recv() == "hello"
        for address, headers, origin in (
            (url, {}, None),
            (url, {}, page),
            (f"{url}?token=a", {}, None),
            (url, KEEPS, None),
            (url, KEEPS, "http://127.0.0.1:8080"),
            (url, KEEPS, f"http://localhost:{PAGE}"),
        ):
            with pytest.raises(InvalidStatus) as refused:
                await connect(address, proxy=None, origin=origin, additional_headers=headers)  # type: ignore[arg-type]
            assert refused.value.response.status_code == 403


@on_uvloop
async def test_over_ipv6_a_server_is_called_by_its_address_in_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    held = socket.socket(socket.AF_INET6)
    try:
        held.bind(("::1", 0))
    except OSError:
        held.close()
        pytest.skip("no IPv6 here")
    port = held.getsockname()[1]
    async with serving(guarded(), held), client() as http:
        assert (await http.get(f"http://[::1]:{port}/")).text == "hello"
        for origin, fine in ((f"http://[::1]:{port}", True), (f"http://[::1]:{port + 1}", False)):
            if fine:
                async with connect(f"ws://[::1]:{port}/ws", proxy=None, origin=origin) as websocket:  # type: ignore[arg-type]
                    assert await websocket.recv() == "hello"
            else:
                with pytest.raises(InvalidStatus):
                    await connect(f"ws://[::1]:{port}/ws", proxy=None, origin=origin)  # type: ignore[arg-type]


def test_two_labs_on_a_machine_have_cookies_of_their_own() -> None:
    assert cookie_name(3000) != cookie_name(3001)
