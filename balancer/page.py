"""The page's own server: the built frontend, and where the balancer is.

One file, index.html, is every page: it shows the one that the address names.
So it is the answer at each address of `PAGES`, and nowhere else with success.
"""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from topowave.sessions.server import PATH, Sessions
from topowave.translation import text
from topowave.web.access import Guard, cookie_name
from topowave.web.api_docs import FILES, PARTS
from topowave.web.problem_details import Problem, problem_response
from topowave.web.request_forms import RequestForms
from topowave.wire.addresses import LOOPBACK
from topowave.wire.token import Token

NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Topowave: the page is not built</title>
<body style="font-family: system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; line-height: 1.5">
<h1>The page is not built yet</h1>
<p>The lab itself runs: its balancer is on <a href="http://{host}/docs">{host}</a>.
Stop the lab and type <code>make run</code>, which builds this page and starts the lab again.</p>
<div lang="de"><h2>Die Seite ist noch nicht gebaut</h2>
<p>Das Labor selbst läuft: sein Balancer ist auf <a href="http://{host}/docs">{host}</a>.
Halten Sie das Labor an und tippen Sie <code>make run</code>:
das baut diese Seite und startet das Labor neu.</p></div>
<div lang="ru"><h2>Страница ещё не собрана</h2>
<p>Сама лаборатория работает: её балансировщик — <a href="http://{host}/docs">{host}</a>.
Остановите лабораторию и введите <code>make run</code>:
команда соберёт эту страницу и снова запустит лабораторию.</p></div>
</body></html>
"""


PAGES = (
    "/",
    "/app",
    "/dashboard",
    "/tasks",
    "/tasks/{id}",
    "/executors",
    "/executors/{name}",
    "/experiments",
    "/experiments/{id}",
    "/lab",
    "/workshop",
    "/guide",
    "/guide/{step}",
)
"""The addresses of pages; those with a parameter are for one of a kind."""
NAMED_PAGES = ", ".join(path for path in PAGES if "{" not in path)

LESSON = "/lesson.json"
"""Where the counterexample is that `topowave check --open` has found."""
NO_FRAMES = {"content-security-policy": "frame-ancestors 'none'"}
"""No other page may show ours inside it, where a click would hit something else than its user sees."""


class _Files(StaticFiles):
    """The built files; those with a hash in their names never change. The build has compressed them, too."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, compressed where that can be, with how long a browser may keep it."""
        response = await self._compressed(path, scope) or await super().get_response(path, scope)
        response.headers["vary"] = "accept-encoding"
        forever = path.startswith("assets/") and response.status_code < 400
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        return response

    async def _compressed(self, path: str, scope: Scope) -> Response | None:
        """Return `path` as the build has compressed it, if the browser takes that and it is there."""
        if scope["method"] != "GET" or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        try:
            response = await super().get_response(f"{path}.gz", scope)
        except HTTPException:  # this one is not compressed, or not there at all
            return None
        if response.status_code == 200:
            response.headers["content-encoding"] = "gzip"
            kind = guess_type(path)[0] or "application/octet-stream"
            text = "; charset=utf-8" if kind.startswith("text/") else ""
            response.headers["content-type"] = kind + text
        return response


def add_docs_files(app: FastAPI, folder: Path) -> None:
    """Let `app` serve the files of the servers' `/docs`, where the lab has no page that does.

    Args:
        app: the balancer's.
        folder: the built page, of which they are a part.
    """
    files = _Files(directory=folder / FILES.strip("/"), check_dir=False)
    app.mount(FILES, files)


def _lesson_routes(lesson: bytes | None) -> list[BaseRoute]:
    async def told(_: Request) -> Response:
        return Response(lesson, media_type="application/json", headers={"cache-control": "no-store"})

    return [] if lesson is None else [Route(LESSON, told)]


def make_page(
    folder: Path,
    balancer_port: int | None,
    host: str,
    page_port: int = 3000,
    token: Token | None = None,
    sessions: Sessions | None = None,
    lesson: bytes | None = None,
) -> RequestForms:
    """Return the app that serves the page.

    Args:
        folder: the built page; where it is missing, a page says how to build it.
        balancer_port: told to the page; None where there is no lab, but `sessions` on this server.
        host: an address, besides loopback, at which this server may be called.
        page_port: of this server.
        token: what a browser must know; None where only this machine reaches the page.
        sessions: those of this server, which end with it.
        lesson: what the page opens at `/lab?lesson=1`, as JSON, if anything.
    """

    async def lab(_: Request) -> Response:
        return JSONResponse({"balancer_port": balancer_port}, headers={"cache-control": "no-store"})

    def shell(status: int) -> Response:
        file = folder / "index.html"
        if not file.is_file():
            host = f"localhost:{page_port if balancer_port is None else balancer_port}"
            return HTMLResponse(NOT_BUILT.format(host=host), 503)
        return HTMLResponse(file.read_bytes(), status, headers={"cache-control": "no-cache", **NO_FRAMES})

    async def index(_: Request) -> Response:
        return shell(200)

    async def missing(request: Request, _: Exception) -> Response:
        """Tell where the pages are: people on the page itself, in their language, programs in a sentence."""
        if request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", ""):
            return shell(404)
        detail = text(
            "nothing is at {path!r} here; the pages are {pages}",
            path=request.url.path[:200],
            pages=NAMED_PAGES,
        )
        return problem_response(Problem(404, text("No such page"), detail))

    async def laboratory(_: Request) -> Response:
        return RedirectResponse("/lab", 307)

    files = _Files(directory=folder, check_dir=False)

    own: list[BaseRoute] = [] if sessions is None else [WebSocketRoute(PATH, sessions.serve)]
    if balancer_port is None:
        own.append(Route("/", laboratory))
    own += _lesson_routes(lesson)
    routes = [
        *own,
        Route("/lab.json", lab),
        *(Route(path, index) for path in (*PAGES, "/index.html")),
        Mount("/", files),
    ]
    app = Starlette(routes=routes, middleware=list[Middleware](), exception_handlers={404: missing})
    guarded = Guard(
        app,
        {*LOOPBACK, host},
        reads=("/",),
        token=token,
        cookie=cookie_name(page_port),
        parts=PARTS,
    )
    return RequestForms(guarded)
