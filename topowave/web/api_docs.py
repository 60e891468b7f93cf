"""`/docs`: a server's operations in Swagger UI, whose files come with our own page and not from elsewhere."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse

from topowave.wire.addresses import Address

FILES = "/swagger-ui"
"""Where the page's server has Swagger UI, or the balancer where there is no page."""
PARTS = (f"{FILES}/", "/icon.svg")
"""Files of which the servers' own `/docs` are made; any page may make use of them."""
WITHOUT = """<div id="swagger-ui">
    <p style="font-family: system-ui, sans-serif; margin: 4rem auto; max-width: 40rem; line-height: 1.5">
    This page needs the built page of the lab, which <code>make run</code> builds, and JavaScript.
    The operations are described in <a href="/openapi.json">/openapi.json</a>, too.</p>
    """


def install_docs(app: FastAPI, page_port: int) -> None:
    """Let `app`, which must have no `docs_url`, answer `/docs`; the lab's page is on `page_port`."""

    async def docs(request: Request) -> HTMLResponse:
        page = Address(request.url.hostname or "localhost", page_port).http()
        shown = get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=f"{page}{FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{page}{FILES}/swagger-ui.css",
            swagger_favicon_url=f"{page}/icon.svg",
            swagger_ui_parameters={"validatorUrl": None},  # the usual one sends the description away
        )
        text = bytes(shown.body).decode().replace('<div id="swagger-ui">', WITHOUT)
        return HTMLResponse(text, headers={"cache-control": "no-cache"})

    app.add_route("/docs", docs, include_in_schema=False)
